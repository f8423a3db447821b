//! Environment variables at rest: sealed before they are stored, opened when they are loaded.
//!
//! AES-256-GCM with a random nonce each time. The function's ARN is authenticated with them, so that the variables of
//! one function cannot be put in the place of another's. Who can read the data folder as the server does can read the
//! key too; a copy of the database alone, a backup or a lost disk image of it, says nothing.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::error::Unspecified;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::{FunctionArn, FunctionVersion};
use serde_json::Value;

const KEY_BYTES: usize = 32;

type Variables = BTreeMap<String, String>;

#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    #[error("the key of environment variables in {} cannot be read or written: {source}", path.display())]
    File { path: PathBuf, source: io::Error },
    #[error("the key of environment variables in {} is damaged; restore it", path.display())]
    Damaged { path: PathBuf },
    #[error("this machine gives no random numbers")]
    NoEntropy,
}

/// A version that could not be turned into what is stored, or back.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SealError {
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    #[error("its environment variables cannot be opened; restore the key that they were sealed with")]
    OtherKey,
    #[error("its environment variables cannot be sealed")]
    Unsealed,
}

/// The key of one data folder. Cheap to clone.
#[derive(Clone)]
pub struct Secrets(Arc<RandomizedNonceKey>);

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets")
    }
}

impl Secrets {
    /// Reads the key in `path`, or makes one and writes it there for its owner's eyes only (mode 0600). Blocks, but
    /// shortly.
    pub fn load_or_create(path: &Path) -> Result<Secrets, SecretsError> {
        let failed = |source| SecretsError::File { path: path.to_owned(), source };
        let key = match std::fs::read(path) {
            Ok(text) => BASE64.decode(text.trim_ascii_end()).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut key = [0; KEY_BYTES];
                aws_lc_rs::rand::fill(&mut key).map_err(|Unspecified| SecretsError::NoEntropy)?;
                write(path, &key).map_err(failed)?;
                key.to_vec()
            }
            Err(error) => return Err(failed(error)),
        };
        let key = RandomizedNonceKey::new(&AES_256_GCM, &key);
        let key = key.map_err(|Unspecified| SecretsError::Damaged { path: path.to_owned() })?;
        Ok(Secrets(Arc::new(key)))
    }

    /// A version as it is stored.
    pub(crate) fn seal(&self, version: &FunctionVersion) -> Result<Value, SealError> {
        let mut document = serde_json::to_value(version)?;
        if let Some(variables) = &version.config.environment {
            document["config"]["environment"] = self.seal_variables(variables, &version.arn)?.into();
        }
        Ok(document)
    }

    /// The version that was stored; one that was not sealed is taken as it is.
    pub(crate) fn open(&self, mut document: Value) -> Result<FunctionVersion, SealError> {
        let variables = &document["config"]["environment"];
        if let Some(sealed) = variables.as_str() {
            let arn: FunctionArn = serde::Deserialize::deserialize(&document["arn"])?;
            let variables = self.open_variables(sealed, &arn)?;
            document["config"]["environment"] = serde_json::to_value(variables)?;
        }
        Ok(serde_json::from_value(document)?)
    }

    /// Nonce, ciphertext and tag, in base64.
    fn seal_variables(&self, variables: &Variables, owner: &FunctionArn) -> Result<String, SealError> {
        let mut bytes = serde_json::to_vec(variables)?;
        let sealed = self.0.seal_in_place_append_tag(Aad::from(owner.to_string()), &mut bytes);
        let nonce = sealed.map_err(|Unspecified| SealError::Unsealed)?;
        Ok(BASE64.encode([nonce.as_ref().as_slice(), &bytes].concat()))
    }

    fn open_variables(&self, sealed: &str, owner: &FunctionArn) -> Result<Variables, SealError> {
        let mut bytes = BASE64.decode(sealed).map_err(|_damaged| SealError::OtherKey)?;
        let (nonce, sealed) = bytes.split_first_chunk_mut::<NONCE_LEN>().ok_or(SealError::OtherKey)?;
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let opened = self.0.open_in_place(nonce, Aad::from(owner.to_string()), sealed);
        Ok(serde_json::from_slice(opened.map_err(|Unspecified| SealError::OtherKey)?)?)
    }
}

/// Renamed into place: after a crash there is a whole key or none.
fn write(path: &Path, key: &[u8]) -> io::Result<()> {
    let incoming = path.with_extension("incoming");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&incoming)?;
    file.write_all(BASE64.encode(key).as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&incoming, path)?;
    File::open(path.parent().unwrap_or(Path::new("/")))?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn arn(name: &str) -> FunctionArn {
        FunctionArn {
            region: "us-east-1".parse().unwrap(),
            account: "000000000000".parse().unwrap(),
            name: name.parse().unwrap(),
            qualifier: None,
        }
    }

    fn variables() -> Variables {
        [("PASSWORD".to_owned(), "correct horse".to_owned())].into()
    }

    #[test]
    fn what_was_sealed_opens_with_the_same_key_for_the_same_function_only() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = |name: &str| Secrets::load_or_create(&folder.path().join(name)).unwrap();
        let sealed = secrets("key").seal_variables(&variables(), &arn("f")).unwrap();
        assert_eq!(secrets("key").open_variables(&sealed, &arn("f")).unwrap(), variables());
        assert!(matches!(secrets("key").open_variables(&sealed, &arn("g")), Err(SealError::OtherKey)));
        assert!(matches!(secrets("other").open_variables(&sealed, &arn("f")), Err(SealError::OtherKey)));
        assert_ne!(secrets("key").seal_variables(&variables(), &arn("f")).unwrap(), sealed);
    }

    #[test]
    fn no_changed_byte_goes_unnoticed() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::load_or_create(&folder.path().join("key")).unwrap();
        let sealed = BASE64.decode(secrets.seal_variables(&variables(), &arn("f")).unwrap()).unwrap();
        for index in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[index] ^= 1;
            assert!(secrets.open_variables(&BASE64.encode(changed), &arn("f")).is_err(), "{index}");
        }
        assert!(secrets.open_variables("", &arn("f")).is_err());
    }

    #[test]
    fn the_key_is_read_by_its_owner_only_and_not_replaced_when_damaged() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        Secrets::load_or_create(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(Secrets::load_or_create(&path), Err(SecretsError::Damaged { .. })));
        assert_eq!(std::fs::read(&path).unwrap(), b"short");
    }
}
