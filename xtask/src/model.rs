//! An API's description: the facts that `foundation/wire/models/<service>.json` keeps.
//!
//! The same types read botocore's own files. What they do not name (documentation, examples, client
//! hints) is thereby dropped, which is what makes the checked-in models facts only.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

pub(crate) mod deviation;
pub(crate) mod fetch;

#[derive(Serialize, Deserialize)]
pub(crate) struct Description {
    pub(crate) metadata: Metadata,
    pub(crate) operations: IndexMap<String, Operation>,
    pub(crate) shapes: IndexMap<String, Shape>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) api_version: String,
    pub(crate) protocol: String,
    pub(crate) endpoint_prefix: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) target_prefix: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Operation {
    pub(crate) http: Http,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) input: Option<Reference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<Reference>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) errors: Vec<Reference>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Http {
    pub(crate) method: String,
    pub(crate) request_uri: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) response_code: Option<u16>,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Reference {
    pub(crate) shape: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Structure,
    String,
    Integer,
    Long,
    Float,
    Double,
    Boolean,
    Blob,
    Timestamp,
    List,
    Map,
}

#[derive(Serialize, Deserialize)]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) required: Vec<String>,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub(crate) members: IndexMap<String, Member>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) payload: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<Reference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Reference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Reference>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) min: Option<serde_json::Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) max: Option<serde_json::Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pattern: Option<String>,
    #[serde(default, rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub(crate) values: Vec<String>,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) sensitive: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) eventstream: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) exception: bool,
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) fault: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorStatus>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Member {
    pub(crate) shape: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) location: Option<Location>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) location_name: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Location {
    Uri,
    Querystring,
    Header,
    StatusCode,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorStatus {
    pub(crate) http_status_code: u16,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

impl Description {
    /// Keeps the named operations (all when the list is empty) and the shapes that these reach.
    pub(crate) fn reduce_to(&mut self, operations: &[&str]) {
        if !operations.is_empty() {
            self.operations.retain(|name, _| operations.contains(&name.as_str()));
        }
        let roots = self.operations.values().flat_map(Operation::shapes).map(str::to_owned).collect();
        let reached = self.reachable(roots);
        self.shapes.retain(|name, _| reached.contains(name));
        self.shapes.sort_keys();
    }

    /// The names of all shapes that can be reached from some shapes, these included.
    pub(crate) fn reachable(&self, mut pending: Vec<String>) -> Vec<String> {
        let mut reached: Vec<String> = Vec::new();
        while let Some(name) = pending.pop() {
            if reached.contains(&name) {
                continue;
            }
            pending.extend(self.shapes.get(&name).into_iter().flat_map(Shape::references).map(str::to_owned));
            reached.push(name);
        }
        reached
    }
}

impl Operation {
    pub(crate) fn shapes(&self) -> impl Iterator<Item = &str> {
        self.input.iter().chain(&self.output).chain(&self.errors).map(|reference| reference.shape.as_str())
    }
}

impl Shape {
    fn references(&self) -> impl Iterator<Item = &str> {
        let members = self.members.values().map(|member| member.shape.as_str());
        let items = self.member.iter().chain(&self.key).chain(&self.value);
        members.chain(items.map(|reference| reference.shape.as_str()))
    }
}
