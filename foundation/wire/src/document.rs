//! JSON of the right types: what stands between bytes and the check of constraints.
//!
//! AWS's servers refuse a body that is not JSON, or whose values have the wrong types, before they look at
//! any constraint. Unknown members and null members are dropped here, as there.

use serde_json::{Map, Number, Value};

use crate::scalar::Blob;
use crate::shape::{Kind, Member, Shape};

/// Why a body or a parameter cannot be read, in AWS's words where it has any.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mismatch(pub(crate) Option<String>);

/// Parses a body. An empty one is an empty document.
pub(crate) fn parse(body: &[u8]) -> Result<Value, Mismatch> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(Map::new()));
    }
    serde_json::from_slice(body).map_err(|_malformed| Mismatch(None))
}

/// Checks a value's types and keeps what the shape knows.
pub(crate) fn conform(shape: &Shape, value: Value) -> Result<Value, Mismatch> {
    match (shape.kind, value) {
        (Kind::Structure(members), Value::Object(object)) => structure(members, object).map(Value::Object),
        (Kind::Structure(_), _) => Err(expected("Unexpected value type in payload")),
        (Kind::List(item), Value::Array(items)) => list(item, items),
        (Kind::List(_), _) => Err(expected("Expected list or null")),
        (Kind::Map { value, .. }, Value::Object(entries)) => map(value, entries),
        (Kind::Map { .. }, _) => Err(expected("Expected map or null")),
        (_, Value::Array(_)) => Err(expected("Start of list found where not expected")),
        (_, Value::Object(_)) => Err(expected("Start of structure or map found where not expected.")),
        (kind, value) => scalar(kind, value),
    }
}

pub(crate) fn structure<'a>(
    members: impl IntoIterator<Item = &'a Member>,
    mut object: Map<String, Value>,
) -> Result<Map<String, Value>, Mismatch> {
    let mut kept = Map::new();
    for member in members {
        match object.remove(member.name) {
            None | Some(Value::Null) => {}
            Some(value) => {
                kept.insert(member.name.to_owned(), conform(member.shape, value)?);
            }
        }
    }
    Ok(kept)
}

fn list(item: &Shape, items: Vec<Value>) -> Result<Value, Mismatch> {
    items.into_iter().map(|value| or_null(item, value)).collect()
}

fn map(shape: &Shape, entries: Map<String, Value>) -> Result<Value, Mismatch> {
    let conform = |(key, value)| Ok((key, or_null(shape, value)?));
    entries.into_iter().map(conform).collect::<Result<Map<_, _>, _>>().map(Value::Object)
}

/// A null inside a list or map is a matter for the constraints.
fn or_null(shape: &Shape, value: Value) -> Result<Value, Mismatch> {
    if value.is_null() { Ok(value) } else { conform(shape, value) }
}

fn scalar(kind: Kind, value: Value) -> Result<Value, Mismatch> {
    match (kind, &value) {
        (Kind::String | Kind::Enumeration(_) | Kind::EnumerationOrArn { .. }, Value::String(_))
        | (Kind::Boolean, Value::Bool(_))
        | (Kind::Double | Kind::Timestamp, Value::Number(_)) => Ok(value),
        (Kind::Integer, Value::Number(number)) => {
            Ok(whole(number).clamp(i32::MIN.into(), i32::MAX.into()).into())
        }
        (Kind::Long, Value::Number(number)) => Ok(whole(number).into()),
        (Kind::Blob, Value::String(text)) => blob(text).map(|()| value),
        _ => Err(conversion(&value, kind)),
    }
}

/// AWS's servers cut fractions off.
fn whole(number: &Number) -> i64 {
    // `as` saturates, and what saturates is outside every range of the models.
    number.as_i64().unwrap_or_else(|| number.as_f64().unwrap_or_default() as i64)
}

fn blob(text: &str) -> Result<(), Mismatch> {
    Blob::decode(text).map(|_| ()).ok_or(Mismatch(None))
}

/// Reads a value that travels as text, in a path, a query or a header.
pub(crate) fn from_text(shape: &Shape, text: &str) -> Result<Value, Mismatch> {
    let unreadable = || conversion(&Value::String(text.to_owned()), shape.kind);
    match shape.kind {
        Kind::Integer => text.parse::<i32>().map(Value::from).map_err(|_| unreadable()),
        Kind::Long => text.parse::<i64>().map(Value::from).map_err(|_| unreadable()),
        Kind::Double => text.parse::<f64>().map(Value::from).map_err(|_| unreadable()),
        Kind::Boolean => text.parse::<bool>().map(Value::from).map_err(|_| unreadable()),
        Kind::Timestamp => moment(text).map(Value::from).ok_or_else(unreadable),
        _ => Ok(Value::String(text.to_owned())),
    }
}

/// Seconds since 1970 of an ISO 8601 date, which is how timestamps travel in queries.
#[expect(clippy::cast_precision_loss, reason = "milliseconds stay exact for 285,000 years")]
fn moment(text: &str) -> Option<f64> {
    let moment: jiff::Timestamp = text.parse().ok()?;
    Some(moment.as_millisecond() as f64 / 1000.0)
}

fn expected(text: &str) -> Mismatch {
    Mismatch(Some(text.to_owned()))
}

/// The text names the Java classes of AWS's servers.
fn conversion(value: &Value, kind: Kind) -> Mismatch {
    let from = match value {
        Value::Number(_) => "com.amazon.coral.value.json.numbers.TruncatingBigNumber",
        Value::Bool(_) => "java.lang.Boolean",
        _ => "java.lang.String",
    };
    let to = match kind {
        Kind::Integer => "Integer",
        Kind::Long => "Long",
        Kind::Double => "Double",
        Kind::Boolean => "Boolean",
        Kind::Timestamp => "Date",
        Kind::Blob => "Blob",
        _ => "String",
    };
    Mismatch(Some(format!("class {from} can not be converted to an {to}")))
}
