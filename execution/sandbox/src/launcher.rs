//! The launcher: the one process with the power to make sandboxes, and nothing else to do.
//!
//! It is process 1 of a pid and mount namespace of its own, so whatever kills it takes every sandbox along. It is
//! single-threaded, because each sandbox begins as a fork of it. It obeys the server in a closed enum of ids
//! ([`LauncherRequest`]) and works below folders that it opened at its start. When the warden or the server lets go of
//! its socket, it kills every sandbox, removes their cgroups, and ends.

mod config;
mod outbox;
mod residents;
mod roots;
mod topic;
mod ward;
mod zygotes;

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::process::ExitCode;

use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};

pub(crate) use config::{Config, ScratchKind};
use outbox::Outbox;
use residents::Residents;
use topic::Topic;

use crate::packet::{self, Packet};
use crate::protocol::{LauncherEvent, LauncherRequest};
use crate::{fork, role};

/// How many events one look collects.
const EVENTS_AT_ONCE: usize = 64;

/// The whole life of a launcher process, which the warden starts.
pub fn run() -> ExitCode {
    match Launcher::start().and_then(Launcher::serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the launcher gives up");
            eprintln!("mayfly: the launcher gives up: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Why a launcher ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    WardenGone,
    ServerGone,
}

struct Launcher {
    poll: OwnedFd,
    warden: OwnedFd,
    server: OwnedFd,
    outbox: Outbox,
    residents: Residents,
}

impl Launcher {
    /// Takes its configuration and the server's socket from the warden.
    fn start() -> io::Result<Self> {
        let warden = role::link()?;
        let Some(Packet { message: config, mut descriptors }) = packet::receive_large::<Config>(&warden)?
        else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        let server = descriptors.pop().ok_or(io::ErrorKind::InvalidData)?;
        let poll = epoll::create(CreateFlags::CLOEXEC)?;
        let residents = Residents::new(config, poll.try_clone()?)?;
        let hello = LauncherEvent::Hello { hierarchies: residents.folders().hierarchies() };
        match packet::send(&server, &hello, &residents.folders().descriptors()) {
            // The server is gone already, which is noticed where it is listened to.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _sent_or_gone => {}
        }
        rustix::io::ioctl_fionbio(&server, true)?;
        let launcher = Self { poll, warden, server, outbox: Outbox::default(), residents };
        launcher.listen_to(&launcher.warden, Topic::Warden)?;
        launcher.listen_to(&launcher.server, Topic::Server)?;
        Ok(launcher)
    }

    fn listen_to(&self, socket: impl AsFd, topic: Topic) -> io::Result<()> {
        Ok(epoll::add(&self.poll, socket, topic.into(), EventFlags::IN)?)
    }

    /// Until the warden or the server lets go.
    fn serve(mut self) -> io::Result<()> {
        let end = loop {
            match self.turn() {
                Ok(None) => {}
                Ok(Some(end)) => break Ok(end),
                Err(error) => break Err(error),
            }
        };
        self.residents.kill_all_and_wait()?;
        if end? == End::WardenGone {
            // Nobody else is left to do it.
            self.residents.remove_places()?;
        }
        Ok(())
    }

    /// One look at everything, and whether it is time to end.
    fn turn(&mut self) -> io::Result<Option<End>> {
        for topic in self.wait()? {
            match topic {
                Topic::Warden => return Ok(Some(End::WardenGone)),
                Topic::Server => {
                    if !self.outbox.is_full() && !self.hear_server()? {
                        return Ok(Some(End::ServerGone));
                    }
                }
                Topic::Birth(sandbox) => self.residents.hear_of_birth(sandbox)?,
                Topic::Died(sandbox) => {
                    if self.residents.died(sandbox)? {
                        self.outbox.push(&LauncherEvent::Gone { sandbox })?;
                    }
                }
                Topic::ZygoteDied(template) => self.residents.bury_zygote(template)?,
            }
        }
        let open = self.outbox.flush(&self.server)?;
        self.mind_the_outbox()?;
        Ok((!open).then_some(End::ServerGone))
    }

    fn wait(&self) -> io::Result<Vec<Topic>> {
        let mut events = [Event { flags: EventFlags::empty(), data: EventData::new_u64(0) }; EVENTS_AT_ONCE];
        let count = rustix::io::retry_on_intr(|| epoll::wait(&self.poll, &mut events, None))?;
        let mut topics: Vec<Topic> = events[..count].iter().map(|event| Topic::from(event.data)).collect();
        // A sandbox settles before the server hears of it, so what the server asks for it must be heard after.
        topics.sort_by_key(|topic| *topic == Topic::Server);
        Ok(topics)
    }

    /// While the server does not read what it is told, nothing more is taken from it; so the queue is bounded.
    fn mind_the_outbox(&self) -> io::Result<()> {
        let interest = if self.outbox.is_full() {
            EventFlags::OUT
        } else if self.outbox.is_empty() {
            EventFlags::IN
        } else {
            EventFlags::IN | EventFlags::OUT
        };
        Ok(epoll::modify(&self.poll, &self.server, Topic::Server.into(), interest)?)
    }

    /// Takes one request, if there is one; `false` once the server is gone.
    fn hear_server(&mut self) -> io::Result<bool> {
        let packet = match packet::receive(&self.server) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(true),
            packet => packet?,
        };
        let Some(Packet { message, descriptors }) = packet else { return Ok(false) };
        self.obey(&message, descriptors)?;
        Ok(true)
    }

    fn obey(&mut self, request: &LauncherRequest, descriptors: Vec<OwnedFd>) -> io::Result<()> {
        match *request {
            LauncherRequest::Create { sandbox, kind } => {
                match self.residents.create(sandbox, kind, descriptors) {
                    Ok(()) => Ok(()),
                    Err(failure) => self.outbox.push(&LauncherEvent::NotCreated { sandbox, failure }),
                }
            }
            LauncherRequest::Mount { ticket, sandbox, at, tree } => {
                let result = self.residents.mount(sandbox, at, &tree);
                self.outbox.push(&LauncherEvent::Mounted { ticket, result })
            }
            LauncherRequest::Destroy { sandbox } => self.residents.kill(sandbox),
            LauncherRequest::Fork { sandbox, demand } => {
                if let Err(failure) = self.residents.fork(sandbox, demand, &descriptors) {
                    fork::refuse(&descriptors, &failure);
                }
                Ok(())
            }
            LauncherRequest::ReplaceZygote { template } => self.residents.kill_zygote(template),
        }
    }
}
