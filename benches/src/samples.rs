//! A set of durations and its percentiles.

use std::io;
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub(crate) struct Samples(Vec<Duration>);

impl Samples {
    pub(crate) fn push(&mut self, duration: Duration) {
        self.0.push(duration);
    }

    /// Times one call and keeps its duration if it succeeded.
    pub(crate) fn time<T>(&mut self, call: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        let begun = Instant::now();
        let value = call()?;
        self.push(begun.elapsed());
        Ok(value)
    }

    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).clamp(1, sorted.len().max(1));
        sorted.get(rank - 1).copied().unwrap_or_default()
    }
}

/// Calls `first` and `second` in turns, so that noise meets both alike.
pub(crate) fn in_turns(
    rounds: usize,
    mut first: impl FnMut() -> io::Result<()>,
    mut second: impl FnMut() -> io::Result<()>,
) -> io::Result<(Samples, Samples)> {
    let (mut ours, mut theirs) = (Samples::default(), Samples::default());
    for _ in 0..rounds {
        ours.time(&mut first)?;
        theirs.time(&mut second)?;
    }
    Ok((ours, theirs))
}
