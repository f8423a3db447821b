//! The server's processes, as the kernel counts them.

use std::collections::HashMap;
use std::io;
use std::path::Path;

/// A process and all below it.
pub(crate) fn family(root: u32) -> io::Result<Vec<u32>> {
    let mut children = children()?;
    let mut family = vec![root];
    let mut next = 0;
    while let Some(pid) = family.get(next).copied() {
        family.extend(children.remove(&pid).unwrap_or_default());
        next += 1;
    }
    Ok(family)
}

/// The proportional memory of a process and all below it.
pub(crate) fn memory_mb(root: u32) -> io::Result<f64> {
    let kib: u64 = family(root)?.into_iter().map(proportional_kib).sum();
    Ok(kib as f64 / 1024.0)
}

/// Zero for a process that has gone meanwhile.
fn proportional_kib(pid: u32) -> u64 {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// Every process's children.
fn children() -> io::Result<HashMap<u32, Vec<u32>>> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let pid = entry.file_name().to_string_lossy().parse();
        if let (Ok(pid), Some(parent)) = (pid, parent(&entry.path())) {
            children.entry(parent).or_default().push(pid);
        }
    }
    Ok(children)
}

/// The one below the warden that has no process below it: the server never forks, and the launcher holds the functions.
pub(crate) fn server(warden: u32) -> io::Result<u32> {
    let children = children()?;
    let below = children.get(&warden).into_iter().flatten().copied();
    let mut childless = below.filter(|pid| !children.contains_key(pid));
    childless.next().ok_or_else(|| io::Error::other("no process looks like the server"))
}

fn parent(process: &Path) -> Option<u32> {
    stat_fields(process)?.get(1)?.parse().ok()
}

/// What stands behind the command's name, which may itself hold spaces and brackets.
pub(crate) fn stat_fields(process: &Path) -> Option<Vec<String>> {
    let stat = std::fs::read_to_string(process.join("stat")).ok()?;
    Some(stat.rsplit_once(')')?.1.split_whitespace().map(str::to_owned).collect())
}
