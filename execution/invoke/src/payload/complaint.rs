//! What is wrong with a document that is not JSON, in the words of Jackson, with which AWS reads payloads.
//!
//! Only what has been refused already comes here, so that speed is of no matter. Places are counted as Jackson does from
//! its version 2.17 on, and like AWS's they come without the document (recorded in public error reports of 2026).

use std::fmt;

/// In every message about something that is no value.
const VALUES: &str = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

const IN_NUMBER: &str = " in a Number value";

/// Jackson shows no more of what it does not know.
const TOKEN_MAX_CHARS: usize = 256;

/// Jackson reads no deeper. Without a bound a payload of brackets would cost many times its size.
const DEPTH_MAX: usize = 1000;

/// The first fault, or None where Jackson would find none.
pub(super) fn complaint(document: &[u8]) -> Option<String> {
    let mut reader = Reader { document, at: 0, line: 1, row_start: 0, scopes: Vec::new() };
    reader.read().err().map(|Fault { text, place }| format!("{text}\n at {place}"))
}

struct Reader<'d> {
    document: &'d [u8],
    /// Of the next byte.
    at: usize,
    line: usize,
    row_start: usize,
    scopes: Vec<Scope>,
}

#[derive(Debug, Clone, Copy)]
struct Scope {
    kind: Kind,
    start: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Root,
    Array,
    Object,
}

#[derive(Debug, Clone, Copy)]
struct Place {
    line: usize,
    /// None before everything.
    column: Option<usize>,
}

struct Fault {
    text: String,
    place: Place,
}

/// What may come next.
enum Expected {
    Value,
    /// Right behind an opening bracket.
    FirstEntry,
    /// Behind an entry.
    Comma,
}

#[derive(Debug, Clone, Copy)]
enum Text {
    Name,
    Value,
}

impl Kind {
    fn close(self) -> Option<u8> {
        match self {
            Kind::Root => None,
            Kind::Array => Some(b']'),
            Kind::Object => Some(b'}'),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Root => "root",
            Kind::Array => "Array",
            Kind::Object => "Object",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column } = self;
        write!(
            f,
            "[Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: {line}"
        )?;
        match column {
            Some(column) => write!(f, ", column: {column}]"),
            None => f.write_str("]"),
        }
    }
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), Fault> {
        let mut expected = Expected::Value;
        loop {
            expected = match expected {
                Expected::Value => {
                    let byte = self.token()?;
                    if matches!(byte, b']' | b'}') { self.close(byte)? } else { self.value(byte)? }
                }
                Expected::FirstEntry => match self.token()? {
                    byte @ (b']' | b'}') => self.close(byte)?,
                    byte => self.entry(byte)?,
                },
                Expected::Comma if self.scopes.is_empty() => return self.end(),
                Expected::Comma => match self.token()? {
                    byte @ (b']' | b'}') => self.close(byte)?,
                    b',' => {
                        let byte = self.token_within()?;
                        self.entry(byte)?
                    }
                    byte => {
                        let wanted = format!("was expecting comma to separate {} entries", self.scope().kind);
                        return Err(self.unexpected(byte.into(), &wanted));
                    }
                },
            };
        }
    }

    /// Behind the document's value. Jackson would leave the rest alone; a handler could not read it.
    fn end(&mut self) -> Result<(), Fault> {
        let Some(byte) = self.after_space()? else {
            return Ok(());
        };
        let kind = match byte {
            b'{' => "START_OBJECT",
            b'[' => "START_ARRAY",
            b'"' => "VALUE_STRING",
            b'-' | b'0'..=b'9' => "VALUE_NUMBER_INT",
            _ => {
                self.value(byte)?;
                "VALUE_EMBEDDED_OBJECT"
            }
        };
        Err(self.here(format!(
            "Trailing token (of type {kind}) found after value (bound as `com.fasterxml.jackson.databind.JsonNode`): not allowed as per `DeserializationFeature.FAIL_ON_TRAILING_TOKENS`"
        )))
    }

    fn entry(&mut self, byte: u8) -> Result<Expected, Fault> {
        if self.scope().kind == Kind::Object { self.named(byte) } else { self.value(byte) }
    }

    fn named(&mut self, byte: u8) -> Result<Expected, Fault> {
        if byte != b'"' {
            let found = self.decoded(byte)?;
            return Err(self.unexpected(found, "was expecting double-quote to start field name"));
        }
        self.text(Text::Name)?;
        match self.token_within()? {
            b':' => {}
            byte => {
                return Err(
                    self.unexpected(byte.into(), "was expecting a colon to separate field name and value")
                );
            }
        }
        let byte = self.token_within()?;
        self.value(byte)
    }

    fn value(&mut self, byte: u8) -> Result<Expected, Fault> {
        match byte {
            b'{' => return self.open(Kind::Object),
            b'[' => return self.open(Kind::Array),
            b'"' => self.text(Text::Value)?,
            b'-' | b'0'..=b'9' => self.number(byte)?,
            b't' => self.word("true")?,
            b'f' => self.word("false")?,
            b'n' => self.word("null")?,
            _ => return Err(self.no_value(byte)?),
        }
        Ok(Expected::Comma)
    }

    fn no_value(&mut self, byte: u8) -> Result<Fault, Fault> {
        let special = |word: &str| {
            format!(
                "Non-standard token '{word}': enable `JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS` to allow"
            )
        };
        Ok(match byte {
            b']' if self.scope().kind != Kind::Array => self.no_known_value(byte),
            b']' | b'}' | b',' => self.unexpected(byte.into(), "expected a value"),
            b'N' => {
                self.word("NaN")?;
                self.here(special("NaN"))
            }
            b'I' => {
                self.word("Infinity")?;
                self.here(special("Infinity"))
            }
            b'+' => self.here(
                "Unexpected character ('+' (code 43)) in numeric value: JSON spec does not allow numbers to have plus signs: enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow".to_owned(),
            ),
            _ if begins_identifier(byte.into()) => self.unknown_token(char::from(byte).to_string())?,
            _ => self.no_known_value(byte),
        })
    }

    fn no_known_value(&self, byte: u8) -> Fault {
        self.unexpected(byte.into(), &format!("expected a valid value {VALUES}"))
    }

    fn open(&mut self, kind: Kind) -> Result<Expected, Fault> {
        if self.scopes.len() == DEPTH_MAX {
            return Err(self.here(format!(
                "Document nesting depth ({}) exceeds the maximum allowed ({DEPTH_MAX}, from `StreamReadConstraints.getMaxNestingDepth()`)",
                DEPTH_MAX + 1
            )));
        }
        let start = self.place(self.at);
        self.scopes.push(Scope { kind, start });
        Ok(Expected::FirstEntry)
    }

    fn close(&mut self, byte: u8) -> Result<Expected, Fault> {
        let Scope { kind, start } = self.scope();
        if kind.close() == Some(byte) {
            self.scopes.pop();
            return Ok(Expected::Comma);
        }
        let wanted = if byte == b']' { '}' } else { ']' };
        let found = char::from(byte);
        Err(self.before(format!(
            "Unexpected close marker '{found}': expected '{wanted}' (for {kind} starting at {start})"
        )))
    }

    fn text(&mut self, text: Text) -> Result<(), Fault> {
        let start = self.at;
        loop {
            match self.next() {
                None => return Err(self.unfinished(text, start)),
                Some(b'"') => return Ok(()),
                Some(b'\\') => self.escape()?,
                Some(byte @ 0..0x20) => {
                    let what = match text {
                        Text::Name => "name",
                        Text::Value => "string value",
                    };
                    let found = described(byte.into());
                    return Err(self.before(format!(
                        "Illegal unquoted character ({found}): has to be escaped using backslash to be included in {what}"
                    )));
                }
                Some(byte) => {
                    self.decoded(byte)?;
                }
            }
        }
    }

    fn unfinished(&self, text: Text, start: usize) -> Fault {
        match text {
            Text::Value => self.ended(" in VALUE_STRING"),
            Text::Name if self.at == start => self.ended(": was expecting closing '\"' for name"),
            Text::Name => self.ended(" in field name"),
        }
    }

    fn escape(&mut self) -> Result<(), Fault> {
        let cut = " in character escape sequence";
        match self.next().ok_or_else(|| self.ended(cut))? {
            b'b' | b'f' | b'n' | b'r' | b't' | b'"' | b'/' | b'\\' => Ok(()),
            b'u' => {
                for _digit in 0..4 {
                    let digit = self.next().ok_or_else(|| self.ended(cut))?;
                    if !digit.is_ascii_hexdigit() {
                        let wanted = "expected a hex-digit for character escape sequence";
                        return Err(self.unexpected(digit.into(), wanted));
                    }
                }
                Ok(())
            }
            byte => {
                let found = described(self.decoded(byte)?);
                Err(self.before(format!("Unrecognized character escape {found}")))
            }
        }
    }

    fn number(&mut self, byte: u8) -> Result<(), Fault> {
        let mut first = byte;
        if byte == b'-' {
            first = self.next().ok_or_else(|| self.ended(IN_NUMBER))?;
            if first == b'.' {
                return Err(self.no_known_value(first));
            }
            if !first.is_ascii_digit() {
                let wanted = "expected digit (0-9) to follow minus sign, for valid numeric value";
                return Err(self.in_number(first.into(), wanted));
            }
        }
        if first == b'0' && self.peek().is_some_and(|next| next.is_ascii_digit()) {
            return Err(self.here("Invalid numeric value: Leading zeroes not allowed".to_owned()));
        }
        self.skip_digits();
        if self.peek() == Some(b'.') {
            self.at += 1;
            let wanted = "Decimal point not followed by a digit";
            if self.peek().is_none() {
                return Err(self.in_number('.', wanted));
            }
            self.check_digits(wanted)?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.check_digits("Exponent indicator not followed by a digit")?;
        }
        self.check_space_at_root()
    }

    fn check_digits(&mut self, wanted: &str) -> Result<(), Fault> {
        let first = self.next().ok_or_else(|| self.ended(IN_NUMBER))?;
        if !first.is_ascii_digit() {
            return Err(self.in_number(first.into(), wanted));
        }
        self.skip_digits();
        Ok(())
    }

    fn skip_digits(&mut self) {
        while self.peek().is_some_and(|next| next.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn check_space_at_root(&mut self) -> Result<(), Fault> {
        match self.peek() {
            Some(byte) if self.scopes.is_empty() && !matches!(byte, b' ' | b'\t' | b'\r' | b'\n') => {
                self.at += 1;
                Err(self.unexpected(byte.into(), "Expected space separating root-level values"))
            }
            _ => Ok(()),
        }
    }

    /// Its first letter has been read.
    fn word(&mut self, word: &str) -> Result<(), Fault> {
        for (matched, letter) in word.bytes().enumerate().skip(1) {
            if self.peek() != Some(letter) {
                return Err(self.unknown_token(word[..matched].to_owned())?);
            }
            self.at += 1;
        }
        let end = self.at;
        if let Some(byte) = self.next() {
            let goes_on = continues_identifier(self.decoded(byte)?);
            self.at = end;
            if goes_on {
                return Err(self.unknown_token(word.to_owned())?);
            }
        }
        Ok(())
    }

    fn unknown_token(&mut self, mut token: String) -> Result<Fault, Fault> {
        while let Some(byte) = self.next() {
            let next = self.decoded(byte)?;
            if !continues_identifier(next) {
                break;
            }
            token.push(next);
            if token.chars().count() >= TOKEN_MAX_CHARS {
                token.push_str("...");
                break;
            }
        }
        Ok(self.here(format!("Unrecognized token '{token}': was expecting {VALUES}")))
    }

    /// The next byte that is no white space.
    fn token(&mut self) -> Result<u8, Fault> {
        if let Some(byte) = self.after_space()? {
            return Ok(byte);
        }
        let Scope { kind, start } = self.scope();
        Err(match kind {
            Kind::Root => {
                let text = "No content to map due to end-of-input".to_owned();
                Fault { text, place: Place { line: self.line, column: None } }
            }
            Kind::Array | Kind::Object => {
                self.ended(&format!(": expected close marker for {kind} (start marker at {start})"))
            }
        })
    }

    /// Between a comma or colon and what belongs behind it.
    fn token_within(&mut self) -> Result<u8, Fault> {
        let kind = self.scope().kind;
        self.after_space()?.ok_or_else(|| self.ended(&format!(" within/between {kind} entries")))
    }

    fn after_space(&mut self) -> Result<Option<u8>, Fault> {
        while let Some(byte) = self.next() {
            match byte {
                b' ' | b'\t' => {}
                b'\n' => self.new_row(),
                b'\r' => {
                    self.at += usize::from(self.peek() == Some(b'\n'));
                    self.new_row();
                }
                0..0x20 => {
                    let found = described(byte.into());
                    return Err(self.here(format!(
                        "Illegal character ({found}): only regular white space (\\r, \\n, \\t) is allowed between tokens"
                    )));
                }
                b'/' => {
                    let wanted = "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)";
                    return Err(self.unexpected('/', wanted));
                }
                _ => return Ok(Some(byte)),
            }
        }
        Ok(None)
    }

    fn new_row(&mut self) {
        self.line += 1;
        self.row_start = self.at;
    }

    /// The character that a byte, already read, begins.
    fn decoded(&mut self, byte: u8) -> Result<char, Fault> {
        let (mut code, more) = match byte {
            0..0x80 => return Ok(byte.into()),
            0xC0..0xE0 => (u32::from(byte & 0x1F), 1),
            0xE0..0xF0 => (u32::from(byte & 0x0F), 2),
            0xF0..0xF8 => (u32::from(byte & 0x07), 3),
            _ => return Err(self.here(format!("Invalid UTF-8 start byte {byte:#04x}"))),
        };
        for _continuation in 0..more {
            let next = self.next().ok_or_else(|| self.ended(" in VALUE_STRING"))?;
            if next & 0xC0 != 0x80 {
                return Err(self.here(format!("Invalid UTF-8 middle byte {next:#04x}")));
            }
            code = code << 6 | u32::from(next & 0x3F);
        }
        Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn peek(&self) -> Option<u8> {
        self.document.get(self.at).copied()
    }

    fn scope(&self) -> Scope {
        let root = Scope { kind: Kind::Root, start: Place { line: 1, column: None } };
        self.scopes.last().copied().unwrap_or(root)
    }

    fn unexpected(&self, found: char, wanted: &str) -> Fault {
        self.before(format!("Unexpected character ({}): {wanted}", described(found)))
    }

    fn in_number(&self, found: char, wanted: &str) -> Fault {
        self.before(format!("Unexpected character ({}) in numeric value: {wanted}", described(found)))
    }

    fn ended(&self, within: &str) -> Fault {
        self.here(format!("Unexpected end-of-input{within}"))
    }

    /// About all that has been read.
    fn here(&self, text: String) -> Fault {
        Fault { text, place: self.place(self.at + 1) }
    }

    /// About the byte that was read last.
    fn before(&self, text: String) -> Fault {
        Fault { text, place: self.place(self.at) }
    }

    fn place(&self, end: usize) -> Place {
        Place { line: self.line, column: Some(end.saturating_sub(self.row_start)) }
    }
}

fn described(found: char) -> String {
    let code = u32::from(found);
    match code {
        0..0x20 | 0x7F..0xA0 => format!("(CTRL-CHAR, code {code})"),
        0..0x100 => format!("'{found}' (code {code})"),
        _ => format!("'{found}' (code {code} / {code:#x})"),
    }
}

/// As `Character.isJavaIdentifierStart`, for what a single byte can be.
fn begins_identifier(found: char) -> bool {
    found.is_alphabetic() || matches!(found, '_' | '$' | '¢'..='¥')
}

/// As `Character.isJavaIdentifierPart`, but for characters that hardly anybody writes.
fn continues_identifier(found: char) -> bool {
    let is_ignorable = matches!(found, '\0'..='\u{8}' | '\u{e}'..='\u{1b}' | '\u{7f}'..='\u{9f}' | '\u{ad}');
    begins_identifier(found) || found.is_ascii_digit() || found == '€' || is_ignorable
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said, and the line and column where.
    fn said(document: &[u8]) -> (String, usize, usize) {
        let complaint = complaint(document).unwrap_or_default();
        let source =
            " at [Source: REDACTED (`StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION` disabled); line: ";
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
        let text =
            "Unexpected character ('1' (code 49)): was expecting a colon to separate field name and value";
        assert_said("{\"a\" 1}", text, 6);
        for (document, found, column) in
            [("{'a':1}", "''' (code 39)", 2), ("{\"a\":1,}", "'}' (code 125)", 8)]
        {
            let text =
                format!("Unexpected character ({found}): was expecting double-quote to start field name");
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
        let marker = |kind| {
            format!("Unexpected end-of-input: expected close marker for {kind} (start marker at {start})")
        };
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
        let text =
            "Unexpected character (']' (code 93)) in numeric value: Decimal point not followed by a digit";
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
        for document in
            ["{}", " [1, -0.5e+3] ", "\"t\\u00e9xt\"", "null", "{\"a\":{\"b\":[true,false]}}", "é"]
        {
            let expected = document == "é";
            assert_eq!(complaint(document.as_bytes()).is_some(), expected, "{document}");
        }
    }
}
