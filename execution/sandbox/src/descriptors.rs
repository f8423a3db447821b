//! Descriptors by number: closing what a fork copied and nobody here owns, and placing what a program expects.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// The first after standard input, output and error.
const FIRST: RawFd = 3;

/// Closes every descriptor but the standard ones and `kept`.
///
/// For a process that was just forked: it forgets its copies of its parent's owned descriptors, which it never drops.
pub(crate) fn close_all_but(kept: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut kept: Vec<RawFd> =
        kept.iter().map(AsRawFd::as_raw_fd).filter(|number| *number >= FIRST).collect();
    kept.sort_unstable();
    let mut next = FIRST;
    for number in kept {
        close_range(next, number - 1)?;
        next = number + 1;
    }
    close_range(next, RawFd::MAX)
}

/// Makes a descriptor available under a number of one's choice, to stay open across exec. Whatever had the number closes.
///
/// For the standard streams, and for processes that are about to exec.
pub(crate) fn place(descriptor: impl AsFd, number: RawFd) -> io::Result<()> {
    let descriptor = descriptor.as_fd();
    if descriptor.as_raw_fd() == number {
        return Ok(rustix::io::fcntl_setfd(descriptor, rustix::io::FdFlags::empty())?);
    }
    // SAFETY: plain numbers. By the promise above nothing in this process owns `number` and uses it later.
    let answer = unsafe { libc::dup2(descriptor.as_raw_fd(), number) };
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Lets the server wait for a descriptor. Needs a tokio runtime.
pub(crate) fn watched(descriptor: OwnedFd, interest: Interest) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an OwnedFd stays open and the same for as long as the AsyncFd that it moves into owns it.
    Ok(unsafe { AsyncFd::register_with_interest(descriptor, interest) }?)
}

fn close_range(first: RawFd, last: RawFd) -> io::Result<()> {
    if first > last {
        return Ok(());
    }
    // SAFETY: plain numbers. The caller promises not to use what it does not keep.
    let answer = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
