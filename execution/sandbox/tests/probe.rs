//! Every restriction of a sandbox, tried from inside: by the program `probe` in sandboxes that `probe_host` keeps, as
//! root and as an ordinary user. What runs here are real processes with the real launcher.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum User {
    Root,
    Ordinary,
}

/// What the tree with the probe is to its sandboxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tree {
    Code,
    Image,
    /// Code of processes that a zygote has forked.
    Forked,
    /// Code that comes to a process that is there already.
    Parked,
}

const TREE: &str = "0000000000000000000000000000000000000000000000000000000000000001";

macro_rules! restrictions {
    ($($check:ident)*) => {
        const RESTRICTIONS: &[&str] = &[$(stringify!($check)),*];

        mod as_root {
            $(#[test] fn $check() { super::holds(stringify!($check), super::User::Root, super::Tree::Code); })*
        }

        mod as_an_ordinary_user {
            $(#[test] fn $check() { super::holds(stringify!($check), super::User::Ordinary, super::Tree::Code); })*
        }

        mod in_an_image {
            $(#[test] fn $check() { super::holds(stringify!($check), super::User::Root, super::Tree::Image); })*
        }

        mod in_an_image_of_an_ordinary_user {
            $(#[test] fn $check() { super::holds(stringify!($check), super::User::Ordinary, super::Tree::Image); })*
        }

        mod forked {
            $(#[test] fn $check() { super::holds(stringify!($check), super::User::Root, super::Tree::Forked); })*
        }

        mod forked_for_an_ordinary_user {
            $(#[test] fn $check() { super::holds(stringify!($check), super::User::Ordinary, super::Tree::Forked); })*
        }

        mod parked {
            $(#[test] fn $check() { super::holds(stringify!($check), super::User::Root, super::Tree::Parked); })*
        }

        mod parked_for_an_ordinary_user {
            $(#[test] fn $check() { super::holds(stringify!($check), super::User::Ordinary, super::Tree::Parked); })*
        }
    };
}

restrictions! {
    host_files_are_out_of_sight
    the_root_has_only_known_entries
    nothing_but_tmp_is_writable
    code_is_read_only
    mounts_are_refused
    the_root_cannot_be_left
    kernel_settings_are_out_of_reach
    devices_are_out_of_reach
    other_processes_are_invisible
    init_and_parent_survive_a_kill
    init_keeps_its_limits_and_its_turn
    processes_cannot_be_traced
    no_descriptor_is_inherited
    the_environment_is_what_was_asked_for
    namespaces_cannot_be_made
    namespaces_cannot_be_entered
    the_host_is_anonymous
    raw_sockets_are_refused
    netlink_is_for_routes_only
    keyrings_are_refused
    dangerous_subsystems_are_refused
    the_machine_cannot_be_administered
    the_user_is_sbx_user1051
    there_are_no_capabilities
    capabilities_cannot_be_gained
    ids_cannot_be_changed
    set_user_id_bits_are_ignored
    system_calls_are_filtered
    the_hosts_loopback_is_out_of_reach
    the_hosts_addresses_are_out_of_reach
    metadata_services_are_out_of_reach
    the_runtime_api_is_the_own_one
    a_neighbour_is_out_of_reach
    loopback_is_the_only_interface
    low_ports_cannot_be_taken
    a_fork_bomb_meets_the_limit
    a_descriptor_hog_meets_the_limit
    an_inotify_hog_meets_the_limit
    inotify_is_to_be_had
    a_full_disk_is_the_own_one
    crashes_leave_no_core_behind
    memory_hog_is_killed
    endless_output_is_ended
    inotify_hog_starves_no_neighbour
    fork_bomb_starves_no_neighbour
}

#[test]
fn every_check_of_the_probe_is_made() {
    let listed = Command::new(env!("CARGO_BIN_EXE_probe")).arg("list").output().expect("the probe runs");
    let listed = String::from_utf8(listed.stdout).expect("names are text");
    let made: BTreeSet<&str> = RESTRICTIONS.iter().copied().collect();
    let forgotten: Vec<&str> = listed.lines().filter(|name| !made.contains(name)).collect();
    assert_eq!(forgotten, Vec::<&str>::new());
}

fn holds(check: &str, user: User, tree: Tree) {
    let Some(output) = run(check, user, tree) else { return };
    let text = String::from_utf8_lossy(&output.stdout);
    let line: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {output:?}"));
    assert_eq!(
        (line["name"].as_str(), line["passed"].as_bool()),
        (Some(check), Some(true)),
        "{}",
        line["detail"]
    );
}

/// `None` if the one who runs the tests cannot be that user: only root can be both.
fn run(check: &str, user: User, tree: Tree) -> Option<Output> {
    let root = rustix::process::geteuid().is_root();
    if user == User::Root && !root {
        return None;
    }
    let place = Place::new(tree);
    let mut command = Command::new(&place.host);
    if user == User::Ordinary && root {
        let id = ordinary_id(check, tree);
        give(&place.data, id);
        command.uid(id).gid(id);
    }
    let root = match tree {
        Tree::Code => "code",
        Tree::Image => "image",
        Tree::Forked => "zygote",
        Tree::Parked => "parked",
    };
    Some(command.arg(&place.data).args([TREE, root, check]).output().expect("the host runs"))
}

/// A uid and gid that no user has, for this test alone: the kernel counts processes and the like by user, and the hogs
/// of one test must not starve another.
fn ordinary_id(check: &str, tree: Tree) -> u32 {
    const FIRST: u32 = 200_000;
    const TESTS_MAX: u32 = 256;
    const TREES: u32 = 4;
    let index = RESTRICTIONS.iter().position(|name| *name == check).expect("a restriction");
    let index = TREES * u32::try_from(index).expect("a few") + tree as u32;
    FIRST + std::process::id() * TESTS_MAX + index
}

/// A data folder with the probe in a tree, and the host program beside it where any user may run it.
struct Place {
    host: PathBuf,
    data: PathBuf,
    _folder: TempDir,
}

impl Place {
    fn new(kind: Tree) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
        let (host, data) = (folder.path().join("probe_host"), folder.path().join("data"));
        let tree = data.join("trees").join(TREE);
        fs::create_dir_all(&tree).expect("a new folder");
        copy_program(env!("CARGO_BIN_EXE_probe_host"), &host);
        copy_program(env!("CARGO_BIN_EXE_probe"), &folder.path().join("probe"));
        match kind {
            Tree::Code | Tree::Forked | Tree::Parked => {
                copy_program(env!("CARGO_BIN_EXE_probe"), &tree.join("probe"));
            }
            Tree::Image => make_image(&tree),
        }
        Self { host, data, _folder: folder }
    }
}

/// The probe where code is, the libraries that it needs, and what every image's tree has.
fn make_image(tree: &Path) {
    for folder in ["proc", "dev", "tmp", "run", "etc", "usr", "opt", "var/task"] {
        fs::create_dir_all(tree.join(folder)).expect("a new folder");
    }
    let user = "sbx_user1051:x:993:990::/home/sbx_user1051:/sbin/nologin\n";
    let files = [("hosts", ""), ("resolv.conf", ""), ("passwd", user), ("group", "sbx_user1051:x:990:\n")];
    for (name, text) in files {
        fs::write(tree.join("etc").join(name), text).expect("a new file");
    }
    let probe = env!("CARGO_BIN_EXE_probe");
    copy_program(probe, &tree.join("var/task/probe"));
    let listed = Command::new("ldd").arg(probe).output().expect("the C library is installed");
    let listed = String::from_utf8(listed.stdout).expect("paths are text");
    for library in listed.split_whitespace().filter(|word| word.starts_with('/')) {
        let target = tree.join(library.trim_start_matches('/'));
        fs::create_dir_all(target.parent().expect("a folder")).expect("a new folder");
        copy_program(library, &target);
    }
}

/// Another process copies: had this one the file open for writing, what other threads start would have it too for a
/// moment, and a file that anybody writes cannot be executed.
fn copy_program(from: &str, to: &Path) {
    let status = Command::new("cp").arg(from).arg(to).status().expect("coreutils are installed");
    assert!(status.success());
}

fn give(folder: &Path, id: u32) {
    std::os::unix::fs::chown(folder, Some(id), Some(id)).expect("root may");
    std::os::unix::fs::chown(folder.join("trees"), Some(id), Some(id)).expect("root may");
}
