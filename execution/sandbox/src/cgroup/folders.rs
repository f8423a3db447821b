//! The launcher's side: groups are made before a sandbox is born and removed after it is gone.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Gid, Uid};

use super::{Hierarchy, Place};
use crate::spec::SandboxId;

/// How long a group may count processes that have been reaped; the launcher waits, and others for it.
const REAPED_PATIENCE: Duration = Duration::from_millis(100);
const REMOVE_PAUSE: Duration = Duration::from_millis(2);

/// Mayfly's folders, held open.
#[derive(Debug)]
pub(crate) struct Folders {
    folders: Vec<(Hierarchy, OwnedFd)>,
    server: Uid,
}

impl Folders {
    pub(crate) fn open(places: &[Place], server: Uid) -> io::Result<Self> {
        let open = |place: &Place| {
            Ok((place.hierarchy, rustix::fs::open(&place.folder, folder_flags(), Mode::empty())?))
        };
        Ok(Self { folders: places.iter().map(open).collect::<io::Result<_>>()?, server })
    }

    pub(crate) fn hierarchies(&self) -> Vec<Hierarchy> {
        self.folders.iter().map(|(hierarchy, _folder)| *hierarchy).collect()
    }

    pub(crate) fn descriptors(&self) -> Vec<BorrowedFd<'_>> {
        self.folders.iter().map(|(_hierarchy, folder)| folder.as_fd()).collect()
    }

    /// The group in the unified hierarchy, into which the sandbox is to be born; none where it has to join groups of
    /// version 1. Those it makes itself: whoever moves a whole process, anywhere on the host, may hold the
    /// kernel's lock on all groups through a grace period, and the launcher, which others wait for, must not wait for
    /// that lock.
    pub(crate) fn birthplace(&self, sandbox: SandboxId) -> io::Result<Option<OwnedFd>> {
        if !self.birthplace_is_all() {
            return Ok(None);
        }
        self.make_groups(sandbox).map(|mut groups| groups.pop())
    }

    /// Makes the groups that the sandbox was not born in and moves the calling process into them, which has one thread.
    pub(crate) fn join(&self, sandbox: SandboxId) -> io::Result<()> {
        if self.birthplace_is_all() {
            return Ok(());
        }
        let groups = self.make_groups(sandbox)?;
        let mut joined = self.folders.iter().zip(&groups);
        joined.try_for_each(|((hierarchy, _folder), group)| write_file(group, hierarchy.entrance(), "0"))
    }

    /// For each group of a sandbox the file by which a process of one thread joins it, for whoever gets the descriptor.
    pub(crate) fn entrances(&self, sandbox: SandboxId) -> io::Result<Vec<OwnedFd>> {
        let open = |(hierarchy, folder): &(Hierarchy, OwnedFd)| {
            open_file(folder, &format!("{sandbox}/{}", hierarchy.entrance()), OFlags::WRONLY)
        };
        self.folders.iter().map(open).collect()
    }

    fn make_groups(&self, sandbox: SandboxId) -> io::Result<Vec<OwnedFd>> {
        let make = |(hierarchy, folder): &(Hierarchy, OwnedFd)| {
            let group = make_group(folder, sandbox)?;
            lend(&group, *hierarchy, self.server)?;
            Ok(group)
        };
        self.folders.iter().map(make).collect()
    }

    fn birthplace_is_all(&self) -> bool {
        matches!(self.folders[..], [(Hierarchy::Unified(_), _)])
    }

    /// A descriptor that becomes readable when the sandbox runs out of memory, where version 1 counts memory. The
    /// unified hierarchy tells it by a file that the server polls itself.
    pub(crate) fn out_of_memory_notice(&self, sandbox: SandboxId) -> io::Result<Option<OwnedFd>> {
        let Some((_, folder)) = self.folders.iter().find(|(hierarchy, _)| *hierarchy == Hierarchy::Memory)
        else {
            return Ok(None);
        };
        let group = rustix::fs::openat(folder, sandbox.to_string(), folder_flags(), Mode::empty())?;
        let source = open_file(&group, "memory.oom_control", OFlags::RDONLY)?;
        let notice = rustix::event::eventfd(
            0,
            rustix::event::EventfdFlags::CLOEXEC | rustix::event::EventfdFlags::NONBLOCK,
        )?;
        let registration = format!("{} {}", raw(&notice), raw(&source));
        write_file(&group, "cgroup.event_control", &registration)?;
        Ok(Some(notice))
    }

    /// Whether anything counts memory.
    pub(crate) fn count_memory(&self) -> bool {
        self.folders.iter().any(|(hierarchy, _folder)| hierarchy.counts_memory())
    }

    /// Lets frozen processes die, which version 1 does not.
    pub(crate) fn thaw(&self, sandbox: SandboxId) -> io::Result<()> {
        for (_hierarchy, folder) in
            self.folders.iter().filter(|(hierarchy, _)| *hierarchy == Hierarchy::Freezer)
        {
            match write_file(folder, &format!("{sandbox}/freezer.state"), "THAWED") {
                // One that is being born, or has just ended, has no group.
                Err(error) if super::is_gone(&error) => {}
                thawed => thawed?,
            }
        }
        Ok(())
    }

    /// Removes every group of a sandbox whose processes are gone.
    pub(crate) fn remove(&self, sandbox: SandboxId) -> io::Result<()> {
        let name = sandbox.to_string();
        self.folders.iter().try_for_each(|(_, folder)| remove_group(folder, &name, REAPED_PATIENCE))
    }
}

/// Removes one group, once its processes are gone; a group that is not there is fine.
pub(super) fn remove_group(folder: impl AsFd, name: &str, patience: Duration) -> io::Result<()> {
    let end = Instant::now() + patience;
    loop {
        match rustix::fs::unlinkat(&folder, name, AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT) => return Ok(()),
            Err(Errno::BUSY) if Instant::now() < end => std::thread::sleep(REMOVE_PAUSE),
            Err(errno) => return Err(errno.into()),
        }
    }
}

pub(super) fn folder_flags() -> OFlags {
    OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW
}

fn make_group(folder: &OwnedFd, sandbox: SandboxId) -> io::Result<OwnedFd> {
    let name = sandbox.to_string();
    match rustix::fs::mkdirat(folder, &name, Mode::from_raw_mode(0o755)) {
        // Controllers that are mounted together share one folder.
        Ok(()) | Err(Errno::EXIST) => {}
        Err(errno) => return Err(errno.into()),
    }
    Ok(rustix::fs::openat(folder, &name, folder_flags(), Mode::empty())?)
}

/// Hands the limit files to the server's uid; one that this kernel does not have is skipped.
fn lend(group: &OwnedFd, hierarchy: Hierarchy, server: Uid) -> io::Result<()> {
    let gid = Gid::from_raw(server.as_raw());
    for file in hierarchy.lent_files() {
        match rustix::fs::chownat(group, file, Some(server), Some(gid), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

fn open_file(group: impl AsFd, name: &str, access: OFlags) -> io::Result<OwnedFd> {
    Ok(rustix::fs::openat(group, name, access | OFlags::CLOEXEC, Mode::empty())?)
}

fn write_file(group: impl AsFd, name: &str, text: &str) -> io::Result<()> {
    rustix::io::write(open_file(group, name, OFlags::WRONLY)?, text.as_bytes())?;
    Ok(())
}

fn raw(descriptor: &OwnedFd) -> i32 {
    std::os::fd::AsRawFd::as_raw_fd(descriptor)
}
