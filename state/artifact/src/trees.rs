//! The folder of unpacked packages.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Seek};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use model::TreeId;
use model::limits::UNZIPPED_CODE_MAX_BYTES;

use crate::merge::{merge, merged_id};
use crate::sdk::takes_runtimes_sdk;
use crate::unpack::{UnpackError, unpack};

const INCOMING: &str = ".incoming-";
const REMOVED: &str = ".removed-";

/// `trees/<id>`, each complete, checked, on disk and never changed again. All functions block.
#[derive(Debug, Clone)]
pub struct Trees {
    dir: PathBuf,
}

impl Trees {
    /// Makes the folder when it is not there, and clears what an interrupted server left unfinished.
    pub fn open(dir: &Path) -> io::Result<Trees> {
        fs::create_dir_all(dir)?;
        fs::set_permissions(dir, Permissions::from_mode(0o755))?;
        for entry in fs::read_dir(dir)? {
            let entry = entry?;
            if is_leftover(&entry.file_name().to_string_lossy()) {
                remove(&entry.path())?;
            }
        }
        Ok(Trees { dir: dir.to_owned() })
    }

    /// Unpacks the package that `id` is the digest of, unless it is there already. Returns the size of its files.
    pub fn unpack(&self, id: TreeId, package: impl Read + Seek) -> Result<u64, UnpackError> {
        if let Some(size) = self.size(id)? {
            return Ok(size);
        }
        self.make(id, |folder| unpack(package, folder, UNZIPPED_CODE_MAX_BYTES))
    }

    /// Whether its own JavaScript takes the AWS SDK from the runtime. Only speed depends on it.
    pub fn takes_runtimes_sdk(&self, id: TreeId) -> bool {
        takes_runtimes_sdk(&self.path(id)).unwrap_or(false)
    }

    /// Lays trees over each other, unless it was done already; the result is called
    /// [`merged_id`](crate::merged_id), and needs none of them afterwards.
    pub fn merge(&self, trees: &[TreeId]) -> Result<(), UnpackError> {
        let id = merged_id(trees);
        if self.holds(id)? {
            return Ok(());
        }
        let trees = trees.iter().map(|tree| self.path(*tree)).collect::<Vec<_>>();
        self.make(id, |folder| merge(&trees, folder))
    }

    /// The size of a tree's files; None when there is no such tree.
    pub(crate) fn size(&self, id: TreeId) -> io::Result<Option<u64>> {
        if self.holds(id)? { size_bytes(&self.path(id)).map(Some) } else { Ok(None) }
    }

    /// Whether the tree is there for good.
    fn holds(&self, id: TreeId) -> io::Result<bool> {
        let there = self.path(id).is_dir();
        if there {
            // Whoever made it may not have come to that yet.
            self.sync()?;
        }
        Ok(there)
    }

    /// Has a tree made out of sight, and gives it its name when it is complete.
    pub(crate) fn make<T, E: From<io::Error>>(
        &self,
        id: TreeId,
        fill: impl FnOnce(&Path) -> Result<T, E>,
    ) -> Result<T, E> {
        let target = self.path(id);
        let incoming = tempfile::Builder::new().prefix(INCOMING).tempdir_in(&self.dir)?;
        let filled = fill(incoming.path())?;
        match fs::rename(incoming.path(), &target) {
            // Another caller made the same tree meanwhile; ours goes.
            Err(_) if target.is_dir() => {}
            renamed => {
                renamed?;
                drop(incoming.keep());
            }
        }
        self.sync()?;
        Ok(filled)
    }

    fn sync(&self) -> io::Result<()> {
        File::open(&self.dir)?.sync_all()
    }

    pub fn list(&self) -> io::Result<Vec<TreeId>> {
        let names = fs::read_dir(&self.dir)?.map(|entry| Ok(entry?.file_name()));
        let names = names.collect::<io::Result<Vec<_>>>()?;
        Ok(names.iter().filter_map(|name| name.to_str()?.parse().ok()).collect())
    }

    /// Takes a tree out of sight at once; dropping what is returned deletes it. None when there is no such tree.
    pub fn take(&self, id: TreeId) -> io::Result<Option<Removed>> {
        let removed = tempfile::Builder::new().prefix(REMOVED).tempdir_in(&self.dir)?;
        match fs::rename(self.path(id), removed.path()) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            renamed => renamed.map(|()| Some(Removed { _folder: removed })),
        }
    }

    fn path(&self, id: TreeId) -> PathBuf {
        self.dir.join(id.to_string())
    }
}

/// A tree that nobody can find any more. Deleting takes long for a large one, so the owner says when.
#[derive(Debug)]
pub struct Removed {
    _folder: tempfile::TempDir,
}

/// A folder that somebody else is removing is as good as removed.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _removed_or_gone => Ok(()),
    }
}

fn is_leftover(name: &str) -> bool {
    name.starts_with(INCOMING) || name.starts_with(REMOVED)
}

fn size_bytes(dir: &Path) -> io::Result<u64> {
    let mut total = 0;
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            total += size_bytes(&entry.path())?;
        } else if metadata.is_file() {
            total += metadata.len();
        }
    }
    Ok(total)
}
