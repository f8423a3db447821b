//! What is aimed at on two quiet cores, shown beside what was measured.

use std::time::Duration;

use crate::samples::Samples;
use crate::table::human;

/// At most this, of calls.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Target {
    /// Of the median and of the 99th percentile.
    Within(Duration, Duration),
    Median(Duration),
    /// Of the median's ratio to the baseline's.
    Ratio(f64),
}

/// Of one figure.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Target {
    pub(crate) const fn within_micros(p50: u64, p99: u64) -> Target {
        Target::Within(Duration::from_micros(p50), Duration::from_micros(p99))
    }

    /// Depends on how long it takes to put a process into a cgroup.
    pub(crate) fn by_cgroups(v2: Target, v1: Target) -> Target {
        if has_only_cgroup_v2() { v2 } else { v1 }
    }

    /// `ratio` is there where there is a baseline.
    pub(crate) fn judged(self, ours: &Samples, ratio: Option<f64>) -> String {
        match self {
            Target::Within(p50, p99) => verdict(
                &format!("{} / {}", human(p50), human(p99)),
                ours.percentile(50) <= p50 && ours.percentile(99) <= p99,
            ),
            Target::Median(p50) => verdict(&human(p50), ours.percentile(50) <= p50),
            Target::Ratio(most) => {
                verdict(&format!("ratio {most}"), ratio.is_some_and(|ratio| ratio <= most))
            }
        }
    }
}

impl Bound {
    pub(crate) fn judged(self, value: f64, unit: &str) -> String {
        match self {
            Bound::AtMost(most) => verdict(&format!("{most}{unit} at most"), value <= most),
            Bound::AtLeast(least) => verdict(&format!("{least}{unit}"), value >= least),
        }
    }
}

fn verdict(target: &str, met: bool) -> String {
    format!("{target}: {}", if met { "met" } else { "missed" })
}

/// A machine that has both keeps memory and processors in version 1.
pub(crate) fn has_only_cgroup_v2() -> bool {
    std::path::Path::new("/sys/fs/cgroup/cgroup.controllers").exists()
}
