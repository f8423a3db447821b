//! What a function writes in its first invocation before the platform has noted that it began.
//!
//! A runtime that has its event ahead begins at once. It says so in its output first: what follows is not its init's, and
//! belongs behind START.

use std::mem;

use super::records::Record;

/// START comes within moments, unless an extension makes it wait. Then order is less than memory.
const HELD_MAX_BYTES: usize = 256 * 1024;

#[derive(Debug, Default)]
pub(super) enum Early {
    /// Nothing has been invoked yet.
    #[default]
    Init,
    Held {
        records: Vec<Record>,
        bytes: usize,
    },
    /// Records are stored as they come.
    Over,
}

/// What is to be stored now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Passed {
    Nothing,
    One(Record),
    /// There is no holding back any more.
    All(Vec<Record>),
}

impl Early {
    pub(super) fn is_held(&self) -> bool {
        matches!(self, Early::Held { .. })
    }

    pub(super) fn pass(&mut self, record: Record) -> Passed {
        match self {
            Early::Init if record.ends_init => {
                *self = Early::Held { records: vec![], bytes: 0 };
                Passed::Nothing
            }
            _ if record.ends_init => Passed::Nothing,
            Early::Held { records, bytes } => {
                *bytes += size_of::<Record>() + record.message.len();
                records.push(record);
                if *bytes < HELD_MAX_BYTES { Passed::Nothing } else { Passed::All(self.end()) }
            }
            Early::Init | Early::Over => Passed::One(record),
        }
    }

    /// An invocation has begun, or the runtime has ended: what was held back.
    pub(super) fn end(&mut self) -> Vec<Record> {
        match mem::replace(self, Early::Over) {
            Early::Held { records, .. } => records,
            Early::Init | Early::Over => vec![],
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn record(message: &'static str) -> Record {
        Record { time: None, level: None, message: Bytes::from_static(message.as_bytes()), ends_init: false }
    }

    fn end_of_init() -> Record {
        Record { ends_init: true, ..record("") }
    }

    #[test]
    fn what_follows_the_end_of_the_init_waits_for_the_invocation() {
        let mut early = Early::default();
        assert_eq!(early.pass(record("init\n")), Passed::One(record("init\n")));
        assert_eq!(early.pass(end_of_init()), Passed::Nothing);
        assert_eq!(early.pass(record("handler\n")), Passed::Nothing);
        assert_eq!(early.end(), [record("handler\n")]);
        assert_eq!(early.pass(record("later\n")), Passed::One(record("later\n")));
    }

    #[test]
    fn an_invocation_that_has_begun_already_waits_for_nothing() {
        let mut early = Early::default();
        assert_eq!(early.end(), []);
        assert_eq!(early.pass(record("init\n")), Passed::One(record("init\n")));
        assert_eq!(early.pass(end_of_init()), Passed::Nothing);
        assert_eq!(early.pass(record("handler\n")), Passed::One(record("handler\n")));
    }

    #[test]
    fn what_waits_is_bounded_and_keeps_its_order() {
        let mut early = Early::default();
        early.pass(end_of_init());
        let most = HELD_MAX_BYTES / size_of::<Record>();
        for _ in 0..most {
            assert_eq!(early.pass(record("")), Passed::Nothing);
        }
        let Passed::All(records) = early.pass(record("last")) else { panic!("it is still held") };
        assert_eq!((records.len(), records.last()), (most + 1, Some(&record("last"))));
        assert_eq!(early.pass(record("later")), Passed::One(record("later")));
    }
}
