//! How soon the server listens, and the memory that it holds when nothing runs.

use std::io;
use std::thread;
use std::time::Duration;

use testkit::package;

use crate::Bench;
use crate::processes::memory_mb;
use crate::samples::Samples;
use crate::table::Table;
use crate::target::{Bound, Target};
use crate::warm::PYTHON_ECHO;

const STARTS: usize = 10;
const START: Target = Target::Median(Duration::from_millis(50));

/// Long enough for what is made ahead of need to be there.
const SETTLE: Duration = Duration::from_secs(2);

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> io::Result<()> {
    let mut server = bench.start()?;
    let empty_ms = server.started_in().as_secs_f64() * 1e3;
    table.number("start to listening, empty folder", empty_ms, " ms", Bound::AtMost(50.0));
    let python = &bench.runtimes.need("python")?.name;
    server.create_function("kept", python, 128, &package(&[("index.py", PYTHON_ECHO)]))?;
    let mut starts = Samples::default();
    for _ in 0..STARTS {
        server.restart()?;
        starts.push(server.started_in());
    }
    table.alone("start to listening, with data there", &starts, Some(START));
    drop(server);
    let server = bench.start()?;
    thread::sleep(SETTLE);
    table.number("resident when idle, all processes", memory_mb(server.pid())?, " MB", Bound::AtMost(30.0));
    Ok(())
}
