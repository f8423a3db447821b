use super::*;

/// What is said, and the line and column where.
fn said(document: &[u8]) -> (String, usize, usize) {
    let complaint = complaint(document).unwrap_or_default();
    let source = " at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: ";
    let (text, place) = complaint.split_once('\n').expect("a place");
    let place = place.strip_prefix(source).and_then(|place| place.strip_suffix(']')).expect("a place");
    let (line, column) = place.split_once(", column: ").unwrap_or((place, "0"));
    (text.to_owned(), line.parse().unwrap(), column.parse().unwrap())
}

fn assert_said(document: &str, text: &str, column: usize) {
    assert_eq!(said(document.as_bytes()), (text.to_owned(), 1, column), "{document}");
}

#[test]
fn what_is_no_value_is_shown() {
    assert_said("hello world", &format!("Unrecognized token 'hello': was expecting {VALUES}"), 7);
    assert_said("nul", &format!("Unrecognized token 'nul': was expecting {VALUES}"), 4);
    assert_said("truely", &format!("Unrecognized token 'truely': was expecting {VALUES}"), 7);
    assert_said(
        "'test'",
        &format!("Unexpected character (''' (code 39)): expected a valid value {VALUES}"),
        1,
    );
    assert_said("{\"a\":}", "Unexpected character ('}' (code 125)): expected a value", 6);
    assert_said("[1,]", "Unexpected character (']' (code 93)): expected a value", 4);
    let root = Place { line: 1, column: None };
    let text = format!("Unexpected close marker '}}': expected ']' (for root starting at {root})");
    assert_said("}", &text, 1);
}

#[test]
fn what_belongs_between_entries_is_named() {
    let text = "Unexpected character ('1' (code 49)): was expecting comma to separate Object entries";
    assert_said("{\"a\":2 1}", text, 8);
    let text = "Unexpected character ('2' (code 50)): was expecting comma to separate Array entries";
    assert_said("[1 2]", text, 4);
    let text = "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value";
    assert_said("{\"a\" 1}", text, 6);
    for (document, found, column) in [("{'a':1}", "''' (code 39)", 2), ("{\"a\":1,}", "'}' (code 125)", 8)] {
        let text = format!("Unexpected character ({found}): was expecting double-quote to start field name");
        assert_said(document, &text, column);
    }
    let start = Place { line: 1, column: Some(1) };
    let text = format!("Unexpected close marker ']': expected '}}' (for Object starting at {start})");
    assert_said("{]", &text, 2);
}

#[test]
fn brackets_are_counted_up_to_a_thousand() {
    let text = "Document nesting depth (1001) exceeds the maximum allowed (1000, from `StreamReadConstraints.getMaxNestingDepth()`)";
    assert_said(&"[".repeat(1_000_000), text, 1002);
}

#[test]
fn what_ends_too_early_says_in_what() {
    let start = Place { line: 1, column: Some(1) };
    let marker =
        |kind| format!("Unexpected end-of-input: expected close marker for {kind} (start marker at {start})");
    assert_said("{", &marker("Object"), 2);
    assert_said("[1", &marker("Array"), 3);
    assert_said("{\"a\":", "Unexpected end-of-input within/between Object entries", 6);
    assert_said("[1,", "Unexpected end-of-input within/between Array entries", 4);
    assert_said("\"abc", "Unexpected end-of-input in VALUE_STRING", 5);
    assert_said("{\"ab", "Unexpected end-of-input in field name", 5);
    assert_said("  ", "No content to map due to end-of-input", 0);
}

#[test]
fn numbers_are_those_of_json() {
    assert_said("01", "Invalid numeric value: Leading zeroes not allowed", 2);
    let digit = "expected digit (0-9) to follow minus sign, for valid numeric value";
    let text = format!("Unexpected character ('-' (code 45)) in numeric value: {digit}");
    assert_said("------WebKitFormBoundary", &text, 2);
    let text = "Unexpected character (']' (code 93)) in numeric value: Decimal point not followed by a digit";
    assert_said("[1.]", text, 4);
    let text = format!("Unexpected character ('.' (code 46)): expected a valid value {VALUES}");
    assert_said("-.5", &text, 2);
    assert_said("1e", "Unexpected end-of-input in a Number value", 3);
    let text = "Unexpected character ('x' (code 120)): Expected space separating root-level values";
    assert_said("1x", text, 2);
}

#[test]
fn characters_and_bytes_that_may_not_stand_in_a_text_are_named() {
    let text = "Illegal unquoted character ((CTRL-CHAR, code 10)): has to be escaped using backslash to be included in string value";
    assert_said("\"a\nb\"", text, 3);
    assert_said("\"\\x\"", "Unrecognized character escape 'x' (code 120)", 3);
    let bytes = |document: &[u8]| said(document);
    assert_eq!(bytes(b"\"\x97\""), ("Invalid UTF-8 start byte 0x97".to_owned(), 1, 3));
    assert_eq!(bytes(b"a\xc3-"), ("Invalid UTF-8 middle byte 0x2d".to_owned(), 1, 4));
    let text = format!("Unexpected character ('²' (code 178)): expected a valid value {VALUES}");
    assert_eq!(bytes(b"\xb2\x17"), (text, 1, 1));
}

#[test]
fn places_count_rows() {
    let text = "Unexpected character ('\"' (code 34)): was expecting comma to separate Object entries";
    assert_eq!(said(b"{\r\n  \"a\": 1\n  \"b\": 2\n}"), (text.to_owned(), 3, 3));
}

#[test]
fn what_follows_the_value_is_refused_by_its_kind() {
    let (text, ..) = said(b"{}{}");
    assert!(text.starts_with("Trailing token (of type START_OBJECT) found after value"), "{text}");
    assert_said("{} x", &format!("Unrecognized token 'x': was expecting {VALUES}"), 5);
}

#[test]
fn json_has_no_fault() {
    for document in ["{}", " [1, -0.5e+3] ", "\"t\\u00e9xt\"", "null", "{\"a\":{\"b\":[true,false]}}", "é"] {
        let expected = document == "é";
        assert_eq!(complaint(document.as_bytes()).is_some(), expected, "{document}");
    }
}
