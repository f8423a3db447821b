//! A ward: the user namespace in which the sandboxes of one template are made where the launcher is the host's root.
//!
//! A zygote enters sandboxes, and for that it must have power over their namespaces. It gets that power in the ward and
//! nowhere else: namespaces made by a process of the ward belong to the ward, and the ward maps no ids but Mayfly's
//! own. Each ward belongs to a uid of its own, since the kernel adds up what its sandboxes use (inotify instances) for
//! the one who made it. An ordinary user's launcher is in such a namespace already.
#![allow(unsafe_code)]

use std::io::{self, Read, Write};
use std::ops::Range;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Gid, Pid, Resource, Rlimit, Uid, WaitId, WaitIdOptions};
use rustix::thread::UnshareFlags;

use crate::namespaces::{self, Cloned, NewNamespaces, clone_process};
use crate::privileges;

#[derive(Debug)]
pub(super) struct Ward {
    namespace: OwnedFd,
    ids: Range<u32>,
    keeper: Uid,
}

impl Ward {
    /// Maps `ids` of the launcher's user namespace, from 0 on. `keeper` is one of them.
    pub(super) fn make(ids: Range<u32>, keeper: Uid) -> io::Result<Self> {
        let (made, making) = io::pipe()?;
        let (going, go) = io::pipe()?;
        match clone_process(NewNamespaces::default(), None)? {
            Cloned::Child => {
                drop((made, go));
                let code = i32::from(hold(keeper, making, going).is_err());
                // SAFETY: _exit takes a number and does not return; the launcher's exit handlers are not ours to run.
                unsafe { libc::_exit(code) }
            }
            Cloned::Parent { pid, pidfd } => {
                drop((making, going));
                let namespace = map_and_open(pid, made, &ids);
                drop(go);
                rustix::process::waitid(WaitId::PidFd(pidfd.as_fd()), WaitIdOptions::EXITED)?;
                Ok(Self { namespace: namespace?, ids, keeper })
            }
        }
    }

    pub(super) fn namespace(&self) -> BorrowedFd<'_> {
        self.namespace.as_fd()
    }

    /// How the ward names an id of the launcher's user namespace.
    pub(super) fn inner(&self, uid: Uid) -> Uid {
        Uid::from_raw(uid.as_raw() - self.ids.start)
    }

    /// Whom the ward belongs to, as the launcher's user namespace names him; no sandbox has this uid.
    pub(super) fn keeper(&self) -> Uid {
        self.keeper
    }
}

/// Makes the namespace and stays in it until it has been opened.
fn hold(keeper: Uid, mut making: impl Write, mut going: impl Read) -> io::Result<()> {
    lift_limits()?;
    // Hosts that do not let just anybody make user namespaces let those who may administrate.
    privileges::keep_across_uids()?;
    privileges::become_user(keeper, Gid::from_raw(keeper.as_raw()))?;
    namespaces::unshare(UnshareFlags::NEWUSER)?;
    making.write_all(b"!")?;
    going.read_to_end(&mut Vec::new()).map(drop)
}

/// The limits of its maker are a new namespace's limits for all that is in it together; each sandbox has its own. A root
/// whose own limits cannot be lifted keeps them.
fn lift_limits() -> io::Result<()> {
    for resource in [Resource::Nproc, Resource::Sigpending, Resource::Memlock, Resource::Msgqueue] {
        match rustix::process::setrlimit(resource, Rlimit { current: None, maximum: None }) {
            Ok(()) | Err(Errno::PERM) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

fn map_and_open(pid: Pid, mut made: impl Read, ids: &Range<u32>) -> io::Result<OwnedFd> {
    made.read_exact(&mut [0])?;
    let folder = format!("/proc/{}", pid.as_raw_nonzero());
    let map = format!("0 {} {}", ids.start, ids.len());
    std::fs::write(format!("{folder}/uid_map"), &map)?;
    std::fs::write(format!("{folder}/gid_map"), &map)?;
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    Ok(rustix::fs::open(format!("{folder}/ns/user"), flags, Mode::empty())?)
}
