//! Where the time of invocations went, by the marks that the server writes of each.

use std::collections::BTreeMap;
use std::io;
use std::thread;
use std::time::{Duration, Instant};

use testkit::Server;

use crate::samples::Samples;
use crate::table::Table;

/// Makes a server write them.
pub(crate) const MARKS: (&str, &str) = ("MAYFLY_LOG", "warn,mayfly::marks=debug");

const LOGGER: &str = "mayfly::marks: ";

/// The phases of an invocation, one after the other.
const INVOCATION: &str = "ran";
const PHASES: [&str; 5] = ["admission", "readiness", "delivery", "function", "log"];

/// The steps of giving a parked environment to its function, each since the beginning; part of readiness.
const FURNISHING: &str = "furnished";
const STEPS: [&str; 4] = ["taken", "told", "limited", "mounted"];

const WRITTEN_WITHIN: Duration = Duration::from_secs(5);
const POLL_EVERY: Duration = Duration::from_millis(1);

/// The marks of the invocations between each [`Profile::resume`] and the next [`Profile::pause`].
#[derive(Debug)]
pub(crate) struct Profile<'a> {
    server: &'a Server,
    from: usize,
    marks: Marks,
}

#[derive(Debug, Default)]
struct Marks {
    /// How many of each kind.
    lines: BTreeMap<&'static str, usize>,
    /// Each mark's durations.
    fields: BTreeMap<String, Samples>,
}

impl Profile<'_> {
    pub(crate) fn begin(server: &Server) -> io::Result<Profile<'_>> {
        Ok(Profile { server, from: server.log()?.len(), marks: Marks::default() })
    }

    pub(crate) fn resume(&mut self) -> io::Result<()> {
        self.from = self.server.log()?.len();
        Ok(())
    }

    /// Reads the marks of so many invocations, which are written after their answers.
    pub(crate) fn pause(&mut self, invocations: usize) -> io::Result<()> {
        let deadline = Instant::now() + WRITTEN_WITHIN;
        while Instant::now() < deadline {
            let log = self.server.log()?;
            let news = log.get(self.from..).unwrap_or_default();
            if news.matches(&format!("{LOGGER}{INVOCATION} ")).count() >= invocations {
                self.marks.read(news);
                return Ok(());
            }
            thread::sleep(POLL_EVERY);
        }
        Err(io::Error::other("the server's log lacks the time marks of its invocations"))
    }

    /// A row of the medians.
    pub(crate) fn tell(&self, what: &str, table: &mut Table) {
        table.figure(&format!("{what}: µs by the server's marks"), self.marks.told());
    }
}

impl Marks {
    fn read(&mut self, log: &str) {
        for (_, line) in log.lines().filter_map(|line| line.split_once(LOGGER)) {
            let Some(kind) = [INVOCATION, FURNISHING].into_iter().find(|kind| line.starts_with(kind)) else {
                continue;
            };
            *self.lines.entry(kind).or_default() += 1;
            for (name, micros) in line.split(' ').filter_map(|word| word.split_once('=')) {
                if let Ok(micros) = micros.parse() {
                    self.fields.entry(name.to_owned()).or_default().push(Duration::from_micros(micros));
                }
            }
        }
    }

    fn count(&self, kind: &str) -> usize {
        self.lines.get(kind).copied().unwrap_or(0)
    }

    fn told(&self) -> String {
        let phases = self.medians(&PHASES);
        match self.count(FURNISHING) {
            0 => format!("{phases}; none was parked or forked"),
            furnished => format!("{phases}; {furnished} parked or forked: {}", self.medians(&STEPS)),
        }
    }

    fn medians(&self, names: &[&str]) -> String {
        let median = |name: &&str| {
            let samples = self.fields.get(*name)?;
            Some(format!("{name} {}", samples.percentile(50).as_micros()))
        };
        names.iter().filter_map(median).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
2026-11-30T02:00:00Z DEBUG mayfly::marks: furnished taken=4 told=10 limited=40 mounted=90
2026-11-30T02:00:00Z DEBUG mayfly::marks: ran request_id=4 admission=1 readiness=100 delivery=3 function=700 log=20
2026-11-30T02:00:01Z DEBUG mayfly::marks: ran request_id=5 admission=2 readiness=900 delivery=3 function=800 log=20
2026-11-30T02:00:01Z  WARN mayfly: something else=1
";

    fn marks(log: &str) -> Marks {
        let mut marks = Marks::default();
        marks.read(log);
        marks
    }

    #[test]
    fn medians_of_each_mark_are_told() {
        let marks = marks(LOG);
        assert_eq!(marks.count(INVOCATION), 2);
        assert_eq!(
            marks.told(),
            "admission 1, readiness 100, delivery 3, function 700, log 20; \
             1 parked or forked: taken 4, told 10, limited 40, mounted 90"
        );
    }

    #[test]
    fn a_start_of_a_process_of_its_own_is_told_as_such() {
        let log = LOG.lines().nth(1).unwrap();
        assert!(marks(log).told().ends_with("; none was parked or forked"));
    }
}
