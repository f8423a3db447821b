//! A service's model together with its deviations, and the questions that the renderers ask of it.

use std::collections::BTreeSet;

use crate::error::Error;
use crate::model::deviation::Deviations;
use crate::model::fetch::Source;
use crate::model::{Description, Kind, Operation, Reference, Shape};
use crate::workspace::Workspace;

pub(crate) struct Api {
    pub(crate) description: Description,
    pub(crate) deviations: Deviations,
    /// Shapes that a request can hold, and those that a response can hold.
    pub(super) inputs: BTreeSet<String>,
    pub(super) outputs: BTreeSet<String>,
}

impl Api {
    pub(crate) fn load(workspace: &Workspace, source: &Source) -> Result<Self, Error> {
        let mut description: Description = workspace.read_json(source.model_path())?;
        let deviations = workspace.read_json(source.deviations_path())?;
        check_references(source.service, &description)?;
        drop_event_streams(&mut description);
        let inputs = reached(&description, |operation| operation.input.as_ref());
        let outputs = reached(&description, |operation| operation.output.as_ref());
        Ok(Self { description, deviations, inputs, outputs })
    }

    /// Panics never: `load` has checked that every reference has its shape.
    pub(super) fn shape(&self, name: &str) -> &Shape {
        &self.description.shapes[name]
    }

    pub(super) fn is_rest(&self) -> bool {
        self.description.metadata.protocol == "rest-json"
    }

    /// The operations' own input shapes, or output shapes, each once and in order of name.
    pub(super) fn tops(&self, side: fn(&Operation) -> Option<&Reference>) -> BTreeSet<&str> {
        self.description
            .operations
            .values()
            .filter_map(side)
            .map(|reference| reference.shape.as_str())
            .collect()
    }

    /// Structures in requests or responses that belong to no single operation's top.
    pub(super) fn nested_structures(&self) -> impl Iterator<Item = &str> {
        let tops: BTreeSet<&str> =
            self.tops(|operation| operation.input.as_ref()).into_iter().chain(self.top_outputs()).collect();
        let used = self.inputs.union(&self.outputs).map(String::as_str).collect::<BTreeSet<_>>();
        used.into_iter().filter(move |name| !tops.contains(name) && self.shape(name).kind == Kind::Structure)
    }

    pub(super) fn top_outputs(&self) -> BTreeSet<&str> {
        self.tops(|operation| operation.output.as_ref())
    }

    /// Whether a structure has members that must not be shown.
    pub(super) fn holds_secrets(&self, structure: &str) -> bool {
        self.shape(structure).members.values().any(|member| self.is_secret(&member.shape))
    }

    /// Whether the model calls a shape sensitive, or what a list or map of that shape holds.
    pub(super) fn is_secret(&self, name: &str) -> bool {
        let shape = self.shape(name);
        let items = shape.member.iter().chain(&shape.key).chain(&shape.value);
        shape.sensitive || items.into_iter().any(|item| self.is_secret(&item.shape))
    }

    pub(super) fn is_enumeration(&self, name: &str) -> bool {
        !self.shape(name).values.is_empty()
    }

    /// The name of the Rust type that stands for a structure or an enumeration.
    pub(super) fn type_name<'a>(&'a self, shape: &'a str) -> &'a str {
        self.deviations.renames.get(shape).map_or(shape, String::as_str)
    }
}

/// Event streams are written as frames, not as JSON, and so have no struct.
fn drop_event_streams(description: &mut Description) {
    let is_stream = |(name, shape): (&String, &Shape)| shape.eventstream.then(|| name.clone());
    let streams: BTreeSet<String> = description.shapes.iter().filter_map(is_stream).collect();
    for shape in description.shapes.values_mut() {
        shape.members.retain(|_, member| !streams.contains(&member.shape));
    }
}

fn reached(description: &Description, side: fn(&Operation) -> Option<&Reference>) -> BTreeSet<String> {
    let roots = description.operations.values().filter_map(side).map(|reference| reference.shape.clone());
    description.reachable(roots.collect()).into_iter().collect()
}

fn check_references(service: &str, description: &Description) -> Result<(), Error> {
    let roots = description.operations.values().flat_map(Operation::shapes).map(str::to_owned).collect();
    match description.reachable(roots).into_iter().find(|name| !description.shapes.contains_key(name)) {
        None => Ok(()),
        Some(name) => {
            Err(Error::Model { service: service.to_owned(), problem: format!("no shape `{name}`") })
        }
    }
}
