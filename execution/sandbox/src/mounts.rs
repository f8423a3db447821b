//! Mounts that exist before they have a place: made detached, made safe, then moved to where they shall be seen.
//!
//! A detached mount is a descriptor. It crosses into another mount namespace with the process that holds it, and it
//! vanishes by itself with that descriptor, so a half-built sandbox leaves no mount behind.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::path::Path;

use rustix::fs::{AtFlags, CWD};
use rustix::mount::{
    FsMountFlags, FsOpenFlags, MountAttrFlags, MountPropagationFlags, MoveMountFlags, OpenTreeFlags,
    UnmountFlags,
};

/// What a mount forbids, in bits of `linux/mount.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Restrictions(u64);

impl Restrictions {
    pub(crate) const READ_ONLY: Self = Self(MountAttrFlags::MOUNT_ATTR_RDONLY.bits() as u64);
    /// For what the sandbox only reads or runs.
    pub(crate) const LIBRARY: Self = Self(Self::READ_ONLY.0 | Self::NO_SUID | Self::NO_DEVICES);
    /// For data that the server writes.
    pub(crate) const STATE: Self = Self(Self::NO_SUID | Self::NO_DEVICES | Self::NO_EXEC);
    /// For a device node, which must stay usable as one.
    pub(crate) const DEVICE: Self = Self(Self::READ_ONLY.0 | Self::NO_SUID | Self::NO_EXEC);

    const NO_SUID: u64 = MountAttrFlags::MOUNT_ATTR_NOSUID.bits() as u64;
    const NO_DEVICES: u64 = MountAttrFlags::MOUNT_ATTR_NODEV.bits() as u64;
    const NO_EXEC: u64 = MountAttrFlags::MOUNT_ATTR_NOEXEC.bits() as u64;
}

/// The kernel's `struct mount_attr`.
#[repr(C)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace_fd: u64,
}

/// How far a bind reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Depth {
    One,
    /// With what is mounted below. In a user namespace the kernel demands it of binds that have something below.
    All,
}

/// A mount without a place yet.
#[derive(Debug)]
pub(crate) struct Detached(OwnedFd);

impl Detached {
    /// A copy of what is at an open file or folder of the caller's mount namespace.
    pub(crate) fn copy_of(at: impl AsFd, depth: Depth, restrictions: Restrictions) -> io::Result<Self> {
        let mut flags =
            OpenTreeFlags::OPEN_TREE_CLONE | OpenTreeFlags::OPEN_TREE_CLOEXEC | OpenTreeFlags::AT_EMPTY_PATH;
        if depth == Depth::All {
            flags |= OpenTreeFlags::AT_RECURSIVE;
        }
        let mount = Self(rustix::mount::open_tree(at, "", flags)?);
        mount.restrict(depth, restrictions)?;
        Ok(mount)
    }

    /// A new file system of a type that needs no device, with its options.
    pub(crate) fn new(
        file_system: &str,
        options: &[(&str, &str)],
        attributes: MountAttrFlags,
    ) -> io::Result<Self> {
        let context = rustix::mount::fsopen(file_system, FsOpenFlags::FSOPEN_CLOEXEC)?;
        for (key, value) in options {
            rustix::mount::fsconfig_set_string(&context, *key, *value)?;
        }
        rustix::mount::fsconfig_create(&context)?;
        Ok(Self(rustix::mount::fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, attributes)?))
    }

    pub(crate) fn restrict(&self, depth: Depth, restrictions: Restrictions) -> io::Result<()> {
        let recursive = if depth == Depth::All {
            AtFlags::from_bits_retain(libc::AT_RECURSIVE as u32)
        } else {
            AtFlags::empty()
        };
        set_attributes(&self.0, recursive, restrictions)
    }

    /// Shows the mount at a path of the caller's mount namespace.
    pub(crate) fn attach(self, at: impl AsRef<Path>) -> io::Result<()> {
        let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH;
        Ok(rustix::mount::move_mount(&self.0, "", CWD, at.as_ref(), flags)?)
    }

    /// Shows the mount at an open folder or file.
    pub(crate) fn attach_to(self, at: impl AsFd) -> io::Result<()> {
        let flags = MoveMountFlags::MOVE_MOUNT_F_EMPTY_PATH | MoveMountFlags::MOVE_MOUNT_T_EMPTY_PATH;
        Ok(rustix::mount::move_mount(&self.0, "", at, "", flags)?)
    }
}

impl From<OwnedFd> for Detached {
    /// Of what `fsmount` returned.
    fn from(mount: OwnedFd) -> Self {
        Self(mount)
    }
}

impl AsFd for Detached {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Restricts a mount that has its place already.
pub(crate) fn restrict_at(path: impl AsRef<Path>, restrictions: Restrictions) -> io::Result<()> {
    let flags = rustix::fs::OFlags::PATH | rustix::fs::OFlags::CLOEXEC;
    let place = rustix::fs::open(path.as_ref(), flags, rustix::fs::Mode::empty())?;
    set_attributes(&place, AtFlags::empty(), restrictions)
}

fn set_attributes(mount: &OwnedFd, depth: AtFlags, restrictions: Restrictions) -> io::Result<()> {
    let attributes = MountAttributes { set: restrictions.0, clear: 0, propagation: 0, user_namespace_fd: 0 };
    let flags = depth | AtFlags::EMPTY_PATH;
    // SAFETY: the path is an empty, terminated string and `attributes` a live struct of the kernel's layout and size;
    // the kernel reads both and writes neither.
    let answer = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            mount.as_raw_fd(),
            c"".as_ptr(),
            flags.bits(),
            &raw const attributes,
            size_of::<MountAttributes>(),
        )
    };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Cuts every mount of the caller's mount namespace off from the namespace that it was copied from.
pub(crate) fn make_private() -> io::Result<()> {
    let flags = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    Ok(rustix::mount::mount_change("/", flags)?)
}

/// Makes the working folder, which must be a mount, the root, and drops the old root from view.
pub(crate) fn pivot_into_working_folder() -> io::Result<()> {
    rustix::process::pivot_root(".", ".")?;
    rustix::mount::unmount(".", UnmountFlags::DETACH)?;
    Ok(rustix::process::chdir("/")?)
}
