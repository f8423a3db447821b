//! The kernel's settings in `/proc`: a sandbox asks for them and changes none.
//!
//! Most belong to the host's root, and file modes keep everybody else off. Some belong to whoever made the namespace
//! that they are about, and for an ordinary user that is the same uid on the host as the sandbox's own.

use std::io;
use std::os::fd::OwnedFd;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use crate::mounts::{Depth, Detached, Restrictions};

const FOLDERS_AND_FILES: [&str; 5] =
    ["/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs"];
/// A quarter of what the kernel gives a user by default, and that may be one user for all sandboxes.
const INOTIFY_INSTANCES: &[u8] = b"32";

/// Covers the settings of the calling process's mount namespace with read-only views of themselves.
pub(super) fn make_read_only() -> io::Result<()> {
    for path in FOLDERS_AND_FILES {
        match rustix::fs::open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()) {
            Ok(setting) => Detached::copy_of(&setting, Depth::One, Restrictions::READ_ONLY)?.attach(path)?,
            Err(Errno::NOENT) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// The limits that a user namespace sets to itself, opened while they can still be written.
#[derive(Debug)]
pub(super) struct UserLimits(OwnedFd);

impl UserLimits {
    pub(super) fn open() -> io::Result<Self> {
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::open("/proc/sys/user", flags, Mode::empty())?))
    }

    /// Limits the user namespace that the caller is in by now. A kernel without inotify has nothing to limit.
    pub(super) fn set(&self) -> io::Result<()> {
        let flags = OFlags::WRONLY | OFlags::CLOEXEC;
        match rustix::fs::openat(&self.0, "max_inotify_instances", flags, Mode::empty()) {
            Ok(limit) => Ok(rustix::io::write(limit, INOTIFY_INSTANCES).map(drop)?),
            Err(Errno::NOENT) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }
}
