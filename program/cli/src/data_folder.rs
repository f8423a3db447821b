//! The folder where a server on this machine keeps everything, and the root key in it.

use std::env::var_os;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sigv4::Credential;

use crate::failure::Failure;

const ROOT_KEY: &str = "root-key.json";

/// Where `mayfly serve` keeps its data when it is told nothing: None without a home.
pub fn default_data_dir() -> Option<PathBuf> {
    if rustix::process::geteuid().is_root() {
        return Some(PathBuf::from("/var/lib/mayfly"));
    }
    let folder = |name| var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = folder("XDG_DATA_HOME").or_else(|| Some(folder("HOME")?.join(".local/share")))?;
    Some(base.join("mayfly"))
}

#[derive(Deserialize)]
struct Stored {
    access_key_id: String,
    secret_access_key: String,
}

/// The root key of the folder's server: None before its first start.
pub(crate) fn root_key(folder: &Path) -> Result<Option<Credential>, Failure> {
    let path = folder.join(ROOT_KEY);
    let text = match fs::read(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::UnreadableKey { path, reason: error.to_string() }),
    };
    match serde_json::from_slice(&text) {
        Ok(Stored { access_key_id, secret_access_key }) => {
            Ok(Some(Credential::new(access_key_id, secret_access_key)))
        }
        Err(error) => Err(Failure::UnreadableKey { path, reason: error.to_string() }),
    }
}
