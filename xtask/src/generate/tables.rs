//! The shapes of requests as static tables, which `wire` checks documents against.

use std::fmt::Write;

use super::api::Api;
use super::names;
use crate::model::deviation::printed_order;
use crate::model::{Kind, Location, Reference, Shape};

pub(super) fn render(api: &Api) -> String {
    let mut text = String::from("use crate::pattern::Pattern;\nuse crate::shape::{Member, Shape};\n\n");
    for name in &api.inputs {
        let shape = api.shape(name);
        let constant = names::constant(name);
        if let Some(pattern) = &shape.pattern {
            let raw = names::raw(pattern);
            let _infallible = writeln!(text, "static {constant}_REGEX: Pattern = Pattern::new({raw});");
        }
        let expression = base(api, name, shape) + &limits(api, name, shape);
        let _infallible = writeln!(text, "pub(super) static {constant}: Shape = {expression};\n");
    }
    text + &tops(api)
}

/// For `wire`'s tests: the tables from which all others are reached.
fn tops(api: &Api) -> String {
    let tops = api.tops(|operation| operation.input.as_ref()).into_iter();
    let names: String = tops.map(|name| format!("&{},", names::constant(name))).collect();
    format!("#[cfg(test)]\npub(crate) static TOPS: &[&Shape] = &[{names}];\n")
}

fn base(api: &Api, name: &str, shape: &Shape) -> String {
    match shape.kind {
        Kind::String if shape.values.is_empty() => "Shape::string()".to_owned(),
        Kind::String => enumeration(api, name, shape),
        Kind::Integer => "Shape::integer()".to_owned(),
        Kind::Long => "Shape::long()".to_owned(),
        Kind::Float | Kind::Double => "Shape::double()".to_owned(),
        Kind::Boolean => "Shape::boolean()".to_owned(),
        Kind::Blob => "Shape::blob()".to_owned(),
        Kind::Timestamp => "Shape::timestamp()".to_owned(),
        Kind::List => format!("Shape::list({})", reference(shape.member.as_ref())),
        Kind::Map => {
            format!("Shape::map({}, {})", reference(shape.key.as_ref()), reference(shape.value.as_ref()))
        }
        Kind::Structure => format!("Shape::structure(&[{}])", members(api, name, shape)),
    }
}

fn reference(reference: Option<&Reference>) -> String {
    reference.map_or_else(String::new, |reference| format!("&{}", names::constant(&reference.shape)))
}

fn enumeration(api: &Api, name: &str, shape: &Shape) -> String {
    let listed = match api.deviations.printed.get(name) {
        Some(recorded) => recorded.iter().map(String::as_str).collect(),
        None => printed_order(api.deviations.listed.get(name).unwrap_or(&shape.values)),
    };
    if !api.deviations.or_arn.iter().any(|other| other == name) {
        return format!("Shape::enumeration(&{listed:?})");
    }
    format!("Shape::enumeration_or_arn(&{:?}, &{listed:?})", shape.values)
}

fn limits(api: &Api, name: &str, shape: &Shape) -> String {
    let mut limits = String::new();
    for (method, limit) in [("at_least", &shape.min), ("at_most", &shape.max)] {
        if let Some(limit) = limit.as_ref().and_then(serde_json::Number::as_f64) {
            let _infallible = write!(limits, ".{method}({limit})");
        }
    }
    if shape.pattern.is_some() {
        let _infallible = write!(limits, ".matching(&{}_REGEX)", names::constant(name));
    }
    if api.deviations.pattern_hides_length.iter().any(|other| other == name) {
        limits.push_str(".pattern_hides_length()");
    }
    if shape.sensitive {
        limits.push_str(".sensitive()");
    }
    limits
}

/// Members in the order in which AWS reports their breaches.
fn members(api: &Api, structure: &str, shape: &Shape) -> String {
    let first = |name: &str| api.deviations.reported_first.iter().any(|other| other == name);
    let (mut ordered, others): (Vec<&String>, Vec<&String>) =
        shape.members.keys().partition(|name| first(name));
    ordered.extend(others);
    ordered
        .into_iter()
        .map(|name| member(shape, name) + &bare_name_length(api, structure, name) + ",")
        .collect()
}

fn member(shape: &Shape, name: &str) -> String {
    let facts = &shape.members[name];
    let place = facts.location_name.as_deref().unwrap_or(name);
    let target = names::constant(&facts.shape);
    let constructor = match facts.location {
        _ if shape.payload.as_deref() == Some(name) => format!("Member::payload({name:?}, &{target})"),
        Some(Location::Uri) => format!("Member::label({name:?}, {place:?}, &{target})"),
        Some(Location::Querystring) => format!("Member::query({name:?}, {place:?}, &{target})"),
        Some(Location::Header) => format!("Member::header({name:?}, {place:?}, &{target})"),
        Some(Location::StatusCode) | None => format!("Member::body({name:?}, &{target})"),
    };
    let required = shape.required.iter().any(|required| required == name);
    format!("{constructor}{}", if required { ".required()" } else { "" })
}

fn bare_name_length(api: &Api, structure: &str, name: &str) -> String {
    let length = api.deviations.bare_name_lengths.get(&format!("{structure}.{name}"));
    length.map_or_else(String::new, |length| format!(".bare_name_at_most({length})"))
}
