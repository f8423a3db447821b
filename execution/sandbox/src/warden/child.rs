//! One of the warden's two processes: the same program again, with another role.
#![allow(unsafe_code)]

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::process::Command;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions};
use serde::Serialize;

use crate::descriptors::place;
use crate::namespaces::{Cloned, NewNamespaces, clone_process};
use crate::role::{LINK_FD, Role};
use crate::{packet, signals};

/// Found through the kernel, so neither a moved file nor a closed folder matters.
const OWN_PROGRAM: &str = "/proc/self/exe";

#[derive(Debug)]
pub(super) struct Child {
    pidfd: OwnedFd,
    link: Option<OwnedFd>,
}

impl Child {
    /// Starts the program in a role. `prepare` runs in the warden after the process is there and before it execs.
    pub(super) fn start(
        role: Role,
        namespaces: NewNamespaces,
        prepare: impl FnOnce(Pid) -> io::Result<()>,
    ) -> io::Result<Self> {
        let (link, their_link) = packet::pair()?;
        let (mut go, mut gone) = io::pipe()?;
        match clone_process(namespaces, None)? {
            Cloned::Child => {
                drop(gone);
                become_role(role, &their_link, &mut go)
            }
            Cloned::Parent { pid, pidfd } => {
                prepare(pid)?;
                gone.write_all(b"!")?;
                Ok(Self { pidfd, link: Some(link) })
            }
        }
    }

    pub(super) fn pidfd(&self) -> &OwnedFd {
        &self.pidfd
    }

    /// None once it was released.
    pub(super) fn link(&self) -> Option<&OwnedFd> {
        self.link.as_ref()
    }

    /// A process that has died meanwhile is found dead later, and is not told anything.
    pub(super) fn send_large<M: Serialize>(
        &self,
        message: &M,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<()> {
        self.tell(|link| packet::send_large(link, message, descriptors))
    }

    pub(super) fn send(&self, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
        self.tell(|link| packet::send(link, &(), descriptors))
    }

    fn tell(&self, send: impl FnOnce(&OwnedFd) -> io::Result<()>) -> io::Result<()> {
        match self.link.as_ref().map(send) {
            Some(Err(error)) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _sent_or_gone => Ok(()),
        }
    }

    pub(super) fn ask_to_stop(&self) -> io::Result<()> {
        self.signal(Signal::TERM)
    }

    /// One that has closed its end of the socket is of no use any more, if it is not dead.
    pub(super) fn kill(&mut self) -> io::Result<()> {
        self.release();
        self.signal(Signal::KILL)
    }

    fn signal(&self, signal: Signal) -> io::Result<()> {
        match rustix::process::pidfd_send_signal(&self.pidfd, signal) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Closes the socket, by which a launcher knows that it is to end.
    pub(super) fn release(&mut self) {
        self.link = None;
    }

    /// The exit code once the process has ended; none when a signal ended it.
    pub(super) fn reap(&self) -> io::Result<Option<Option<i32>>> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG;
        let status = rustix::process::waitid(WaitId::PidFd(self.pidfd.as_fd()), options)?;
        Ok(status.map(|status| status.exit_status()))
    }
}

/// The child's side; waits until the warden has prepared what it must.
fn become_role(role: Role, link: &OwnedFd, go: &mut impl Read) -> ! {
    let error =
        match go.read_exact(&mut [0]).and_then(|()| place(link, LINK_FD)).and_then(|()| signals::reset()) {
            Ok(()) => exec(role),
            Err(error) => error,
        };
    eprintln!("mayfly: cannot start the {role:?}: {error}");
    // SAFETY: _exit takes a number and does not return; the warden's exit handlers are not this process' to run.
    unsafe { libc::_exit(1) }
}

fn exec(role: Role) -> io::Error {
    let mut command = Command::new(OWN_PROGRAM);
    command.arg0("mayfly").args(role.argument());
    if role == Role::Launcher {
        // The server's environment may hold secrets, and forks of the launcher become sandboxes.
        command.env_clear();
    }
    command.exec()
}
