//! The .NET runtime client: compiled here and checked in, so that neither a user nor a build needs a C# compiler.

use std::path::PathBuf;

use crate::digest::{digest, files};
use crate::error::Error;
use crate::workspace::Workspace;

const FOLDER: &str = "runtimes/dotnet";
const SOURCES: &str = "client";
const ASSEMBLY: &str = "client.dll";
const RECORD: &str = "runtimes/dotnet/client.digests";
const CHORE: &str = "cargo xtask dotnet";

/// Fetches the compiler when it has to.
const COMPILER: &str = "scripts/csc";

pub(crate) fn write(workspace: &Workspace) -> Result<(), Error> {
    let folder = PathBuf::from(FOLDER);
    let sources = files(&workspace.path(FOLDER).join(SOURCES))?;
    workspace.run(COMPILER, &[vec![folder.join(ASSEMBLY)], sources].concat())?;
    workspace.write(RECORD, &record(workspace)?)
}

pub(crate) fn problems(workspace: &Workspace) -> Result<Vec<String>, Error> {
    let belongs = workspace.read(RECORD).ok().as_deref() == Some(&record(workspace)?);
    Ok(if belongs { vec![] } else { vec![format!("{RECORD}: the client is not its sources'; run {CHORE}")] })
}

fn record(workspace: &Workspace) -> Result<String, Error> {
    let folder = workspace.path(FOLDER);
    let sources = digest(&folder, &files(&folder.join(SOURCES))?)?;
    let assembly = digest(&folder, &[folder.join(ASSEMBLY)])?;
    Ok(format!("{ASSEMBLY} {assembly} from {sources}\n"))
}
