//! How soon the server listens, and the memory that it holds when nothing runs.

use std::io;
use std::time::Duration;

use testkit::Server;

use crate::processes::family;
use crate::table::Table;

/// Long enough for what is made ahead of need to be there.
const SETTLE: Duration = Duration::from_secs(2);

pub(crate) fn measure(server: &Server, table: &mut Table) -> io::Result<()> {
    table.figure("start to listening, empty folder", format!("{} ms", server.started_in().as_millis()));
    std::thread::sleep(SETTLE);
    let own: u64 = family(server.pid())?.iter().map(|pid| proportional_kib(*pid)).sum();
    table.figure("resident when idle, all processes", format!("{:.1} MB", own as f64 / 1024.0));
    Ok(())
}

/// Zero for a process that has gone meanwhile.
fn proportional_kib(pid: u32) -> u64 {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
