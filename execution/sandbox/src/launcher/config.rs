//! What the warden tells a launcher at its start.

use std::io;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use rustix::fs::{Mode, OFlags, ResolveFlags};
use serde::{Deserialize, Serialize};

use crate::cgroup::Place;
use crate::scratch::Scratch;
use crate::spec::TemplateTable;
use crate::uids::UidPlan;

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Config {
    pub(crate) data_dir: PathBuf,
    pub(crate) templates: TemplateTable,
    pub(crate) places: Vec<Place>,
    pub(crate) uids: UidPlan,
    /// As the launcher's user namespace names it.
    pub(crate) server_uid: u32,
    pub(crate) scratch: ScratchKind,
    /// Whether the launcher's power ends at a user namespace of its own.
    pub(crate) rootless: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum ScratchKind {
    LoopExt4,
    Tmpfs,
}

/// The data folder as the launcher holds it.
#[derive(Debug)]
pub(super) struct DataFolder {
    pub(super) trees: OwnedFd,
    pub(super) scratch: Scratch,
}

impl DataFolder {
    pub(super) fn open(config: &Config) -> io::Result<Self> {
        let folder = rustix::fs::open(
            &config.data_dir,
            OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC,
            Mode::empty(),
        )?;
        let trees = open_below(&folder, "trees")?;
        let scratch = match config.scratch {
            ScratchKind::LoopExt4 => {
                Scratch::LoopExt4 { folder: own_folder(open_below(&folder, "scratch")?)? }
            }
            ScratchKind::Tmpfs => Scratch::Tmpfs,
        };
        Ok(Self { trees, scratch })
    }
}

/// Opens a folder right below another; a link is refused, for the server could have put it there.
pub(super) fn open_below(folder: &OwnedFd, name: &str) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    Ok(rustix::fs::openat2(folder, name, flags, Mode::empty(), resolve)?)
}

/// What the launcher writes in must not be writable by the server, which owns the data folder.
fn own_folder(folder: OwnedFd) -> io::Result<OwnedFd> {
    let owner = rustix::fs::fstat(&folder)?.st_uid;
    if owner != rustix::process::geteuid().as_raw() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "scratch/ belongs to another user"));
    }
    Ok(folder)
}
