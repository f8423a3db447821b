//! Where things lie in the checkout, and the few ways in which chores read, write and run.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::de::DeserializeOwned;

use crate::error::Error;

pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    pub(crate) fn here() -> Self {
        let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
        Self { root: xtask.parent().unwrap_or(xtask).to_owned() }
    }

    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn read(&self, relative: impl AsRef<Path>) -> Result<String, Error> {
        let path = self.path(relative);
        fs::read_to_string(&path).map_err(|source| Error::File { path, source })
    }

    pub(crate) fn read_json<T: DeserializeOwned>(&self, relative: impl AsRef<Path>) -> Result<T, Error> {
        let text = self.read(&relative)?;
        serde_json::from_str(&text).map_err(|source| Error::Json { path: self.path(relative), source })
    }

    pub(crate) fn write(&self, relative: impl AsRef<Path>, text: &str) -> Result<(), Error> {
        let path = self.path(relative);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|source| Error::File { path: folder.to_owned(), source })?;
        }
        fs::write(&path, text).map_err(|source| Error::File { path, source })
    }

    /// Runs a program in the root of the checkout and returns what it printed.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, program: &str, arguments: &[S]) -> Result<String, Error> {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(&self.root).stdin(Stdio::null());
        let output =
            command.output().map_err(|source| Error::Start { program: program.to_owned(), source })?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(Error::Command { command: format!("{command:?}"), stderr });
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}
