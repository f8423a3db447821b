//! The root access key: made at the first start, kept where only its owner reads it.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use sigv4::Credential;

use crate::key_id::{ENTROPY_BYTES, key_id};

/// Thirty bytes make the forty letters that AWS's secrets have.
const SECRET_BYTES: usize = 30;

#[derive(Debug, thiserror::Error)]
pub enum RootKeyError {
    #[error("the root key in {} cannot be read or written: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the root key in {} is damaged: {source}; restore it, or remove it to get a new one", path.display())]
    Damaged { path: PathBuf, source: serde_json::Error },
    #[error("this machine gives no random numbers: {0}")]
    NoEntropy(getrandom::Error),
}

#[derive(Serialize, Deserialize)]
struct Stored {
    access_key_id: String,
    secret_access_key: String,
}

/// Reads the key in `path`, or makes one and writes it there for its owner's eyes only (mode 0600).
pub fn load_or_create_root_key(path: &Path) -> Result<Credential, RootKeyError> {
    let failed = |source| RootKeyError::File { path: path.to_owned(), source };
    match std::fs::read(path) {
        Ok(text) => parse(path, &text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let stored = make()?;
            write(path, &stored).map_err(failed)?;
            Ok(Credential::new(stored.access_key_id, stored.secret_access_key))
        }
        Err(error) => Err(failed(error)),
    }
}

fn parse(path: &Path, text: &[u8]) -> Result<Credential, RootKeyError> {
    let stored: Stored = serde_json::from_slice(text)
        .map_err(|source| RootKeyError::Damaged { path: path.to_owned(), source })?;
    Ok(Credential::new(stored.access_key_id, stored.secret_access_key))
}

fn make() -> Result<Stored, RootKeyError> {
    let mut entropy = [0; ENTROPY_BYTES];
    let mut secret = [0; SECRET_BYTES];
    getrandom::fill(&mut entropy)
        .and_then(|()| getrandom::fill(&mut secret))
        .map_err(RootKeyError::NoEntropy)?;
    Ok(Stored { access_key_id: key_id("AKIA", entropy), secret_access_key: BASE64.encode(secret) })
}

/// Renamed into place: after a crash there is a whole key or none.
fn write(path: &Path, stored: &Stored) -> io::Result<()> {
    let incoming = path.with_extension("incoming");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&incoming)?;
    file.write_all(&serde_json::to_vec(stored)?)?;
    file.sync_all()?;
    std::fs::rename(&incoming, path)?;
    File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn is_made_once_and_read_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root-key.json");
        let made = load_or_create_root_key(&path).unwrap();
        let read = load_or_create_root_key(&path).unwrap();
        assert_eq!(made.access_key_id(), read.access_key_id());
        assert_eq!(made.secret_access_key(), read.secret_access_key());
        assert_eq!(made.secret_access_key().len(), 40);
        assert!(made.access_key_id().starts_with("AKIA"));
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_key_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("root-key.json");
        std::fs::write(&path, "{").unwrap();
        assert!(matches!(load_or_create_root_key(&path), Err(RootKeyError::Damaged { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"{");
    }
}
