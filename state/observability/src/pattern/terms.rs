//! Terms: `ERROR "exact phrase" -excluded ?either ?or %regex%`.

use regex::Regex;

use super::PatternError;
use super::cursor::Cursor;

#[derive(Debug, Clone, Default)]
pub(super) struct Terms {
    required: Vec<Term>,
    excluded: Vec<Term>,
    /// One of them must be there; they count only when there is nothing else, as on AWS.
    optional: Vec<Term>,
}

#[derive(Debug, Clone)]
enum Term {
    Text(String),
    Regex(Regex),
}

impl Terms {
    pub(super) fn parse(mut cursor: Cursor<'_>) -> Result<Terms, PatternError> {
        let mut terms = Terms::default();
        while !cursor.at_end() {
            let list = if cursor.eat("?") {
                &mut terms.optional
            } else if cursor.eat("-") {
                &mut terms.excluded
            } else {
                cursor.skip_space();
                &mut terms.required
            };
            list.push(Term::parse(&mut cursor)?);
        }
        Ok(terms)
    }

    pub(super) fn match_text(&self, text: &str) -> bool {
        if self.required.is_empty() && self.excluded.is_empty() {
            return self.optional.iter().any(|term| term.is_in(text));
        }
        self.required.iter().all(|term| term.is_in(text))
            && !self.excluded.iter().any(|term| term.is_in(text))
    }
}

impl Term {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Term, PatternError> {
        match cursor.peek() {
            Some('"') => Term::quoted(cursor),
            Some('%') => cursor.regex().map(Term::Regex),
            _ => Term::bare(cursor),
        }
    }

    fn quoted(cursor: &mut Cursor<'_>) -> Result<Term, PatternError> {
        match cursor.quoted('"')? {
            text if text.is_empty() => Err(PatternError::InvalidTerm { term: "\"\"".to_owned() }),
            text => Ok(Term::Text(text)),
        }
    }

    /// What holds anything but letters, digits and underscores must be quoted.
    fn bare(cursor: &mut Cursor<'_>) -> Result<Term, PatternError> {
        let term = cursor.take_while(|c| !c.is_whitespace());
        if !term.is_empty() && term.chars().all(|c| c.is_alphanumeric() || c == '_') {
            Ok(Term::Text(term.to_owned()))
        } else {
            Err(PatternError::InvalidTerm { term: term.to_owned() })
        }
    }

    fn is_in(&self, text: &str) -> bool {
        match self {
            Term::Text(term) => memchr::memmem::find(text.as_bytes(), term.as_bytes()).is_some(),
            Term::Regex(regex) => regex.is_match(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::pattern::{Pattern, PatternError};

    const MESSAGES: [&str; 3] = ["ERROR WARN message", "ERROR message", "WARN message"];

    /// The places of the messages that the pattern selects, counted from 1.
    fn selected(pattern: &str) -> Vec<usize> {
        let pattern = Pattern::parse(pattern).unwrap();
        let places = MESSAGES.iter().zip(1..).filter(|(message, _)| pattern.matches(message.as_bytes()));
        places.map(|(_, place)| place).collect()
    }

    #[test]
    fn all_terms_must_be_there_and_none_that_is_excluded() {
        assert_eq!(selected("ERROR"), [1, 2]);
        assert_eq!(selected("ERROR WARN"), [1]);
        assert_eq!(selected("ERROR -WARN"), [2]);
        assert_eq!(selected("-WARN"), [2]);
        assert_eq!(selected("error"), [0; 0]);
    }

    #[test]
    fn a_term_may_be_part_of_a_word() {
        assert_eq!(selected("RR"), [1, 2]);
    }

    #[test]
    fn one_of_the_optional_terms_must_be_there() {
        assert_eq!(selected("?ERROR ?WARN"), [1, 2, 3]);
        assert_eq!(selected("?nothing ?WARN"), [1, 3]);
    }

    #[test]
    fn optional_terms_do_not_count_beside_others() {
        assert_eq!(selected("?nothing WARN"), [1, 3]);
        assert_eq!(selected("?WARN -ERROR"), [3]);
    }

    #[test]
    fn phrases_match_exactly() {
        assert_eq!(selected("\"ERROR message\""), [2]);
        assert_eq!(selected("-\"R m\""), [1, 3]);
        assert!(Pattern::parse(r#""say \"hi\" \\ \n""#).unwrap().matches(br#"say "hi" \ \n"#));
    }

    #[test]
    fn a_regular_expression_matches_anywhere() {
        assert_eq!(selected("%^WARN%"), [3]);
        assert_eq!(selected("%ERROR\\sm% message"), [2]);
        assert!(Pattern::parse("%10\\.10\\.0\\.1%").unwrap().matches(b"from 10.10.0.1"));
    }

    #[test]
    fn refuses_bare_terms_with_other_characters() {
        for term in ["foo.bar", "a\"b", "a:", "?", "-", "--x", "(x)"] {
            assert!(matches!(Pattern::parse(term), Err(PatternError::InvalidTerm { .. })), "{term}");
        }
        assert_eq!(
            Pattern::parse("ok @type").unwrap_err().to_string(),
            "Invalid character(s) in term '@type'"
        );
        assert_eq!(Pattern::parse("\"\"").unwrap_err().to_string(), "Invalid character(s) in term '\"\"'");
    }

    #[test]
    fn refuses_regular_expressions_beyond_the_documented_ones() {
        for term in ["%a!%", "%(a)%", "%a b%", "%ä%"] {
            assert!(matches!(Pattern::parse(term), Err(PatternError::InvalidTerm { .. })), "{term}");
        }
        for term in ["%a", "%%", "%[%", "%\\d{999}{999}%", "\"open"] {
            assert_eq!(Pattern::parse(term).unwrap_err(), PatternError::Invalid, "{term}");
        }
    }
}
