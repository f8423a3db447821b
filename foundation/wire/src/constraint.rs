//! The model's constraints, and AWS's text for their breaches.
//!
//! All breaches of a request stand in one text, in the order of the members; for one member a breached
//! pattern or enumeration comes before a breached length.

use std::fmt;

use serde_json::{Map, Value};

use crate::error::Error;
use crate::service::Service;
use crate::shape::{Kind, Member, Place, Shape};

/// A rule that a value can break, which displays as AWS words it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Constraint<'a> {
    LengthAtMost(i64),
    LengthAtLeast(i64),
    ValueAtMost(i64),
    ValueAtLeast(i64),
    Pattern(&'a str),
    OneOf(&'a [&'a str]),
    NotNull,
}

impl fmt::Display for Constraint<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LengthAtMost(most) => {
                write!(formatter, "Member must have length less than or equal to {most}")
            }
            Self::LengthAtLeast(least) => {
                write!(formatter, "Member must have length greater than or equal to {least}")
            }
            Self::ValueAtMost(most) => {
                write!(formatter, "Member must have value less than or equal to {most}")
            }
            Self::ValueAtLeast(least) => {
                write!(formatter, "Member must have value greater than or equal to {least}")
            }
            Self::Pattern(pattern) => {
                write!(formatter, "Member must satisfy regular expression pattern: {pattern}")
            }
            Self::OneOf(values) => {
                write!(formatter, "Member must satisfy enum value set: [{}]", values.join(", "))
            }
            Self::NotNull => formatter.write_str("Member must not be null"),
        }
    }
}

/// The text of a single breach, for a rule that a service checks by itself. `None` is a missing value.
pub fn breach(value: Option<&str>, path: &str, constraint: Constraint<'_>) -> String {
    let value = value.map_or_else(|| "null".to_owned(), |value| format!("'{value}'"));
    summary(&[format!("Value {value} at '{path}' failed to satisfy constraint: {constraint}")])
}

fn summary(breaches: &[String]) -> String {
    let noun = if breaches.len() == 1 { "error" } else { "errors" };
    format!("{} validation {noun} detected: {}", breaches.len(), breaches.join("; "))
}

/// Checks a document whose types are right.
pub(crate) fn check(shape: &Shape, document: &Map<String, Value>, service: &Service) -> Result<(), Error> {
    let mut findings = Findings::default();
    findings.structure(shape.members(), document, "");
    if !findings.breaches.is_empty() {
        return Err(Error::new(service.breach, summary(&findings.breaches)));
    }
    findings.bad_value.map_or(Ok(()), |text| Err(Error::new(service.bad_value, text)))
}

#[derive(Default)]
struct Findings {
    breaches: Vec<String>,
    /// What the service, not its front, checks is reported only when all else is right.
    bad_value: Option<String>,
}

impl Findings {
    fn structure(&mut self, members: &[Member], document: &Map<String, Value>, prefix: &str) {
        for member in members {
            let path = format!("{prefix}{}", lower_camel(member.name));
            match document.get(member.name) {
                Some(value) => {
                    self.value(member.shape, value, &path);
                    self.bare_name(member, value, &path);
                }
                None if member.required && !is_raw_payload(member) => self.missing(&path),
                None => {}
            }
        }
    }

    fn bare_name(&mut self, member: &Member, value: &Value, path: &str) {
        let (Some(most), Value::String(text)) = (member.bare_name_most, value) else { return };
        if !text.contains(':') && length(member.shape, value).is_some_and(|length| length > most) {
            self.bad_value = Some(breach(Some(text), path, Constraint::LengthAtMost(most)));
        }
    }

    fn missing(&mut self, path: &str) {
        let constraint = Constraint::NotNull;
        self.breaches.push(format!("Value null at '{path}' failed to satisfy constraint: {constraint}"));
    }

    fn value(&mut self, shape: &Shape, value: &Value, path: &str) {
        for constraint in broken(shape, value) {
            self.report(shape, value, path, &constraint.to_string());
        }
        match (shape.kind, value) {
            (Kind::Structure(members), Value::Object(object)) => {
                self.structure(members, object, &format!("{path}."));
            }
            (Kind::List(item), Value::Array(items)) => self.items(shape, item, items, value, path),
            (Kind::Map { key, value: item }, Value::Object(entries)) => {
                self.entries(shape, (key, item), entries, value, path);
            }
            (Kind::EnumerationOrArn { accepted, listed }, Value::String(text))
                if !accepted.contains(&text.as_str()) =>
            {
                let constraint = Constraint::OneOf(listed);
                self.bad_value = Some(format!(
                    "Value {text} at '{path}' failed to satisfy constraint: {constraint} or be a valid ARN"
                ));
            }
            _ => {}
        }
    }

    fn items(&mut self, shape: &Shape, item: &Shape, items: &[Value], list: &Value, path: &str) {
        if matches!(item.kind, Kind::Structure(_)) {
            for (index, value) in items.iter().enumerate() {
                self.value(item, value, &format!("{path}.{}.member", index + 1));
            }
        } else if items.iter().any(|value| is_broken(item, value)) {
            let constraint = format!("Member must satisfy constraint: {}", rules(item));
            self.report(shape, list, path, &constraint);
        }
    }

    fn entries(
        &mut self,
        shape: &Shape,
        (key, item): (&Shape, &Shape),
        entries: &Map<String, Value>,
        map: &Value,
        path: &str,
    ) {
        if entries.keys().any(|name| is_broken(key, &Value::String(name.clone()))) {
            self.report(shape, map, path, &format!("Map keys must satisfy constraint: {}", rules(key)));
        }
        if entries.values().any(|value| is_broken(item, value)) {
            self.report(shape, map, path, &format!("Map value must satisfy constraint: {}", rules(item)));
        }
    }

    fn report(&mut self, shape: &Shape, value: &Value, path: &str, constraint: &str) {
        let shown = if shape.sensitive { String::new() } else { format!(" '{}'", rendered(value)) };
        self.breaches.push(format!("Value{shown} at '{path}' failed to satisfy constraint: {constraint}"));
    }
}

fn is_raw_payload(member: &Member) -> bool {
    matches!(member.place, Place::Payload) && matches!(member.shape.kind, Kind::Blob)
}

/// The constraints that a value breaks by itself, not counting what is inside it.
fn broken<'a>(shape: &'a Shape, value: &Value) -> Vec<Constraint<'a>> {
    let mut broken = Vec::new();
    match (shape.kind, value) {
        (_, Value::Null) => broken.push(Constraint::NotNull),
        (Kind::Enumeration(values), Value::String(text)) if !values.contains(&text.as_str()) => {
            broken.push(Constraint::OneOf(values));
        }
        (Kind::String, Value::String(text)) => broken.extend(broken_pattern(shape, text)),
        _ => {}
    }
    if broken.is_empty() || !shape.pattern_hides_length {
        broken.extend(broken_limits(shape, value));
    }
    broken
}

fn broken_pattern<'a>(shape: &'a Shape, text: &str) -> Option<Constraint<'a>> {
    let pattern = shape.pattern.filter(|pattern| !pattern.matches(text))?;
    Some(Constraint::Pattern(pattern.source()))
}

fn broken_limits(shape: &Shape, value: &Value) -> Vec<Constraint<'static>> {
    if let Value::Number(number) = value {
        let number = number.as_f64().unwrap_or_default();
        let (less, more) = (below(number, shape.least), above(number, shape.most));
        return less
            .map(Constraint::ValueAtLeast)
            .into_iter()
            .chain(more.map(Constraint::ValueAtMost))
            .collect();
    }
    let Some(length) = length(shape, value) else { return Vec::new() };
    let less = shape.least.filter(|least| length < *least).map(Constraint::LengthAtLeast);
    let more = shape.most.filter(|most| length > *most).map(Constraint::LengthAtMost);
    less.into_iter().chain(more).collect()
}

#[expect(clippy::cast_precision_loss, reason = "the models' limits are small")]
fn below(number: f64, least: Option<i64>) -> Option<i64> {
    least.filter(|least| number < *least as f64)
}

#[expect(clippy::cast_precision_loss, reason = "the models' limits are small")]
fn above(number: f64, most: Option<i64>) -> Option<i64> {
    most.filter(|most| number > *most as f64)
}

/// Java counts UTF-16 units in strings; blobs count decoded bytes.
fn length(shape: &Shape, value: &Value) -> Option<i64> {
    let length = match value {
        Value::String(text) if matches!(shape.kind, Kind::Blob) => decoded_length(text),
        Value::String(text) => text.encode_utf16().count(),
        Value::Array(items) => items.len(),
        Value::Object(entries) => entries.len(),
        _ => return None,
    };
    i64::try_from(length).ok()
}

fn decoded_length(base64: &str) -> usize {
    base64.trim_end_matches('=').len() * 3 / 4
}

/// Whether a value inside a list or map breaks any rule of its shape.
fn is_broken(shape: &Shape, value: &Value) -> bool {
    if !broken(shape, value).is_empty() {
        return true;
    }
    match (shape.kind, value) {
        (Kind::List(item), Value::Array(items)) => items.iter().any(|value| is_broken(item, value)),
        (Kind::EnumerationOrArn { accepted, .. }, Value::String(text)) => !accepted.contains(&text.as_str()),
        _ => false,
    }
}

/// All rules of a shape inside a list or map, whichever was broken.
fn rules(shape: &Shape) -> String {
    let mut rules: Vec<String> = limits(shape).iter().map(ToString::to_string).collect();
    match shape.kind {
        Kind::Enumeration(values) | Kind::EnumerationOrArn { listed: values, .. } => {
            rules.push(Constraint::OneOf(values).to_string());
        }
        Kind::List(item) => rules.push(format!("Member must satisfy constraint: {}", self::rules(item))),
        _ => {}
    }
    rules.extend(shape.pattern.map(|pattern| Constraint::Pattern(pattern.source()).to_string()));
    rules.push(Constraint::NotNull.to_string());
    format!("[{}]", rules.join(", "))
}

fn limits(shape: &Shape) -> Vec<Constraint<'static>> {
    let (most, least) = match shape.kind {
        Kind::Integer | Kind::Long | Kind::Double => {
            (shape.most.map(Constraint::ValueAtMost), shape.least.map(Constraint::ValueAtLeast))
        }
        _ => (shape.most.map(Constraint::LengthAtMost), shape.least.map(Constraint::LengthAtLeast)),
    };
    most.into_iter().chain(least).collect()
}

/// `FunctionName` becomes `functionName`, `KMSKeyArn` `kMSKeyArn`.
fn lower_camel(name: &str) -> String {
    let mut characters = name.chars();
    let first = characters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(characters).collect()
}

/// A value as Java's `toString` gives it.
fn rendered(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            format!("[{}]", items.iter().map(rendered).collect::<Vec<_>>().join(", "))
        }
        Value::Object(entries) => {
            let pairs = entries.iter().map(|(key, value)| format!("{key}={}", rendered(value)));
            format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}
