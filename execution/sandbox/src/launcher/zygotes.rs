//! The zygotes that live, one for each template that has one and was asked for it.
//!
//! A zygote that dies is started again when somebody asks, but not at once if it had just been started. What was asked
//! of the dead one fails, which the server sees by the closed pipe; what it has forked before lives on.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::{Duration, Instant};

use rustix::event::epoll::{self, EventFlags};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, Uid, WaitId, WaitIdOptions};

use super::roots::Prepared;
use super::topic::Topic;
use super::ward::Ward;
use crate::failure::At;
use crate::fork::Demand;
use crate::namespaces::{Cloned, NewNamespaces, clone_process};
use crate::process::Command;
use crate::protocol::Failure;
use crate::spec::TemplateId;
use crate::zygote::{self, Conception};
use crate::{limits, packet, seccomp};

/// After this time a zygote that has died may be started again: one that cannot start shall not keep a core busy.
const RESTART_PAUSE: Duration = Duration::from_secs(5);

#[derive(Debug, Default)]
pub(super) struct Zygotes {
    alive: HashMap<TemplateId, Zygote>,
    started: HashMap<TemplateId, Instant>,
}

#[derive(Debug)]
struct Zygote {
    pidfd: OwnedFd,
    pid: Pid,
    control: OwnedFd,
    /// To give back; a ward's keeper stays.
    uid: Option<Uid>,
}

impl Zygotes {
    pub(super) fn is_alive(&self, template: TemplateId) -> bool {
        self.alive.contains_key(&template)
    }

    /// Starts one as `uid`, which is the ward's keeper where there is a ward.
    pub(super) fn start(
        &mut self,
        template: TemplateId,
        command: &Command,
        root: Prepared<'_>,
        uid: Uid,
        poll: &OwnedFd,
    ) -> Result<(), Failure> {
        if self.started.get(&template).is_some_and(|last| last.elapsed() < RESTART_PAUSE) {
            return Err::<(), _>(Errno::AGAIN).at("start a zygote so soon after the last");
        }
        self.started.insert(template, Instant::now());
        let (control, theirs) = packet::pair().at("make a socket")?;
        let zygote = match clone_process(NewNamespaces::default(), None).at("clone")? {
            Cloned::Parent { pid, pidfd } => {
                let uid = root.ward.is_none().then_some(uid);
                Zygote { pidfd, pid, control, uid }
            }
            Cloned::Child => zygote::run(&Conception {
                command,
                template: root.namespace,
                ward: root.ward.map(Ward::namespace),
                uid: root.inner(uid),
                control: theirs,
            }),
        };
        zygote.greet(template, poll).at("greet the zygote")?;
        self.alive.insert(template, zygote);
        Ok(())
    }

    /// Passes an order on. It never waits: one that does not take its orders refuses more than its socket holds.
    pub(super) fn order(
        &self,
        template: TemplateId,
        user: [u32; 2],
        demand: Demand,
        descriptors: &[BorrowedFd<'_>],
    ) -> Result<(), Failure> {
        let zygote = self.alive.get(&template).ok_or(Errno::SRCH).at("find the zygote")?;
        let [uid, gid] = user;
        let awaited = u32::from(demand == Demand::Awaited);
        let bytes = [uid, gid, limits::PROCESSES, awaited].map(u32::to_ne_bytes).concat();
        packet::send_encoded(&zygote.control, &bytes, descriptors).at("tell the zygote")
    }

    /// Ends one, to be started anew when it is needed.
    pub(super) fn kill(&self, template: TemplateId) -> io::Result<()> {
        let Some(zygote) = self.alive.get(&template) else { return Ok(()) };
        match rustix::process::pidfd_send_signal(&zygote.pidfd, Signal::KILL) {
            Ok(()) | Err(Errno::SRCH) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Clears away one that has died; its uid is free again.
    pub(super) fn bury(&mut self, template: TemplateId, poll: &OwnedFd) -> io::Result<Option<Uid>> {
        let Some(zygote) = self.alive.remove(&template) else { return Ok(None) };
        epoll::delete(poll, &zygote.pidfd)?;
        rustix::process::waitid(WaitId::PidFd(zygote.pidfd.as_fd()), WaitIdOptions::EXITED)?;
        zygote.end_orphans()?;
        tracing::warn!(template = template.0, "a zygote has died");
        Ok(zygote.uid)
    }

    /// Ends all; nothing that they forked and that is not in a sandbox yet remains.
    pub(super) fn end_all(&mut self, poll: &OwnedFd) -> io::Result<()> {
        let templates: Vec<TemplateId> = self.alive.keys().copied().collect();
        for template in templates {
            self.kill(template)?;
            self.bury(template, poll)?;
        }
        Ok(())
    }
}

impl Zygote {
    fn greet(&self, template: TemplateId, poll: &OwnedFd) -> io::Result<()> {
        rustix::io::ioctl_fionbio(&self.control, true)?;
        packet::send_encoded(&self.control, &seccomp::program().to_bytes(), &[])?;
        Ok(epoll::add(poll, &self.pidfd, Topic::ZygoteDied(template).into(), EventFlags::IN)?)
    }

    /// A fork of the zygote that was to end at once when its parent died has become the launcher's child. It was born in
    /// a sandbox, which does not end before it is reaped, so it is ended here and waited for. It is in the zygote's
    /// process group; those that have entered a sandbox are in another.
    fn end_orphans(&self) -> io::Result<()> {
        match rustix::process::kill_process_group(self.pid, Signal::KILL) {
            Ok(()) | Err(Errno::SRCH) => {}
            Err(errno) => return Err(errno.into()),
        }
        loop {
            let orphan = || rustix::process::waitid(WaitId::Pgid(Some(self.pid)), WaitIdOptions::EXITED);
            match rustix::io::retry_on_intr(orphan) {
                Ok(_reaped) => {}
                Err(Errno::CHILD) => return Ok(()),
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}
