//! Why a chore did not finish, said so that the person at the terminal can act on it.

use std::io;
use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("{0}")]
    Usage(&'static str),
    #[error("{path}: {source}")]
    File { path: PathBuf, source: io::Error },
    #[error("{path}: {source}")]
    Json { path: PathBuf, source: serde_json::Error },
    #[error("{path}: {source}")]
    Archive { path: PathBuf, source: zip::result::ZipError },
    #[error("cannot start `{program}`: {source}")]
    Start { program: String, source: io::Error },
    #[error("`{command}` failed:\n{stderr}")]
    Command { command: String, stderr: String },
    #[error("{service}: {problem}")]
    Model { service: String, problem: String },
    #[error("{}", .0.join("\n"))]
    Untidy(Vec<String>),
}
