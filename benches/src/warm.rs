//! Warm invocations through the whole signed API, against AWS's Runtime Interface Emulator, which has no control
//! plane, no authentication and no isolation.

use std::io;

use http::Method;
use testkit::{Connection, package};

use crate::Bench;
use crate::emulator::Emulator;
use crate::processor_time::Spent;
use crate::samples::in_turns;
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
    let python = &bench.runtimes.need("python")?.name;
    let node = &bench.runtimes.need("nodejs")?.name;
    server.create_function("warm-python", python, 1769, &package(&[("index.py", PYTHON_ECHO)]))?;
    server.create_function("warm-node", node, 1769, &package(&[("index.js", NODE_ECHO)]))?;
    for (what, function) in [("warm invoke, python", "warm-python"), ("warm invoke, node", "warm-node")] {
        let mut ours = server.connect()?;
        let mut theirs = emulator.connect()?;
        let mut invoke = || call(&mut ours, &invocations(function));
        let mut emulate = || call(&mut theirs, &invocations("function"));
        in_turns(WARM_UP_ROUNDS, &mut invoke, &mut emulate)?;
        let (ours, theirs) = in_turns(ROUNDS, &mut invoke, &mut emulate)?;
        table.compare(what, &ours, "emulator, python", &theirs, Some(TARGET));
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
