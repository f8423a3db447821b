//! What is left of Mayfly on the host: looked for from outside, as an operator would.

use std::collections::HashMap;
use std::path::Path;

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Leftovers {
    loop_devices: Vec<String>,
    cgroups: Vec<String>,
    mounts: Vec<String>,
}

impl Leftovers {
    pub(crate) fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// What belongs to the server on a data folder.
pub(crate) fn of(data_dir: &Path) -> Leftovers {
    Leftovers { loop_devices: loop_devices(data_dir), cgroups: cgroups(data_dir), mounts: mounts(data_dir) }
}

fn loop_devices(data_dir: &Path) -> Vec<String> {
    let devices = std::fs::read_dir("/sys/block").expect("a list of devices").flatten();
    let backing =
        devices.filter_map(|device| std::fs::read_to_string(device.path().join("loop/backing_file")).ok());
    backing.filter(|file| Path::new(file).starts_with(data_dir)).collect()
}

/// Where the warden noted that its cgroups are.
fn cgroups(data_dir: &Path) -> Vec<String> {
    let Ok(text) = std::fs::read_to_string(data_dir.join("scratch/cgroups.json")) else { return Vec::new() };
    let places: Vec<serde_json::Value> = serde_json::from_str(&text).expect("a list of places");
    let folders = places.iter().filter_map(|place| place["folder"].as_str().map(str::to_owned));
    folders.filter(|folder| Path::new(folder).exists()).collect()
}

fn mounts(data_dir: &Path) -> Vec<String> {
    let table = std::fs::read_to_string("/proc/self/mounts").expect("a mount table");
    let data_dir = data_dir.to_str().expect("a name in UTF-8");
    table.lines().filter(|line| line.contains(data_dir)).map(str::to_owned).collect()
}

/// A process and all that it has started, as `(pid, start time)`, which never names two processes.
pub(crate) fn family(pid: u32) -> Vec<(u32, u64)> {
    let all = processes();
    let mut family = vec![pid];
    let mut next = 0;
    while next < family.len() {
        let children = all.iter().filter(|(_, process)| process.parent == family[next]);
        let children: Vec<u32> = children.map(|(pid, _)| *pid).collect();
        family.extend(children);
        next += 1;
    }
    family.into_iter().filter_map(|pid| Some((pid, all.get(&pid)?.started))).collect()
}

/// Those that still live; a zombie does not.
pub(crate) fn alive(family: &[(u32, u64)]) -> Vec<u32> {
    let all = processes();
    let living = |(pid, started): &&(u32, u64)| {
        all.get(pid).is_some_and(|process| process.started == *started && process.state != "Z")
    };
    family.iter().filter(living).map(|(pid, _)| *pid).collect()
}

struct Process {
    parent: u32,
    started: u64,
    state: String,
}

fn processes() -> HashMap<u32, Process> {
    let entries = std::fs::read_dir("/proc").expect("a list of processes").flatten();
    entries
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, process(&entry.path())?)))
        .collect()
}

fn process(folder: &Path) -> Option<Process> {
    let text = std::fs::read_to_string(folder.join("stat")).ok()?;
    let (_, fields) = text.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    Some(Process {
        state: (*fields.first()?).to_owned(),
        parent: fields.get(1)?.parse().ok()?,
        started: fields.get(19)?.parse().ok()?,
    })
}

/// The children of a process in the order in which they were started: the server and the launcher of a warden.
pub(crate) fn children(pid: u32) -> Vec<u32> {
    let mut children: Vec<(u64, u32)> = processes()
        .iter()
        .filter(|(_, process)| process.parent == pid)
        .map(|(pid, process)| (process.started, *pid))
        .collect();
    children.sort_unstable();
    children.into_iter().map(|(_, pid)| pid).collect()
}
