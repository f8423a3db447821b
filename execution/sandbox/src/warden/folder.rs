//! The data folder as the warden prepares it: locked, owned by the server's user, with the folders that the launcher
//! opens.

use std::fs::File;
use std::io;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use crate::cgroup::Place;
use crate::uids::UidPlan;

/// Where the last start noted its cgroups, to be cleared by the next if all of Mayfly was killed at once.
const PLACES_FILE: &str = "cgroups.json";

#[derive(Debug)]
pub(super) struct Folder {
    /// Open for its lock, which ends with the process.
    lock: File,
    scratch: PathBuf,
}

impl Folder {
    /// # Errors
    /// `AddrInUse` when another server has the folder.
    pub(super) fn take(path: &Path, server: u32) -> io::Result<Self> {
        let lock = File::open(path)?;
        lock.try_lock().map_err(|refused| match refused {
            std::fs::TryLockError::WouldBlock => {
                let text = format!(
                    "the data folder {} is in use by another server; stop that one, or choose another folder",
                    path.display()
                );
                io::Error::new(io::ErrorKind::AddrInUse, text)
            }
            std::fs::TryLockError::Error(error) => error,
        })?;
        let scratch = path.join("scratch");
        make(&scratch, 0o700)?;
        make(&path.join("trees"), 0o755)?;
        if rustix::process::geteuid().as_raw() != server {
            chown(path, Some(server), Some(server))?;
            chown(path.join("trees"), Some(server), Some(server))?;
        }
        Ok(Self { lock, scratch })
    }

    /// The name of this folder's cgroups. No other folder has it at the same time, for a start kills what lives there.
    pub(super) fn group_name(&self) -> String {
        let (device, inode) = self.identity();
        format!("mayfly-{device:x}-{inode:x}")
    }

    pub(super) fn uid_plan(&self) -> UidPlan {
        let (device, inode) = self.identity();
        UidPlan::for_data_folder(device, inode)
    }

    pub(super) fn recorded_places(&self) -> io::Result<Vec<Place>> {
        match std::fs::read(self.scratch.join(PLACES_FILE)) {
            Ok(text) => Ok(serde_json::from_slice(&text).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    pub(super) fn record_places(&self, places: &[Place]) -> io::Result<()> {
        let fresh = self.scratch.join("cgroups.new");
        std::fs::write(&fresh, serde_json::to_vec(places)?)?;
        std::fs::rename(fresh, self.scratch.join(PLACES_FILE))
    }

    fn identity(&self) -> (u64, u64) {
        // A folder that is open has metadata; were it not so, all such folders would share one name.
        self.lock.metadata().map_or((0, 0), |metadata| (metadata.dev(), metadata.ino()))
    }
}

fn make(path: &Path, mode: u32) -> io::Result<()> {
    match std::fs::create_dir(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        Err(_there_already) => return Ok(()),
        Ok(()) => {}
    }
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// More than a short hash of them could tell apart.
    const FOLDERS: usize = 1000;

    #[test]
    fn no_two_folders_have_the_same_groups() {
        let parent = tempfile::tempdir().unwrap();
        let user = rustix::process::geteuid().as_raw();
        let name = |number: usize| {
            let path = parent.path().join(number.to_string());
            std::fs::create_dir(&path).unwrap();
            Folder::take(&path, user).unwrap().group_name()
        };
        let names = HashSet::<String>::from_iter((0..FOLDERS).map(name));
        assert_eq!(names.len(), FOLDERS);
    }
}
