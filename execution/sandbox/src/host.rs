//! What this host offers for full isolation, what it lacks, and how to get it: for `mayfly doctor`.
//!
//! Every check only looks; nothing is changed or made.

use std::path::Path;

use rustix::process::Resource;

use crate::cgroup::layout;
use crate::landlock;
use crate::warden::ids;

/// Each environment takes about a dozen in the server, and each outside connection two.
const OPEN_FILES_WANTED: u64 = 16_384;
/// As many as hosts of containers have.
const INOTIFY_INSTANCES_WANTED: u64 = 8_192;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Good,
    /// Sandboxes work, with less protection or comfort.
    Weaker,
    /// Sandboxes cannot be made.
    Missing,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub subject: &'static str,
    pub state: State,
    /// What was seen, a phrase.
    pub detail: String,
    /// What the operator can do, a sentence; none where all is well.
    pub remedy: Option<String>,
}

/// Looks at everything that sandboxes rest on, as it is for the calling user.
pub fn report() -> Vec<Finding> {
    let root = rustix::process::geteuid().is_root();
    let mut findings = vec![user(root), user_namespaces(root), memory(), processor(), freezing()];
    findings.push(if root { tmp() } else { user_ids() });
    findings.extend([system_call_filter(), scopes(), open_files(), inotify()]);
    findings
}

fn good(subject: &'static str, detail: impl Into<String>) -> Finding {
    Finding { subject, state: State::Good, detail: detail.into(), remedy: None }
}

fn lacking(subject: &'static str, state: State, detail: &str, remedy: &str) -> Finding {
    Finding { subject, state, detail: detail.to_owned(), remedy: Some(remedy.to_owned()) }
}

fn user(root: bool) -> Finding {
    if root {
        return good("user", "root; the server itself runs as a user of its own, without privileges");
    }
    lacking(
        "user",
        State::Weaker,
        "an ordinary user",
        "Start the server as root for the strongest isolation.",
    )
}

fn user_namespaces(root: bool) -> Finding {
    const SUBJECT: &str = "user namespaces";
    if number("/proc/sys/user/max_user_namespaces") == Some(0) {
        let remedy = "Run `sysctl user.max_user_namespaces=65536`.";
        return lacking(SUBJECT, State::Missing, "switched off", remedy);
    }
    if !root && number("/proc/sys/kernel/unprivileged_userns_clone") == Some(0) {
        let remedy = "Run `sysctl kernel.unprivileged_userns_clone=1`, or start the server as root.";
        return lacking(SUBJECT, State::Missing, "for root only", remedy);
    }
    if !root && number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == Some(1) {
        let remedy =
            "Run `sysctl kernel.apparmor_restrict_unprivileged_userns=0`, or start the server as root.";
        return lacking(SUBJECT, State::Missing, "restricted by AppArmor", remedy);
    }
    good(SUBJECT, "available")
}

/// What to do about cgroups that the caller cannot use.
const CGROUP_REMEDY: &str = "Start the server as root, or in a delegated group: `systemd-run --user --scope -p Delegate=yes mayfly serve`.";

fn memory() -> Finding {
    let usable = layout::usable("memory");
    cgroup("memory limit", usable, "kept by the kernel", "kept by looking every 50 ms")
}

fn processor() -> Finding {
    cgroup("processor share", layout::usable("cpu"), "kept by the kernel", "none")
}

fn freezing() -> Finding {
    let usable = layout::usable("") || layout::usable("freezer");
    cgroup("freezing of idle environments", usable, "by the kernel", "by signals, which processes can notice")
}

fn cgroup(subject: &'static str, usable: bool, well: &str, badly: &str) -> Finding {
    if usable { good(subject, well) } else { lacking(subject, State::Weaker, badly, CGROUP_REMEDY) }
}

fn tmp() -> Finding {
    const SUBJECT: &str = "/tmp on a disk of its own";
    if !Path::new("/dev/loop-control").exists() {
        return lacking(SUBJECT, State::Missing, "no loop devices", "Run `modprobe loop`.");
    }
    let programs = ["/usr/sbin/mkfs.ext4", "/sbin/mkfs.ext4"];
    if !programs.iter().any(|program| Path::new(program).exists()) {
        return lacking(SUBJECT, State::Missing, "no mkfs.ext4", "Install the package e2fsprogs.");
    }
    good(SUBJECT, "loop devices and mkfs.ext4 are there")
}

fn user_ids() -> Finding {
    const SUBJECT: &str = "a user id for each sandbox";
    if ids::has_range() {
        return good(SUBJECT, "from /etc/subuid");
    }
    let remedy = "Install the package uidmap and give this user a range: `usermod --add-subuids 100000-165535 \
                  --add-subgids 100000-165535 NAME`.";
    lacking(SUBJECT, State::Weaker, "none; all sandboxes share yours", remedy)
}

fn system_call_filter() -> Finding {
    const SUBJECT: &str = "system call filter";
    if Path::new("/proc/sys/kernel/seccomp/actions_avail").exists() {
        return good(SUBJECT, "seccomp is there");
    }
    let remedy = "Use a kernel that is built with CONFIG_SECCOMP_FILTER.";
    lacking(SUBJECT, State::Missing, "the kernel has none", remedy)
}

fn scopes() -> Finding {
    const SUBJECT: &str = "Landlock scopes";
    if landlock::has_scopes() {
        return good(SUBJECT, "available");
    }
    let remedy =
        "Use a kernel of 6.12 or newer with Landlock; without it the namespaces alone keep sandboxes apart.";
    lacking(SUBJECT, State::Weaker, "the kernel has none", remedy)
}

fn open_files() -> Finding {
    const SUBJECT: &str = "open files";
    let most = rustix::process::getrlimit(Resource::Nofile).maximum.unwrap_or(u64::MAX);
    if most >= OPEN_FILES_WANTED {
        return good(SUBJECT, format!("up to {most}"));
    }
    let detail = format!("at most {most}, enough for about {} environments", most / 16);
    let remedy = format!("Raise the hard limit: `ulimit -Hn {OPEN_FILES_WANTED}` as root before the start.");
    lacking(SUBJECT, State::Weaker, &detail, &remedy)
}

/// The kernel counts instances for whoever made a user namespace, with all that was made in it.
fn inotify() -> Finding {
    const SUBJECT: &str = "inotify instances";
    let most = number("/proc/sys/fs/inotify/max_user_instances").unwrap_or(u64::MAX);
    if most >= INOTIFY_INSTANCES_WANTED {
        return good(SUBJECT, format!("up to {most}"));
    }
    let detail = format!("{most} for all environments that are forked from one zygote; each may take 32");
    let remedy =
        format!("Raise the limit: `sysctl fs.inotify.max_user_instances={INOTIFY_INSTANCES_WANTED}`.");
    lacking(SUBJECT, State::Weaker, &detail, &remedy)
}

fn number(path: &str) -> Option<u64> {
    std::fs::read_to_string(path).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_not_good_comes_with_a_remedy() {
        for finding in report() {
            assert_eq!(finding.remedy.is_none(), finding.state == State::Good, "{finding:?}");
        }
    }
}
