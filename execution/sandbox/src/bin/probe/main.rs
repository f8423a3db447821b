//! Runs inside a sandbox and tries what must not work there.
//!
//! `probe NAME…` makes the named checks, `probe` all that leave the probe alive, and prints one line of JSON for each:
//! `{"name": …, "passed": …, "detail": …}`. `probe hold NAME` does something lasting and says `ready` when it is done.
//! `probe parked …` is there before the code and does the rest when the code has come.
//! Whoever starts it tells by variables of the environment what to look for: [`expectation`] lists them.
#![allow(unsafe_code)]

mod attempt;
mod files;
mod hold;
mod identity;
mod kernel;
mod network;
mod processes;
mod resources;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::json;

/// The probe itself, wherever the one that runs is from.
const CODE: &str = "/var/task/probe";

/// The detail that proves the restriction, or the one that refutes it.
type Finding = Result<String, String>;

type Check = (&'static str, fn() -> Finding);

const CHECKS: &[&[Check]] =
    &[files::CHECKS, processes::CHECKS, kernel::CHECKS, identity::CHECKS, network::CHECKS, resources::CHECKS];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut arguments = &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..];
    if let ["parked", rest @ ..] = arguments {
        wait_for_code();
        arguments = rest;
    }
    match *arguments {
        ["list"] => checks().for_each(|(name, _)| println!("{name}")),
        _ if expectation("SANDBOX").is_err() => return not_in_a_sandbox(),
        ["hold", name] => hold::hold(name),
        [] => checks().for_each(report),
        ref names => return report_named(names),
    }
    ExitCode::SUCCESS
}

/// Until somebody gives up the test.
fn wait_for_code() {
    while !Path::new(CODE).exists() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Outside, the same attempts would unmount file systems and kill init.
fn not_in_a_sandbox() -> ExitCode {
    eprintln!("the probe does harm outside a sandbox; whoever starts it in one sets PROBE_SANDBOX");
    ExitCode::from(2)
}

fn checks() -> impl Iterator<Item = Check> {
    CHECKS.iter().copied().flatten().copied()
}

fn report_named(names: &[&str]) -> ExitCode {
    for wanted in names {
        let Some(check) = checks().find(|(name, _)| name == wanted) else {
            eprintln!("there is no check {wanted:?}; `probe list` names them");
            return ExitCode::from(2);
        };
        report(check);
    }
    ExitCode::SUCCESS
}

fn report((name, check): Check) {
    let finding = check();
    let passed = finding.is_ok();
    let detail = finding.unwrap_or_else(|refuted| refuted);
    println!("{}", json!({ "name": name, "passed": passed, "detail": detail }));
}

/// What the one who starts the probe lets it know, as `PROBE_` and the name in capitals.
fn expectation(name: &str) -> Result<String, String> {
    std::env::var(format!("PROBE_{name}"))
        .map_err(|_absent| format!("the probe was started without PROBE_{name}"))
}
