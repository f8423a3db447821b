//! The data folder: who may use it, and which layout it has.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Grows with every change of the layout that an older server could not read.
const FORMAT: u32 = 1;

#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    #[error("another server is using the data folder {0}; stop it, or choose another folder")]
    Locked(PathBuf),
    #[error(
        "the data folder {path} has format {found}, this server reads format {FORMAT}; use the server that wrote it, or choose another folder"
    )]
    Format { path: PathBuf, found: String },
    #[error("the data folder {path} cannot be used: {source}")]
    Io { path: PathBuf, source: io::Error },
}

/// Holds the folder's lock until it is dropped; the kernel drops it when the process dies.
#[derive(Debug)]
pub(crate) struct Folder {
    _lock: File,
}

impl Folder {
    pub(crate) fn open(path: &Path) -> Result<Folder, FolderError> {
        let failed = |source| FolderError::Io { path: path.to_owned(), source };
        fs::create_dir_all(path).map_err(failed)?;
        let lock = File::create(path.join("lock")).map_err(failed)?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => FolderError::Locked(path.to_owned()),
            TryLockError::Error(source) => failed(source),
        })?;
        check_format(path)?;
        Ok(Folder { _lock: lock })
    }
}

fn check_format(path: &Path) -> Result<(), FolderError> {
    let failed = |source| FolderError::Io { path: path.to_owned(), source };
    match fs::read_to_string(path.join("format")) {
        Ok(found) if found.trim() == FORMAT.to_string() => Ok(()),
        Ok(found) => Err(FolderError::Format { path: path.to_owned(), found: found.trim().to_owned() }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => write_format(path).map_err(failed),
        Err(error) => Err(failed(error)),
    }
}

/// Renamed into place, so that a crash cannot leave an empty version behind.
fn write_format(path: &Path) -> io::Result<()> {
    let incoming = path.join("format.incoming");
    let mut file = File::create(&incoming)?;
    writeln!(file, "{FORMAT}")?;
    file.sync_all()?;
    fs::rename(incoming, path.join("format"))?;
    File::open(path)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_server_is_refused_until_the_first_is_gone() {
        let dir = tempfile::tempdir().unwrap();
        let first = Folder::open(dir.path()).unwrap();
        let refused = Folder::open(dir.path()).unwrap_err();
        assert!(matches!(&refused, FolderError::Locked(path) if path == dir.path()), "{refused}");
        drop(first);
        Folder::open(dir.path()).unwrap();
    }

    #[test]
    fn a_folder_of_another_format_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("format"), "2\n").unwrap();
        let refused = Folder::open(dir.path()).unwrap_err();
        assert!(matches!(&refused, FolderError::Format { found, .. } if found == "2"), "{refused}");
    }
}
