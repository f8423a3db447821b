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

/// Private memory and processor time of every process but init.
fn everybody() -> (u64, Duration) {
    let Ok(entries) = std::fs::read_dir("/proc") else { return (0, Duration::ZERO) };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    pids.filter(|pid| *pid != 1).fold((0, Duration::ZERO), |(bytes, cpu), pid| {
        (bytes + private_bytes(pid).unwrap_or(0), cpu + processor_time(pid).unwrap_or_default())
    })
}

/// Resident pages that no file backs. `None` once the process is gone.
fn private_bytes(pid: u32) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
    let mut pages = text.split(' ').skip(1).map_while(|field| field.parse::<u64>().ok());
    let (resident, shared) = (pages.next()?, pages.next()?);
    Some(resident.saturating_sub(shared) * rustix::param::page_size() as u64)
}

fn processor_time(pid: u32) -> Option<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_pid_and_name, fields) = text.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    let ticks = |field: usize| fields.get(field)?.parse::<u64>().ok();
    let ticks = ticks(USER_TICKS_FIELD)? + ticks(SYSTEM_TICKS_FIELD)?;
    Some(Duration::from_millis(ticks * 1000 / rustix::param::clock_ticks_per_second()))
}
