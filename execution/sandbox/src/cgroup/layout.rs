//! Where control groups are on this host, and Mayfly's own folder in each hierarchy.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Controllers, Hierarchy, Place, folders, is_gone};

/// How long what was killed may take to end: it gives back all its memory first.
const END_PATIENCE: Duration = Duration::from_secs(2);
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
    let unified = mounts.iter().find(|mount| mount.controllers.is_empty());
    let unified = unified.filter(|mount| {
        let offered = offered(&parent(mount, &own));
        !version_1_suffices(&offered, |controller| is_usable(controller, &mounts, &own))
    });
    let unified = unified.and_then(|mount| {
        let folder = unified_parent(mount, &own)?.join(name);
        make_folder(&folder).ok()?;
        Some(Place { hierarchy: Hierarchy::Unified(enabled_controllers(&folder)), folder })
    });
    let wanted = version_1_hierarchies(unified.as_ref());
    let version_1 = wanted.iter().filter_map(|(controller, hierarchy)| {
        let mount = mounts.iter().find(|mount| mount.controllers.iter().any(|name| name == controller))?;
        let folder = parent(mount, &own).join(name);
        make_folder(&folder).ok()?;
        Some(Place { hierarchy: *hierarchy, folder })
    });
    Ok(unified.iter().cloned().chain(version_1).collect())
}

/// Whether the caller could have groups with a controller; without a name, groups of the unified hierarchy.
pub(crate) fn usable(controller: &str) -> bool {
    let text = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let mounts = parse_mounts(&text("/proc/self/mountinfo"));
    is_usable(controller, &mounts, &text("/proc/self/cgroup"))
}

fn is_usable(controller: &str, mounts: &[Mounted], own: &str) -> bool {
    mounts.iter().any(|mount| {
        let unified = mount.controllers.is_empty();
        let group = parent(mount, own);
        let controllers = if unified { offered(&group) } else { mount.controllers.clone() };
        let has = (unified && controller.is_empty()) || controllers.iter().any(|name| name == controller);
        has && rustix::fs::access(&group, rustix::fs::Access::WRITE_OK).is_ok()
    })
}

/// The group in which Mayfly's folder is.
fn parent(mount: &Mounted, own: &str) -> PathBuf {
    match mount.controllers.first() {
        None if rustix::process::geteuid().is_root() => mount.at.clone(),
        controller => own_group(mount, own, controller.map_or("", String::as_str)),
    }
}

/// What a group of the unified hierarchy could hand on.
fn offered(group: &Path) -> Vec<String> {
    let controllers = std::fs::read_to_string(group.join("cgroup.controllers")).unwrap_or_default();
    controllers.split_whitespace().map(str::to_owned).collect()
}

/// Mayfly's folders, empty: whatever is in them is killed and removed, and a folder that is gone is made again.
pub(crate) fn renew(places: &[Place]) -> io::Result<()> {
    clear_groups(places)?;
    places.iter().try_for_each(|place| make_folder(&place.folder))?;
    for place in places.iter().filter(|place| place.hierarchy == Hierarchy::Freezer) {
        if let Err(error) = keep_one_frozen(&place.folder) {
            tracing::debug!(%error, "no cgroup can be kept frozen");
        }
    }
    Ok(())
}

/// An empty group that is frozen for good. While there is none, the kernel patches its own code at the first freeze and
/// at the last thaw, which costs each of them ten times what it would.
fn keep_one_frozen(folder: &Path) -> io::Result<()> {
    let group = folder.join(KEPT_FROZEN);
    make_folder(&group)?;
    std::fs::write(group.join("freezer.state"), "FROZEN")
}

/// Removes Mayfly's folders and every group in them, after killing whatever is still inside.
pub(crate) fn clear(places: &[Place]) -> io::Result<()> {
    clear_groups(places)?;
    places.iter().try_for_each(|place| remove(&place.folder))
}

/// Removes every group in Mayfly's folders, after killing whatever is still inside.
fn clear_groups(places: &[Place]) -> io::Result<()> {
    thaw(places)?;
    places.iter().try_for_each(|place| {
        for_each_group(place, |group| {
            unless_gone(kill_members(group))?;
            remove(group)
        })
    })
}

/// Lets what is frozen die, where the kernel does not.
pub(crate) fn thaw(places: &[Place]) -> io::Result<()> {
    places.iter().filter(|place| place.hierarchy == Hierarchy::Freezer).try_for_each(|place| {
        for_each_group(place, |group| {
            let is_kept = group.ends_with(KEPT_FROZEN);
            if is_kept { Ok(()) } else { unless_gone(std::fs::write(group.join("freezer.state"), "THAWED")) }
        })
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

fn remove(group: &Path) -> io::Result<()> {
    let (Some(parent), Some(name)) = (group.parent(), group.file_name()) else { return Ok(()) };
    match std::fs::File::open(parent) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        parent => folders::remove_group(parent?, &name.to_string_lossy(), END_PATIENCE),
    }
}

/// Kills what lives in a group.
fn kill_members(group: &Path) -> io::Result<()> {
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

/// Whether nothing is lost without the unified hierarchy: it offers no controller, and version 1 can freeze and count.
/// Then a process that is forked into a sandbox joins all its groups without waiting.
fn version_1_suffices(offered: &[String], is_usable: impl Fn(&str) -> bool) -> bool {
    !offered.iter().any(|name| ["memory", "cpu", "pids"].contains(&name.as_str()))
        && ["freezer", "cpuacct"].into_iter().all(is_usable)
}

/// Version 1 serves what the unified hierarchy does not.
fn version_1_hierarchies(unified: Option<&Place>) -> Vec<(&'static str, Hierarchy)> {
    let covered = match unified.map(|place| place.hierarchy) {
        Some(Hierarchy::Unified(controllers)) => Some(controllers),
        _ => None,
    };
    let controllers = covered.unwrap_or_default();
    let mut wanted = Vec::new();
    if !controllers.memory {
        wanted.push(("memory", Hierarchy::Memory));
    }
    if !controllers.cpu {
        wanted.push(("cpu", Hierarchy::Cpu));
    }
    if !controllers.pids {
        wanted.push(("pids", Hierarchy::Pids));
    }
    if covered.is_none() {
        wanted.extend([("cpuacct", Hierarchy::CpuAccounting), ("freezer", Hierarchy::Freezer)]);
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
        assert_eq!(names(None), ["memory", "cpu", "pids", "cpuacct", "freezer"]);
        assert_eq!(names(Some(&none)), ["memory", "cpu", "pids"]);
        assert!(names(Some(&all)).is_empty());
    }

    #[test]
    fn version_1_suffices_where_it_freezes_and_counts_and_the_unified_hierarchy_offers_nothing() {
        let suffices = |offered: &[&str], usable: &[&str]| {
            let offered = Vec::from_iter(offered.iter().map(|&name| name.to_owned()));
            version_1_suffices(&offered, |controller| usable.contains(&controller))
        };
        assert!(suffices(&["hugetlb"], &["cpuacct", "freezer"]));
        assert!(suffices(&[], &["cpuacct", "freezer"]));
        assert!(!suffices(&["io", "memory"], &["cpuacct", "freezer"]));
        assert!(!suffices(&["hugetlb"], &["freezer"]));
        assert!(!suffices(&["hugetlb"], &["cpuacct"]));
    }

    #[test]
    fn a_group_that_is_not_visible_here_falls_back_to_the_mount() {
        let mount = Mounted { at: "/nowhere".into(), root: "/".into(), controllers: vec!["memory".into()] };
        assert_eq!(own_group(&mount, "4:memory:/a/b\n", "memory"), PathBuf::from("/nowhere"));
    }
}
