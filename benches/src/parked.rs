//! What an environment that waits for a function takes of the machine's memory: how much more all of the server's
//! processes have with so many more of them, by the kernel's proportional count, in which what they share counts once.

use std::io;
use std::ops::Range;
use std::thread;
use std::time::Duration;

use testkit::Server;

use crate::Bench;
use crate::kinds;
use crate::processes::memory_mb;
use crate::subjects::{self, Lacking, Subject};
use crate::table::Table;
use crate::target::Bound;

/// As many more environments.
const MORE: usize = 8;

/// For processes to be done with their beginning.
const SETTLE: Duration = Duration::from_secs(2);

const TARGETS_MB: [(&str, f64); 3] = [("python", 2.0), ("nodejs", 7.0), ("java", 18.0)];

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    for found in subjects::all(&bench.runtimes, folder.path()) {
        match found.as_deref() {
            Ok([plain, ..]) => park(bench, plain, table)?,
            Ok([]) => {}
            Err(Lacking { what, why }) => table.figure(&format!("parked, {what}"), why.clone()),
        }
    }
    Ok(())
}

fn park(bench: &Bench, subject: &Subject, table: &mut Table) -> io::Result<()> {
    let what = format!("idle parked environment, {}", subject.runtime);
    let server = bench.start()?;
    // Sandboxes wait too, of every kind; with the first environments there are as many of them as there ever are.
    let Some(_) = add(&server, subject, 0..MORE)? else {
        table.figure(&what, "none is parked".to_owned());
        return Ok(());
    };
    let before = memory_mb(server.pid())?;
    let counted_mib = add(&server, subject, MORE..2 * MORE)?.unwrap_or_default();
    let each = (memory_mb(server.pid())? - before) / MORE as f64;
    match TARGETS_MB.iter().find(|(language, _)| subject.runtime.starts_with(language)) {
        Some((_, target)) => table.number(&what, each, " MB", Bound::AtMost(*target)),
        None => table.figure(&what, format!("{each:.1} MB")),
    }
    let by_cgroup = counted_mib as f64 / MORE as f64;
    table.figure(&format!("{what}, by its cgroup, with the kernel's"), format!("{by_cgroup:.0} MiB"));
    Ok(())
}

/// Has one more of each of these kinds; what the server says that they take, in MiB, or none where it parks none.
fn add(server: &Server, subject: &Subject, new: Range<usize>) -> io::Result<Option<u64>> {
    let mut counted_mib = 0;
    for kind in new {
        kinds::create(server, subject, &format!("kind-{kind}"), kind)?;
        let Some(parked) = kinds::parked(server, subject, kind)? else { return Ok(None) };
        counted_mib += parked["memory_mib"].as_u64().unwrap_or_default();
    }
    thread::sleep(SETTLE);
    Ok(Some(counted_mib))
}
