//! Paths into a JSON event: `$.a.b`, `$.a[0]`, `$.a[*]`, `$.*`, `$.['a.b']`.

use serde_json::Value;

use super::PatternError;
use super::cursor::Cursor;

#[derive(Debug, Clone)]
pub(super) struct Selector(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Element(usize),
    AnyMember,
    AnyElement,
}

impl Selector {
    pub(super) fn parse(cursor: &mut Cursor<'_>) -> Result<Selector, PatternError> {
        cursor.require("$")?;
        let mut steps = Vec::new();
        while let Some(step) = Step::parse(cursor)? {
            steps.push(step);
        }
        let selector = Selector(steps);
        // AWS allows one wildcard in a selector.
        if selector.0.is_empty() || selector.wildcards() > 1 {
            return Err(PatternError::Invalid);
        }
        Ok(selector)
    }

    pub(super) fn wildcards(&self) -> usize {
        self.0.iter().filter(|step| matches!(step, Step::AnyMember | Step::AnyElement)).count()
    }

    /// Everything in the event that the path leads to.
    pub(super) fn select<'v>(&self, event: &'v Value) -> Vec<&'v Value> {
        self.0.iter().fold(vec![event], |values, step| {
            values.into_iter().flat_map(|value| step.follow(value)).collect()
        })
    }
}

impl Step {
    fn parse(cursor: &mut Cursor<'_>) -> Result<Option<Step>, PatternError> {
        match cursor.peek() {
            Some('.') => Step::parse_member(cursor).map(Some),
            Some('[') => Step::parse_bracket(cursor).map(Some),
            _ => Ok(None),
        }
    }

    fn parse_member(cursor: &mut Cursor<'_>) -> Result<Step, PatternError> {
        cursor.require(".")?;
        match cursor.peek() {
            Some('[') => Step::parse_bracket(cursor),
            Some('*') => cursor.require("*").map(|()| Step::AnyMember),
            _ => {
                let name = cursor.take_while(|c| c.is_alphanumeric() || c == '_' || c == '-');
                if name.is_empty() { Err(PatternError::Invalid) } else { Ok(Step::Member(name.to_owned())) }
            }
        }
    }

    fn parse_bracket(cursor: &mut Cursor<'_>) -> Result<Step, PatternError> {
        cursor.require("[")?;
        let step = match cursor.peek() {
            Some('*') => cursor.require("*").map(|()| Step::AnyElement)?,
            Some(quote @ ('\'' | '"')) => Step::Member(cursor.quoted(quote)?),
            _ => {
                let index = cursor.take_while(|c| c.is_ascii_digit());
                Step::Element(index.parse().map_err(|_no_number| PatternError::Invalid)?)
            }
        };
        cursor.require("]")?;
        Ok(step)
    }

    fn follow<'v>(&self, value: &'v Value) -> Vec<&'v Value> {
        match (self, value) {
            (Step::Member(name), Value::Object(members)) => members.get(name).into_iter().collect(),
            (Step::Element(index), Value::Array(elements)) => elements.get(*index).into_iter().collect(),
            (Step::AnyMember, Value::Object(members)) => members.values().collect(),
            (Step::AnyElement, Value::Array(elements)) => elements.iter().collect(),
            _ => Vec::new(),
        }
    }
}
