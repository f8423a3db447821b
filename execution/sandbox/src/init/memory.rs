//! A memory limit for hosts where no cgroup counts: look often, and kill everything once it has grown too large.
//!
//! Weaker than a cgroup in that a process can pass the limit between two looks. What was seen is written to a page that
//! the server reads, in place of the files of a cgroup.

use std::os::fd::OwnedFd;
use std::time::Duration;

use super::children::Children;
use crate::Usage;
use crate::usage_page;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);
/// Fields of `/proc/<pid>/stat` behind the name in parentheses (proc(5): 14 and 15, counted from 1).
const USER_TICKS_FIELD: usize = 11;
const SYSTEM_TICKS_FIELD: usize = 12;

#[derive(Debug)]
pub(super) struct MemoryWatch {
    page: OwnedFd,
    limit_bytes: u64,
    seen: Usage,
}

impl MemoryWatch {
    pub(super) fn new(page: OwnedFd) -> Self {
        Self { page, limit_bytes: u64::MAX, seen: Usage::default() }
    }

    pub(super) fn set_limit(&mut self, limit_bytes: u64) {
        self.limit_bytes = limit_bytes;
    }

    /// How long to sleep at most before the next look.
    pub(super) fn pause(&self) -> Duration {
        PAUSE
    }

    /// Looks, and kills if need be.
    pub(super) fn enforce(&mut self, children: &Children) {
        let (bytes, cpu) = everybody();
        self.seen.memory_current_bytes = bytes;
        self.seen.memory_peak_bytes = self.seen.memory_peak_bytes.max(bytes);
        self.seen.cpu = self.seen.cpu.max(cpu + children.cpu_of_the_dead());
        if bytes > self.limit_bytes {
            self.seen.oom_kills += 1;
            children.kill_all();
        }
        // A page that cannot be written shows old numbers; there is nobody to tell from here.
        usage_page::write(&self.page, &self.seen).ok();
    }
}

/// Memory and processor time of every process but init.
fn everybody() -> (u64, Duration) {
    let Ok(entries) = std::fs::read_dir("/proc") else { return (0, Duration::ZERO) };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| *pid != 1).fold((0, Duration::ZERO), |(bytes, cpu), pid| {
        (bytes + memory_bytes(pid).unwrap_or(0), cpu + processor_time(pid).unwrap_or_default())
    })
}

/// Resident pages that no file backs, and the process's part of those that it shares. `None` once it is gone.
fn memory_bytes(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let (own, shared) = (field_bytes(&status, "RssAnon:")?, field_bytes(&status, "RssShmem:")?);
    // To find out with how many others is a long look, and few processes share anything.
    let part = if shared == 0 { Some(0) } else { shared_part_bytes(pid) };
    Some(own + part.unwrap_or(shared))
}

fn shared_part_bytes(pid: u32) -> Option<u64> {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    field_bytes(&rollup, "Pss_Shmem:")
}

/// Of a line `<name> <number> kB`.
fn field_bytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

fn processor_time(pid: u32) -> Option<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_pid_and_name, fields) = text.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let ticks = |field: usize| fields.get(field)?.parse::<u64>().ok();
    let ticks = ticks(USER_TICKS_FIELD)? + ticks(SYSTEM_TICKS_FIELD)?;
    Some(Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second()))
}
