//! What is read at the end of every piece of work: one or two files, opened once.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use super::control::{Group, field, number};
use super::{Controllers, HeldFolders, Hierarchy};
use crate::spec::SandboxId;

/// `cpu.stat` is the longest file read here.
const FILE_MAX_BYTES: usize = 1024;

/// What a sandbox has used so far, of that which is cheap to ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Of all its processes together, also those that have ended.
    pub cpu: Duration,
    pub memory_peak_bytes: u64,
}

/// The open files of one sandbox; none for what no hierarchy counts.
#[derive(Debug)]
pub(crate) struct Meter {
    cpu: Option<Counter>,
    memory_peak: Option<OwnedFd>,
}

#[derive(Debug)]
enum Counter {
    /// `cpuacct.usage`
    Nanoseconds(OwnedFd),
    /// `cpu.stat`
    Statistics(OwnedFd),
}

impl Meter {
    pub(crate) fn open(folders: &HeldFolders, sandbox: SandboxId) -> io::Result<Self> {
        let mut meter = Self { cpu: None, memory_peak: None };
        for (hierarchy, folder) in folders.iter() {
            let group = Group { folder, sandbox };
            match hierarchy {
                Hierarchy::Memory => {
                    meter.memory_peak = Some(group.open_to_read("memory.max_usage_in_bytes")?);
                }
                Hierarchy::CpuAccounting => {
                    meter.cpu = Some(Counter::Nanoseconds(group.open_to_read("cpuacct.usage")?));
                }
                Hierarchy::Unified(Controllers { memory, .. }) => {
                    meter.cpu = Some(Counter::Statistics(group.open_to_read("cpu.stat")?));
                    if *memory {
                        meter.memory_peak = Some(memory_peak(&group)?);
                    }
                }
                Hierarchy::Cpu | Hierarchy::Pids | Hierarchy::Freezer => {}
            }
        }
        Ok(meter)
    }

    pub(crate) fn read(&self) -> io::Result<Spent> {
        let cpu = match &self.cpu {
            Some(Counter::Nanoseconds(file)) => Duration::from_nanos(number(&text(file)?)?),
            Some(Counter::Statistics(file)) => Duration::from_micros(field(&text(file)?, "usage_usec")?),
            None => Duration::ZERO,
        };
        let memory_peak_bytes = match &self.memory_peak {
            Some(file) => number(&text(file)?)?,
            None => 0,
        };
        Ok(Spent { cpu, memory_peak_bytes })
    }
}

/// Older kernels than 5.19 have no peak.
fn memory_peak(group: &Group<'_>) -> io::Result<OwnedFd> {
    group.open_to_read("memory.peak").or_else(|_older| group.open_to_read("memory.current"))
}

fn text(file: &OwnedFd) -> io::Result<String> {
    let mut bytes = [0; FILE_MAX_BYTES];
    let length = rustix::io::pread(file, &mut bytes, 0)?;
    Ok(String::from_utf8_lossy(&bytes[..length]).into_owned())
}
