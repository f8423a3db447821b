//! What a batch of PutLogEvents must be before any of its events is looked at.

use std::time::Duration;

use observability::logs::{EVENT_OVERHEAD_BYTES, Event};

const BATCH_MAX_BYTES: usize = 1024 * 1024;
const EVENT_MAX_BYTES: usize = 1024 * 1024;
const SPAN_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// The messages are AWS's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BatchFault {
    #[error("Log event too large: {actual} bytes exceeds limit of {EVENT_MAX_BYTES}")]
    EventTooLarge { actual: usize },
    #[error("Upload too large: {actual} bytes exceeds limit of {BATCH_MAX_BYTES}")]
    BatchTooLarge { actual: usize },
    #[error("Log events in a single PutLogEvents request must be in chronological order.")]
    Unordered,
    #[error("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")]
    SpanTooLong,
}

/// Sizes count 26 bytes for each event on top of its message.
pub(crate) fn check(events: &[Event]) -> Result<(), BatchFault> {
    let size = |event: &Event| event.message.len() + EVENT_OVERHEAD_BYTES;
    if let Some(actual) = events.iter().map(size).find(|size| *size > EVENT_MAX_BYTES) {
        return Err(BatchFault::EventTooLarge { actual });
    }
    let actual = events.iter().map(size).sum();
    if actual > BATCH_MAX_BYTES {
        return Err(BatchFault::BatchTooLarge { actual });
    }
    if !events.is_sorted_by_key(|event| event.timestamp) {
        return Err(BatchFault::Unordered);
    }
    match (events.first(), events.last()) {
        (Some(first), Some(last)) if last.timestamp.since(first.timestamp) > SPAN_MAX => {
            Err(BatchFault::SpanTooLong)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use model::Timestamp;

    use super::*;

    fn event(time: i64, length: usize) -> Event {
        Event { timestamp: Timestamp::from_millis(time), message: Bytes::from(vec![b'x'; length]) }
    }

    #[test]
    fn each_event_costs_26_bytes_more_than_its_message() {
        let half = BATCH_MAX_BYTES / 2 - EVENT_OVERHEAD_BYTES;
        assert_eq!(check(&[event(1, half), event(1, half)]), Ok(()));
        assert_eq!(
            check(&[event(1, half), event(1, half + 1)]).unwrap_err().to_string(),
            "Upload too large: 1048577 bytes exceeds limit of 1048576"
        );
        assert_eq!(
            check(&[event(1, EVENT_MAX_BYTES)]).unwrap_err().to_string(),
            "Log event too large: 1048602 bytes exceeds limit of 1048576"
        );
    }

    #[test]
    fn events_come_in_order_and_within_a_day() {
        const DAY_MS: i64 = 24 * 60 * 60 * 1000;
        assert_eq!(check(&[event(5, 1), event(5, 1), event(6, 1)]), Ok(()));
        assert_eq!(check(&[event(5, 1), event(4, 1)]), Err(BatchFault::Unordered));
        assert_eq!(check(&[event(0, 1), event(DAY_MS, 1)]), Ok(()));
        assert_eq!(check(&[event(0, 1), event(DAY_MS + 1, 1)]), Err(BatchFault::SpanTooLong));
    }
}
