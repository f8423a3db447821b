//! Conditions on the columns of space-delimited events: `[ip, user, ..., status = 4*, bytes > 1000]`.

use super::PatternError;
use super::condition::{Condition, Subject, number};
use super::cursor::Cursor;
use super::expression::Expression;

/// An event matches when it has exactly these columns.
#[derive(Debug, Clone)]
pub(super) struct Columns(Vec<Column>);

#[derive(Debug, Clone)]
enum Column {
    /// Any number of columns, also none.
    Ellipsis,
    Any,
    Compared(Expression<Condition>),
}

impl Columns {
    pub(super) fn parse(mut cursor: Cursor<'_>) -> Result<Columns, PatternError> {
        let mut columns = vec![Column::parse(&mut cursor)?];
        while cursor.eat(",") {
            columns.push(Column::parse(&mut cursor)?);
        }
        if cursor.at_end() { Ok(Columns(columns)) } else { Err(PatternError::Invalid) }
    }

    pub(super) fn match_text(&self, text: &str) -> bool {
        match_columns(&self.0, &split(text))
    }
}

impl Column {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Column, PatternError> {
        if cursor.eat("...") {
            return Ok(Column::Ellipsis);
        }
        cursor.skip_space();
        // Without a name, as behind a last comma, it still is a column.
        if matches!(cursor.peek(), None | Some(',')) {
            return Ok(Column::Any);
        }
        let mut lookahead = cursor.fork();
        name(&mut lookahead)?;
        lookahead.skip_space();
        if matches!(lookahead.peek(), None | Some(',')) {
            *cursor = lookahead;
            return Ok(Column::Any);
        }
        Column::parse_compared(cursor).map(Column::Compared)
    }

    /// All conditions of a column call it by the same name.
    fn parse_compared(cursor: &mut Cursor<'_>) -> Result<Expression<Condition>, PatternError> {
        let mut called = None;
        Expression::parse(cursor, &mut |cursor| {
            let name = name(cursor)?;
            if *called.get_or_insert(name) != name {
                return Err(PatternError::Invalid);
            }
            Condition::parse(cursor)
        })
    }

    fn takes(&self, value: &str) -> bool {
        match self {
            Column::Ellipsis | Column::Any => true,
            Column::Compared(expression) => {
                let subject = Subject { text: value, number: number(value) };
                expression.holds(&|condition| condition.holds(subject))
            }
        }
    }
}

fn name<'p>(cursor: &mut Cursor<'p>) -> Result<&'p str, PatternError> {
    let name = cursor.take_while(|c| c.is_alphanumeric() || "_-$.".contains(c));
    if name.is_empty() { Err(PatternError::Invalid) } else { Ok(name) }
}

/// Matches from the left; at a mismatch the last ellipsis takes one column more.
fn match_columns(columns: &[Column], values: &[&str]) -> bool {
    let (mut column, mut value) = (0, 0);
    let mut ellipsis = None;
    while value < values.len() {
        match columns.get(column) {
            Some(Column::Ellipsis) => {
                ellipsis = Some((column, value));
                column += 1;
            }
            Some(next) if next.takes(values[value]) => {
                column += 1;
                value += 1;
            }
            _ => {
                let Some((at, taken)) = ellipsis else { return false };
                ellipsis = Some((at, taken + 1));
                column = at + 1;
                value = taken + 1;
            }
        }
    }
    columns[column..].iter().all(|rest| matches!(rest, Column::Ellipsis))
}

/// Columns are what stands between blanks; what stands in brackets or quotes is one.
fn split(text: &str) -> Vec<&str> {
    let mut values = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (value, behind) = enclosed(rest, '[', ']')
            .or_else(|| enclosed(rest, '"', '"'))
            .unwrap_or_else(|| rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())));
        values.push(value);
        rest = behind.trim_start();
    }
    values
}

fn enclosed(text: &str, open: char, close: char) -> Option<(&str, &str)> {
    let (inner, behind) = text.strip_prefix(open)?.split_once(close)?;
    (behind.is_empty() || behind.starts_with(char::is_whitespace)).then_some((inner, behind))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::pattern::Pattern;

    const LINE: &str =
        r#"127.0.0.1 - frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534"#;

    fn selects(pattern: &str, line: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(line.as_bytes())
    }

    #[test]
    fn the_number_of_columns_must_be_right() {
        assert!(selects("[ip, user, username, timestamp, request, status_code, bytes]", LINE));
        assert!(!selects("[ip, user, username, timestamp, request, status_code]", LINE));
        assert!(!selects("[a, b, c, d, e, f, g, h]", LINE));
    }

    #[test]
    fn an_ellipsis_takes_any_number_of_columns() {
        assert!(selects("[..., status_code, bytes]", LINE));
        assert!(selects("[ip, user, ..., status_code = 4*, bytes]", LINE));
        assert!(selects("[ip, user, ...]", LINE));
        assert!(selects("[...]", ""));
        assert!(selects("[..., request=*.html*, status_code=4*,]", LINE));
        assert!(selects("[..., u = frank, ..., b = 1534]", LINE));
        assert!(!selects("[..., b = 1534, x]", LINE));
    }

    #[test]
    fn conditions_compare_texts_and_numbers() {
        let with = |condition: &str| format!("[ip, user, username, timestamp, request, {condition}, bytes]");
        assert!(selects(&with("status_code = 404"), LINE));
        assert!(selects(&with("status_code > 400 && status_code < 500"), LINE));
        assert!(selects(&with("s = 4* && s != 403"), LINE));
        assert!(selects(&with("s = 500 || s = 404"), LINE));
        assert!(selects(&with("s = %^4%"), LINE));
        assert!(!selects(&with("s != 404"), LINE));
    }

    #[test]
    fn the_documentation_s_words() {
        let lines = ["ERROR WARN message", "ERROR message", "WARN message"];
        let selected = |pattern: &str| lines.map(|line| selects(pattern, line));
        assert_eq!(selected("[w1=ERROR, w2]"), [false, true, false]);
        assert_eq!(selected("[w1=ERROR || w1=WARN, w2]"), [false, true, true]);
        assert_eq!(selected("[w1!=ERROR&&w1!=WARN, w2]"), [false, false, false]);
    }

    #[test]
    fn report_lines_split_at_tabs_too() {
        let report = "REPORT RequestId: abc\tDuration: 133.61 ms\tBilled Duration: 214 ms\t\n";
        assert!(selects("[r=REPORT, l=\"RequestId:\", id, d=\"Duration:\", ms>100, u=ms, ...]", report));
    }

    #[test]
    fn refuses_what_is_not_in_the_language() {
        for pattern in ["[a = ]", "[a = 1 && b = 2]", "[a b]", "[a > x]", "[= 1]", "[(a = 1]"] {
            assert_eq!(Pattern::parse(pattern).unwrap_err(), PatternError::Invalid, "{pattern}");
        }
    }

    /// What an ellipsis means, told the slow way.
    fn match_slowly(columns: &[Column], values: &[&str]) -> bool {
        match columns.split_first() {
            None => values.is_empty(),
            Some((Column::Ellipsis, rest)) => {
                (0..=values.len()).any(|taken| match_slowly(rest, &values[taken..]))
            }
            Some((column, rest)) => values
                .split_first()
                .is_some_and(|(value, others)| column.takes(value) && match_slowly(rest, others)),
        }
    }

    proptest! {
        #[test]
        fn ellipses_match_as_their_definition_says(
            columns in proptest::collection::vec(prop_oneof!["\\.\\.\\.", "x", "x=a", "x=b"], 1..6),
            values in proptest::collection::vec("[ab]", 0..7),
        ) {
            let columns = Columns::parse(Cursor::new(&columns.join(","))).unwrap().0;
            let values = values.iter().map(String::as_str).collect::<Vec<_>>();
            prop_assert_eq!(match_columns(&columns, &values), match_slowly(&columns, &values));
        }
    }
}
