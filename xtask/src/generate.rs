//! Writes `foundation/wire/src/<service>/*.rs` from the checked-in models.
//!
//! Invariant: the same models give the same bytes, offline, so `cargo xtask tidy` can tell whether what is
//! checked in was made from them.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use api::Api;

use crate::error::Error;
use crate::model::fetch::{SOURCES, Source};
use crate::workspace::Workspace;

pub(crate) mod api;
mod enumerations;
mod errors;
mod names;
mod operations;
mod structures;
mod tables;

const HEADER: &str =
    "// Made by `cargo xtask generate` from foundation/wire/models; edit those, not this.\n\n";

const CHORE: &str = "cargo xtask generate";

/// A file that a chore writes: its path in the checkout, its whole text, and the chore.
pub(crate) struct Generated {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    pub(crate) chore: &'static str,
}

pub(crate) fn write_all(workspace: &Workspace) -> Result<(), Error> {
    for file in all(workspace)? {
        workspace.write(&file.path, &file.text)?;
    }
    Ok(())
}

/// Every generated file as it should be.
pub(crate) fn all(workspace: &Workspace) -> Result<Vec<Generated>, Error> {
    let mut files = Vec::new();
    for source in SOURCES {
        files.extend(service(workspace, source)?);
    }
    Ok(files)
}

fn service(workspace: &Workspace, source: &Source) -> Result<Vec<Generated>, Error> {
    let api = Api::load(workspace, source)?;
    let texts = [
        ("operations", operations::render(&api)),
        ("errors", errors::render(&api)),
        ("enumerations", enumerations::render(&api)),
        ("requests", structures::requests(&api)),
        ("responses", structures::responses(&api)),
        ("structures", structures::nested(&api)),
        ("tables", tables::render(&api)),
    ];
    texts.into_iter().map(|(name, text)| file(workspace, source, name, &text)).collect()
}

fn file(workspace: &Workspace, source: &Source, name: &str, text: &str) -> Result<Generated, Error> {
    let path = format!("foundation/wire/src/{}/{name}.rs", source.service).into();
    Ok(Generated { path, text: format!("{HEADER}{}", formatted(workspace, text)?), chore: CHORE })
}

fn formatted(workspace: &Workspace, text: &str) -> Result<String, Error> {
    let start = |source| Error::Start { program: "rustfmt".to_owned(), source };
    let mut rustfmt = Command::new("rustfmt")
        .args(["--emit", "stdout", "--config-path"])
        .arg(workspace.path("rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(start)?;
    if let Some(mut stdin) = rustfmt.stdin.take() {
        stdin.write_all(text.as_bytes()).map_err(start)?;
    }
    let output = rustfmt.wait_with_output().map_err(start)?;
    if !output.status.success() {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        return Err(Error::Command { command: "rustfmt".to_owned(), stderr });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
