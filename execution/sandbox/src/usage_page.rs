//! What a sandbox without cgroups has used, as four numbers in a file without a name that init and server both hold.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use crate::Usage;

const NUMBER_BYTES: usize = size_of::<u64>();
const PAGE_BYTES: usize = 4 * NUMBER_BYTES;

pub(crate) fn new() -> io::Result<OwnedFd> {
    let page = rustix::fs::memfd_create("usage", rustix::fs::MemfdFlags::CLOEXEC)?;
    write(&page, &Usage::default())?;
    Ok(page)
}

pub(crate) fn write(page: &OwnedFd, usage: &Usage) -> io::Result<()> {
    let cpu = u64::try_from(usage.cpu.as_nanos()).unwrap_or(u64::MAX);
    let numbers = [usage.memory_peak_bytes, usage.memory_current_bytes, cpu, usage.oom_kills];
    rustix::io::pwrite(page, &numbers.map(u64::to_ne_bytes).concat(), 0)?;
    Ok(())
}

pub(crate) fn read(page: &OwnedFd) -> io::Result<Usage> {
    let mut bytes = [0; PAGE_BYTES];
    rustix::io::pread(page, &mut bytes, 0)?;
    let number = |index: usize| {
        let start = index * NUMBER_BYTES;
        u64::from_ne_bytes(std::array::from_fn(|byte| bytes[start + byte]))
    };
    Ok(Usage {
        memory_peak_bytes: number(0),
        memory_current_bytes: number(1),
        cpu: Duration::from_nanos(number(2)),
        oom_kills: number(3),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read() {
        let page = new().unwrap();
        let usage = Usage {
            memory_peak_bytes: 3,
            memory_current_bytes: 2,
            cpu: Duration::from_nanos(5),
            oom_kills: 1,
        };
        write(&page, &usage).unwrap();
        assert_eq!(read(&page).unwrap(), usage);
    }
}
