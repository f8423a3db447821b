//! Conditions on the members of JSON events: `{ $.level = "ERROR" && $.latency > 500 }`.

use serde_json::Value;

use super::PatternError;
use super::condition::{Condition, Subject};
use super::cursor::Cursor;
use super::expression::Expression;
use super::selector::Selector;

/// AWS allows so many wildcards in the selectors of one pattern.
const WILDCARDS_MAX: usize = 3;

#[derive(Debug, Clone)]
pub(super) struct Members(Expression<Member>);

#[derive(Debug, Clone)]
struct Member {
    selector: Selector,
    test: Test,
}

#[derive(Debug, Clone)]
enum Test {
    Compare(Condition),
    IsNull,
    IsTrue,
    IsFalse,
    NotExists,
}

impl Members {
    pub(super) fn parse(mut cursor: Cursor<'_>) -> Result<Members, PatternError> {
        let mut wildcards = 0;
        let expression = Expression::parse(&mut cursor, &mut |cursor| {
            let member = Member::parse(cursor)?;
            wildcards += member.selector.wildcards();
            Ok(member)
        })?;
        if !cursor.at_end() || wildcards > WILDCARDS_MAX {
            return Err(PatternError::Invalid);
        }
        Ok(Members(expression))
    }

    /// A message that is no JSON object or array never matches.
    pub(super) fn match_json(&self, message: &[u8]) -> bool {
        match serde_json::from_slice::<Value>(message) {
            Ok(event @ (Value::Object(_) | Value::Array(_))) => self.0.holds(&|member| member.holds(&event)),
            Ok(_) | Err(_) => false,
        }
    }
}

impl Member {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Member, PatternError> {
        let selector = Selector::parse(cursor)?;
        let test = if cursor.eat("IS") {
            Test::parse_is(cursor)?
        } else if cursor.eat("NOT") {
            cursor.require("EXISTS")?;
            Test::NotExists
        } else {
            Test::Compare(Condition::parse(cursor)?)
        };
        Ok(Member { selector, test })
    }

    fn holds(&self, event: &Value) -> bool {
        let values = self.selector.select(event);
        match &self.test {
            Test::NotExists => values.is_empty(),
            Test::IsNull => values.iter().any(|value| value.is_null()),
            Test::IsTrue => values.iter().any(|value| value.as_bool() == Some(true)),
            Test::IsFalse => values.iter().any(|value| value.as_bool() == Some(false)),
            Test::Compare(condition) => values.iter().any(|value| compare(condition, value)),
        }
    }
}

impl Test {
    fn parse_is(cursor: &mut Cursor<'_>) -> Result<Test, PatternError> {
        let tests = [("NULL", Test::IsNull), ("TRUE", Test::IsTrue), ("FALSE", Test::IsFalse)];
        let found = tests.into_iter().find(|(word, _)| cursor.eat(word));
        found.map(|(_, test)| test).ok_or(PatternError::Invalid)
    }
}

/// Only texts and numbers can be compared; `!=` does not hold for anything else either.
fn compare(condition: &Condition, value: &Value) -> bool {
    match value {
        Value::String(text) => condition.holds(Subject { text, number: None }),
        Value::Number(number) => {
            condition.holds(Subject { text: &number.to_string(), number: number.as_f64() })
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::pattern::{Pattern, PatternError};

    const EVENT: &str = r#"{"eventType":"UpdateTrail","sourceIPAddress":"111.111.111.111",
        "arrayKey":["value","another value"],"objectList":[{"name":"a","id":1},{"name":"b","id":2}],
        "SomeObject":null,"ThisFlag":true,"off":false,"user":{"id":1,"email":"John.Stiles@example.com"},
        "actions":["GET","PUT","DELETE"],"coordinates":[[0,1,2],[4,5,6]],"latency":1234.5,"a.b":"dotted"}"#;

    fn selects(pattern: &str) -> bool {
        Pattern::parse(pattern).unwrap().matches(EVENT.as_bytes())
    }

    #[test]
    fn compares_members_and_elements() {
        assert!(selects("{ $.eventType = \"UpdateTrail\" }"));
        assert!(selects("{$.eventType=UpdateTrail}"));
        assert!(selects("{ $.sourceIPAddress != 123.123.* }"));
        assert!(selects("{ $.arrayKey[0] = \"value\" }"));
        assert!(selects("{ $.objectList[1].id = 2 }"));
        assert!(selects("{ $.coordinates[1][0] = 4 }"));
        assert!(selects("{ $.latency >= 1e3 }"));
        assert!(selects("{ $.latency = * }"));
        assert!(selects("{ $.['a.b'] = dotted }"));
        assert!(selects("{ $.user.email = %@example\\.com$% }"));
        assert!(!selects("{ $.arrayKey[2] = \"value\" }"));
        assert!(!selects("{ $.eventType[0] = UpdateTrail }"));
    }

    #[test]
    fn tests_for_null_truth_and_absence() {
        assert!(selects("{ $.SomeObject IS NULL }"));
        assert!(selects("{ $.SomeOtherObject NOT EXISTS }"));
        assert!(selects("{ $.ThisFlag IS TRUE }"));
        assert!(selects("{ $.off IS FALSE }"));
        assert!(!selects("{ $.off IS TRUE }"));
        assert!(!selects("{ $.SomeOtherObject IS NULL }"));
        assert!(!selects("{ $.SomeObject NOT EXISTS }"));
    }

    #[test]
    fn and_binds_closer_than_or() {
        assert!(selects("{ ($.user.id = 1) && ($.objectList[0].name = a) }"));
        assert!(!selects("{ ($.user.id = 2 && $.user.email = \"nonmatch\") || $.actions[2] = \"GET\" }"));
        assert!(selects("{ $.user.id = 1 || $.coordinates[0][1] = nonmatch && $.actions[2] = nomatch }"));
        assert!(!selects("{ ($.user.id = 1 || $.coordinates[0][1] = nonmatch) && $.actions[2] = nomatch }"));
    }

    #[test]
    fn a_wildcard_matches_when_any_value_does() {
        assert!(selects("{ $.arrayKey[*] = \"another value\" }"));
        assert!(selects("{ $.objectList[*].id = 2 }"));
        assert!(selects("{ $.user.* = 1 }"));
        assert!(!selects("{ $.objectList[*].id = 3 }"));
    }

    #[test]
    fn a_selector_that_leads_to_a_list_or_nowhere_compares_with_nothing() {
        for pattern in ["{ $.arrayKey = 1 }", "{ $.arrayKey != 1 }", "{ $.nothing != 1 }", "{ $.user != x }"]
        {
            assert!(!selects(pattern), "{pattern}");
        }
    }

    #[test]
    fn text_that_is_no_json_never_matches() {
        for message in ["plain", "12", "", "{\"a\":1} tail"] {
            assert!(!Pattern::parse("{ $.a NOT EXISTS }").unwrap().matches(message.as_bytes()), "{message}");
        }
        assert!(Pattern::parse("{ $.a = 1 }").unwrap().matches(b"{\"a\":1}\n"));
    }

    #[test]
    fn refuses_what_is_not_in_the_language() {
        for pattern in [
            "{}",
            "{ $ = 1 }",
            "{ a = 1 }",
            "{ $.a }",
            "{ $.a IS NOT NULL }",
            "{ $.a EXISTS }",
            "{ $.a = 1 && }",
            "{ ($.a = 1 }",
            "{ $.a = 1 $.b = 2 }",
            "{ $.*.* = 1 }",
            "{ $.* = 1 && $.a.* = 2 && $.b.* = 3 && $.c.* = 4 }",
            "{ $.a[-1] = 1 }",
            "{ $.a = 1 }}",
        ] {
            assert_eq!(Pattern::parse(pattern).unwrap_err(), PatternError::Invalid, "{pattern}");
        }
    }
}
