//! Why a command failed, and what to do next.

use std::io;
use std::path::PathBuf;

use crate::api::CallError;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Call(#[from] CallError),
    #[error(
        "No access key. Start the server with `mayfly serve`, which makes one in its data folder ({}), name another \
         folder with --data-dir, or set MAYFLY_ACCESS_KEY_ID and MAYFLY_SECRET_ACCESS_KEY.",
        folder.display()
    )]
    NoKey { folder: PathBuf },
    #[error("The key in {} cannot be read: {reason}.", path.display())]
    UnreadableKey { path: PathBuf, reason: String },
    #[error("No folder for data: set --data-dir, or HOME.")]
    NoDataFolder,
    #[error("{}: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("{0}")]
    Package(#[from] crate::deploy::PackageError),
    #[error("{0}")]
    Guess(#[from] crate::deploy::GuessError),
    #[error("The function {name} did not come up: {reason}")]
    NotDeployed { name: String, reason: String },
    #[error("'{value}' is not {wanted}.")]
    Argument { value: String, wanted: &'static str },
    #[error("{0}")]
    Unprepared(String),
    #[error("Standard output or input failed: {0}")]
    Stream(#[from] io::Error),
    #[error("This machine cannot run the command: {0}")]
    Runtime(io::Error),
}
