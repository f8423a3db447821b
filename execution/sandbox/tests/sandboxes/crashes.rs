//! Killing each of Mayfly's processes, in the middle of its work.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::held::{FORK, GONE, LINGER, READY, TASK};
use super::leftovers::{self, alive, children, family};
use crate::warden_command;

/// What Mayfly promises: nothing is left after this.
const PROMISE: Duration = Duration::from_secs(3);

type Crash = fn(&Path);

pub(crate) const TESTS: &[(&str, Crash)] = &[
    (
        "a_killed_launcher_takes_its_sandboxes_along_and_is_replaced",
        a_killed_launcher_takes_its_sandboxes_along_and_is_replaced,
    ),
    (
        "a_killed_server_is_replaced_and_its_sandboxes_are_gone",
        a_killed_server_is_replaced_and_its_sandboxes_are_gone,
    ),
    ("a_killed_warden_leaves_nothing", a_killed_warden_leaves_nothing),
    (
        "when_all_are_killed_the_next_start_clears_what_remains",
        when_all_are_killed_the_next_start_clears_what_remains,
    ),
    (
        "sigterm_reaches_the_server_whose_exit_code_is_the_wardens",
        sigterm_reaches_the_server_whose_exit_code_is_the_wardens,
    ),
    ("a_second_warden_on_the_same_folder_is_refused", a_second_warden_on_the_same_folder_is_refused),
    ("the_server_runs_without_privileges", the_server_runs_without_privileges),
    (
        "a_killed_zygote_is_replaced_and_its_children_go_on",
        a_killed_zygote_is_replaced_and_its_children_go_on,
    ),
    (
        "a_zygote_that_is_killed_in_the_middle_of_a_fork_keeps_no_sandbox",
        a_zygote_that_is_killed_in_the_middle_of_a_fork_keeps_no_sandbox,
    ),
    ("a_zygote_that_hangs_is_replaced", a_zygote_that_hangs_is_replaced),
    ("a_zygote_has_no_power_over_the_host", a_zygote_has_no_power_over_the_host),
];

fn a_killed_launcher_takes_its_sandboxes_along_and_is_replaced(data_dir: &Path) {
    let mut mayfly = Mayfly::start(data_dir);
    let (server, launcher) = mayfly.parts();
    let sandboxes = family(launcher);
    kill(launcher);
    gone_in_time(&sandboxes);
    mayfly.expect(GONE);
    mayfly.expect(READY);
    assert_eq!(mayfly.parts().0, server, "the server goes on");
}

fn a_killed_server_is_replaced_and_its_sandboxes_are_gone(data_dir: &Path) {
    let mut mayfly = Mayfly::start(data_dir);
    let (server, launcher) = mayfly.parts();
    let before = [family(server), family(launcher)].concat();
    kill(server);
    gone_in_time(&before);
    mayfly.expect(READY);
}

fn a_killed_warden_leaves_nothing(data_dir: &Path) {
    let mayfly = Mayfly::start(data_dir);
    let everybody = family(mayfly.pid());
    assert!(everybody.len() > 9, "warden, server, launcher, and three in each of two sandboxes");
    kill(mayfly.pid());
    gone_in_time(&everybody);
    within_promise("mounts, loop devices and cgroups are gone", || leftovers::of(data_dir).is_nothing());
}

fn when_all_are_killed_the_next_start_clears_what_remains(data_dir: &Path) {
    let mayfly = Mayfly::start(data_dir);
    let (server, launcher) = mayfly.parts();
    let everybody = family(mayfly.pid());
    [launcher, mayfly.pid(), server].into_iter().for_each(kill);
    drop(mayfly);
    assert!(!leftovers::of(data_dir).is_nothing(), "nobody was left to remove the cgroups");
    // What version 1 of cgroups has frozen does not die before it is thawed.
    let next = Mayfly::start(data_dir);
    gone_in_time(&everybody);
    assert_eq!(next.stop().code(), Some(42));
    assert!(leftovers::of(data_dir).is_nothing());
}

fn sigterm_reaches_the_server_whose_exit_code_is_the_wardens(data_dir: &Path) {
    let mayfly = Mayfly::start(data_dir);
    let everybody = family(mayfly.pid());
    assert_eq!(mayfly.stop().code(), Some(42));
    assert!(alive(&everybody).is_empty());
}

fn a_second_warden_on_the_same_folder_is_refused(data_dir: &Path) {
    let _mayfly = Mayfly::start(data_dir);
    let second = warden_command(data_dir, TASK).output().expect("a second warden");
    assert!(!second.status.success());
    let text = String::from_utf8(second.stderr).expect("a sentence");
    assert!(text.contains("is in use by another server"), "{text}");
}

fn the_server_runs_without_privileges(data_dir: &Path) {
    let mayfly = Mayfly::start(data_dir);
    let (server, _launcher) = mayfly.parts();
    let status = std::fs::read_to_string(format!("/proc/{server}/status")).expect("a status");
    let field = |name: &str| {
        status.lines().find_map(|line| line.strip_prefix(name)).expect("a field").trim().to_owned()
    };
    assert_eq!(field("Uid:"), "1879048192\t1879048192\t1879048192\t1879048192");
    assert_eq!(field("Groups:"), "");
    for set in ["CapInh:", "CapPrm:", "CapEff:", "CapBnd:", "CapAmb:"] {
        assert_eq!(field(set), "0000000000000000", "{set}");
    }
    assert_eq!(field("NoNewPrivs:"), "1");
}

fn a_killed_zygote_is_replaced_and_its_children_go_on(data_dir: &Path) {
    let mut mayfly = Mayfly::start_task(data_dir, FORK);
    let zygote = mayfly.zygote();
    kill(zygote);
    mayfly.expect(GONE);
    mayfly.expect(READY);
    assert_ne!(mayfly.zygote(), zygote);
}

fn a_zygote_that_is_killed_in_the_middle_of_a_fork_keeps_no_sandbox(data_dir: &Path) {
    let mayfly = Mayfly::start_task(data_dir, LINGER);
    let everybody = family(mayfly.pid());
    kill(mayfly.zygote());
    signal(mayfly.pid(), Signal::TERM);
    gone_in_time(&everybody);
}

fn a_zygote_that_hangs_is_replaced(data_dir: &Path) {
    let mut mayfly = Mayfly::start_task(data_dir, FORK);
    signal(mayfly.zygote(), Signal::STOP);
    mayfly.expect(GONE);
    mayfly.expect(READY);
}

fn a_zygote_has_no_power_over_the_host(data_dir: &Path) {
    let mayfly = Mayfly::start_task(data_dir, FORK);
    let zygote = mayfly.zygote();
    let status = std::fs::read_to_string(format!("/proc/{zygote}/status")).expect("a status");
    let field = |name: &str| {
        status.lines().find_map(|line| line.strip_prefix(name)).expect("a field").trim().to_owned()
    };
    let uid: u32 = field("Uid:").split('\t').next().expect("a number").parse().expect("a number");
    assert!((0x7001_0000..0x7FFF_0000).contains(&uid), "{uid} is of Mayfly's own range");
    assert_eq!(field("Groups:"), "");
    let enter_only = 1_u64 << 21 | 1 << 18;
    for set in ["CapPrm:", "CapEff:", "CapBnd:"] {
        assert_eq!(u64::from_str_radix(&field(set), 16), Ok(enter_only), "{set}");
    }
    assert_eq!((field("NoNewPrivs:").as_str(), field("Seccomp:").as_str()), ("1", "2"));
    let namespace =
        |pid: &str, kind| std::fs::read_link(format!("/proc/{pid}/ns/{kind}")).expect("a namespace");
    for kind in ["user", "mnt", "net", "ipc", "uts", "cgroup"] {
        assert_ne!(namespace(&zygote.to_string(), kind), namespace("self", kind), "{kind}");
    }
}

/// A warden with a server that holds sandboxes.
struct Mayfly {
    warden: Child,
    words: std::io::Lines<BufReader<ChildStdout>>,
}

impl Mayfly {
    fn start(data_dir: &Path) -> Self {
        Self::start_task(data_dir, TASK)
    }

    fn start_task(data_dir: &Path, task: &str) -> Self {
        let mut warden = warden_command(data_dir, task).stdout(Stdio::piped()).spawn().expect("a warden");
        let words = BufReader::new(warden.stdout.take().expect("a pipe")).lines();
        let mut mayfly = Self { warden, words };
        mayfly.expect(READY);
        mayfly
    }

    fn expect(&mut self, word: &str) {
        assert_eq!(self.words.next().expect("the server lives").expect("a line"), word);
    }

    fn pid(&self) -> u32 {
        self.warden.id()
    }

    /// The server and the launcher.
    fn parts(&self) -> (u32, u32) {
        let argument =
            |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        let children = children(self.pid());
        let find =
            |word: &str| children.iter().copied().find(|pid| argument(pid).contains(word)).expect(word);
        (find("internal-server"), find("internal-launcher"))
    }

    /// The launcher's one child that is no copy of it.
    fn zygote(&self) -> u32 {
        let (_server, launcher) = self.parts();
        let name = |pid: &u32| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        children(launcher).into_iter().find(|pid| name(pid).starts_with("python")).expect("a zygote")
    }

    fn stop(mut self) -> ExitStatus {
        signal(self.pid(), Signal::TERM);
        self.warden.wait().expect("a status")
    }
}

impl Drop for Mayfly {
    /// A warden that a test did not end is ended here, in good order.
    fn drop(&mut self) {
        if let Ok(None) = self.warden.try_wait() {
            signal(self.pid(), Signal::TERM);
        }
        self.warden.wait().expect("a status");
    }
}

fn kill(pid: u32) {
    signal(pid, Signal::KILL);
}

fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a pid");
    kill_process(pid, signal).expect("it lives");
}

fn gone_in_time(family: &[(u32, u64)]) {
    within_promise("every process is gone", || alive(family).is_empty());
}

fn within_promise(what: &str, mut question: impl FnMut() -> bool) {
    let end = Instant::now() + PROMISE;
    while !question() {
        assert!(Instant::now() < end, "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
