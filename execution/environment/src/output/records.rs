//! Cuts a function's output into log events: lines, or the frames of AWS's telemetry log protocol.
//!
//! A runtime that finds `_LAMBDA_TELEMETRY_LOG_FD` writes each record as a frame to that descriptor, so that a
//! record may span lines. Mayfly names the standard output there: print statements and records then keep their
//! order, and a frame is told from text by its first byte, which begins no UTF-8 character.
//!
//! | offset | size | field, big-endian |
//! |---|---|---|
//! | 0 | 4 | `0xa55a0000`, level in bits 2 to 4, bit 1 when a time follows, bit 0 for text |
//! | 4 | 4 | length of the message |
//! | 8 | 8 | microseconds since the epoch, when bit 1 is set |

use bytes::{Buf, Bytes, BytesMut};
use model::Timestamp;
use model::function::LogLevel;

/// What CloudWatch Logs takes as one event, less the 26 bytes that it counts for each. Longer lines are cut into
/// several events.
pub(super) const RECORD_MAX_BYTES: usize = 1024 * 1024 - 26;

/// Shorter messages are copied. A slice would hold the whole buffer of its read for as long as the message waits to be
/// stored, and what waits is bounded by the messages' own lengths.
const SLICE_MIN_BYTES: usize = 8 * 1024;

const MAGIC: [u8; 3] = [0xa5, 0x5a, 0x00];
const FRAME_HEAD_BYTES: usize = 8;
const FRAME_TIME_BYTES: usize = 8;
const HAS_TIME: u8 = 2;
const LEVEL: u8 = 0b111 << 2;

/// A level that AWS has not: Mayfly's own clients write such a frame where a function's init ends and they have their
/// first event already.
const END_OF_INIT: u8 = 7 << 2;

/// One log event of the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// None for plain lines: the time at which they are read.
    pub(super) time: Option<Timestamp>,
    /// As the runtime's client gave it in a frame.
    pub(super) level: Option<LogLevel>,
    pub(super) message: Bytes,
    /// No event of its own: what follows is no more the init's.
    pub(super) ends_init: bool,
}

impl Record {
    fn line(message: BytesMut) -> Record {
        Record { time: None, level: None, message: kept(message), ends_init: false }
    }
}

/// Keeps what is unfinished between reads.
#[derive(Debug)]
pub(super) struct Records {
    /// Whether frames are told from text.
    framed: bool,
    pending: BytesMut,
}

/// What stands at the beginning of the pending bytes.
enum Head {
    Record(Record),
    /// Not whole yet.
    Unfinished,
}

impl Records {
    pub(super) fn new(framed: bool) -> Records {
        Records { framed, pending: BytesMut::new() }
    }

    /// Moves every finished record of `input` into `taken`.
    pub(super) fn cut(&mut self, input: &mut BytesMut, taken: &mut Vec<Record>) {
        if self.pending.is_empty() {
            self.pending = input.split();
        } else {
            self.pending.unsplit(input.split());
        }
        while let Head::Record(record) = self.next() {
            taken.push(record);
        }
        if self.pending.is_empty() {
            // Lets go of the buffer, for the next read to use it again.
            self.pending = BytesMut::new();
        }
    }

    /// The line that has no end yet, when nothing will follow soon, or nothing at all.
    pub(super) fn finish(&mut self, has_ended: bool) -> Option<Record> {
        if self.begins_frame() {
            if !has_ended {
                // Its writer is in the middle of it.
                return None;
            }
            let head = self.pending.get(MAGIC.len()).map_or(FRAME_HEAD_BYTES, |&kind| head_bytes(kind));
            self.pending.advance(head.min(self.pending.len()));
        }
        (!self.pending.is_empty()).then(|| Record::line(self.pending.split()))
    }

    fn begins_frame(&self) -> bool {
        self.framed && self.pending.starts_with(&MAGIC)
    }

    fn next(&mut self) -> Head {
        if self.begins_frame() {
            return self.next_frame();
        }
        let line_end = memchr::memchr(b'\n', &self.pending).map(|newline| newline + 1);
        let search = &self.pending[..line_end.unwrap_or(self.pending.len())];
        // A record may begin behind text that has no line end.
        let frame = self.framed.then(|| memchr::memmem::find(search, &MAGIC)).flatten();
        let end = frame.or(line_end).map(|end| end.min(RECORD_MAX_BYTES));
        match end {
            Some(end) => Head::Record(Record::line(self.pending.split_to(end))),
            None if self.pending.len() >= RECORD_MAX_BYTES => {
                Head::Record(Record::line(self.pending.split_to(RECORD_MAX_BYTES)))
            }
            None => Head::Unfinished,
        }
    }

    fn next_frame(&mut self) -> Head {
        let Some(head) = self.pending.first_chunk::<FRAME_HEAD_BYTES>() else { return Head::Unfinished };
        let [_, _, _, kind, a, b, c, d] = *head;
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        if length > RECORD_MAX_BYTES {
            // No client writes such a frame: these bytes are the function's own.
            return Head::Record(Record::line(self.pending.split_to(FRAME_HEAD_BYTES)));
        }
        if self.pending.len() < head_bytes(kind) + length {
            return Head::Unfinished;
        }
        self.pending.advance(FRAME_HEAD_BYTES);
        let time = (kind & HAS_TIME != 0).then(|| Timestamp::from_millis(self.pending.get_i64() / 1000));
        let message = kept(self.pending.split_to(length));
        Head::Record(Record { time, level: level(kind), message, ends_init: kind & LEVEL == END_OF_INIT })
    }
}

fn head_bytes(kind: u8) -> usize {
    FRAME_HEAD_BYTES + if kind & HAS_TIME == 0 { 0 } else { FRAME_TIME_BYTES }
}

fn kept(message: BytesMut) -> Bytes {
    if message.len() < SLICE_MIN_BYTES { Bytes::copy_from_slice(&message) } else { message.freeze() }
}

fn level(kind: u8) -> Option<LogLevel> {
    match kind >> 2 & 0b111 {
        1 => Some(LogLevel::Trace),
        2 => Some(LogLevel::Debug),
        3 => Some(LogLevel::Info),
        4 => Some(LogLevel::Warn),
        5 => Some(LogLevel::Error),
        6 => Some(LogLevel::Fatal),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(pieces: &[&[u8]]) -> (Vec<Record>, Records) {
        let (mut records, mut taken) = (Records::new(true), vec![]);
        for piece in pieces {
            records.cut(&mut BytesMut::from(*piece), &mut taken);
        }
        (taken, records)
    }

    fn messages(pieces: &[&[u8]]) -> Vec<Bytes> {
        let (mut taken, mut records) = cut(pieces);
        taken.extend(records.finish(false));
        taken.into_iter().map(|record| record.message).collect()
    }

    fn frame(message: &str) -> Vec<u8> {
        let mut frame = vec![0xa5, 0x5a, 0x00, 4 << 2 | 3];
        frame.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
        frame.extend(1_700_000_000_123_456_i64.to_be_bytes());
        frame.extend(message.as_bytes());
        frame
    }

    #[test]
    fn each_newline_ends_an_event_and_a_carriage_return_does_not() {
        assert_eq!(messages(&[b"a\rb\nc", b"\n\nd"]), ["a\rb\n", "c\n", "\n", "d"]);
    }

    #[test]
    fn a_frame_is_one_event_whatever_it_holds() {
        let (taken, _) = cut(&[&frame("one\ntwo")]);
        let time = Some(Timestamp::from_millis(1_700_000_000_123));
        let message = Bytes::from_static(b"one\ntwo");
        assert_eq!(taken, [Record { time, level: Some(LogLevel::Warn), message, ends_init: false }]);
    }

    #[test]
    fn frames_and_lines_keep_their_order() {
        let text = [b"a\nunfinished".to_vec(), frame("b\n"), b"c\n".to_vec()].concat();
        assert_eq!(messages(&[&text]), ["a\n", "unfinished", "b\n", "c\n"]);
    }

    #[test]
    fn an_endless_line_is_cut_into_events() {
        let text = vec![b'x'; RECORD_MAX_BYTES + 5];
        let lengths = messages(&[&text]).iter().map(Bytes::len).collect::<Vec<_>>();
        assert_eq!(lengths, [RECORD_MAX_BYTES, 5]);
    }

    #[test]
    fn a_short_record_does_not_hold_the_buffer_that_it_was_read_into() {
        let (mut records, mut taken) = (Records::new(true), vec![]);
        for text in [b"a\n".to_vec(), frame("b")] {
            let mut input = BytesMut::with_capacity(16 * 1024);
            input.extend_from_slice(&text);
            records.cut(&mut input, &mut taken);
            assert!(input.try_reclaim(16 * 1024), "{taken:?}");
        }
        assert_eq!(taken.len(), 2);
    }

    #[test]
    fn a_frame_whose_writer_has_ended_is_the_text_that_is_there() {
        let (mut taken, mut records) = cut(&[&frame("half of it")[..20]]);
        assert_eq!((taken.pop(), records.finish(false)), (None, None));
        assert_eq!(records.finish(true).map(|record| record.message), Some(Bytes::from_static(b"half")));
        let (_, mut records) = cut(&[&frame("x")[..9]]);
        assert_eq!((records.finish(true), records.finish(true)), (None, None));
    }

    #[test]
    fn who_was_told_of_no_frames_writes_text() {
        let (mut records, mut taken) = (Records::new(false), vec![]);
        let text = [b"a".to_vec(), frame("b\n"), b"c".to_vec()].concat();
        records.cut(&mut BytesMut::from(&text[..]), &mut taken);
        taken.extend(records.finish(false));
        assert_eq!(taken.into_iter().map(|record| record.message).collect::<Vec<_>>().concat(), text);
    }

    #[test]
    fn a_frame_of_impossible_length_is_text() {
        let text = [&[0xa5, 0x5a, 0x00, 3][..], &[0xff; 4], b"x\n"].concat();
        assert_eq!(messages(&[&text]).concat(), text);
    }

    proptest! {
        #[test]
        fn no_byte_of_text_is_lost_however_it_is_cut(text: Vec<u8>, cut in 1..40_usize) {
            prop_assume!(!text.contains(&0xa5));
            let pieces = text.chunks(cut).collect::<Vec<_>>();
            prop_assert_eq!(messages(&pieces).concat(), text);
        }

        #[test]
        fn frames_arrive_the_same_however_they_are_cut(text in prop::collection::vec("[a-z\n]{0,40}", 0..5), cut in 1..40_usize) {
            let bytes = text.iter().flat_map(|message| frame(message)).collect::<Vec<_>>();
            let pieces = bytes.chunks(cut).collect::<Vec<_>>();
            prop_assert_eq!(messages(&pieces), text);
        }
    }
}
