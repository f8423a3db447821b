//! Cold starts: the first invocation of a function that nobody has invoked, against starting the bare interpreter.

use std::io;
use std::process::{Command, Stdio};
use std::time::Duration;

use testkit::{Server, package};

use crate::Runtimes;
use crate::samples::Samples;
use crate::table::Table;
use crate::warm::{NODE_ECHO, PYTHON_ECHO, call, invocations};

const ROUNDS: usize = 40;
/// Sandboxes are made ahead of need; users do not start functions back to back either.
const PAUSE: Duration = Duration::from_millis(150);

struct Subject<'a> {
    what: &'a str,
    name: &'a str,
    runtime: &'a str,
    file: (&'a str, &'a [u8]),
    interpreter: &'a [&'a str],
}

pub(crate) fn measure(server: &Server, runtimes: &Runtimes, table: &mut Table) -> io::Result<()> {
    let subjects = [
        Subject {
            what: "cold start, python",
            name: "cold-python",
            runtime: &runtimes.python,
            file: ("index.py", PYTHON_ECHO),
            interpreter: &["python3", "-I", "-S", "-c", "pass"],
        },
        Subject {
            what: "cold start, node",
            name: "cold-node",
            runtime: &runtimes.node,
            file: ("index.js", NODE_ECHO),
            interpreter: &["node", "-e", "0"],
        },
    ];
    for subject in &subjects {
        let (ours, theirs) = start_repeatedly(server, subject)?;
        table.compare(subject.what, &ours, "bare interpreter", &theirs);
    }
    Ok(())
}

fn start_repeatedly(server: &Server, subject: &Subject<'_>) -> io::Result<(Samples, Samples)> {
    let names: Vec<String> = (0..ROUNDS).map(|round| format!("{}-{round}", subject.name)).collect();
    for name in &names {
        server.create_function(name, subject.runtime, 1769, &package(&[subject.file]))?;
    }
    let mut connection = server.connect()?;
    let (mut ours, mut theirs) = (Samples::default(), Samples::default());
    for name in &names {
        std::thread::sleep(PAUSE);
        theirs.time(|| run(subject.interpreter))?;
        ours.time(|| call(&mut connection, &invocations(name)))?;
    }
    Ok((ours, theirs))
}

/// A clean environment: some variables alone add tens of milliseconds to an interpreter's start.
fn run(command: &[&str]) -> io::Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Command::new(command[0])
        .args(&command[1..])
        .env_clear()
        .env("PATH", path)
        .stdout(Stdio::null())
        .status()
        .map(drop)
}
