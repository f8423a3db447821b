//! Namespaces: making a process in new ones, entering and leaving them.
//!
//! The functions here act on the calling thread. Only single-threaded processes (warden, launcher, a sandbox's init
//! before it is ready) call them, so thread and process are the same.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use rustix::process::{Gid, Pid, Uid};
use rustix::thread::{LinkNameSpaceType, ThreadNameSpaceType, UnshareFlags};

/// Which new namespaces a cloned process is born into.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NewNamespaces {
    pub(crate) user: bool,
    pub(crate) mount: bool,
    /// In which the child is process 1.
    pub(crate) pid: bool,
}

/// The result of [`clone_process`] in each of the two processes.
#[derive(Debug)]
pub(crate) enum Cloned {
    Child,
    Parent { pid: Pid, pidfd: OwnedFd },
}

/// Forks into `namespaces`; where `cgroup` names a folder of the unified hierarchy, the child is born in it, which needs
/// no attach and so waits for no grace period.
///
/// The caller must be single-threaded: the child is a copy of the calling thread alone, and a lock that another thread
/// held would stay held in it.
pub(crate) fn clone_process(namespaces: NewNamespaces, cgroup: Option<BorrowedFd<'_>>) -> io::Result<Cloned> {
    clone3(clone_flags(namespaces, cgroup.is_some()), libc::SIGCHLD, cgroup)
}

/// Forks a process 1 of a new pid namespace whose parent is the caller's own parent, so that the caller can end.
///
/// The caller must be single-threaded, as in [`clone_process`].
pub(crate) fn clone_sibling_as_process_1() -> io::Result<Cloned> {
    let flags = clone_flags(NewNamespaces { pid: true, ..NewNamespaces::default() }, false);
    // The kernel takes the exit signal from the caller's own.
    clone3(flags | libc::CLONE_PARENT as u64, 0, None)
}

fn clone3(flags: u64, exit_signal: libc::c_int, cgroup: Option<BorrowedFd<'_>>) -> io::Result<Cloned> {
    let mut pidfd: RawFd = -1;
    let arguments = libc::clone_args {
        flags,
        pidfd: (&raw mut pidfd).addr() as u64,
        child_tid: 0,
        parent_tid: 0,
        exit_signal: exit_signal as u64,
        stack: 0,
        stack_size: 0,
        tls: 0,
        set_tid: 0,
        set_tid_size: 0,
        cgroup: cgroup.map_or(0, |folder| folder.as_raw_fd() as u64),
    };
    // SAFETY: without CLONE_VM and a new stack this is fork: the child returns on its own copy of this stack, and the
    // caller is single-threaded, so nothing in its copy of the heap is half-written. `arguments` and `pidfd` are live.
    let answer =
        unsafe { libc::syscall(libc::SYS_clone3, &raw const arguments, size_of::<libc::clone_args>()) };
    match answer {
        0 => Ok(Cloned::Child),
        pid if pid > 0 => {
            let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(io::ErrorKind::InvalidData)?;
            // SAFETY: the kernel just returned this descriptor and nobody else owns it.
            Ok(Cloned::Parent { pid, pidfd: unsafe { OwnedFd::from_raw_fd(pidfd) } })
        }
        _failed => Err(io::Error::last_os_error()),
    }
}

fn clone_flags(namespaces: NewNamespaces, into_cgroup: bool) -> u64 {
    /// From `linux/sched.h`; libc types it as a 32-bit number, which it does not fit.
    const CLONE_INTO_CGROUP: u64 = 0x2_0000_0000;
    let mut flags = libc::CLONE_PIDFD as u64;
    if namespaces.pid {
        flags |= libc::CLONE_NEWPID as u64;
    }
    if namespaces.user {
        flags |= libc::CLONE_NEWUSER as u64;
    }
    if namespaces.mount {
        flags |= libc::CLONE_NEWNS as u64;
    }
    if into_cgroup {
        flags |= CLONE_INTO_CGROUP;
    }
    flags
}

/// Leaves the current namespaces for new ones.
pub(crate) fn unshare(flags: UnshareFlags) -> io::Result<()> {
    // SAFETY: the flags that are used here (namespaces) change what the kernel shows to this single-threaded process;
    // CLONE_FILES, the one that could invalidate descriptors that another thread holds, is not among them.
    Ok(unsafe { rustix::thread::unshare_unsafe(flags) }?)
}

/// The mount namespace of the calling process, to come back to.
pub(crate) fn current_mount_namespace() -> io::Result<OwnedFd> {
    let flags = rustix::fs::OFlags::RDONLY | rustix::fs::OFlags::CLOEXEC;
    Ok(rustix::fs::open("/proc/self/ns/mnt", flags, rustix::fs::Mode::empty())?)
}

/// Enters a mount namespace; the working folder and root become its root.
pub(crate) fn enter_mount_namespace(namespace: impl AsFd) -> io::Result<()> {
    Ok(rustix::thread::move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::Mount))?)
}

/// Enters the mount namespace of the process behind a pidfd.
pub(crate) fn enter_mount_namespace_of(pidfd: impl AsFd) -> io::Result<()> {
    Ok(rustix::thread::move_into_thread_name_spaces(pidfd.as_fd(), ThreadNameSpaceType::MOUNT)?)
}

/// Enters a user namespace below the own one, with every capability in it and none outside. There is no way back.
pub(crate) fn enter_user_namespace(namespace: impl AsFd) -> io::Result<()> {
    Ok(rustix::thread::move_into_link_name_space(namespace.as_fd(), Some(LinkNameSpaceType::User))?)
}

/// Who a process is inside a user namespace, and who that is outside it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdentityMap {
    pub(crate) inner_uid: Uid,
    pub(crate) inner_gid: Gid,
    pub(crate) outer: Uid,
}

impl IdentityMap {
    /// Writes the maps of the calling process' own new user namespace. The kernel lets a process map just its own
    /// effective ids without any privilege outside, once it has given up setgroups.
    pub(crate) fn write(self) -> io::Result<()> {
        let outer = self.outer.as_raw();
        std::fs::write("/proc/self/setgroups", "deny")?;
        std::fs::write("/proc/self/gid_map", format!("{} {outer} 1", self.inner_gid.as_raw()))?;
        std::fs::write("/proc/self/uid_map", format!("{} {outer} 1", self.inner_uid.as_raw()))
    }
}
