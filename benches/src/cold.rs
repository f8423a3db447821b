//! Cold starts: the first invocation of a function that nobody has invoked, against starting the bare interpreter.
//!
//! A start takes a parked environment where the server parks them. The server's own time marks say where the time
//! went, and how many of the starts were given one.

use std::io;
use std::process::{Command, Stdio};
use std::thread;

use testkit::Server;

use crate::Bench;
use crate::profile::{MARKS, Profile};
use crate::samples::Samples;
use crate::subjects::{self, Lacking, Pace, Subject, Waits};
use crate::table::Table;
use crate::waiting::Waiting;
use crate::warm::{EVENT, call, invocations};

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> io::Result<()> {
    let server = bench.start_with(&[MARKS])?;
    let folder = tempfile::tempdir()?;
    for found in subjects::all(&bench.runtimes, folder.path()) {
        match found {
            Ok(subjects) => subjects.iter().try_for_each(|subject| start(&server, subject, table))?,
            Err(Lacking { what, why }) => table.figure(what, why),
        }
    }
    Ok(())
}

fn start(server: &Server, subject: &Subject, table: &mut Table) -> io::Result<()> {
    let Pace { rounds, pause } = subject.pace;
    let names = functions(server, subject, rounds)?;
    let mut connection = server.connect()?;
    let mut profile = Profile::begin(server)?;
    let (mut ours, mut theirs, mut waiting) = (Samples::default(), Samples::default(), Samples::default());
    for name in &names {
        theirs.time(|| run(&subject.bare))?;
        thread::sleep(pause);
        ours.time(|| call(&mut connection, &invocations(name)))?;
        if let Some(Waits { command, folder }) = &subject.waiting {
            let mut one = Waiting::start(command, folder, EVENT)?;
            thread::sleep(pause);
            let answer = waiting.time(|| one.serve())?;
            if answer.trim_end() != EVENT {
                return Err(io::Error::other(format!("a bare interpreter answered {answer}")));
            }
        }
    }
    profile.pause(rounds)?;
    table.compare(&subject.what, &ours, "bare interpreter", &theirs, subject.target);
    if subject.waiting.is_some() {
        table.compare(&subject.what, &ours, "a bare interpreter that waits", &waiting, None);
    }
    profile.tell(&subject.what, table);
    Ok(())
}

fn functions(server: &Server, subject: &Subject, count: usize) -> io::Result<Vec<String>> {
    let names: Vec<String> = (0..count).map(|number| format!("{}-{number}", subject.name)).collect();
    for name in &names {
        server.create_function_with(name, &subject.runtime, 1769, &subject.package, &subject.settings)?;
    }
    Ok(names)
}

/// A clean environment: some variables alone add tens of milliseconds to an interpreter's start.
fn run(command: &[String]) -> io::Result<()> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Command::new(&command[0])
        .args(&command[1..])
        .env_clear()
        .env("PATH", path)
        .stdout(Stdio::null())
        .status()
        .map(drop)
}
