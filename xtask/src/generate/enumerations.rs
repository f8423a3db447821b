//! String enumerations, as invocations of `wire`'s `string_enum!`.

use std::collections::BTreeSet;

use super::api::Api;
use super::names;

pub(super) fn render(api: &Api) -> String {
    let used: BTreeSet<&String> = api.inputs.union(&api.outputs).collect();
    let enumerations = used.into_iter().filter(|name| api.is_enumeration(name));
    let blocks: Vec<String> = enumerations.map(|name| block(api, name)).collect();
    if blocks.is_empty() {
        return String::new();
    }
    format!("use crate::enumeration::string_enum;\n\n{}", blocks.join("\n"))
}

fn block(api: &Api, name: &str) -> String {
    let rows: String = api
        .shape(name)
        .values
        .iter()
        .map(|value| format!("        {} => {value:?},\n", names::variant(value)))
        .collect();
    format!("string_enum! {{\n    pub enum {} {{\n{rows}    }}\n}}\n", api.type_name(name))
}
