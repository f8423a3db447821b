//! Where control groups are on this host, and Mayfly's own folder in each hierarchy.

use std::io;
use std::path::{Path, PathBuf};

use super::{Controllers, Hierarchy, Place, folders};

/// A group of nobody's.
const KEPT_FROZEN: &str = "frozen";

/// A mounted hierarchy of either version.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mounted {
    at: PathBuf,
    /// The group that shows as the mount's root, as `/proc/self/cgroup` names groups.
    root: PathBuf,
    /// Empty for the unified hierarchy.
    controllers: Vec<String>,
}

/// Makes a folder `name` in every hierarchy that is of use and may be written; none at all is a possible answer.
pub(crate) fn prepare(name: &str) -> io::Result<Vec<Place>> {
    let mounts = parse_mounts(&std::fs::read_to_string("/proc/self/mountinfo")?);
    let own = std::fs::read_to_string("/proc/self/cgroup")?;
    let unified = mounts.iter().find(|mount| mount.controllers.is_empty()).and_then(|mount| {
        if !is_worth_its_grace_period(&offered(&own_group(mount, &own, "")), &mounts) {
            return None;
        }
        let folder = unified_parent(mount, &own)?.join(name);
        make_folder(&folder).ok()?;
        Some(Place { hierarchy: Hierarchy::Unified(enabled_controllers(&folder)), folder })
    });
    let wanted = version_1_hierarchies(unified.as_ref());
    let version_1 = wanted.iter().filter_map(|(controller, hierarchy)| {
        let mount = mounts.iter().find(|mount| mount.controllers.iter().any(|name| name == controller))?;
        let folder = own_group(mount, &own, controller).join(name);
        make_folder(&folder).ok()?;
        Some(Place { hierarchy: *hierarchy, folder })
    });
    Ok(unified.iter().cloned().chain(version_1).collect())
}

/// Whether the caller could have groups with a controller; without a name, groups of the unified hierarchy.
pub(crate) fn usable(controller: &str) -> bool {
    let text = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let own = text("/proc/self/cgroup");
    parse_mounts(&text("/proc/self/mountinfo")).iter().any(|mount| {
        let unified = mount.controllers.is_empty();
        let group = if unified && rustix::process::geteuid().is_root() {
            mount.at.clone()
        } else {
            own_group(mount, &own, if unified { "" } else { controller })
        };
        let offered = if unified { offered(&group) } else { mount.controllers.clone() };
        let has = (unified && controller.is_empty()) || offered.iter().any(|name| name == controller);
        has && rustix::fs::access(&group, rustix::fs::Access::WRITE_OK).is_ok()
    })
}

/// What a group of the unified hierarchy could hand on.
fn offered(group: &Path) -> Vec<String> {
    let controllers = std::fs::read_to_string(group.join("cgroup.controllers")).unwrap_or_default();
    controllers.split_whitespace().map(str::to_owned).collect()
}

/// Mayfly's folder, empty: whatever is in it is killed and removed, and the folder itself is made again if it is gone.
pub(crate) fn renew(place: &Place) -> io::Result<()> {
    clear_groups(place)?;
    make_folder(&place.folder)?;
    if place.hierarchy == Hierarchy::Freezer { keep_one_frozen(&place.folder) } else { Ok(()) }
}

/// An empty group that is frozen for good. While there is none, the kernel patches its own code at the first freeze and
/// at the last thaw, which costs each of them ten times what it would.
fn keep_one_frozen(folder: &Path) -> io::Result<()> {
    let group = folder.join(KEPT_FROZEN);
    make_folder(&group)?;
    std::fs::write(group.join("freezer.state"), "FROZEN")
}

/// Removes Mayfly's folder and every group in it, after killing whatever is still inside.
pub(crate) fn clear(place: &Place) -> io::Result<()> {
    clear_groups(place)?;
    remove(&place.folder)
}

/// Removes every group in Mayfly's folder, after killing whatever is still inside.
fn clear_groups(place: &Place) -> io::Result<()> {
    for_each_group(place, |group| {
        unless_gone(kill_members(group))?;
        remove(group)
    })
}

/// Lets what is frozen die, where the kernel does not.
pub(crate) fn thaw(place: &Place) -> io::Result<()> {
    if place.hierarchy != Hierarchy::Freezer {
        return Ok(());
    }
    for_each_group(place, |group| {
        let is_kept = group.ends_with(KEPT_FROZEN);
        if is_kept { Ok(()) } else { unless_gone(std::fs::write(group.join("freezer.state"), "THAWED")) }
    })
}

fn for_each_group(place: &Place, mut act: impl FnMut(&Path) -> io::Result<()>) -> io::Result<()> {
    let entries = match std::fs::read_dir(&place.folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            act(&entry.path())?;
        }
    }
    Ok(())
}

/// A launcher that ends, or whose warden was killed, removes its groups itself, at the same time.
fn unless_gone(done: io::Result<()>) -> io::Result<()> {
    match done {
        Err(error) if is_gone(&error) => Ok(()),
        done => done,
    }
}

/// How the kernel says that a group was removed: before one of its files was opened, or after.
fn is_gone(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound || error.raw_os_error() == Some(libc::ENODEV)
}

fn remove(group: &Path) -> io::Result<()> {
    let (Some(parent), Some(name)) = (group.parent(), group.file_name()) else { return Ok(()) };
    match std::fs::File::open(parent) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        parent => folders::remove_group(parent?, &name.to_string_lossy()),
    }
}

/// Kills what lives in a group. Frozen processes are thawed first, for in version 1 they would not die.
fn kill_members(group: &Path) -> io::Result<()> {
    for (file, text) in [("freezer.state", "THAWED"), ("cgroup.freeze", "0")] {
        if group.join(file).exists() {
            std::fs::write(group.join(file), text)?;
        }
    }
    for line in std::fs::read_to_string(group.join("cgroup.procs"))?.lines() {
        let pid = line.parse().ok().and_then(rustix::process::Pid::from_raw);
        let Some(pid) = pid.filter(|pid| *pid != rustix::process::getpid()) else { continue };
        match rustix::process::kill_process(pid, rustix::process::Signal::KILL) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => {}
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// Whether the unified hierarchy is to be used: where version 1 has all the controllers, it can freeze and count as
/// well, and what is forked into a sandbox joins its groups without waiting.
fn is_worth_its_grace_period(offered: &[String], mounts: &[Mounted]) -> bool {
    let has_version_1 =
        |name: &str| mounts.iter().any(|mount| mount.controllers.iter().any(|controller| controller == name));
    offered.iter().any(|name| ["memory", "cpu", "pids"].contains(&name.as_str()))
        || !(has_version_1("freezer") && has_version_1("cpuacct"))
}

/// Version 1 serves what the unified hierarchy does not.
fn version_1_hierarchies(unified: Option<&Place>) -> Vec<(&'static str, Hierarchy)> {
    let covered = match unified.map(|place| place.hierarchy) {
        Some(Hierarchy::Unified(controllers)) => Some(controllers),
        _ => None,
    };
    let controllers = covered.unwrap_or_default();
    let mut wanted = Vec::new();
    if covered.is_none() {
        // First, so that whoever clears one place after the other has thawed all before waiting for the end of any.
        wanted.extend([("freezer", Hierarchy::Freezer), ("cpuacct", Hierarchy::CpuAccounting)]);
    }
    if !controllers.memory {
        wanted.push(("memory", Hierarchy::Memory));
    }
    if !controllers.cpu {
        wanted.push(("cpu", Hierarchy::Cpu));
    }
    if !controllers.pids {
        wanted.push(("pids", Hierarchy::Pids));
    }
    wanted
}

/// Where in the unified hierarchy Mayfly's folder goes: at the top for root; for anybody else in the own group, if it
/// was delegated to the caller, who then moves to a leaf of it, since a group with processes hands on no controllers.
fn unified_parent(mount: &Mounted, own: &str) -> Option<PathBuf> {
    if rustix::process::geteuid().is_root() {
        hand_on_controllers(&mount.at);
        return Some(mount.at.clone());
    }
    let group = own_group(mount, own, "");
    let leaf = group.join("mayfly-warden");
    make_folder(&leaf).ok()?;
    std::fs::write(leaf.join("cgroup.procs"), "0").ok()?;
    hand_on_controllers(&group);
    Some(group)
}

fn make_folder(folder: &Path) -> io::Result<()> {
    match std::fs::create_dir(folder) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _made_or_there => {}
    }
    if folder.join("cgroup.subtree_control").exists() {
        hand_on_controllers(folder);
    }
    Ok(())
}

/// Lets the groups below have the controllers that Mayfly uses. One that is bound to version 1 is refused, one at a
/// time, and `enabled_controllers` sees what came of it.
fn hand_on_controllers(group: &Path) {
    for controller in ["+memory", "+cpu", "+pids"] {
        if let Err(error) = std::fs::write(group.join("cgroup.subtree_control"), controller) {
            tracing::debug!(%error, controller, group = %group.display(), "a cgroup controller is not to be had");
        }
    }
}

fn enabled_controllers(folder: &Path) -> Controllers {
    let enabled = std::fs::read_to_string(folder.join("cgroup.subtree_control")).unwrap_or_default();
    let has = |name: &str| enabled.split_whitespace().any(|enabled| enabled == name);
    Controllers { memory: has("memory"), cpu: has("cpu"), pids: has("pids") }
}

/// The folder of the caller's own group, below which limits of the caller's own surroundings hold too.
fn own_group(mount: &Mounted, own: &str, controller: &str) -> PathBuf {
    let path = own.lines().find_map(|line| {
        let mut parts = line.splitn(3, ':');
        let (_id, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        controllers.split(',').any(|name| name == controller).then(|| PathBuf::from(path))
    });
    let Some(path) = path else { return mount.at.clone() };
    let visible = path.strip_prefix(&mount.root).map(|below| mount.at.join(below));
    // In a container the path may be one of the host's that is not mounted here.
    visible.ok().filter(|folder| folder.exists()).unwrap_or_else(|| mount.at.clone())
}

/// The cgroup mounts in a `mountinfo` (proc(5)).
fn parse_mounts(text: &str) -> Vec<Mounted> {
    text.lines().filter_map(parse_mount).collect()
}

fn parse_mount(line: &str) -> Option<Mounted> {
    let (mount, file_system) = line.split_once(" - ")?;
    let mut fields = mount.split(' ');
    let (root, at) = (fields.nth(3)?, fields.next()?);
    let mut fields = file_system.split(' ');
    let (kind, _source, options) = (fields.next()?, fields.next()?, fields.next()?);
    let controllers = match kind {
        "cgroup" => options.split(',').map(str::to_owned).collect(),
        "cgroup2" => Vec::new(),
        _other => return None,
    };
    Some(Mounted { at: at.into(), root: root.into(), controllers })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 /docker/1 /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
";

    #[test]
    fn both_versions_are_found_with_their_roots() {
        let mounts = parse_mounts(HYBRID);
        let seen: Vec<_> =
            mounts.iter().map(|mount| (mount.at.to_str().unwrap(), mount.root.to_str().unwrap())).collect();
        assert_eq!(
            seen,
            [
                ("/sys/fs/cgroup/cpu", "/"),
                ("/sys/fs/cgroup/memory", "/docker/1"),
                ("/sys/fs/cgroup/unified", "/"),
            ]
        );
        assert!(mounts[0].controllers.contains(&"cpuacct".to_owned()));
        assert!(mounts[2].controllers.is_empty());
    }

    #[test]
    fn version_1_serves_only_what_the_unified_hierarchy_lacks() {
        let unified = |controllers| Place { hierarchy: Hierarchy::Unified(controllers), folder: "/x".into() };
        let none = unified(Controllers::default());
        let all = unified(Controllers { memory: true, cpu: true, pids: true });
        let names = |place: Option<&Place>| -> Vec<&str> {
            version_1_hierarchies(place).into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(None), ["freezer", "cpuacct", "memory", "cpu", "pids"]);
        assert_eq!(names(Some(&none)), ["memory", "cpu", "pids"]);
        assert!(names(Some(&all)).is_empty());
    }

    #[test]
    fn the_unified_hierarchy_is_used_where_it_has_controllers_or_nothing_else_freezes() {
        let mounts = parse_mounts(HYBRID);
        let freezer = "42 31 0:39 / /sys/fs/cgroup/freezer rw - cgroup cgroup rw,freezer\n";
        let with_freezer = parse_mounts(&format!("{HYBRID}{freezer}"));
        let controllers = |names: &[&str]| Vec::from_iter(names.iter().map(|&name| name.to_owned()));
        assert!(is_worth_its_grace_period(&controllers(&["hugetlb"]), &mounts));
        assert!(is_worth_its_grace_period(&controllers(&["io", "memory"]), &with_freezer));
        assert!(!is_worth_its_grace_period(&controllers(&["hugetlb"]), &with_freezer));
    }

    #[test]
    fn a_group_that_is_not_visible_here_falls_back_to_the_mount() {
        let mount = Mounted { at: "/nowhere".into(), root: "/".into(), controllers: vec!["memory".into()] };
        assert_eq!(own_group(&mount, "4:memory:/a/b\n", "memory"), PathBuf::from("/nowhere"));
    }
}
