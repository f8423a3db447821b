//! Many first invocations: a hundred at once, and a thousand back to back. Most find nothing parked any more.

use std::io;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use testkit::Server;

use crate::Bench;
use crate::kinds;
use crate::profile::{MARKS, Profile};
use crate::samples::Samples;
use crate::subjects::{self, Subject};
use crate::table::{Table, human};
use crate::warm::{call, invocations};

const AT_ONCE: usize = 100;
const BACK_TO_BACK: usize = 1000;

/// A hundred of them fit into the default budget of a small machine.
const MEMORY_MIB: u32 = 128;

/// So many functions are invoked in turns on a server that has room for 16 environments and some parked ones: none
/// finds its own environment again, which has given way to the others'.
const IN_TURNS: usize = 24;
const BUDGET_MIB: (&str, &str) = ("MAYFLY_MEMORY_MIB", "2148");

/// A creation takes its time, of which the server needs little.
const CREATORS: usize = 20;

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> io::Result<()> {
    let python = subjects::plain_python(bench.runtimes.need("python")?);
    at_once(bench, &python, table)?;
    back_to_back(bench, &python, table)
}

fn at_once(bench: &Bench, subject: &Subject, table: &mut Table) -> io::Result<()> {
    let what = format!("burst of {AT_ONCE} first invocations, python");
    let server = bench.start_with(&[MARKS])?;
    let names = functions(&server, subject, AT_ONCE)?;
    kinds::await_parked(&server, &subject.runtime, 1)?;
    let mut profile = Profile::begin(&server)?;
    let last = last_answer(&server, &names)?;
    profile.pause(AT_ONCE)?;
    table.figure(&format!("{what}: the last answer"), human(last));
    profile.tell(&what, table);
    Ok(())
}

fn back_to_back(bench: &Bench, subject: &Subject, table: &mut Table) -> io::Result<()> {
    let what = format!("{BACK_TO_BACK} cold starts back to back, python");
    let server = bench.start_with(&[MARKS, BUDGET_MIB])?;
    let names = functions(&server, subject, IN_TURNS)?;
    let mut connection = server.connect()?;
    let mut profile = Profile::begin(&server)?;
    let mut samples = Samples::default();
    for name in names.iter().cycle().take(BACK_TO_BACK) {
        samples.time(|| call(&mut connection, &invocations(name)))?;
    }
    profile.pause(BACK_TO_BACK)?;
    table.alone(&what, &samples, None);
    profile.tell(&what, table);
    Ok(())
}

fn functions(server: &Server, subject: &Subject, count: usize) -> io::Result<Vec<String>> {
    let names: Vec<String> = (0..count).map(|number| format!("burst-{number}")).collect();
    thread::scope(|scope| {
        let shares = names.chunks(count.div_ceil(CREATORS));
        let creators = Vec::from_iter(shares.map(|share| {
            scope.spawn(|| {
                share.iter().try_for_each(|name| {
                    server.create_function(name, &subject.runtime, MEMORY_MIB, &subject.package)
                })
            })
        }));
        creators.into_iter().try_for_each(|creator| creator.join().unwrap_or_else(|_panic| Err(failed())))
    })?;
    Ok(names)
}

/// From the first request to the last answer.
fn last_answer(server: &Server, names: &[String]) -> io::Result<Duration> {
    let connections = names.iter().map(|_| server.connect()).collect::<io::Result<Vec<_>>>()?;
    let go = Barrier::new(names.len() + 1);
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
        calls.into_iter().try_for_each(|call| call.join().unwrap_or_else(|_panic| Err(failed())))?;
        Ok(begun.elapsed())
    })
}

fn failed() -> io::Error {
    io::Error::other("a caller failed")
}
