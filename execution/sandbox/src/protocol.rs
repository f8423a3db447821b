//! The words between warden, server, launcher and init: closed enums, one per direction of one socket.
//!
//! The server is not trusted with privileges, so what it may ask of the launcher names things by id only: never a
//! path, a uid or an argument vector. An init runs inside its sandbox without any privilege, so there it may.

use serde::{Deserialize, Serialize};

use crate::fork::Demand;
use crate::spec::{Kind, MountPoint, SandboxId, TemplateId, TreeId};

/// Pairs an answer with its request on one socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(crate) struct Ticket(pub(crate) u64);

/// Server to launcher.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum LauncherRequest {
    /// Carries one descriptor: the init's end of the socket that the server will hold.
    Create {
        sandbox: SandboxId,
        kind: Kind,
    },
    Mount {
        ticket: Ticket,
        sandbox: SandboxId,
        at: MountPoint,
        tree: TreeId,
    },
    Destroy {
        sandbox: SandboxId,
    },
    /// Have the zygote of the sandbox's template fork a process into it. Carries the writing ends of three pipes, which
    /// the process gets: one on which it reports once, its standard output and its standard error.
    Fork {
        sandbox: SandboxId,
        demand: Demand,
    },
    /// The zygote does not answer.
    ReplaceZygote {
        template: TemplateId,
    },
}

/// Launcher to server.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum LauncherEvent {
    /// First on every connection; carries one folder descriptor for each hierarchy, in this order.
    Hello {
        hierarchies: Vec<crate::cgroup::Hierarchy>,
    },
    Mounted {
        ticket: Ticket,
        result: Result<(), Failure>,
    },
    /// The sandbox could not be made at all.
    NotCreated {
        sandbox: SandboxId,
        failure: Failure,
    },
    /// Its processes, mounts and cgroups are gone.
    Gone {
        sandbox: SandboxId,
    },
}

/// Init to launcher, while it is being born.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum BirthEvent {
    /// Carries the pidfd of the process that goes on in place of the one that the launcher knows, which ends.
    Reborn { pid: i32 },
    /// It has given up its privileges; before that its mounts may still be the launcher's.
    Settled,
}

/// Server to init.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum InitRequest {
    Spawn {
        ticket: Ticket,
        command: crate::process::Command,
    },
    /// Treat a process that a zygote has forked into the sandbox as one that the server asked for; answered like
    /// `Spawn`, without descriptors.
    Adopt {
        ticket: Ticket,
        pid: u32,
    },
    Signal {
        pid: u32,
        signal: crate::process::Signal,
    },
    KillAll {
        ticket: Ticket,
    },
    /// Where no cgroup freezes: stop everything, or let it go on.
    SetStopped(bool),
    /// What is in a folder, as the sandbox sees it.
    List {
        ticket: Ticket,
        folder: String,
    },
    /// Run everything on so many processors; the turn says with which to begin.
    LimitProcessors {
        count: usize,
        turn: u64,
    },
    /// A socket of the sandbox's network.
    Socket {
        ticket: Ticket,
    },
    /// Where no cgroup counts: kill everything above this much resident memory.
    WatchMemory {
        limit_bytes: u64,
    },
}

/// Init to server.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum InitEvent {
    /// Carries the descriptors that `parts` counts, in its order.
    Ready {
        parts: ReadyParts,
    },
    NotReady {
        failure: Failure,
    },
    /// Carries the reading ends of standard output and standard error, unless the process was adopted.
    Spawned {
        ticket: Ticket,
        pid: u32,
    },
    NotSpawned {
        ticket: Ticket,
        refused: crate::process::Refused,
    },
    Exited {
        pid: u32,
        exit: crate::process::Exit,
    },
    AllKilled {
        ticket: Ticket,
    },
    Listed {
        ticket: Ticket,
        names: Vec<String>,
    },
    /// Carries the socket, or nothing when there is none to be had.
    Socket {
        ticket: Ticket,
    },
}

/// Which descriptors stand between the four listeners and the egress sockets in [`InitEvent::Ready`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReadyParts {
    pub(crate) out_of_memory_notice: bool,
    pub(crate) usage_page: bool,
}

/// A step that the kernel refused, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{step}: {}", std::io::Error::from_raw_os_error(*errno))]
pub(crate) struct Failure {
    pub(crate) step: String,
    pub(crate) errno: i32,
}
