//! A sandbox as the server holds it. Dropping it destroys it.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::net::{TcpListener, UdpSocket, UnixListener};
use tokio::task::JoinSet;

use crate::cgroup::{Control, Meter, Spent, Usage};
use crate::channel::Channel;
use crate::descriptors::watched;
use crate::dialer::Dialer;
use crate::egress::{self, EgressSockets, Gateway, Traffic};
use crate::fork::{self, Demand, ForkError};
use crate::link::{End, EndWatch, Link};
use crate::packet::{self, Packet};
use crate::process::{Command, Output, Process, SpawnError};
use crate::protocol::{Failure, InitEvent, ReadyParts};
use crate::spec::{Kind, Limits, MountPoint, Root, SandboxId, TreeId};
use crate::usage_page;
use crate::wire::Wire;

/// Why a sandbox does not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// A new launcher is being started; make a new sandbox.
    #[error("the launcher is gone, and every sandbox with it")]
    LauncherGone,
    /// Make a new one.
    #[error("the sandbox is gone")]
    Gone,
    /// The kernel or the launcher refused a step.
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error("the server cannot watch a socket: {0}")]
    Io(#[from] io::Error),
}

/// A step that the kernel refused.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(Failure);

/// What the server answers on inside a sandbox.
#[derive(Debug)]
pub struct Listeners {
    /// 127.0.0.1:9001
    pub runtime_api: TcpListener,
    /// [`RUNTIME_API_SOCKET`](crate::RUNTIME_API_SOCKET)
    pub runtime_api_unix: UnixListener,
    /// 127.0.0.1:4566
    pub front: TcpListener,
    /// 127.0.0.1:2000 and 169.254.79.129:2000
    pub datagrams: UdpSocket,
}

#[derive(Debug)]
pub struct Sandbox {
    id: SandboxId,
    root: Root,
    link: Arc<Link>,
    wire: Arc<Wire>,
    control: Control,
    /// As they were set last; held while they are written.
    limits: Arc<Mutex<Option<Limits>>>,
    meter: Meter,
    usage_page: Option<OwnedFd>,
    /// Kills that the kernel did not count because ours were faster.
    memory_notices: Arc<AtomicU64>,
    end: EndWatch,
    egress: egress::Service,
    _tasks: JoinSet<()>,
}

impl Sandbox {
    /// Has the launcher make a sandbox, and waits until it is finished.
    pub(crate) async fn make(
        link: Arc<Link>,
        gateway: &Gateway,
        id: SandboxId,
        kind: Kind,
    ) -> Result<(Self, Listeners), SandboxError> {
        let (socket, theirs) = packet::pair()?;
        let channel = Channel::new(socket)?;
        let mut end = link.create(id, kind, theirs).await?;
        match channel.receive().await? {
            Some(Packet { message: InitEvent::Ready { parts }, descriptors }) => {
                let mut parcel = Parcel { parts, descriptors: descriptors.into_iter() };
                let listeners = parcel.listeners()?;
                let sandbox = Self::assemble(link, gateway, id, kind, channel, parcel, end)?;
                Ok((sandbox, listeners))
            }
            Some(Packet { message: InitEvent::NotReady { failure }, .. }) => Err(failure.into()),
            Some(_) => Err(SandboxError::Gone),
            None => Err(why_not(&mut end).await),
        }
    }

    fn assemble(
        link: Arc<Link>,
        gateway: &Gateway,
        id: SandboxId,
        kind: Kind,
        channel: Channel,
        mut parcel: Parcel,
        end: EndWatch,
    ) -> Result<Self, SandboxError> {
        let control = Control::new(link.folders.clone(), id);
        let meter = Meter::open(&link.folders, id)?;
        let wire = Arc::new(Wire::new(channel));
        let memory_notices = Arc::new(AtomicU64::new(0));
        let limits = Arc::new(Mutex::default());
        let mut tasks = JoinSet::new();
        tasks.spawn(listen(wire.clone()));
        let notice = if parcel.parts.out_of_memory_notice { Some(parcel.next()?) } else { None };
        if let Some(source) = MemoryNotice::new(notice, &control)? {
            let doomed = Doomed { control: control.clone(), limits: limits.clone(), wire: wire.clone() };
            tasks.spawn(doomed.die_when_memory_runs_out(source, memory_notices.clone()));
        }
        let usage_page = if parcel.parts.usage_page { Some(parcel.next()?) } else { None };
        let sockets = EgressSockets::from_descriptors(parcel.descriptors.collect())?;
        let egress = gateway.serve(kind.egress, sockets)?;
        let root = kind.root;
        Ok(Self {
            id,
            root,
            link,
            wire,
            control,
            limits,
            meter,
            usage_page,
            memory_notices,
            end,
            egress,
            _tasks: tasks,
        })
    }

    pub fn id(&self) -> SandboxId {
        self.id
    }

    /// Shows a tree inside, read-only, over what is there.
    ///
    /// # Errors
    /// The tree or the sandbox is not there (any more), or the launcher is gone.
    pub async fn mount(&self, at: MountPoint, tree: &TreeId) -> Result<(), SandboxError> {
        self.link.mount(self.id, at, tree).await
    }

    /// Sets what the sandbox may use from now on.
    ///
    /// # Errors
    /// The sandbox is gone, or uses more memory than the new limit and cannot be made to use less.
    pub fn set_limits(&self, limits: &Limits) -> io::Result<()> {
        if self.usage_page.is_some() {
            self.wire.watch_memory(limits.memory_bytes)?;
        }
        let mut set = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        // What a write that fails leaves behind is not known.
        let before = set.take();
        self.control.set_limits(before.as_ref(), limits)?;
        *set = Some(*limits);
        Ok(())
    }

    /// Lets every process, also those that are there, see and use so many of the machine's processors. How much of
    /// their time it gets is a matter of [`Limits`].
    ///
    /// # Errors
    /// The sandbox is gone.
    pub fn limit_processors(&self, count: usize) -> io::Result<()> {
        self.wire.limit_processors(count, self.id.0)
    }

    /// Starts a process. It is born with every restriction and in the sandbox's cgroups.
    ///
    /// # Errors
    /// What `execve` said, or the sandbox is gone.
    pub async fn spawn(&self, command: Command) -> Result<(Process, Output), SpawnError> {
        self.wire.spawn(command).await
    }

    /// The files in a folder inside, by name; none when there is no such folder. Folders are left out.
    ///
    /// # Errors
    /// The sandbox is gone.
    pub async fn list(&self, folder: &str) -> Result<Vec<String>, SandboxError> {
        self.wire.list(folder).await
    }

    /// Reaches what listens inside.
    pub fn dialer(&self) -> Dialer {
        Dialer::new(self.wire.clone())
    }

    /// Has the template's zygote fork a process into the sandbox: a process like any that was started here, with the
    /// zygote's program and memory. It does what the zygote's program does with a child.
    ///
    /// Takes as long as the zygote needs to start, if it has to.
    ///
    /// # Errors
    /// There is no zygote, or it failed; the sandbox can still be used.
    pub async fn fork(&self, demand: Demand) -> Result<(Process, Output), ForkError> {
        let (asked, given) = fork::ask()?;
        self.link.fork(self.id, demand, given).await?;
        let answer = tokio::select! {
            () = self.wire.closed() => return Err(SandboxError::Gone.into()),
            answer = tokio::time::timeout(fork::PATIENCE, asked.answer()) => answer,
        };
        let Ok(answer) = answer else {
            if let Root::Template(template) = self.root {
                self.link.replace_zygote(template).await?;
            }
            return Err(ForkError::ZygoteGone);
        };
        let (pid, output) = answer?;
        let process = self.wire.adopt(pid).await?;
        Ok((process, output))
    }

    /// Stops every process of the sandbox where it stands. Where no cgroup can freeze, by signals that a process cannot
    /// refuse but its parent can see.
    ///
    /// # Errors
    /// The sandbox is gone.
    pub fn freeze(&self) -> io::Result<()> {
        if self.control.freezes() { self.control.freeze() } else { self.wire.set_stopped(true) }
    }

    /// Lets it go on.
    ///
    /// # Errors
    /// The sandbox is gone.
    pub fn thaw(&self) -> io::Result<()> {
        if self.control.freezes() { self.control.thaw() } else { self.wire.set_stopped(false) }
    }

    /// What it has used since it was made.
    ///
    /// # Errors
    /// The sandbox is gone.
    pub fn usage(&self) -> io::Result<Usage> {
        let mut usage = match &self.usage_page {
            Some(page) => usage_page::read(page)?,
            None => self.control.usage()?,
        };
        usage.oom_kills = usage.oom_kills.max(self.memory_notices.load(Ordering::Relaxed));
        Ok(usage)
    }

    /// Of that what is cheap to ask, for callers who ask often. Where no cgroup counts it is up to 50 ms old.
    ///
    /// # Errors
    /// The sandbox is gone.
    pub fn spent(&self) -> io::Result<Spent> {
        let Some(page) = &self.usage_page else { return self.meter.read() };
        let Usage { cpu, memory_peak_bytes, .. } = usage_page::read(page)?;
        Ok(Spent { cpu, memory_peak_bytes })
    }

    /// What it has exchanged with the outside.
    pub fn traffic(&self) -> Traffic {
        self.egress.traffic()
    }

    /// Kills everything but init: mounts, network and `/tmp` stay, and new processes can be started.
    ///
    /// # Errors
    /// The sandbox is gone.
    pub async fn kill_processes(&self) -> Result<(), SandboxError> {
        self.thaw().map_err(|_gone| SandboxError::Gone)?;
        self.wire.kill_all().await
    }

    /// Resolves once the sandbox is dead, for whatever reason.
    pub async fn gone(&self) {
        self.wire.closed().await;
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.wire.is_closed()
    }

    /// Ends it, and resolves when its processes, mounts and cgroups are gone.
    pub async fn destroy(self) {
        let mut end = self.end.clone();
        // An error means that the launcher is gone, and then everything is.
        if self.link.destroy(self.id).await.is_ok() {
            end.wait_for(Option::is_some).await.ok();
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // Frozen processes cannot hear that their socket is closed; a sandbox that is gone cannot be thawed.
        self.thaw().ok();
        self.wire.close();
        self.link.destroy_soon(self.id);
    }
}

impl From<Failure> for SandboxError {
    fn from(failure: Failure) -> Self {
        Self::Refused(failure.into())
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self(failure)
    }
}

/// Why the socket of a sandbox closed before it was ready.
async fn why_not(end: &mut EndWatch) -> SandboxError {
    match end.wait_for(Option::is_some).await.ok().and_then(|end| end.clone()) {
        Some(End::NotCreated(failure)) => failure.into(),
        Some(End::Gone) => SandboxError::Gone,
        Some(End::LauncherGone) | None => SandboxError::LauncherGone,
    }
}

/// What came with the word that a sandbox is ready, in the order of [`ReadyParts`].
struct Parcel {
    parts: ReadyParts,
    descriptors: std::vec::IntoIter<OwnedFd>,
}

impl Parcel {
    fn next(&mut self) -> io::Result<OwnedFd> {
        self.descriptors.next().ok_or_else(|| io::ErrorKind::InvalidData.into())
    }

    fn listeners(&mut self) -> io::Result<Listeners> {
        let (runtime_api, front, unix, udp) = (self.next()?, self.next()?, self.next()?, self.next()?);
        Ok(Listeners {
            runtime_api: tcp_listener(runtime_api)?,
            front: tcp_listener(front)?,
            runtime_api_unix: unix_listener(unix)?,
            datagrams: udp_socket(udp)?,
        })
    }
}

fn tcp_listener(descriptor: OwnedFd) -> io::Result<TcpListener> {
    rustix::io::ioctl_fionbio(&descriptor, true)?;
    TcpListener::from_std(descriptor.into())
}

fn udp_socket(descriptor: OwnedFd) -> io::Result<UdpSocket> {
    rustix::io::ioctl_fionbio(&descriptor, true)?;
    UdpSocket::from_std(descriptor.into())
}

fn unix_listener(descriptor: OwnedFd) -> io::Result<UnixListener> {
    rustix::io::ioctl_fionbio(&descriptor, true)?;
    UnixListener::from_std(descriptor.into())
}

async fn listen(wire: Arc<Wire>) {
    wire.listen().await;
}

/// What tells that memory has run out: an eventfd of version 1, or a file of the unified hierarchy, which changes for
/// other reasons too.
enum MemoryNotice {
    Eventfd(AsyncFd<OwnedFd>),
    Events { file: AsyncFd<OwnedFd>, control: Control, seen: u64 },
}

impl MemoryNotice {
    fn new(eventfd: Option<OwnedFd>, control: &Control) -> io::Result<Option<Self>> {
        if let Some(eventfd) = eventfd {
            return watched(eventfd, Interest::READABLE).map(Self::Eventfd).map(Some);
        }
        let Some(events) = control.memory_events()? else { return Ok(None) };
        let file = watched(events, Interest::PRIORITY)?;
        Ok(Some(Self::Events { file, control: control.clone(), seen: 0 }))
    }

    async fn next(&mut self) -> io::Result<()> {
        match self {
            Self::Eventfd(source) => {
                let mut ready = source.readable().await?;
                rustix::io::read(source.get_ref(), &mut [0; 8])?;
                ready.clear_ready();
                Ok(())
            }
            Self::Events { file, control, seen } => loop {
                let mut ready = file.ready(Interest::PRIORITY).await?;
                // Reading is what makes the file quiet until the next change.
                rustix::io::pread(file.get_ref(), &mut [0; 512], 0)?;
                ready.clear_ready();
                let kills = control.usage()?.oom_kills;
                if std::mem::replace(seen, kills) < kills {
                    return Ok(());
                }
            },
        }
    }
}

/// What a sandbox that runs out of memory is ended by.
struct Doomed {
    control: Control,
    limits: Arc<Mutex<Option<Limits>>>,
    wire: Arc<Wire>,
}

impl Doomed {
    /// The kernel kills one process when memory runs out; AWS ends them all.
    async fn die_when_memory_runs_out(self, mut notice: MemoryNotice, notices: Arc<AtomicU64>) {
        while notice.next().await.is_ok() {
            notices.fetch_add(1, Ordering::Relaxed);
            if let Err(error) = self.hurry() {
                tracing::debug!(%error, "what dies keeps its share of a processor");
            }
            if self.wire.kill_all().await.is_err() {
                return;
            }
        }
    }

    /// The kernel's search for memory counts as the processes' time. They may have used seconds of their share ahead,
    /// and would die only when these are over.
    fn hurry(&self) -> io::Result<()> {
        let mut set = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        // They are set anew before anything else runs inside.
        *set = None;
        self.control.lift_cpu_limit()
    }
}
