//! How events of one stream stand in a chunk: records one after another in order of arrival, compressed as a whole.
//!
//! A record is its time and ingestion time in milliseconds (`i64`, little-endian), the message's length (`u32`)
//! and the message. Records hold no reference to their neighbours, so chunks merge by concatenation. Sequence
//! numbers are not stored: a chunk's events are consecutive.

use std::error::Error;

use bytes::{Buf, Bytes};
use model::Timestamp;

use super::error::LogsError;
use super::event::{Event, EventId, StoredEvent};

/// A chunk is closed at about this size: big enough to compress well, small enough to read one line from.
pub(super) const RAW_MAX_BYTES: usize = 64 * 1024;

/// The longest time that one chunk covers, so that a search by time knows how far back a chunk may begin.
pub(super) const SPAN_MAX_MS: i64 = 10 * 60 * 1000;

/// zstd's fastest regular level: log lines lose little by it.
const COMPRESSION_LEVEL: i32 = 1;

const RECORD_HEADER_BYTES: usize = 8 + 8 + 4;

/// Encoded events that may still grow.
#[derive(Debug, PartialEq)]
pub(super) struct Raw {
    pub(super) first_sequence: u64,
    pub(super) first_ms: i64,
    pub(super) last_ms: i64,
    pub(super) bytes: Vec<u8>,
}

impl Raw {
    pub(super) fn begin(first_sequence: u64, event: &Event, ingestion: Timestamp) -> Raw {
        let time = event.timestamp.as_millis();
        let mut raw = Raw { first_sequence, first_ms: time, last_ms: time, bytes: Vec::new() };
        raw.push(event, ingestion);
        raw
    }

    pub(super) fn takes(&self, event: &Event) -> bool {
        let time = event.timestamp.as_millis();
        let size = RECORD_HEADER_BYTES + event.message.len();
        self.bytes.len() + size <= RAW_MAX_BYTES && self.spans_with(time, time) <= SPAN_MAX_MS
    }

    pub(super) fn push(&mut self, event: &Event, ingestion: Timestamp) {
        let time = event.timestamp.as_millis();
        // Messages are cut to 1 MiB before they get here.
        let length = event.message.len() as u32;
        self.bytes.extend_from_slice(&time.to_le_bytes());
        self.bytes.extend_from_slice(&ingestion.as_millis().to_le_bytes());
        self.bytes.extend_from_slice(&length.to_le_bytes());
        self.bytes.extend_from_slice(&event.message);
        self.first_ms = self.first_ms.min(time);
        self.last_ms = self.last_ms.max(time);
    }

    /// Whether the chunk before this one should become part of it. Taking in only what is no larger makes each byte
    /// move a logarithmic number of times, however small the pieces come.
    pub(super) fn absorbs(&self, earlier: &Raw) -> bool {
        earlier.bytes.len() <= self.bytes.len()
            && earlier.bytes.len() + self.bytes.len() <= RAW_MAX_BYTES
            && self.spans_with(earlier.first_ms, earlier.last_ms) <= SPAN_MAX_MS
    }

    pub(super) fn absorb(&mut self, mut earlier: Raw) {
        earlier.bytes.extend_from_slice(&self.bytes);
        self.bytes = earlier.bytes;
        self.first_sequence = earlier.first_sequence;
        self.first_ms = self.first_ms.min(earlier.first_ms);
        self.last_ms = self.last_ms.max(earlier.last_ms);
    }

    fn spans_with(&self, first_ms: i64, last_ms: i64) -> i64 {
        self.last_ms.max(last_ms).saturating_sub(self.first_ms.min(first_ms))
    }
}

pub(super) fn compress(raw: &[u8]) -> Result<Vec<u8>, LogsError> {
    zstd::bulk::compress(raw, COMPRESSION_LEVEL).map_err(damaged)
}

pub(super) fn decompress(data: &[u8], raw_bytes: usize) -> Result<Vec<u8>, LogsError> {
    zstd::bulk::decompress(data, raw_bytes).map_err(damaged)
}

/// The events of a decompressed chunk; their messages share its memory.
pub(super) fn decode(raw: Vec<u8>, stream: u64, first_sequence: u64) -> Result<Vec<StoredEvent>, LogsError> {
    let mut rest = Bytes::from(raw);
    let mut events = Vec::new();
    while !rest.is_empty() {
        let sequence = first_sequence + events.len() as u64;
        events.push(decode_record(&mut rest, stream, sequence)?);
    }
    Ok(events)
}

fn decode_record(rest: &mut Bytes, stream: u64, sequence: u64) -> Result<StoredEvent, LogsError> {
    if rest.len() < RECORD_HEADER_BYTES {
        return Err(damaged("a record is cut short"));
    }
    let time = Timestamp::from_millis(rest.get_i64_le());
    let ingestion = Timestamp::from_millis(rest.get_i64_le());
    let length = rest.get_u32_le() as usize;
    if rest.len() < length {
        return Err(damaged("a message is cut short"));
    }
    Ok(StoredEvent { id: EventId { time, stream, sequence }, ingestion, message: rest.split_to(length) })
}

fn damaged(reason: impl Into<Box<dyn Error>>) -> LogsError {
    LogsError::Damaged(reason.into().to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn event(time: i64, message: &str) -> Event {
        Event { timestamp: Timestamp::from_millis(time), message: Bytes::copy_from_slice(message.as_bytes()) }
    }

    fn raw(first_sequence: u64, events: &[(i64, String)]) -> Raw {
        let ingestion = Timestamp::from_millis(9);
        let mut raw = Raw::begin(first_sequence, &event(events[0].0, &events[0].1), ingestion);
        for (time, message) in &events[1..] {
            raw.push(&event(*time, message), ingestion);
        }
        raw
    }

    #[test]
    fn refuses_an_event_that_is_too_large_or_too_far_away_in_time() {
        let raw = raw(1, &[(SPAN_MAX_MS, "x".repeat(RAW_MAX_BYTES - 100))]);
        assert!(raw.takes(&event(0, "short")));
        assert!(raw.takes(&event(2 * SPAN_MAX_MS, "short")));
        assert!(!raw.takes(&event(2 * SPAN_MAX_MS + 1, "short")));
        assert!(!raw.takes(&event(SPAN_MAX_MS, &"x".repeat(100))));
    }

    #[test]
    fn absorbs_only_what_is_no_larger() {
        let small = raw(1, &[(1, "a".to_owned())]);
        let large = raw(2, &[(1, "a longer line".to_owned())]);
        assert!(large.absorbs(&small));
        assert!(!small.absorbs(&large));
    }

    #[test]
    fn a_damaged_chunk_is_an_error() {
        let mut bytes = raw(1, &[(1, "line".to_owned())]).bytes;
        bytes.pop();
        assert!(matches!(decode(bytes, 1, 1), Err(LogsError::Damaged(_))));
        assert!(matches!(decompress(b"no zstd", 100), Err(LogsError::Damaged(_))));
    }

    proptest! {
        #[test]
        fn events_come_back_in_order_through_merging_and_compression(
            first in proptest::collection::vec((0_i64..1000, ".{0,20}"), 1..20),
            second in proptest::collection::vec((0_i64..1000, ".{0,20}"), 1..20),
        ) {
            let mut merged = raw(5 + first.len() as u64, &second);
            merged.absorb(raw(5, &first));
            let data = compress(&merged.bytes).unwrap();
            let events = decode(decompress(&data, merged.bytes.len()).unwrap(), 3, merged.first_sequence).unwrap();

            let all = first.iter().chain(&second).collect::<Vec<_>>();
            prop_assert_eq!(merged.first_ms, all.iter().map(|it| it.0).min().unwrap());
            prop_assert_eq!(merged.last_ms, all.iter().map(|it| it.0).max().unwrap());
            for (index, (event, (time, message))) in events.iter().zip(&all).enumerate() {
                prop_assert_eq!(event.timestamp().as_millis(), *time);
                prop_assert_eq!(&event.message[..], message.as_bytes());
                prop_assert_eq!(event.id.sequence, 5 + index as u64);
            }
            prop_assert_eq!(events.len(), all.len());
        }
    }
}
