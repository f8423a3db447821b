//! The error table, as an invocation of `wire`'s `error_codes!`.

use std::collections::BTreeMap;

use super::api::Api;
use crate::model::Shape;

/// What AWS JSON services answer for errors whose model names no status.
const SENDER_STATUS: u16 = 400;
const FAULT_STATUS: u16 = 500;

struct Row<'a> {
    status: u16,
    message: &'a str,
    fault: &'a str,
}

pub(super) fn render(api: &Api) -> String {
    let modelled = api.description.shapes.iter().filter(|(_, shape)| shape.exception);
    let mut rows: BTreeMap<&str, Row<'_>> =
        modelled.map(|(name, shape)| (name.as_str(), row(shape))).collect();
    for (name, error) in &api.deviations.errors {
        let fault = error.fault.as_deref().unwrap_or("Unstated");
        rows.insert(name, Row { status: error.status, message: &error.message, fault });
    }
    let lines: Vec<String> = rows.iter().map(|(name, row)| line(name, row)).collect();
    format!("use crate::error::error_codes;\n\nerror_codes! {{\n{}\n}}\n", lines.join("\n"))
}

fn row(shape: &Shape) -> Row<'_> {
    let default = if shape.fault { FAULT_STATUS } else { SENDER_STATUS };
    let fault = match (shape.members.contains_key("Type"), shape.fault) {
        (false, _) => "Unstated",
        (true, false) => "Sender",
        (true, true) => "Service",
    };
    Row {
        status: shape.error.as_ref().map_or(default, |error| error.http_status_code),
        message: if shape.members.contains_key("Message") { "Message" } else { "message" },
        fault,
    }
}

fn line(name: &str, row: &Row<'_>) -> String {
    let variant = name.strip_suffix("Exception").unwrap_or(name);
    format!("    {variant} => {name:?} {} {:?} {},", row.status, row.message, row.fault)
}
