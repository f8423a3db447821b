//! How soon the server listens, and the memory that it holds when nothing runs.

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::time::Duration;

use testkit::Server;

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

/// A process and all below it.
fn family(root: u32) -> io::Result<Vec<u32>> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let pid = entry.file_name().to_string_lossy().parse();
        if let (Ok(pid), Some(parent)) = (pid, parent(&entry.path())) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let mut family = vec![root];
    let mut next = 0;
    while let Some(pid) = family.get(next).copied() {
        family.extend(children.remove(&pid).unwrap_or_default());
        next += 1;
    }
    Ok(family)
}

/// The second field behind the command's name, which may itself hold spaces and brackets.
fn parent(process: &Path) -> Option<u32> {
    let stat = std::fs::read_to_string(process.join("stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}

/// Zero for a process that has gone meanwhile.
fn proportional_kib(pid: u32) -> u64 {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
