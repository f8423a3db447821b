//! The one source of time. Every deadline, retry and expiry goes by a [`Clock`], so that tests own it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// Milliseconds since the Unix epoch: the resolution of everything AWS shows.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
pub struct Timestamp(i64);

impl Timestamp {
    pub const fn from_millis(millis: i64) -> Timestamp {
        Timestamp(millis)
    }

    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Zero when `earlier` is in fact later.
    pub fn since(self, earlier: Timestamp) -> Duration {
        Duration::from_millis(u64::try_from(self.0 - earlier.0).unwrap_or(0))
    }

    /// `2026-01-31T23:59:59.123+0000`, as Lambda writes `LastModified`.
    pub fn to_lambda_string(self) -> String {
        self.civil("%Y-%m-%dT%H:%M:%S%.3f+0000")
    }

    /// `2026-01-31T23:59:59.123Z`, as log lines carry it.
    pub fn to_rfc3339_millis(self) -> String {
        self.civil("%Y-%m-%dT%H:%M:%S%.3fZ")
    }

    /// `2026/01/31`, the first part of a log stream's name.
    pub fn to_log_stream_date(self) -> String {
        self.civil("%Y/%m/%d")
    }

    fn civil(self, format: &str) -> String {
        // Times come from the clock or have been checked against it, far inside jiff's years -9999 to 9999.
        let timestamp = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        timestamp.to_zoned(jiff::tz::TimeZone::UTC).strftime(format).to_string()
    }
}

impl std::ops::Add<Duration> for Timestamp {
    type Output = Timestamp;

    fn add(self, duration: Duration) -> Timestamp {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        Timestamp(self.0.saturating_add(millis))
    }
}

/// The time of day: the system's, or one that a test sets.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn system() -> Clock {
        Clock(Source::System)
    }

    /// A clock that stands still until [`Clock::advance`] moves it.
    pub fn manual(start: Timestamp) -> Clock {
        Clock(Source::Manual(Arc::new(AtomicI64::new(start.as_millis()))))
    }

    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp(jiff::Timestamp::now().as_millisecond()),
            Source::Manual(millis) => Timestamp(millis.load(Ordering::Relaxed)),
        }
    }

    /// Moves a manual clock; the system's does not move.
    pub fn advance(&self, duration: Duration) {
        if let Source::Manual(millis) = &self.0 {
            millis.store((self.now() + duration).as_millis(), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_times_as_aws_does() {
        let time = Timestamp::from_millis(1_700_000_000_007);
        assert_eq!(time.to_lambda_string(), "2023-11-14T22:13:20.007+0000");
        assert_eq!(time.to_rfc3339_millis(), "2023-11-14T22:13:20.007Z");
        assert_eq!(time.to_log_stream_date(), "2023/11/14");
    }

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = Clock::manual(Timestamp::from_millis(5));
        assert_eq!(clock.now(), Timestamp::from_millis(5));
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), Timestamp::from_millis(1005));
    }
}
