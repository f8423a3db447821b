//! Comparisons of one value with a constant: `= "text"`, `!= 4*`, `>= 1e3`, `= %regex%`.

use std::cmp::Ordering;

use regex::Regex;

use super::PatternError;
use super::cursor::Cursor;

#[derive(Debug, Clone)]
pub(super) struct Condition {
    operator: Operator,
    comparand: Comparand,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Operator {
    /// Longer spellings before those that they begin with.
    const SPELLINGS: [(&'static str, Operator); 6] = [
        ("!=", Operator::NotEqual),
        ("<=", Operator::LessOrEqual),
        (">=", Operator::GreaterOrEqual),
        ("=", Operator::Equal),
        ("<", Operator::Less),
        (">", Operator::Greater),
    ];

    fn parse(cursor: &mut Cursor<'_>) -> Result<Operator, PatternError> {
        let found = Operator::SPELLINGS.into_iter().find(|(spelling, _)| cursor.eat(spelling));
        found.map(|(_, operator)| operator).ok_or(PatternError::Invalid)
    }

    fn accepts(self, ordering: Ordering) -> bool {
        match self {
            Operator::Equal => ordering.is_eq(),
            Operator::NotEqual => ordering.is_ne(),
            Operator::Less => ordering.is_lt(),
            Operator::LessOrEqual => ordering.is_le(),
            Operator::Greater => ordering.is_gt(),
            Operator::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

#[derive(Debug, Clone)]
enum Comparand {
    /// Compares as a number with what is one, as text with what is none.
    Number {
        value: f64,
        text: String,
    },
    Text(Wildcard),
    Regex(Regex),
}

/// A value out of an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'e> {
    pub(super) text: &'e str,
    pub(super) number: Option<f64>,
}

impl Condition {
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Condition, PatternError> {
        let operator = Operator::parse(cursor)?;
        cursor.skip_space();
        let comparand = match cursor.peek() {
            Some('"') => Comparand::Text(Wildcard::new(&cursor.quoted('"')?)),
            Some('%') => Comparand::Regex(cursor.regex()?),
            _ => Comparand::bare(cursor)?,
        };
        let equality = matches!(operator, Operator::Equal | Operator::NotEqual);
        if !equality && !matches!(comparand, Comparand::Number { .. }) {
            return Err(PatternError::Invalid);
        }
        Ok(Condition { operator, comparand })
    }

    pub(super) fn holds(&self, subject: Subject<'_>) -> bool {
        let equal = match (&self.comparand, subject.number) {
            (Comparand::Number { value, .. }, Some(number)) => {
                return number.partial_cmp(value).is_some_and(|ordering| self.operator.accepts(ordering));
            }
            (Comparand::Number { text, .. }, None) => subject.text == text,
            (Comparand::Text(wildcard), _) => wildcard.matches(subject.text),
            (Comparand::Regex(regex), _) => regex.is_match(subject.text),
        };
        match self.operator {
            Operator::Equal => equal,
            Operator::NotEqual => !equal,
            // Only numbers have an order.
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => false,
        }
    }
}

impl Comparand {
    fn bare(cursor: &mut Cursor<'_>) -> Result<Comparand, PatternError> {
        let word = cursor.take_while(|c| !c.is_whitespace() && !"()&|,=!<>\"%{}[]".contains(c));
        if word.is_empty() {
            return Err(PatternError::Invalid);
        }
        Ok(match number(word) {
            Some(value) => Comparand::Number { value, text: word.to_owned() },
            None => Comparand::Text(Wildcard::new(word)),
        })
    }
}

/// A decimal, perhaps with a sign and an exponent; Rust's `inf` and `nan` are none.
pub(super) fn number(word: &str) -> Option<f64> {
    let looks_numeric = word.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    word.parse().ok().filter(|_| looks_numeric)
}

/// A text with an asterisk at either end or at both; one in the middle is itself.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wildcard {
    open_start: bool,
    text: String,
    open_end: bool,
}

impl Wildcard {
    fn new(word: &str) -> Wildcard {
        let (open_start, word) = strip(word, word.strip_prefix('*'));
        let (open_end, word) = strip(word, word.strip_suffix('*'));
        // A single asterisk stands for any text.
        let open_end = open_end || (open_start && word.is_empty());
        Wildcard { open_start, text: word.to_owned(), open_end }
    }

    fn matches(&self, text: &str) -> bool {
        match (self.open_start, self.open_end) {
            (false, false) => text == self.text,
            (false, true) => text.starts_with(&self.text),
            (true, false) => text.ends_with(&self.text),
            (true, true) => text.contains(&self.text),
        }
    }
}

fn strip<'w>(word: &'w str, stripped: Option<&'w str>) -> (bool, &'w str) {
    (stripped.is_some(), stripped.unwrap_or(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(condition: &str, text: &str) -> bool {
        let condition = Condition::parse(&mut Cursor::new(condition)).unwrap();
        condition.holds(Subject { text, number: number(text) })
    }

    #[test]
    fn asterisks_stand_for_any_text_at_the_ends_only() {
        assert!(holds("= *Event", "PutEvent"));
        assert!(holds("= Event*", "EventName"));
        assert!(holds("= *html*", "/index.html?x"));
        assert!(holds("= *", "anything"));
        assert!(holds("= 4*", "404"));
        assert!(holds("= \"123.*\"", "123.4"));
        assert!(!holds("= Ev*ent", "Evvent"));
        assert!(holds("= Ev*ent", "Ev*ent"));
        assert!(holds("!= 123.123.*", "10.0.0.1"));
    }

    #[test]
    fn numbers_compare_by_value() {
        assert!(holds("= 1e3", "1000"));
        assert!(holds("> +10.5", "11"));
        assert!(holds("<= 10e-3", "0.01"));
        assert!(!holds("< 5", "no number"));
        assert!(holds("!= 5", "no number"));
    }

    #[test]
    fn only_numbers_have_an_order() {
        for text in ["< abc", "> \"5\"", ">= %5%", "= ", "~ 5", "< inf"] {
            assert_eq!(
                Condition::parse(&mut Cursor::new(text)).unwrap_err(),
                PatternError::Invalid,
                "{text}"
            );
        }
    }
}
