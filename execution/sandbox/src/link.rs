//! The server's end of one launcher: requests out, answers to whoever asked, and the news that a sandbox is gone.

use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{oneshot, watch};

use crate::cgroup::HeldFolders;
use crate::channel::Channel;
use crate::fork::Demand;
use crate::packet::Packet;
use crate::protocol::{Failure, LauncherEvent, LauncherRequest, Ticket};
use crate::sandbox::SandboxError;
use crate::spec::{Kind, MountPoint, SandboxId, TemplateId, TreeId};

/// How a sandbox ended, or never began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    NotCreated(Failure),
    Gone,
    LauncherGone,
}

pub(crate) type EndWatch = watch::Receiver<Option<End>>;

#[derive(Debug)]
pub(crate) struct Link {
    channel: Channel,
    pub(crate) folders: HeldFolders,
    tickets: AtomicU64,
    waiting: Mutex<Waiting>,
}

/// Those who wait for a word of the launcher; the lock is held only to look up or change an entry.
#[derive(Debug, Default)]
struct Waiting {
    closed: bool,
    mounts: HashMap<Ticket, oneshot::Sender<Result<(), Failure>>>,
    ends: HashMap<SandboxId, watch::Sender<Option<End>>>,
}

impl Link {
    /// Greets a new launcher.
    pub(crate) async fn open(socket: OwnedFd) -> io::Result<Arc<Self>> {
        let channel = Channel::new(socket)?;
        let Some(Packet { message: LauncherEvent::Hello { hierarchies }, descriptors }) =
            channel.receive().await?
        else {
            return Err(io::ErrorKind::UnexpectedEof.into());
        };
        let folders = Arc::new(hierarchies.into_iter().zip(descriptors).collect());
        Ok(Arc::new(Self { channel, folders, tickets: AtomicU64::new(0), waiting: Mutex::default() }))
    }

    /// Passes the launcher's words on until it is gone.
    pub(crate) async fn listen(&self) {
        let _told = Listening(self);
        while let Ok(Some(Packet { message, .. })) = self.channel.receive().await {
            self.hear(message);
        }
    }

    /// Tells everybody who waits that there is nothing to wait for.
    fn finish(&self) {
        let mut waiting = self.waiting();
        waiting.closed = true;
        waiting.mounts.clear();
        for end in std::mem::take(&mut waiting.ends).into_values() {
            end.send_replace(Some(End::LauncherGone));
        }
    }

    fn hear(&self, event: LauncherEvent) {
        match event {
            LauncherEvent::Mounted { ticket, result } => {
                if let Some(asker) = self.waiting().mounts.remove(&ticket) {
                    // Refused only when the asker has stopped waiting.
                    asker.send(result).ok();
                }
            }
            LauncherEvent::NotCreated { sandbox, failure } => self.end(sandbox, End::NotCreated(failure)),
            LauncherEvent::Gone { sandbox } => self.end(sandbox, End::Gone),
            LauncherEvent::Hello { .. } => tracing::warn!("the launcher greeted twice"),
        }
    }

    fn end(&self, sandbox: SandboxId, end: End) {
        if let Some(watchers) = self.waiting().ends.remove(&sandbox) {
            watchers.send_replace(Some(end));
        }
    }

    /// Asks for a sandbox whose init talks through `socket`.
    pub(crate) async fn create(
        &self,
        sandbox: SandboxId,
        kind: Kind,
        socket: OwnedFd,
    ) -> Result<EndWatch, SandboxError> {
        let (sender, end) = watch::channel(None);
        self.waiting().open()?.ends.insert(sandbox, sender);
        let socket = [std::os::fd::AsFd::as_fd(&socket)];
        self.send(&LauncherRequest::Create { sandbox, kind }, &socket).await?;
        Ok(end)
    }

    pub(crate) async fn mount(
        &self,
        sandbox: SandboxId,
        at: MountPoint,
        tree: &TreeId,
    ) -> Result<(), SandboxError> {
        let ticket = Ticket(self.tickets.fetch_add(1, Ordering::Relaxed));
        let (sender, answer) = oneshot::channel();
        self.waiting().open()?.mounts.insert(ticket, sender);
        self.send(&LauncherRequest::Mount { ticket, sandbox, at, tree: *tree }, &[]).await?;
        answer.await.map_err(|_closed| SandboxError::LauncherGone)?.map_err(SandboxError::from)
    }

    /// Gives the writing ends of three pipes to the process that is to be forked.
    pub(crate) async fn fork(
        &self,
        sandbox: SandboxId,
        demand: Demand,
        given: [OwnedFd; 3],
    ) -> Result<(), SandboxError> {
        let given = given.each_ref().map(std::os::fd::AsFd::as_fd);
        self.send(&LauncherRequest::Fork { sandbox, demand }, &given).await
    }

    pub(crate) async fn replace_zygote(&self, template: TemplateId) -> Result<(), SandboxError> {
        self.send(&LauncherRequest::ReplaceZygote { template }, &[]).await
    }

    pub(crate) async fn destroy(&self, sandbox: SandboxId) -> Result<(), SandboxError> {
        self.send(&LauncherRequest::Destroy { sandbox }, &[]).await
    }

    /// Asks without waiting. Should the launcher's queue be full, the closed socket of the init says the same.
    pub(crate) fn destroy_soon(&self, sandbox: SandboxId) {
        self.channel.send_now(&LauncherRequest::Destroy { sandbox }).ok();
    }

    async fn send(
        &self,
        request: &LauncherRequest,
        sockets: &[std::os::fd::BorrowedFd<'_>],
    ) -> Result<(), SandboxError> {
        self.channel.send(request, sockets).await.map_err(|_broken| SandboxError::LauncherGone)
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Nobody is to begin to wait once nobody listens.
    fn open(&mut self) -> Result<&mut Self, SandboxError> {
        if self.closed { Err(SandboxError::LauncherGone) } else { Ok(self) }
    }
}

/// However the listening ends: when the last handle of launchers is dropped, its task is dropped in the middle.
struct Listening<'a>(&'a Link);

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        self.0.finish();
    }
}
