//! Cold starts: the first invocation of a function that nobody has invoked, against starting the bare interpreter.
//!
//! A start takes a parked environment where the function lets it. A variable that acts only at an interpreter's start
//! makes the function have a process of its own: that is what a start costs without parking.

use std::io;
use std::process::{Command, Stdio};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use testkit::{Server, package};

use crate::Runtimes;
use crate::samples::Samples;
use crate::table::Table;
use crate::warm::{NODE_ECHO, PYTHON_ECHO, call, invocations};

const ROUNDS: usize = 100;
/// Environments are parked ahead of need; users do not start functions back to back either.
const PAUSE: Duration = Duration::from_millis(250);

/// First invocations at once.
const BURST: usize = 100;

const PYTHON_SDK: &[u8] = b"import boto3\ndef handler(event, context):\n    return event\n";
const NODE_SDK: &[u8] =
    b"const { S3Client } = require('@aws-sdk/client-s3');\nexports.handler = async (event) => event;\n";

struct Subject<'a> {
    what: &'a str,
    name: &'a str,
    runtime: &'a str,
    file: (&'a str, &'a [u8]),
    variables: &'a [(&'a str, &'a str)],
    interpreter: &'a [&'a str],
}

const BARE_PYTHON: &[&str] = &["python3", "-I", "-S", "-c", "pass"];
const BARE_NODE: &[&str] = &["node", "-e", "0"];

pub(crate) fn measure(server: &Server, runtimes: &Runtimes, table: &mut Table) -> io::Result<()> {
    for subject in python(runtimes).iter().chain(&node(runtimes)) {
        let (ours, theirs) = start_repeatedly(server, subject)?;
        table.compare(subject.what, &ours, "bare interpreter", &theirs);
    }
    let last = burst(server, runtimes)?;
    table.figure(
        "burst of 100 first invocations, python: the last answer",
        format!("{} ms", last.as_millis()),
    );
    Ok(())
}

fn python(runtimes: &Runtimes) -> [Subject<'_>; 3] {
    let parked = Subject {
        what: "cold start, python, parked",
        name: "cold-python",
        runtime: &runtimes.python,
        file: ("index.py", PYTHON_ECHO),
        variables: &[],
        interpreter: BARE_PYTHON,
    };
    let started = Subject {
        what: "cold start, python, not parked",
        name: "cold-python-own",
        variables: &[("PYTHONUTF8", "1")],
        ..parked
    };
    let sdk = Subject {
        what: "cold start, python with boto3, parked",
        name: "cold-python-sdk",
        file: ("index.py", PYTHON_SDK),
        ..parked
    };
    [parked, started, sdk]
}

fn node(runtimes: &Runtimes) -> [Subject<'_>; 3] {
    let parked = Subject {
        what: "cold start, node, parked",
        name: "cold-node",
        runtime: &runtimes.node,
        file: ("index.js", NODE_ECHO),
        variables: &[],
        interpreter: BARE_NODE,
    };
    let started = Subject {
        what: "cold start, node, not parked",
        name: "cold-node-own",
        variables: &[("NODE_NO_WARNINGS", "0")],
        ..parked
    };
    let sdk = Subject {
        what: "cold start, node with @aws-sdk/client-s3, parked",
        name: "cold-node-sdk",
        file: ("index.js", NODE_SDK),
        ..parked
    };
    [parked, started, sdk]
}

fn start_repeatedly(server: &Server, subject: &Subject<'_>) -> io::Result<(Samples, Samples)> {
    let names = functions(server, subject, ROUNDS)?;
    let mut connection = server.connect()?;
    let (mut ours, mut theirs) = (Samples::default(), Samples::default());
    for name in &names {
        theirs.time(|| run(subject.interpreter))?;
        thread::sleep(PAUSE);
        ours.time(|| call(&mut connection, &invocations(name)))?;
    }
    Ok((ours, theirs))
}

fn functions(server: &Server, subject: &Subject<'_>, count: usize) -> io::Result<Vec<String>> {
    let Subject { name, runtime, file, variables, .. } = *subject;
    let names: Vec<String> = (0..count).map(|number| format!("{name}-{number}")).collect();
    for name in &names {
        server.create_function_with(name, runtime, 1769, &package(&[file]), variables)?;
    }
    Ok(names)
}

/// From the first request to the last answer. What is parked is what a second without starts leaves.
fn burst(server: &Server, runtimes: &Runtimes) -> io::Result<Duration> {
    let [parked, ..] = python(runtimes);
    let names = functions(server, &Subject { name: "burst-python", ..parked }, BURST)?;
    let connections = names.iter().map(|_| server.connect()).collect::<io::Result<Vec<_>>>()?;
    let go = Barrier::new(BURST + 1);
    thread::scope(|scope| {
        let calls = Vec::from_iter(names.iter().zip(connections).map(|(name, mut connection)| {
            let go = &go;
            scope.spawn(move || {
                go.wait();
                call(&mut connection, &invocations(name))
            })
        }));
        go.wait();
        let begun = Instant::now();
        for call in calls {
            call.join().map_err(|_panic| io::Error::other("a caller failed"))??;
        }
        Ok(begun.elapsed())
    })
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
