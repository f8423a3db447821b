//! What a function writes in its first invocation before the platform has noted that it began.
//!
//! A runtime that has its event ahead begins at once. It writes an empty record first: what follows is not its init's,
//! and belongs behind START.

use std::mem;

use super::records::Record;

/// START comes within moments, unless an extension makes it wait. Then order is less than memory.
const HELD_MAX_BYTES: usize = 256 * 1024;

#[derive(Debug, Default)]
pub(super) enum Early {
    /// Records are stored as they come.
    #[default]
    Over,
    /// The runtime has its event ahead, and has not said yet that its init is over.
    Awaited {
        has_begun: bool,
    },
    Held {
        records: Vec<Record>,
        bytes: usize,
    },
}

impl Early {
    /// The runtime gets its event before it asks for it.
    pub(super) fn expect(&mut self) {
        *self = Early::Awaited { has_begun: false };
    }

    /// Gives back what is to be stored now.
    pub(super) fn pass(&mut self, record: Record) -> Option<Record> {
        match self {
            Early::Awaited { has_begun } if record.message.is_empty() => {
                *self = if *has_begun { Early::Over } else { Early::Held { records: vec![], bytes: 0 } };
                None
            }
            Early::Held { records, bytes } if *bytes < HELD_MAX_BYTES => {
                *bytes += record.message.len().max(1);
                records.push(record);
                None
            }
            Early::Over | Early::Awaited { .. } | Early::Held { .. } => Some(record),
        }
    }

    /// The invocation has begun: what was held back for it.
    pub(super) fn begin(&mut self) -> Vec<Record> {
        match mem::take(self) {
            Early::Held { records, .. } => return records,
            Early::Awaited { .. } => *self = Early::Awaited { has_begun: true },
            Early::Over => {}
        }
        vec![]
    }

    /// The runtime has ended: what was held back.
    pub(super) fn end(&mut self) -> Vec<Record> {
        let held = self.begin();
        *self = Early::Over;
        held
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn record(message: &'static str) -> Record {
        Record { time: None, level: None, message: Bytes::from_static(message.as_bytes()) }
    }

    fn expected() -> Early {
        let mut early = Early::default();
        early.expect();
        early
    }

    #[test]
    fn what_follows_an_empty_record_waits_for_the_invocation() {
        let mut early = expected();
        assert_eq!(early.pass(record("init\n")), Some(record("init\n")));
        assert_eq!(early.pass(record("")), None);
        assert_eq!(early.pass(record("handler\n")), None);
        assert_eq!(early.pass(record("")), None);
        assert_eq!(early.begin(), [record("handler\n"), record("")]);
        assert_eq!(early.pass(record("")), Some(record("")));
    }

    #[test]
    fn an_invocation_that_has_begun_already_waits_for_nothing() {
        let mut early = expected();
        assert_eq!(early.begin(), []);
        assert_eq!(early.pass(record("init\n")), Some(record("init\n")));
        assert_eq!(early.pass(record("")), None);
        assert_eq!(early.pass(record("handler\n")), Some(record("handler\n")));
        assert_eq!(early.pass(record("")), Some(record("")));
    }

    #[test]
    fn where_no_event_came_ahead_nothing_waits() {
        let mut early = Early::default();
        assert_eq!(early.pass(record("")), Some(record("")));
        assert_eq!(early.begin(), []);
        assert_eq!(early.pass(record("")), Some(record("")));
    }

    #[test]
    fn the_next_runtime_has_nothing_to_do_with_it() {
        let mut early = expected();
        assert_eq!(early.end(), []);
        assert_eq!(early.pass(record("")), Some(record("")));
    }

    #[test]
    fn what_waits_is_bounded() {
        let mut early = expected();
        early.pass(record(""));
        let held = (0..2 * HELD_MAX_BYTES).filter(|_record| early.pass(record("")).is_none()).count();
        assert_eq!(held, HELD_MAX_BYTES);
    }
}
