//! Real sandboxes by a real launcher, as root.
//!
//! This program is all of Mayfly's processes: a test runs in the server, which the warden starts from this very file,
//! or beside a warden that it kills. So there is no harness but this `main`, which speaks what `cargo test` and nextest
//! expect. Each test has processes and a data folder of its own.

mod sandboxes {
    pub(crate) mod crashes;
    pub(crate) mod held;
    pub(crate) mod images;
    pub(crate) mod inside;
    pub(crate) mod leftovers;
    pub(crate) mod life;
    pub(crate) mod limits;
    pub(crate) mod place;
    pub(crate) mod view;
    pub(crate) mod zygotes;
}

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use sandbox::{Parking, Role, Seat, Template, TemplateTable, launcher, warden};
use sandboxes::place::Place;
use sandboxes::{crashes, held, images, inside, leftovers, life, limits, place, view, zygotes};

/// Tells the program to be a warden: with a data folder and what its server shall do.
const SERVE: &str = "serve";

fn main() -> ExitCode {
    match Role::of_this_process() {
        Role::Launcher => launcher::run(),
        Role::Server => serve(),
        Role::Program => program(&std::env::args().skip(1).collect::<Vec<_>>()),
    }
}

fn program(arguments: &[String]) -> ExitCode {
    match arguments {
        [word, data_dir, task] if word == SERVE => start(data_dir.into(), task),
        _ if arguments.iter().any(|argument| argument == "--list") => list(arguments),
        _ if !is_root() => {
            println!("these tests need root; they become an ordinary user by themselves");
            ExitCode::SUCCESS
        }
        _ => run_all(arguments),
    }
}

fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Of the tests that need no cgroup and no uids, each once more without any privilege.
const ORDINARY: &str = "as_an_ordinary_user::";
/// A uid and gid that no user has.
const ORDINARY_ID: u32 = 60993;

fn names() -> impl Iterator<Item = String> {
    let name = |(name, _): &(&str, place::Test)| (*name).to_owned();
    let as_root = [life::TESTS, limits::TESTS, inside::TESTS, view::TESTS, images::TESTS, zygotes::TESTS]
        .into_iter()
        .flatten()
        .map(name);
    let rootless_too = [
        life::TESTS,
        limits::ROOTLESS_TOO,
        inside::ROOTLESS_TOO,
        view::ROOTLESS_TOO,
        images::TESTS,
        zygotes::ROOTLESS_TOO,
    ];
    let as_ordinary_user = rootless_too.into_iter().flatten().map(name);
    let crashes = crashes::TESTS.iter().map(|(name, _)| (*name).to_owned());
    as_root.chain(as_ordinary_user.map(|name| format!("{ORDINARY}{name}"))).chain(crashes)
}

fn list(arguments: &[String]) -> ExitCode {
    // Nextest asks for ignored tests separately; there are none.
    if !arguments.iter().any(|argument| argument == "--ignored") {
        names().for_each(|name| println!("{name}: test"));
    }
    ExitCode::SUCCESS
}

fn run_all(arguments: &[String]) -> ExitCode {
    let filter = arguments.iter().find(|argument| !argument.starts_with('-'));
    let exact = arguments.iter().any(|argument| argument == "--exact");
    let wanted = |name: &str| {
        filter.is_none_or(|filter| if exact { name == filter } else { name.contains(filter.as_str()) })
    };
    let mut failed = 0;
    for name in names().filter(|name| wanted(name)) {
        let passed = run_one(&name);
        println!("test {name} ... {}", if passed { "ok" } else { "FAILED" });
        failed += u8::from(!passed);
    }
    ExitCode::from(failed.min(1))
}

fn run_one(name: &str) -> bool {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let crash = crashes::TESTS.iter().find(|(crash, _)| *crash == name);
    let passed = match (crash, name.strip_prefix(ORDINARY)) {
        (Some((_, crash)), _) => std::panic::catch_unwind(|| crash(folder.path())).is_ok(),
        (None, Some(name)) => {
            std::os::unix::fs::chown(folder.path(), Some(ORDINARY_ID), Some(ORDINARY_ID)).expect("a folder");
            let mut command = warden_command(folder.path(), name);
            command.uid(ORDINARY_ID).gid(ORDINARY_ID).status().expect("a warden").success()
        }
        (None, None) => warden_command(folder.path(), name).status().expect("a warden").success(),
    };
    let leftovers = leftovers::of(folder.path());
    if !leftovers.is_nothing() {
        eprintln!("left behind: {leftovers:?}");
    }
    passed && leftovers.is_nothing()
}

/// A warden on a data folder whose server does `task`.
fn warden_command(data_dir: &Path, task: &str) -> Command {
    // By the kernel's link, since another user may not be able to walk the path.
    let mut command = Command::new("/proc/self/exe");
    command.arg(SERVE).arg(data_dir).arg(task);
    command
}

fn start(data_dir: PathBuf, task: &str) -> ExitCode {
    let zygotes = [&[] as &[&str], &["linger"], &["within"]].map(with_a_zygote);
    warden::run(warden::Config {
        data_dir,
        templates: TemplateTable { templates: std::iter::once(bare()).chain(zygotes).collect() },
        payload: task.as_bytes().to_vec(),
        descriptors: Vec::new(),
        parking: Parking { per_kind: 1, total: 2 },
    })
}

fn bare() -> Template {
    Template { name: "bare".into(), root: None, binds: Vec::new(), zygote: None }
}

fn with_a_zygote(arguments: &[&str]) -> Template {
    let program = ["/usr/bin/python3", "-I", "-c", include_str!("sandboxes/zygote.py")];
    let zygote = sandbox::Command {
        argv: program.iter().chain(arguments).map(|&argument| argument.to_owned()).collect(),
        env: Vec::new(),
        cwd: "/".to_owned(),
    };
    Template { name: "with a zygote".into(), zygote: Some(zygote), ..bare() }
}

fn serve() -> ExitCode {
    let seat = Seat::take().expect("a seat");
    let task = String::from_utf8(seat.payload.clone()).expect("a name");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let place = Place::new(seat).expect("a place");
        if task == held::TASK {
            return held::run(place).await;
        }
        if task == held::FORK {
            return held::fork(place).await;
        }
        if task == held::LINGER {
            return held::linger(place).await;
        }
        let tests = [life::TESTS, limits::TESTS, inside::TESTS, view::TESTS, images::TESTS, zygotes::TESTS];
        let (_, test) =
            tests.into_iter().flatten().find(|(name, _)| *name == task).expect("a test of that name");
        tokio::spawn(test(place)).await.map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS)
    })
}
