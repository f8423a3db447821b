//! Landlock, for scoping alone: a process under it sends no signals to, and connects to no abstract unix sockets of,
//! processes outside. The namespaces say the same; this holds should one of them be left open by mistake.
//!
//! There are no path rules on purpose. A rule on a folder does not hold for code that is mounted over it later, which
//! is how code arrives; read-only mounts protect files.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use crate::seccomp;

/// The first version of the interface that has scopes (Linux 6.12).
const ABI_WITH_SCOPES: libc::c_long = 6;

/// From `linux/landlock.h`.
const CREATE_RULESET_VERSION: u32 = 1 << 0;
const SCOPE_ABSTRACT_UNIX_SOCKET: u64 = 1 << 0;
const SCOPE_SIGNAL: u64 = 1 << 1;

#[repr(C)]
struct RulesetAttributes {
    handled_access_fs: u64,
    handled_access_net: u64,
    scoped: u64,
}

/// Puts the calling thread, and every thread and process that it makes from now on, into a scope of their own.
///
/// Does nothing where the kernel lacks Landlock, has it switched off, or is older than 6.12. Allocates nothing.
///
/// # Errors
/// The kernel has scopes and yet refuses one: a shortage of memory, or 16 layers of Landlock already.
pub(crate) fn restrict() -> io::Result<()> {
    if !has_scopes() {
        return Ok(());
    }
    let ruleset = ruleset()?;
    seccomp::give_up_new_privileges()?;
    // SAFETY: the call takes a descriptor, which `ruleset` keeps open, and no pointers.
    let answer = unsafe { libc::syscall(libc::SYS_landlock_restrict_self, ruleset.as_raw_fd(), 0) };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Whether [`restrict`] does anything here.
pub(crate) fn has_scopes() -> bool {
    abi() >= ABI_WITH_SCOPES
}

fn ruleset() -> io::Result<OwnedFd> {
    let attributes = RulesetAttributes {
        handled_access_fs: 0,
        handled_access_net: 0,
        scoped: SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL,
    };
    let (pointer, size) = (std::ptr::from_ref(&attributes), size_of_val(&attributes));
    // SAFETY: `pointer` and `size` describe a live struct of the kernel's layout, which is only read.
    let fd = unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, pointer, size, 0) };
    let fd = i32::try_from(fd).map_err(|_never| io::ErrorKind::InvalidData)?;
    if fd < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: the kernel just returned this descriptor and nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// The version of the interface, or -1 where there is none.
fn abi() -> libc::c_long {
    let nothing: *const RulesetAttributes = std::ptr::null();
    // SAFETY: with this flag the kernel takes a null pointer of size 0 and answers a number.
    unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, nothing, 0, CREATE_RULESET_VERSION) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scoped_process_cannot_signal_its_parent() {
        if abi() < ABI_WITH_SCOPES {
            return;
        }
        let parent = std::process::id().cast_signed();
        // SAFETY: the child only makes system calls and leaves by _exit.
        let child = unsafe { libc::fork() };
        if child == 0 {
            let entered = restrict();
            // SAFETY: signal 0 asks whether a signal could be sent, and sends none.
            let refused = unsafe { libc::kill(parent, 0) } == -1;
            let eperm = io::Error::last_os_error().raw_os_error() == Some(libc::EPERM);
            // SAFETY: ends the child without running the parent's exit handlers.
            unsafe { libc::_exit(i32::from(!(entered.is_ok() && refused && eperm))) };
        }
        let mut status = 0;
        // SAFETY: `child` is our own, unreaped child and `status` is a live integer.
        unsafe { libc::waitpid(child, &raw mut status, 0) };
        assert_eq!(libc::WEXITSTATUS(status), 0);
    }
}
