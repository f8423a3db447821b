//! COMPATIBILITY.md: which operations of each service are served and which are absent.
//!
//! A service crate declares what it serves in `src/served.rs`. That text is read rather than compiled, so
//! this chore does not build the server.

use std::collections::BTreeSet;
use std::fmt::Write;

use crate::error::Error;
use crate::generate::Generated;
use crate::generate::api::Api;
use crate::model::fetch::{SOURCES, Source};
use crate::workspace::Workspace;

const PATH: &str = "COMPATIBILITY.md";
const CHORE: &str = "cargo xtask compatibility";

const INTRODUCTION: &str = "\
# Compatibility

Which operations of AWS's APIs Mayfly serves. Written by `cargo xtask compatibility` from the API models and
from what each service crate declares as served; edit those, not this.

A request for an absent operation is routed and gets AWS's own error for an operation that is not there
(`UnknownOperationException`). Of an API that is not listed in full, the operations that are not listed answer the
same.
";

pub(crate) fn write(workspace: &Workspace) -> Result<(), Error> {
    let file = render(workspace)?;
    workspace.write(&file.path, &file.text)
}

pub(crate) fn render(workspace: &Workspace) -> Result<Generated, Error> {
    let mut text = INTRODUCTION.to_owned();
    for source in SOURCES {
        text.push_str(&section(workspace, source)?);
    }
    Ok(Generated { path: PATH.into(), text, chore: CHORE })
}

fn section(workspace: &Workspace, source: &Source) -> Result<String, Error> {
    let api = Api::load(workspace, source)?;
    let served = served(workspace, source, &api)?;
    let operations = &api.description.operations;
    let mut text = format!(
        "\n## {} ({})\n\n{} of {} operations are served.\n\n| Operation | |\n|---|---|\n",
        source.title,
        api.description.metadata.api_version,
        served.len(),
        operations.len(),
    );
    for operation in operations.keys() {
        let state = if served.contains(operation.as_str()) { "served" } else { "absent" };
        let _infallible = writeln!(text, "| {operation} | {state} |");
    }
    Ok(text)
}

/// The operations that the service's `SERVED` names. A service without the file serves nothing yet.
fn served(workspace: &Workspace, source: &Source, api: &Api) -> Result<BTreeSet<String>, Error> {
    let path = format!("services/{}/src/served.rs", source.service);
    if !workspace.path(&path).exists() {
        return Ok(BTreeSet::new());
    }
    let served = named_operations(&workspace.read(&path)?);
    match served.iter().find(|operation| !api.description.operations.contains_key(*operation)) {
        None => Ok(served),
        Some(unknown) => Err(Error::Model {
            service: source.service.to_owned(),
            problem: format!("{path} serves `{unknown}`, which the model does not have"),
        }),
    }
}

/// Every `Operation::Name` outside comments.
fn named_operations(text: &str) -> BTreeSet<String> {
    let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
    code.flat_map(|line| line.split("Operation::").skip(1))
        .map(|rest| rest.chars().take_while(char::is_ascii_alphanumeric).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_operations_from_code_and_not_from_comments() {
        let text = "//! Operation::Absent\npub const SERVED: &[Operation] =\n    &[Operation::Invoke, Operation::GetAlias];";
        let names = ["GetAlias", "Invoke"].map(str::to_owned);
        assert_eq!(named_operations(text), BTreeSet::from(names));
    }
}
