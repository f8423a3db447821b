//! The server's end of one init: what it is asked and what it tells.

use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{oneshot, watch};

use crate::channel::Channel;
use crate::packet::Packet;
use crate::process::{Command, Exit, Output, Process, Refused, Signal, SpawnError};
use crate::protocol::{Failure, InitEvent, InitRequest, Ticket};
use crate::sandbox::SandboxError;

type ExitWatch = watch::Receiver<Option<Exit>>;

/// What became of a spawn: the process with its output pipes, or why not.
type Spawned = Result<(u32, ExitWatch, Vec<OwnedFd>), Refused>;

#[derive(Debug)]
pub(crate) struct Wire {
    channel: Channel,
    tickets: AtomicU64,
    waiting: Mutex<Waiting>,
    closed: watch::Sender<bool>,
}

/// Those who wait for a word of the init; the lock is held only to look up or change an entry.
#[derive(Debug, Default)]
struct Waiting {
    spawns: HashMap<Ticket, oneshot::Sender<Spawned>>,
    kills: HashMap<Ticket, oneshot::Sender<()>>,
    lists: HashMap<Ticket, oneshot::Sender<Vec<String>>>,
    sockets: HashMap<Ticket, oneshot::Sender<Option<OwnedFd>>>,
    exits: HashMap<u32, watch::Sender<Option<Exit>>>,
}

impl Wire {
    pub(crate) fn new(channel: Channel) -> Self {
        let closed = watch::Sender::new(false);
        Self { channel, tickets: AtomicU64::new(0), waiting: Mutex::default(), closed }
    }

    /// Passes the init's words on until it is gone; then whatever ran in the sandbox has been killed.
    pub(crate) async fn listen(&self) {
        while let Ok(Some(Packet { message, descriptors })) = self.channel.receive().await {
            self.hear(message, descriptors);
        }
        // An init that spoke nonsense is still there, and whoever asked it something would wait for ever.
        self.close();
    }

    /// Tells everybody who waits that there is nothing to wait for.
    fn finish(&self) {
        self.closed.send_replace(true);
        let waiting = std::mem::take(&mut *self.waiting());
        for exit in waiting.exits.into_values() {
            exit.send_replace(Some(Exit::Signal(libc::SIGKILL)));
        }
    }

    fn hear(&self, event: InitEvent, descriptors: Vec<OwnedFd>) {
        let mut waiting = self.waiting();
        match event {
            InitEvent::Spawned { ticket, pid } => {
                let (sender, exit) = watch::channel(None);
                waiting.exits.insert(pid, sender);
                waiting.answer_spawn(ticket, Ok((pid, exit, descriptors)));
            }
            InitEvent::NotSpawned { ticket, refused } => waiting.answer_spawn(ticket, Err(refused)),
            InitEvent::Exited { pid, exit } => {
                if let Some(watchers) = waiting.exits.remove(&pid) {
                    watchers.send_replace(Some(exit));
                }
            }
            InitEvent::AllKilled { ticket } => {
                if let Some(asker) = waiting.kills.remove(&ticket) {
                    // Refused only when the asker has stopped waiting.
                    asker.send(()).ok();
                }
            }
            InitEvent::Listed { ticket, names } => {
                if let Some(asker) = waiting.lists.remove(&ticket) {
                    asker.send(names).ok();
                }
            }
            InitEvent::Socket { ticket } => {
                if let Some(asker) = waiting.sockets.remove(&ticket) {
                    asker.send(descriptors.into_iter().next()).ok();
                }
            }
            InitEvent::Ready { .. } | InitEvent::NotReady { .. } => tracing::warn!("an init was ready twice"),
        }
    }

    pub(crate) async fn spawn(self: &Arc<Self>, command: Command) -> Result<(Process, Output), SpawnError> {
        let ticket = self.ticket();
        let (sender, answer) = oneshot::channel();
        self.waiting().spawns.insert(ticket, sender);
        match self.channel.send(&InitRequest::Spawn { ticket, command }, &[]).await {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => return Err(SpawnError::TooLarge),
            Err(_broken) => return Err(SandboxError::Gone.into()),
            Ok(()) => {}
        }
        let spawned = answer.await.map_err(|_closed| SandboxError::Gone)?;
        let (pid, exit, output) = spawned?;
        let [stdout, stderr] = <[OwnedFd; 2]>::try_from(output).map_err(|_other| SandboxError::Gone)?;
        Ok((Process::new(pid, exit, self.clone()), Output::new(stdout, stderr).map_err(SpawnError::Other)?))
    }

    /// Has the init take over a process that was forked into the sandbox.
    pub(crate) async fn adopt(self: &Arc<Self>, pid: u32) -> Result<Process, SandboxError> {
        let ticket = self.ticket();
        let (sender, answer) = oneshot::channel();
        self.waiting().spawns.insert(ticket, sender);
        self.send(&InitRequest::Adopt { ticket, pid }).await?;
        let adopted = answer.await.map_err(|_closed| SandboxError::Gone)?;
        let (pid, exit, _no_output) = adopted
            .map_err(|Refused { errno, .. }| Failure { step: "find the forked process".to_owned(), errno })?;
        Ok(Process::new(pid, exit, self.clone()))
    }

    pub(crate) async fn signal(&self, pid: u32, signal: Signal) -> Result<(), SandboxError> {
        self.send(&InitRequest::Signal { pid, signal }).await
    }

    pub(crate) async fn kill_all(&self) -> Result<(), SandboxError> {
        let ticket = self.ticket();
        let (sender, answer) = oneshot::channel();
        self.waiting().kills.insert(ticket, sender);
        self.send(&InitRequest::KillAll { ticket }).await?;
        answer.await.map_err(|_closed| SandboxError::Gone)
    }

    pub(crate) async fn list(&self, folder: &str) -> Result<Vec<String>, SandboxError> {
        let ticket = self.ticket();
        let (sender, answer) = oneshot::channel();
        self.waiting().lists.insert(ticket, sender);
        self.send(&InitRequest::List { ticket, folder: folder.to_owned() }).await?;
        answer.await.map_err(|_closed| SandboxError::Gone)
    }

    /// A socket of the sandbox's network; none when its processes have used up what it may open.
    pub(crate) async fn socket(&self) -> Result<Option<OwnedFd>, SandboxError> {
        let ticket = self.ticket();
        let (sender, answer) = oneshot::channel();
        self.waiting().sockets.insert(ticket, sender);
        self.send(&InitRequest::Socket { ticket }).await?;
        answer.await.map_err(|_closed| SandboxError::Gone)
    }

    /// Gives the init its limit, where it is the init that watches memory.
    pub(crate) fn watch_memory(&self, limit_bytes: u64) -> io::Result<()> {
        self.channel.send_now(&InitRequest::WatchMemory { limit_bytes })
    }

    /// Runs every process on so many processors.
    pub(crate) fn limit_processors(&self, count: usize, turn: u64) -> io::Result<()> {
        self.channel.send_now(&InitRequest::LimitProcessors { count, turn })
    }

    /// Stops every process by signals, or lets them go on.
    pub(crate) fn set_stopped(&self, stopped: bool) -> io::Result<()> {
        self.channel.send_now(&InitRequest::SetStopped(stopped))
    }

    pub(crate) async fn closed(&self) {
        // Fails only without a sender, and the sender is in `self`.
        self.closed.subscribe().wait_for(|closed| *closed).await.ok();
    }

    pub(crate) fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    /// Makes the init end, and with it everything in the sandbox.
    pub(crate) fn close(&self) {
        self.channel.close();
        self.finish();
    }

    async fn send(&self, request: &InitRequest) -> Result<(), SandboxError> {
        self.channel.send(request, &[]).await.map_err(|_broken| SandboxError::Gone)
    }

    fn ticket(&self) -> Ticket {
        Ticket(self.tickets.fetch_add(1, Ordering::Relaxed))
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn answer_spawn(&mut self, ticket: Ticket, spawned: Spawned) {
        if let Some(asker) = self.spawns.remove(&ticket) {
            // Refused only when the asker has stopped waiting; the process runs on until the sandbox ends.
            asker.send(spawned).ok();
        }
    }
}
