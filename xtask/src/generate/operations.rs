//! The operation enum, as an invocation of `wire`'s `operations!`.

use std::fmt::Write;

use super::api::Api;

const DEFAULT_STATUS: u16 = 200;

pub(super) fn render(api: &Api) -> String {
    let mut rows = String::new();
    for (name, operation) in &api.description.operations {
        let http = &operation.http;
        let status =
            api.deviations.statuses.get(name).copied().or(http.response_code).unwrap_or(DEFAULT_STATUS);
        let _infallible =
            writeln!(rows, "    {name} => {} {:?} {status},", http.method.to_uppercase(), http.request_uri);
    }
    format!("use crate::operation::operations;\n\noperations! {{\n{rows}}}\n")
}
