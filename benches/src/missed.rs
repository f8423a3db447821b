//! Cold starts that find nothing parked, of runtimes that have a zygote: one is forked at once, into a sandbox that waits.
//!
//! Of a kind that nobody has started yet one environment is parked. Two functions of it are invoked one after the other:
//! the first takes that one, and the second comes before another is made.

use std::io;
use std::thread;
use std::time::Duration;

use crate::Bench;
use crate::kinds;
use crate::profile::{MARKS, Profile};
use crate::samples::Samples;
use crate::subjects::{self, Subject};
use crate::table::Table;
use crate::target::Target;
use crate::warm::{call, invocations};

const ROUNDS: usize = 50;

/// For sandboxes of the new kind to be made.
const PAUSE: Duration = Duration::from_millis(400);

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> io::Result<()> {
    let python = subjects::plain_python(bench.runtimes.need("python")?);
    let ruby = bench.runtimes.find("ruby").map(subjects::plain_ruby);
    for subject in std::iter::once(python).chain(ruby) {
        start(bench, &subject, table)?;
    }
    Ok(())
}

fn start(bench: &Bench, subject: &Subject, table: &mut Table) -> io::Result<()> {
    let what = format!("{}, none parked", subject.what);
    let target = Target::by_cgroups(Target::within_micros(3000, 6000), Target::within_micros(12_000, 20_000));
    let server = bench.start_with(&[MARKS])?;
    let mut connection = server.connect()?;
    let (mut hits, mut misses) = (Samples::default(), Samples::default());
    let (mut hit, mut missed) = (Profile::begin(&server)?, Profile::begin(&server)?);
    for round in 0..ROUNDS {
        let [first, second] = ["first", "second"].map(|which| format!("{which}-{round}"));
        kinds::create(&server, subject, &first, round)?;
        kinds::create(&server, subject, &second, round)?;
        if kinds::parked(&server, subject, round)?.is_none() {
            table.figure(&what, "nothing is parked, so nothing can be missed".to_owned());
            return Ok(());
        }
        thread::sleep(PAUSE);
        hit.resume()?;
        hits.time(|| call(&mut connection, &invocations(&first)))?;
        hit.pause(1)?;
        missed.resume()?;
        misses.time(|| call(&mut connection, &invocations(&second)))?;
        missed.pause(1)?;
    }
    table.compare(&what, &misses, "the start before it, parked", &hits, Some(target));
    missed.tell(&what, table);
    Ok(())
}
