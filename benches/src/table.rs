//! The table of results: printed as it grows, written at the end.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::time::Duration;

use crate::samples::Samples;
use crate::target::{Bound, Target};

const HEAD: &str = "| what | p50 | p99 | baseline p50 | ratio p50 | target |\n|---|---|---|---|---|---|\n";

#[derive(Debug)]
pub(crate) struct Table(String);

impl Table {
    pub(crate) fn new() -> Table {
        print!("{HEAD}");
        Table(HEAD.to_owned())
    }

    pub(crate) fn compare(
        &mut self,
        what: &str,
        ours: &Samples,
        baseline: &str,
        theirs: &Samples,
        target: Option<Target>,
    ) {
        let (p50, base) = (ours.percentile(50), theirs.percentile(50));
        let ratio = p50.as_secs_f64() / base.as_secs_f64();
        self.row([
            what.to_owned(),
            human(p50),
            human(ours.percentile(99)),
            format!("{} ({baseline})", human(base)),
            format!("{ratio:.2}"),
            target.map_or_else(none, |target| target.judged(ours, Some(ratio))),
        ]);
    }

    pub(crate) fn alone(&mut self, what: &str, ours: &Samples, target: Option<Target>) {
        let (p50, p99) = (human(ours.percentile(50)), human(ours.percentile(99)));
        let judged = target.map_or_else(none, |target| target.judged(ours, None));
        self.row([what.to_owned(), p50, p99, none(), none(), judged]);
    }

    pub(crate) fn figure(&mut self, what: &str, value: String) {
        self.row([what.to_owned(), value, none(), none(), none(), none()]);
    }

    /// One number, with as many digits as make sense.
    pub(crate) fn number(&mut self, what: &str, value: f64, unit: &str, bound: Bound) {
        let shown = if value < 10.0 { format!("{value:.1}{unit}") } else { format!("{value:.0}{unit}") };
        self.row([what.to_owned(), shown, none(), none(), none(), bound.judged(value, unit)]);
    }

    fn row(&mut self, cells: [String; 6]) {
        let mut line = String::from("|");
        for cell in cells {
            // Writing to a string cannot fail.
            write!(line, " {cell} |").ok();
        }
        println!("{line}");
        self.0.push_str(&line);
        self.0.push('\n');
    }

    pub(crate) fn write(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let path = folder.join("results.md");
        std::fs::write(&path, &self.0)?;
        println!("\nWritten to {}", path.display());
        Ok(())
    }
}

fn none() -> String {
    "–".to_owned()
}

/// Microseconds below ten milliseconds, milliseconds above.
pub(crate) fn human(duration: Duration) -> String {
    let micros = duration.as_secs_f64() * 1e6;
    if micros < 10_000.0 { format!("{micros:.0} µs") } else { format!("{:.1} ms", micros / 1000.0) }
}
