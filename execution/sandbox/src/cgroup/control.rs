//! The server's side: limits, freezing and usage of one sandbox, by opening files below held folders.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::{Controllers, Hierarchy};
use crate::spec::{Limits, SandboxId};

/// What the kernel's default is too; quotas are written in this unit.
const CPU_PERIOD_MICROS: u64 = 100_000;
/// The kernel refuses quotas below 1 ms.
const CPU_QUOTA_MIN_MICROS: u64 = 1_000;
/// The init is in the group as well, and is not the function's.
const INIT_PROCESSES: u32 = 1;
/// The longest file read here is `memory.events` or `cpu.stat`, well below.
const FILE_MAX_BYTES: usize = 1024;

/// What a sandbox has used since it was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub memory_peak_bytes: u64,
    pub memory_current_bytes: u64,
    pub cpu: Duration,
    /// How many processes were killed because memory was used up.
    pub oom_kills: u64,
}

/// Mayfly's folders as the server holds them, for all sandboxes of one launcher.
pub(crate) type HeldFolders = Arc<Vec<(Hierarchy, OwnedFd)>>;

/// One sandbox's groups.
#[derive(Clone, Debug)]
pub(crate) struct Control {
    folders: HeldFolders,
    sandbox: SandboxId,
}

impl Control {
    pub(crate) fn new(folders: HeldFolders, sandbox: SandboxId) -> Self {
        Self { folders, sandbox }
    }

    /// Whether the sandbox can be frozen.
    pub(crate) fn freezes(&self) -> bool {
        self.folders.iter().any(|(hierarchy, _folder)| hierarchy.freezes())
    }

    /// Writes what is not as it was `before`; everything where that is not known. A file of a group costs three calls
    /// of the kernel, and every cold start waits for them.
    pub(crate) fn set_limits(&self, before: Option<&Limits>, limits: &Limits) -> io::Result<()> {
        for (hierarchy, folder) in self.folders.iter() {
            let group = Group { folder, sandbox: self.sandbox };
            if hierarchy.counts_memory() && before.map(|it| it.memory_bytes) != Some(limits.memory_bytes) {
                group.limit_memory(*hierarchy, before.map(|it| it.memory_bytes), limits.memory_bytes)?;
            }
            if hierarchy.counts_cpu() && before.map(|it| it.cpu_millis) != Some(limits.cpu_millis) {
                group.limit_cpu(*hierarchy, limits.cpu_millis)?;
            }
            if hierarchy.counts_processes() && before.map(|it| it.processes) != Some(limits.processes) {
                group.limit_processes(limits.processes)?;
            }
        }
        Ok(())
    }

    /// Until limits are set again.
    pub(crate) fn lift_cpu_limit(&self) -> io::Result<()> {
        for (hierarchy, folder) in self.folders.iter().filter(|(hierarchy, _)| hierarchy.counts_cpu()) {
            let group = Group { folder, sandbox: self.sandbox };
            match hierarchy {
                Hierarchy::Cpu => group.write("cpu.cfs_quota_us", "-1")?,
                _unified => group.write("cpu.max", "max")?,
            }
        }
        Ok(())
    }

    pub(crate) fn freeze(&self) -> io::Result<()> {
        self.set_frozen(true)
    }

    pub(crate) fn thaw(&self) -> io::Result<()> {
        self.set_frozen(false)
    }

    fn set_frozen(&self, frozen: bool) -> io::Result<()> {
        for (hierarchy, folder) in self.folders.iter() {
            let group = Group { folder, sandbox: self.sandbox };
            match hierarchy {
                Hierarchy::Unified(_) => return group.write("cgroup.freeze", if frozen { "1" } else { "0" }),
                Hierarchy::Freezer => {
                    return group.write("freezer.state", if frozen { "FROZEN" } else { "THAWED" });
                }
                _ => {}
            }
        }
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn usage(&self) -> io::Result<Usage> {
        let mut usage = Usage::default();
        for (hierarchy, folder) in self.folders.iter() {
            let group = Group { folder, sandbox: self.sandbox };
            match hierarchy {
                Hierarchy::Memory => group.memory_v1(&mut usage)?,
                Hierarchy::CpuAccounting => {
                    usage.cpu = Duration::from_nanos(group.read_number("cpuacct.usage")?);
                }
                Hierarchy::Unified(controllers) => group.usage_unified(*controllers, &mut usage)?,
                Hierarchy::Cpu | Hierarchy::Pids | Hierarchy::Freezer => {}
            }
        }
        Ok(usage)
    }

    /// The file that tells by `POLLPRI` that a process was killed for memory, in the unified hierarchy.
    pub(crate) fn memory_events(&self) -> io::Result<Option<OwnedFd>> {
        for (hierarchy, folder) in self.folders.iter() {
            if matches!(hierarchy, Hierarchy::Unified(Controllers { memory: true, .. })) {
                return Group { folder, sandbox: self.sandbox }.open_to_read("memory.events").map(Some);
            }
        }
        Ok(None)
    }
}

pub(super) struct Group<'a> {
    pub(super) folder: &'a OwnedFd,
    pub(super) sandbox: SandboxId,
}

impl Group<'_> {
    fn limit_memory(&self, hierarchy: Hierarchy, before: Option<u64>, bytes: u64) -> io::Result<()> {
        if hierarchy == Hierarchy::Memory {
            return self.limit_memory_v1(before, bytes);
        }
        self.write("memory.max", &bytes.to_string())?;
        self.write_if_there("memory.swap.max", "0")
    }

    fn limit_memory_v1(&self, before: Option<u64>, bytes: u64) -> io::Result<()> {
        let before = before.map_or_else(|| self.read_number("memory.limit_in_bytes"), Ok)?;
        let text = bytes.to_string();
        // Memory and swap together may never be below memory alone, so the order depends on the direction.
        if before < bytes {
            self.write_if_there("memory.memsw.limit_in_bytes", &text)?;
            return self.write("memory.limit_in_bytes", &text);
        }
        self.write("memory.limit_in_bytes", &text)?;
        self.write_if_there("memory.memsw.limit_in_bytes", &text)
    }

    fn limit_cpu(&self, hierarchy: Hierarchy, cpu_millis: u32) -> io::Result<()> {
        let quota = quota_micros(cpu_millis);
        match hierarchy {
            Hierarchy::Cpu => self.write("cpu.cfs_quota_us", &quota.to_string()),
            _unified => self.write("cpu.max", &format!("{quota} {CPU_PERIOD_MICROS}")),
        }
    }

    fn limit_processes(&self, processes: u32) -> io::Result<()> {
        self.write("pids.max", &processes.saturating_add(INIT_PROCESSES).to_string())
    }

    fn memory_v1(&self, usage: &mut Usage) -> io::Result<()> {
        usage.memory_peak_bytes = self.read_number("memory.max_usage_in_bytes")?;
        usage.memory_current_bytes = self.read_number("memory.usage_in_bytes")?;
        usage.oom_kills = field(&self.read("memory.oom_control")?, "oom_kill")?;
        Ok(())
    }

    fn usage_unified(&self, controllers: Controllers, usage: &mut Usage) -> io::Result<()> {
        usage.cpu = Duration::from_micros(field(&self.read("cpu.stat")?, "usage_usec")?);
        if controllers.memory {
            usage.memory_current_bytes = self.read_number("memory.current")?;
            // Older kernels than 5.19 have no peak.
            usage.memory_peak_bytes = self.read_number("memory.peak").unwrap_or(usage.memory_current_bytes);
            usage.oom_kills = field(&self.read("memory.events")?, "oom_kill")?;
        }
        Ok(())
    }

    pub(super) fn open_to_read(&self, file: &str) -> io::Result<OwnedFd> {
        self.open(file, OFlags::RDONLY)
    }

    fn open(&self, file: &str, access: OFlags) -> io::Result<OwnedFd> {
        let path = format!("{}/{file}", self.sandbox);
        Ok(rustix::fs::openat(self.folder, path, access | OFlags::CLOEXEC, Mode::empty())?)
    }

    fn write(&self, file: &str, text: &str) -> io::Result<()> {
        rustix::io::write(self.open(file, OFlags::WRONLY)?, text.as_bytes())?;
        Ok(())
    }

    fn write_if_there(&self, file: &str, text: &str) -> io::Result<()> {
        match self.write(file, text) {
            Err(error) if error.raw_os_error() == Some(Errno::NOENT.raw_os_error()) => Ok(()),
            result => result,
        }
    }

    fn read(&self, file: &str) -> io::Result<String> {
        let mut bytes = [0; FILE_MAX_BYTES];
        let length = rustix::io::read(self.open_to_read(file)?, &mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes[..length]).into_owned())
    }

    fn read_number(&self, file: &str) -> io::Result<u64> {
        number(&self.read(file)?)
    }
}

pub(super) fn number(text: &str) -> io::Result<u64> {
    text.trim().parse().map_err(|_not_a_number| io::ErrorKind::InvalidData.into())
}

fn quota_micros(cpu_millis: u32) -> u64 {
    (u64::from(cpu_millis) * CPU_PERIOD_MICROS / 1000).max(CPU_QUOTA_MIN_MICROS)
}

/// The number behind `name` in a file of `name number` lines.
pub(super) fn field(text: &str, name: &str) -> io::Result<u64> {
    text.lines()
        .filter_map(|line| line.split_once(' '))
        .find(|(key, _value)| *key == name)
        .and_then(|(_key, value)| value.trim().parse().ok())
        .ok_or_else(|| io::ErrorKind::InvalidData.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_core_is_a_whole_period_and_the_least_share_is_what_the_kernel_accepts() {
        assert_eq!(quota_micros(1000), 100_000);
        assert_eq!(quota_micros(72), 7_200);
        assert_eq!(quota_micros(1), 1_000);
    }

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        assert_eq!(field("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n", "oom_kill").ok(), Some(3));
        assert!(field("oom 1\n", "oom_kill").is_err());
    }
}
