//! Which of Mayfly's processes this one is. The warden starts the others from the same program, by an argument that
//! users do not type and a socket at a fixed descriptor.
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};

const LAUNCHER: &str = "internal-launcher";
const SERVER: &str = "internal-server";
/// Where a process that the warden starts finds its socket to the warden.
pub(crate) const LINK_FD: RawFd = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// What a user started.
    Program,
    Launcher,
    Server,
}

impl Role {
    /// To be asked first thing in `main`, before any thread and any parsing of arguments.
    pub fn of_this_process() -> Self {
        match std::env::args_os().nth(1) {
            Some(argument) if argument == LAUNCHER => Self::Launcher,
            Some(argument) if argument == SERVER => Self::Server,
            _ => Self::Program,
        }
    }

    pub(crate) fn argument(self) -> Option<&'static str> {
        match self {
            Self::Program => None,
            Self::Launcher => Some(LAUNCHER),
            Self::Server => Some(SERVER),
        }
    }
}

/// Takes the socket to the warden. To be called once, by a process that the warden started.
pub(crate) fn link() -> io::Result<OwnedFd> {
    // SAFETY: the warden put the socket at this number right before exec, and nothing in this process has it yet; a
    // process that somebody started by hand with the hidden argument fails at the next call.
    let link = unsafe { OwnedFd::from_raw_fd(LINK_FD) };
    rustix::io::fcntl_setfd(&link, rustix::io::FdFlags::CLOEXEC)?;
    Ok(link)
}
