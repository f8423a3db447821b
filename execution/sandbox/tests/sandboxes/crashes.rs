//! Killing each of Mayfly's processes, in the middle of its work.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::held::{GONE, READY, TASK};
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
    gone_in_time(&everybody);
    assert!(!leftovers::of(data_dir).is_nothing(), "nobody was left to remove the cgroups");
    assert_eq!(Mayfly::start(data_dir).stop().code(), Some(42));
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

/// A warden with a server that holds sandboxes.
struct Mayfly {
    warden: Child,
    words: std::io::Lines<BufReader<ChildStdout>>,
}

impl Mayfly {
    fn start(data_dir: &Path) -> Self {
        let mut warden = warden_command(data_dir, TASK).stdout(Stdio::piped()).spawn().expect("a warden");
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
