//! The filter pattern language of CloudWatch Logs.
//!
//! A pattern has one of three forms, told apart by its first character: `{ … }` compares members of JSON events,
//! `[ … ]` compares the columns of space-delimited events, everything else lists terms that an event contains or
//! does not. An empty pattern selects every event. (CloudWatch Logs User Guide, `FilterAndPatternSyntax`.)

mod columns;
mod condition;
mod cursor;
mod expression;
mod json;
mod selector;
mod terms;

use columns::Columns;
use cursor::Cursor;
use json::Members;
use terms::Terms;

/// AWS takes no longer pattern.
pub const PATTERN_MAX_CHARS: usize = 1024;

/// AWS takes no more regular expressions in one pattern.
const REGEXES_MAX: usize = 2;

/// The messages are AWS's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("If a filter pattern starts with '{open}' it must end with '{close}'")]
    Unclosed { open: char, close: char },
    #[error("Invalid character(s) in term '{term}'")]
    InvalidTerm { term: String },
    #[error("Invalid filter pattern")]
    Invalid,
}

/// A pattern that has been checked and is ready to match.
#[derive(Debug, Clone)]
pub struct Pattern(Form);

#[derive(Debug, Clone)]
enum Form {
    Everything,
    Terms(Terms),
    Members(Members),
    Columns(Columns),
}

impl Pattern {
    pub fn everything() -> Pattern {
        Pattern(Form::Everything)
    }

    pub fn parse(text: &str) -> Result<Pattern, PatternError> {
        if text.chars().count() > PATTERN_MAX_CHARS {
            return Err(PatternError::Invalid);
        }
        let text = text.trim();
        let form = match text.chars().next() {
            None => Form::Everything,
            Some('{') => Form::Members(Members::parse(Cursor::new(inside(text, '{', '}')?))?),
            Some('[') => Form::Columns(Columns::parse(Cursor::new(inside(text, '[', ']')?))?),
            Some(_) => Form::Terms(Terms::parse(Cursor::new(text))?),
        };
        Ok(Pattern(form))
    }

    /// Whether the pattern selects an event with that message. Bytes that are not UTF-8 are taken as U+FFFD.
    pub fn matches(&self, message: &[u8]) -> bool {
        match &self.0 {
            Form::Everything => true,
            Form::Terms(terms) => terms.match_text(&String::from_utf8_lossy(message)),
            Form::Members(members) => members.match_json(message),
            Form::Columns(columns) => columns.match_text(&String::from_utf8_lossy(message)),
        }
    }
}

fn inside(text: &str, open: char, close: char) -> Result<&str, PatternError> {
    text.strip_prefix(open)
        .and_then(|rest| rest.strip_suffix(close))
        .ok_or(PatternError::Unclosed { open, close })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_empty_pattern_selects_everything() {
        for text in ["", " ", "\t\n"] {
            assert!(Pattern::parse(text).unwrap().matches(b"anything"), "{text:?}");
        }
    }

    #[test]
    fn brackets_must_be_closed() {
        assert_eq!(
            Pattern::parse("{ $.a = 1").unwrap_err().to_string(),
            "If a filter pattern starts with '{' it must end with '}'"
        );
        assert_eq!(
            Pattern::parse("[a, b").unwrap_err().to_string(),
            "If a filter pattern starts with '[' it must end with ']'"
        );
        assert_eq!(Pattern::parse("{").unwrap_err(), PatternError::Unclosed { open: '{', close: '}' });
    }

    #[test]
    fn refuses_more_than_1024_characters() {
        assert!(Pattern::parse(&"ä".repeat(1024)).is_ok());
        assert_eq!(Pattern::parse(&"a".repeat(1025)).unwrap_err(), PatternError::Invalid);
    }

    #[test]
    fn refuses_a_third_regular_expression() {
        assert!(Pattern::parse("%a% %b%").is_ok());
        for text in ["%a% %b% %c%", "{ $.a = %a% && $.b = %b% && $.c = %c% }", "[a=%a%, b=%b%, c=%c%]"] {
            assert_eq!(Pattern::parse(text).unwrap_err(), PatternError::Invalid, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_parses_or_is_refused_and_matching_never_fails(
            text in "[{\\[]?[ a$.*?\\-%\"=<>&|(),!0-9'\\[\\]{}]{0,40}[}\\]]?", message in ".{0,40}",
        ) {
            if let Ok(pattern) = Pattern::parse(&text) {
                pattern.matches(message.as_bytes());
            }
        }

        #[test]
        fn a_quoted_text_selects_exactly_the_messages_that_contain_it(
            needle in "[a-c \\[{%?-]{1,3}", message in "[a-c \\[{%?-]{0,8}",
        ) {
            let pattern = Pattern::parse(&format!("\"{needle}\"")).unwrap();
            prop_assert_eq!(pattern.matches(message.as_bytes()), message.contains(&needle));
        }

        #[test]
        fn numbers_compare_as_numbers(left in -1000..1000_i32, right in -1000..1000_i32) {
            let message = format!(r#"{{"n":{left}}}"#);
            let holds = |operator: &str| {
                Pattern::parse(&format!("{{ $.n {operator} {right} }}")).unwrap().matches(message.as_bytes())
            };
            prop_assert_eq!(holds("="), left == right);
            prop_assert_eq!(holds("!="), left != right);
            prop_assert_eq!(holds("<"), left < right);
            prop_assert_eq!(holds(">"), left > right);
            prop_assert_eq!(holds("<="), left <= right);
            prop_assert_eq!(holds(">="), left >= right);
        }
    }
}
