//! Digests of sources and of what was compiled from them. Compilers of different versions write different bytes, so
//! nothing that is checked in compiled is made again to be compared: a file beside it names both.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::Error;

/// Every file below a folder, in an order that does not depend on the file system.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let at = |source| Error::File { path: folder.to_owned(), source };
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(at)? {
        let path = entry.map_err(at)?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Of the names and contents of files.
pub(crate) fn digest(root: &Path, files: &[PathBuf]) -> Result<String, Error> {
    let mut digest = Sha256::new();
    for path in files {
        let content = fs::read(path).map_err(|source| Error::File { path: path.clone(), source })?;
        digest.update(path.strip_prefix(root).unwrap_or(path).as_os_str().as_encoded_bytes());
        digest.update(content.len().to_le_bytes());
        digest.update(content);
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
