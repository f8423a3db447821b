//! Process 1 of a sandbox: makes the sandbox around itself, gives up every privilege, then starts, signals and reaps
//! the processes that the server asks for.
//!
//! It is a fork of the launcher rather than a program of its own, so a sandbox costs no exec and no file. A runtime
//! must not be process 1 itself: the kernel would ignore its own SIGKILL and hand it every orphan. When the server's
//! end of the socket closes the init ends, and the kernel kills whatever else is in the sandbox.
#![allow(unsafe_code)]

mod birth;
mod children;
mod memory;
mod processors;
mod settings;
mod view;

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::event::{PollFd, PollFlags, Timespec};

pub(crate) use birth::Birth;
use birth::Settled;
use children::Children;
use memory::MemoryWatch;

use crate::packet::{self, Packet};
use crate::protocol::{InitEvent, InitRequest};
use crate::signals;

/// Makes the sandbox and serves it. Never returns to the launcher's code, of which this process is a copy.
pub(crate) fn run(birth: Birth<'_>) -> ! {
    let code = match birth::settle(birth).and_then(|settled| Init::new(settled)?.serve()) {
        Ok(()) => 0,
        Err(_already_reported) => 1,
    };
    exit(code)
}

/// Ends without running the exit handlers that the launcher registered for itself.
fn exit(code: i32) -> ! {
    // SAFETY: _exit takes a number and does not return.
    unsafe { libc::_exit(code) }
}

struct Init {
    control: OwnedFd,
    deaths: signals::Watch,
    children: Children,
    memory: Option<MemoryWatch>,
}

impl Init {
    fn new(settled: Settled) -> io::Result<Self> {
        let deaths = signals::Watch::on(&[libc::SIGCHLD])?;
        let memory = settled.usage_page.map(MemoryWatch::new);
        Ok(Self { control: settled.control, deaths, children: Children::default(), memory })
    }

    /// Until the server lets go of the sandbox.
    fn serve(mut self) -> io::Result<()> {
        loop {
            let (asked, died) = self.wait()?;
            if died {
                while self.deaths.next()?.is_some() {}
                self.report_deaths()?;
            }
            if asked {
                let Some(Packet { message, .. }) = packet::receive(&self.control)? else { return Ok(()) };
                self.answer(message)?;
            }
            if let Some(memory) = &mut self.memory {
                memory.enforce(&self.children);
            }
        }
    }

    /// Whether there is a request, and whether a child died.
    fn wait(&self) -> io::Result<(bool, bool)> {
        let mut ready = [PollFd::new(&self.control, PollFlags::IN), PollFd::new(&self.deaths, PollFlags::IN)];
        let pause = self.memory.as_ref().map(MemoryWatch::pause);
        let pause = pause.map(|pause| Timespec { tv_sec: 0, tv_nsec: pause.subsec_nanos().into() });
        rustix::io::retry_on_intr(|| rustix::event::poll(&mut ready, pause.as_ref()))?;
        Ok((!ready[0].revents().is_empty(), !ready[1].revents().is_empty()))
    }

    fn answer(&mut self, request: InitRequest) -> io::Result<()> {
        match request {
            InitRequest::Spawn { ticket, command } => match self.children.spawn(&command) {
                Ok((pid, [stdout, stderr])) => {
                    let output = [stdout.as_fd(), stderr.as_fd()];
                    packet::send(&self.control, &InitEvent::Spawned { ticket, pid }, &output)
                }
                Err(refused) => self.tell(&InitEvent::NotSpawned { ticket, refused }),
            },
            InitRequest::Adopt { ticket, pid } => match self.children.adopt(pid) {
                Ok(()) => self.tell(&InitEvent::Spawned { ticket, pid }),
                Err(error) => self.tell(&InitEvent::NotSpawned { ticket, refused: error.into() }),
            },
            InitRequest::Signal { pid, signal } => {
                self.children.signal(pid, signal);
                Ok(())
            }
            InitRequest::KillAll { ticket } => {
                self.children.kill_all();
                self.report_deaths()?;
                self.tell(&InitEvent::AllKilled { ticket })
            }
            InitRequest::List { ticket, folder } => {
                self.tell(&InitEvent::Listed { ticket, names: view::list(&folder) })
            }
            InitRequest::Socket { ticket } => {
                let socket = view::socket().ok();
                let sockets: Vec<_> = socket.iter().map(AsFd::as_fd).collect();
                packet::send(&self.control, &InitEvent::Socket { ticket }, &sockets)
            }
            InitRequest::LimitProcessors { count, turn } => {
                processors::limit(count, turn);
                Ok(())
            }
            InitRequest::SetStopped(stopped) => {
                self.children.signal_all(if stopped { libc::SIGSTOP } else { libc::SIGCONT });
                Ok(())
            }
            InitRequest::WatchMemory { limit_bytes } => {
                if let Some(memory) = &mut self.memory {
                    memory.set_limit(limit_bytes);
                }
                Ok(())
            }
        }
    }

    fn report_deaths(&mut self) -> io::Result<()> {
        while let Some((pid, exit)) = self.children.reap()? {
            packet::send(&self.control, &InitEvent::Exited { pid, exit }, &[])?;
        }
        Ok(())
    }

    fn tell(&self, event: &InitEvent) -> io::Result<()> {
        packet::send(&self.control, event, &[])
    }
}
