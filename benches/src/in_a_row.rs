//! Cold starts in a row, each of which finds a parked environment. After a pause the machine's caches hold what others
//! did meanwhile, and its processors sleep; in a row a start takes what it takes.

use std::io;

use crate::Bench;
use crate::kinds;
use crate::profile::{MARKS, Profile};
use crate::samples::Samples;
use crate::subjects::{self, Lacking, Subject};
use crate::table::Table;
use crate::warm::{call, invocations};

const IN_A_ROW: usize = 8;
/// Behind the first, from which the server learns how many to park.
const ROWS: usize = 12;

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    for found in subjects::all(&bench.runtimes, folder.path()) {
        match found.as_deref() {
            Ok([plain, ..]) => start(bench, plain, table)?,
            Ok([]) => {}
            Err(Lacking { what, why }) => table.figure(&format!("{IN_A_ROW} in a row, {what}"), why.clone()),
        }
    }
    Ok(())
}

fn start(bench: &Bench, subject: &Subject, table: &mut Table) -> io::Result<()> {
    let what = format!("{}, {IN_A_ROW} in a row", subject.what);
    let server = bench.start_with(&[MARKS])?;
    let names = Vec::from_iter((0..(ROWS + 1) * IN_A_ROW).map(|number| format!("{}-{number}", subject.name)));
    for name in &names {
        server.create_function_with(name, &subject.runtime, 512, &subject.package, &subject.settings)?;
    }
    let mut connection = server.connect()?;
    let (first, rest) = names.split_at(IN_A_ROW);
    first.iter().try_for_each(|name| call(&mut connection, &invocations(name)))?;
    let mut profile = Profile::begin(&server)?;
    let mut samples = Samples::default();
    for row in rest.chunks_exact(IN_A_ROW) {
        kinds::await_parked(&server, &subject.runtime, IN_A_ROW)?;
        profile.resume()?;
        row.iter().try_for_each(|name| samples.time(|| call(&mut connection, &invocations(name))))?;
        profile.pause(IN_A_ROW)?;
    }
    table.alone(&what, &samples, subject.target);
    profile.tell(&what, table);
    Ok(())
}
