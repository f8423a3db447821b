//! Control groups: a folder of Mayfly's own in each hierarchy that counts or limits something, and in it one group for
//! each sandbox.
//!
//! Three parties share the work. The warden finds the hierarchies and makes Mayfly's folders ([`layout`]). The launcher
//! makes and removes groups ([`Folders`]) and lends their limit files to the server's uid. The server opens those
//! below folder descriptors that it was given ([`Control`]), so limits, freezing and usage cost no message.
//!
//! Joining a group by writing `cgroup.procs` waits for a grace period of RCU after any idle moment, some 10 ms. Version 1
//! has a way around it: a thread that moves itself, by writing to `tasks`, takes no lock that has to be waited for, and
//! whoever joins here has one thread. In the unified hierarchy a sandbox is born in its group instead.

mod control;
mod folders;
pub(crate) mod layout;
mod meter;

use std::io;
use std::path::PathBuf;

use rustix::event::Timespec;
use serde::{Deserialize, Serialize};

pub use control::Usage;
pub(crate) use control::{Control, HeldFolders};
pub(crate) use folders::Folders;
pub(crate) use meter::Meter;
pub use meter::Spent;

/// How often what is to die is thawed while somebody waits for its end: the server may freeze it again meanwhile.
pub(crate) const THAW_PAUSE: Timespec = Timespec { tv_sec: 0, tv_nsec: 50_000_000 };

/// What a hierarchy is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Hierarchy {
    Memory,
    Cpu,
    /// Only where the unified hierarchy is not used, whose `cpu.stat` counts without any controller.
    CpuAccounting,
    Pids,
    /// Only where the unified hierarchy is not used: a frozen group of this kind ignores SIGKILL until it is thawed.
    Freezer,
    Unified(Controllers),
}

/// Which controllers the unified hierarchy has; the others live in version 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Controllers {
    pub(crate) memory: bool,
    pub(crate) cpu: bool,
    pub(crate) pids: bool,
}

/// Mayfly's folder in one hierarchy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pub(crate) hierarchy: Hierarchy,
    pub(crate) folder: PathBuf,
}

impl Hierarchy {
    pub(crate) fn counts_memory(self) -> bool {
        matches!(self, Self::Memory | Self::Unified(Controllers { memory: true, .. }))
    }

    pub(crate) fn counts_cpu(self) -> bool {
        matches!(self, Self::Cpu | Self::Unified(Controllers { cpu: true, .. }))
    }

    pub(crate) fn counts_processes(self) -> bool {
        matches!(self, Self::Pids | Self::Unified(Controllers { pids: true, .. }))
    }

    pub(crate) fn freezes(self) -> bool {
        matches!(self, Self::Freezer | Self::Unified(_))
    }

    /// The file of a group by which a process that has one thread joins it.
    fn entrance(self) -> &'static str {
        match self {
            Self::Unified(_) => "cgroup.procs",
            Self::Memory | Self::Cpu | Self::CpuAccounting | Self::Pids | Self::Freezer => "tasks",
        }
    }

    /// The files of a group that the server writes.
    fn lent_files(self) -> Vec<&'static str> {
        match self {
            Self::Memory => {
                vec!["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"]
            }
            Self::Cpu => vec!["cpu.cfs_quota_us"],
            Self::CpuAccounting => Vec::new(),
            Self::Pids => vec!["pids.max"],
            Self::Freezer => vec!["freezer.state"],
            Self::Unified(controllers) => controllers.lent_files(),
        }
    }
}

impl Controllers {
    fn lent_files(self) -> Vec<&'static str> {
        let mut files = vec!["cgroup.freeze"];
        if self.memory {
            files.extend(["memory.max", "memory.swap.max"]);
        }
        if self.cpu {
            files.push("cpu.max");
        }
        if self.pids {
            files.push("pids.max");
        }
        files
    }
}

/// How the kernel says that a group was removed: before one of its files was opened, or after.
fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(libc::ENODEV)
}
