//! Log events, and the ids that order them.

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use model::Timestamp;

/// What a batch's and a page's size counts for each event on top of its message, as CloudWatch Logs does.
pub const EVENT_OVERHEAD_BYTES: usize = 26;

/// The largest message that is stored; longer ones are cut.
pub const MESSAGE_MAX_BYTES: usize = 1024 * 1024 - EVENT_OVERHEAD_BYTES;

/// A line as its writer hands it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub timestamp: Timestamp,
    /// Stored as it is, trailing newline included; a reader shows bytes that are not UTF-8 as U+FFFD.
    pub message: Bytes,
}

impl Event {
    pub fn size(&self) -> usize {
        self.message.len() + EVENT_OVERHEAD_BYTES
    }
}

/// A line as it is read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    pub id: EventId,
    pub ingestion: Timestamp,
    pub message: Bytes,
}

impl StoredEvent {
    pub fn timestamp(&self) -> Timestamp {
        self.id.time
    }

    pub(super) fn size(&self) -> usize {
        self.message.len() + EVENT_OVERHEAD_BYTES
    }
}

/// Names an event and gives its place among all others: by time, then by stream, then by order of arrival.
///
/// As text it is AWS's 56 decimal digits, a 192-bit number whose upper part is the event's time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId {
    pub(super) time: Timestamp,
    pub(super) stream: u64,
    pub(super) sequence: u64,
}

/// The time takes 48 bits above 144; the 16 in between stay zero.
const TIME_SHIFT: u32 = 16;
const TIME_MAX_MS: i64 = (1 << 47) - 1;
const ID_DIGITS: usize = 56;

impl EventId {
    pub(super) const LAST: EventId =
        EventId { time: Timestamp::from_millis(TIME_MAX_MS), stream: u64::MAX, sequence: u64::MAX };

    /// Before every event of that time.
    pub(super) const fn at(time: Timestamp) -> EventId {
        EventId { time, stream: 0, sequence: 0 }
    }

    /// The next possible id.
    pub(super) fn successor(self) -> EventId {
        match self.sequence.checked_add(1) {
            Some(sequence) => EventId { sequence, ..self },
            None => EventId { stream: self.stream.saturating_add(1), sequence: 0, ..self },
        }
    }

    /// The id before this one, itself for the first.
    pub(super) fn predecessor(self) -> EventId {
        if let Some(sequence) = self.sequence.checked_sub(1) {
            return EventId { sequence, ..self };
        }
        if let Some(stream) = self.stream.checked_sub(1) {
            return EventId { stream, sequence: u64::MAX, ..self };
        }
        if self.time.as_millis() == 0 {
            return self;
        }
        let time = Timestamp::from_millis(self.time.as_millis() - 1);
        EventId { time, stream: u64::MAX, sequence: u64::MAX }
    }

    fn limbs(self) -> [u64; 3] {
        let time = self.time.as_millis().clamp(0, TIME_MAX_MS).unsigned_abs();
        [time << TIME_SHIFT, self.stream, self.sequence]
    }

    fn from_limbs([time, stream, sequence]: [u64; 3]) -> EventId {
        let time = Timestamp::from_millis((time >> TIME_SHIFT).cast_signed());
        EventId { time, stream, sequence }
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [b'0'; ID_DIGITS + 2];
        let mut limbs = self.limbs();
        for digit in digits.iter_mut().rev() {
            *digit += divide_by_ten(&mut limbs);
        }
        let leading = usize::from(digits[0] == b'0') + usize::from(digits[..2] == *b"00");
        // Only ASCII digits stand there.
        f.write_str(std::str::from_utf8(&digits[leading..]).unwrap_or_default())
    }
}

fn divide_by_ten(limbs: &mut [u64; 3]) -> u8 {
    let mut rest = 0_u128;
    for limb in limbs {
        let value = (rest << 64) | u128::from(*limb);
        // The rest is below 10, so the quotient fits 64 bits.
        *limb = (value / 10) as u64;
        rest = value % 10;
    }
    rest as u8
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an event id")]
pub struct InvalidEventId;

impl FromStr for EventId {
    type Err = InvalidEventId;

    fn from_str(text: &str) -> Result<EventId, InvalidEventId> {
        if text.is_empty() {
            return Err(InvalidEventId);
        }
        let mut limbs = [0_u64; 3];
        for byte in text.bytes() {
            if !byte.is_ascii_digit() {
                return Err(InvalidEventId);
            }
            limbs = multiply_by_ten(limbs, byte - b'0').ok_or(InvalidEventId)?;
        }
        Ok(EventId::from_limbs(limbs))
    }
}

fn multiply_by_ten(mut limbs: [u64; 3], digit: u8) -> Option<[u64; 3]> {
    let mut carry = u128::from(digit);
    for limb in limbs.iter_mut().rev() {
        let value = u128::from(*limb) * 10 + carry;
        *limb = value as u64;
        carry = value >> 64;
    }
    (carry == 0).then_some(limbs)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(time: i64, stream: u64, sequence: u64) -> EventId {
        EventId { time: Timestamp::from_millis(time), stream, sequence }
    }

    #[test]
    fn an_id_has_56_digits_that_begin_as_aws_s_do() {
        // AWS's own example for 2015-05-28T15:27:35Z is 31953106606966983378809025079804211143289615424298221568.
        let text = id(1_432_826_855_000, 0, 0).to_string();
        assert_eq!(text.len(), 56);
        assert!(text.starts_with("319531066069669833"), "{text}");
        assert_eq!(id(0, 0, 0).to_string(), "0".repeat(56));
    }

    #[test]
    fn refuses_what_is_no_number_or_too_large() {
        for text in ["", "12x", "-1", &"9".repeat(59)] {
            assert_eq!(text.parse::<EventId>(), Err(InvalidEventId), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reads_what_it_writes(time in 0..TIME_MAX_MS, stream: u64, sequence: u64) {
            let id = id(time, stream, sequence);
            prop_assert_eq!(id.to_string().parse(), Ok(id));
        }

        #[test]
        fn digits_sort_as_ids_do(a in (0..4_000_000_000_000_i64, 0..3_u64, 0..3_u64),
                                 b in (0..4_000_000_000_000_i64, 0..3_u64, 0..3_u64)) {
            let (a, b) = (id(a.0, a.1, a.2), id(b.0, b.1, b.2));
            prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        }

        #[test]
        fn predecessor_undoes_successor(time in 0..TIME_MAX_MS, stream in 0..u64::MAX, sequence: u64) {
            let id = id(time, stream, sequence);
            prop_assert_eq!(id.successor().predecessor(), id);
        }
    }
}
