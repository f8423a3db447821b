//! Which events of a batch are stored: none from too far in the past or the future, none that has expired.

use std::ops::Range;
use std::time::Duration;

use model::Timestamp;
use rusqlite::Connection;

use super::error::LogsError;
use super::event::Event;
use super::groups::{self, Retention};
use super::names::StreamKey;
use super::{ingest, streams};

/// CloudWatch Logs takes nothing from further in the future.
const FUTURE_MAX: Duration = Duration::from_secs(2 * 60 * 60);

/// Nor from further in the past.
const PAST_MAX: Duration = Duration::from_secs(14 * 24 * 60 * 60);

/// Which events of a sorted batch were left out, by their places in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rejected {
    /// The first event that is too new; so are all behind it.
    pub too_new_start: Option<usize>,
    /// The first event that is not too old; all before it are.
    pub too_old_end: Option<usize>,
    /// The first event that the group's retention keeps; all before it have expired.
    pub expired_end: Option<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PutOutcome {
    pub rejected: Rejected,
    /// The number of the event that comes next in the stream.
    pub next_sequence: u64,
}

pub(super) fn put(
    connection: &Connection,
    key: &StreamKey,
    events: &[Event],
    now: Timestamp,
) -> Result<PutOutcome, LogsError> {
    let tail = streams::require(connection, key)?;
    let retention = groups::retention(connection, tail.group_id)?;
    let rejected = Rejected::of(events, retention, now);
    let accepted = &events[rejected.accepted(events.len())];
    let next_sequence = tail.next_sequence + accepted.len() as u64;
    ingest::append_to(connection, tail, accepted, now)?;
    Ok(PutOutcome { rejected, next_sequence })
}

impl Rejected {
    fn of(events: &[Event], retention: Option<Retention>, now: Timestamp) -> Rejected {
        let oldest = Timestamp::from_millis(now.as_millis().saturating_sub(PAST_MAX.as_millis() as i64));
        let before = |time: Timestamp| events.partition_point(|event| event.timestamp < time);
        let too_new = events.partition_point(|event| event.timestamp <= now + FUTURE_MAX);
        let expired = retention.map_or(0, |retention| before(retention.horizon(now)));
        Rejected {
            too_new_start: (too_new < events.len()).then_some(too_new),
            too_old_end: Some(before(oldest)).filter(|end| *end > 0),
            expired_end: Some(expired).filter(|end| *end > 0),
        }
    }

    fn accepted(self, count: usize) -> Range<usize> {
        let start = self.too_old_end.max(self.expired_end).unwrap_or(0);
        start..self.too_new_start.unwrap_or(count).max(start)
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;
    const NOW: Timestamp = Timestamp::from_millis(100 * DAY_MS);

    fn batch(ages_ms: &[i64]) -> Vec<Event> {
        let at = |age| Timestamp::from_millis(NOW.as_millis() - age);
        ages_ms.iter().map(|age| Event { timestamp: at(*age), message: Bytes::new() }).collect()
    }

    #[test]
    fn takes_everything_within_the_last_14_days_and_the_next_2_hours() {
        let events = batch(&[14 * DAY_MS, 0, -2 * 60 * 60 * 1000]);
        let rejected = Rejected::of(&events, None, NOW);
        assert_eq!(rejected, Rejected::default());
        assert_eq!(rejected.accepted(3), 0..3);
    }

    #[test]
    fn leaves_out_both_ends_of_a_batch() {
        let events = batch(&[14 * DAY_MS + 1, 10, -2 * 60 * 60 * 1000 - 1]);
        let rejected = Rejected::of(&events, None, NOW);
        assert_eq!(rejected, Rejected { too_new_start: Some(2), too_old_end: Some(1), expired_end: None });
        assert_eq!(rejected.accepted(3), 1..2);
    }

    #[test]
    fn leaves_out_what_the_group_would_not_keep() {
        let events = batch(&[15 * DAY_MS, 2 * DAY_MS, DAY_MS]);
        let rejected = Rejected::of(&events, Some(Retention { days: 1 }), NOW);
        assert_eq!(rejected, Rejected { too_new_start: None, too_old_end: Some(1), expired_end: Some(2) });
        assert_eq!(rejected.accepted(3), 2..3);
    }

    #[test]
    fn a_batch_from_the_far_future_leaves_nothing() {
        let rejected = Rejected::of(&batch(&[-DAY_MS]), None, NOW);
        assert_eq!(rejected.accepted(1), 0..0);
    }
}
