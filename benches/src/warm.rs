//! Warm invocations through the whole signed API, against AWS's Runtime Interface Emulator, which has no control
//! plane, no authentication and no isolation, and against the way of an event with nothing on it.

use std::io;

use http::Method;
use testkit::{Connection, package};

use crate::Bench;
use crate::emulator::Emulator;
use crate::processor_time::Spent;
use crate::relay::Relay;
use crate::samples::in_turns;
use crate::subjects::FIXTURES;
use crate::table::Table;
use crate::target::Target;

pub(crate) const PYTHON_ECHO: &[u8] = b"def handler(event, context):\n    return event\n";
pub(crate) const NODE_ECHO: &[u8] = b"exports.handler = async (event) => event;\n";

/// A string, since the languages space objects differently when they write them again.
pub(crate) const EVENT: &str = r#""a trivial event of forty-eight bytes and no more""#;
const WARM_UP_ROUNDS: usize = 200;
const ROUNDS: usize = 3000;

const TARGET: Target = Target::within_micros(120, 300);

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> io::Result<()> {
    let server = bench.start()?;
    let emulator = Emulator::start(&bench.baselines, PYTHON_ECHO)?;
    let python = bench.runtimes.need("python")?;
    let node = bench.runtimes.need("nodejs")?;
    server.create_function("warm-python", &python.name, 1769, &package(&[("index.py", PYTHON_ECHO)]))?;
    server.create_function("warm-node", &node.name, 1769, &package(&[("index.js", NODE_ECHO)]))?;
    for (what, function, interpreter, program) in [
        ("warm invoke, python", "warm-python", &python.interpreter, "echoing.py"),
        ("warm invoke, node", "warm-node", &node.interpreter, "echoing.js"),
    ] {
        let mut ours = server.connect()?;
        let mut theirs = emulator.connect()?;
        let mut invoke = || call(&mut ours, &invocations(function));
        let mut emulate = || call(&mut theirs, &invocations("function"));
        in_turns(WARM_UP_ROUNDS, &mut invoke, &mut emulate)?;
        let (ours, theirs) = in_turns(ROUNDS, &mut invoke, &mut emulate)?;
        table.compare(what, &ours, "emulator, python", &theirs, Some(TARGET));
        let relay = Relay::start(&[interpreter, &format!("{FIXTURES}/{program}")], EVENT)?;
        let mut relayed = relay.connect()?;
        let mut relay = || call(&mut relayed, "/");
        in_turns(WARM_UP_ROUNDS, &mut invoke, &mut relay)?;
        let (ours, bare) = in_turns(ROUNDS, &mut invoke, &mut relay)?;
        table.compare(what, &ours, "its way with nothing on it", &bare, None);
        let before = Spent::so_far(&server)?;
        (0..ROUNDS).try_for_each(|_| invoke())?;
        Spent::so_far(&server)?.tell(before, ROUNDS, what, table);
    }
    Ok(())
}

pub(crate) fn invocations(function: &str) -> String {
    format!("/2015-03-31/functions/{function}/invocations")
}

pub(crate) fn call(connection: &mut Connection, path: &str) -> io::Result<()> {
    let answer = connection.call(&Method::POST, path, EVENT.as_bytes())?;
    if answer.status == 200 && answer.body == EVENT.as_bytes() {
        return Ok(());
    }
    let body = String::from_utf8_lossy(&answer.body);
    Err(io::Error::other(format!("{path} answered {} {body}", answer.status)))
}
