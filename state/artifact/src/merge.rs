//! Several trees as one, each over those before it.
//!
//! Files are linked, not copied: trees never change, so they can share them, and a merged tree costs no more than its
//! folders. No link that a tree holds is followed, since nothing here opens a path through one: a folder of the merged
//! tree is always a folder that was made for it.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use model::TreeId;
use sha2::{Digest, Sha256};

use crate::sync::sync;
use crate::unpack::{DIRECTORY_MODE, ENTRIES_MAX, UnpackError};

/// Sets merged trees apart from what packages unpack to.
const DOMAIN: &[u8] = b"mayfly merged tree 1\n";

/// What names the merger of these trees in this order; one tree alone is its own merger.
pub fn merged_id(trees: &[TreeId]) -> TreeId {
    if let [only] = trees {
        return *only;
    }
    let mut hash = Sha256::new_with_prefix(DOMAIN);
    trees.iter().for_each(|tree| hash.update(tree.as_bytes()));
    TreeId::from_bytes(hash.finalize().into())
}

/// Lays trees over each other into the empty folder `root`, with everything on disk at the end.
pub(crate) fn merge(trees: &[PathBuf], root: &Path) -> Result<(), UnpackError> {
    let mut merging = Merging { root, entries: 0 };
    for tree in trees {
        merging.lay(tree)?;
    }
    sync(root, &folders(root)?)?;
    Ok(())
}

struct Merging<'a> {
    root: &'a Path,
    entries: usize,
}

impl Merging<'_> {
    fn lay(&mut self, tree: &Path) -> Result<(), UnpackError> {
        let mut waiting = vec![PathBuf::new()];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(tree.join(&folder))? {
                let entry = entry?;
                self.count()?;
                let path = folder.join(entry.file_name());
                if entry.file_type()?.is_dir() {
                    make_folder(&self.root.join(&path))?;
                    waiting.push(path);
                } else {
                    place(&entry.path(), &self.root.join(&path))?;
                }
            }
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), UnpackError> {
        self.entries += 1;
        if self.entries > ENTRIES_MAX {
            return Err(UnpackError::TooManyEntries { actual: self.entries });
        }
        Ok(())
    }
}

/// Folders merge; over anything else a folder takes its place.
fn make_folder(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(there) if there.is_dir() => return Ok(()),
        Ok(_) => fs::remove_file(path)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    fs::create_dir(path)?;
    // Past the process's umask.
    fs::set_permissions(path, Permissions::from_mode(DIRECTORY_MODE))
}

/// Puts a file or link where `path` says, whatever is there.
fn place(source: &Path, path: &Path) -> io::Result<()> {
    match fs::hard_link(source, path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            clear(path)?;
            place(source, path)
        }
        Err(error) if cannot_share(error.kind()) => copy(source, path),
        linked => linked,
    }
}

/// A file has 65,000 links at most on ext4; some file systems have none, and most of those call that a lack of
/// permission.
fn cannot_share(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::TooManyLinks | io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied)
}

fn clear(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path)?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

fn copy(source: &Path, path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(source)?.is_symlink() {
        return symlink(fs::read_link(source)?, path);
    }
    fs::copy(source, path)?;
    File::open(path)?.sync_all()
}

/// All folders of a tree, below its root.
fn folders(root: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![PathBuf::new()];
    let mut next = 0;
    while let Some(folder) = found.get(next).cloned() {
        next += 1;
        for entry in fs::read_dir(root.join(&folder))? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                found.push(folder.join(entry.file_name()));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_shared_is_copied_with_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        fs::write(path("tool"), "x").unwrap();
        fs::set_permissions(path("tool"), Permissions::from_mode(0o755)).unwrap();
        symlink("tool", path("link")).unwrap();
        copy(&path("tool"), &path("tool copied")).unwrap();
        copy(&path("link"), &path("link copied")).unwrap();
        assert_eq!(fs::metadata(path("tool copied")).unwrap().permissions().mode() & 0o7777, 0o755);
        assert_eq!(fs::read_link(path("link copied")).unwrap(), Path::new("tool"));
    }
}
