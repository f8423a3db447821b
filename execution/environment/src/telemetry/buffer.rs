//! What waits for one subscriber: batches by count, size and time, and a count of what there was no room for.

use std::collections::VecDeque;
use std::time::Duration;

use bytes::Bytes;

/// What a subscriber asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Buffering {
    pub(crate) max_items: usize,
    pub(crate) max_bytes: usize,
    pub(crate) timeout: Duration,
}

/// So many batches wait for a subscriber that does not keep up.
const BATCHES_MAX: usize = 2;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dropped {
    pub(super) records: usize,
    pub(super) bytes: usize,
}

#[derive(Debug)]
pub(super) struct Buffer {
    buffering: Buffering,
    waiting: VecDeque<Bytes>,
    waiting_bytes: usize,
    dropped: Dropped,
}

impl Buffer {
    pub(super) fn new(buffering: Buffering) -> Buffer {
        Buffer { buffering, waiting: VecDeque::new(), waiting_bytes: 0, dropped: Dropped::default() }
    }

    /// A record larger than a batch may be goes alone.
    pub(super) fn push(&mut self, record: Bytes) {
        let Buffering { max_items, max_bytes, .. } = self.buffering;
        let fits = self.waiting.len() < BATCHES_MAX * max_items
            && self.waiting_bytes + record.len() <= BATCHES_MAX * max_bytes;
        if fits || self.waiting.is_empty() {
            self.waiting_bytes += record.len();
            self.waiting.push_back(record);
        } else {
            self.drop_record(record.len());
        }
    }

    /// A batch that could not be delivered, and what was dropped before it, which remains to be told.
    pub(super) fn drop_batch(&mut self, batch: &[Bytes], untold: Dropped) {
        self.dropped.records += untold.records;
        self.dropped.bytes += untold.bytes;
        batch.iter().for_each(|record| self.drop_record(record.len()));
    }

    fn drop_record(&mut self, bytes: usize) {
        self.dropped.records += 1;
        self.dropped.bytes += bytes;
    }

    /// What was dropped is told with the next record: a subscriber that takes nothing is not bothered for it alone.
    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Whether a batch need not wait for more.
    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= self.buffering.max_items || self.waiting_bytes >= self.buffering.max_bytes
    }

    /// The next batch, and what was dropped before it.
    pub(super) fn take(&mut self) -> (Vec<Bytes>, Dropped) {
        let (mut batch, mut bytes) = (vec![], 0);
        while let Some(record) = self.waiting.front() {
            let fits =
                batch.len() < self.buffering.max_items && bytes + record.len() <= self.buffering.max_bytes;
            if !fits && !batch.is_empty() {
                break;
            }
            bytes += record.len();
            batch.extend(self.waiting.pop_front());
        }
        self.waiting_bytes -= bytes;
        (batch, std::mem::take(&mut self.dropped))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SMALL: Buffering = Buffering { max_items: 3, max_bytes: 100, timeout: Duration::from_secs(1) };

    fn record(length: usize) -> Bytes {
        vec![b'x'; length].into()
    }

    #[test]
    fn a_batch_is_full_by_count_or_by_size() {
        let mut buffer = Buffer::new(SMALL);
        for _ in 0..3 {
            assert!(!buffer.is_full());
            buffer.push(record(1));
        }
        assert!(buffer.is_full());
        buffer.take();
        buffer.push(record(100));
        assert!(buffer.is_full());
    }

    #[test]
    fn a_record_that_is_too_large_for_a_batch_goes_alone() {
        let mut buffer = Buffer::new(SMALL);
        buffer.push(record(500));
        buffer.push(record(1));
        assert_eq!(buffer.take(), (vec![record(500)], Dropped { records: 1, bytes: 1 }));
    }

    #[test]
    fn what_was_dropped_is_kept_until_it_is_told_and_makes_no_batch_alone() {
        let mut buffer = Buffer::new(SMALL);
        let untold = Dropped { records: 27, bytes: 2700 };
        buffer.drop_batch(&[record(10)], untold);
        assert!(buffer.is_empty());
        buffer.push(record(1));
        assert_eq!(buffer.take(), (vec![record(1)], Dropped { records: 28, bytes: 2710 }));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_without_being_counted(lengths in prop::collection::vec(0..150_usize, 0..60), every in 1..20_usize) {
            let mut buffer = Buffer::new(SMALL);
            let (mut records, mut bytes) = (0, 0);
            let mut count = |buffer: &mut Buffer| {
                let (batch, dropped) = buffer.take();
                assert!(batch.len() <= 3);
                records += batch.len() + dropped.records;
                bytes += batch.iter().map(Bytes::len).sum::<usize>() + dropped.bytes;
            };
            for (index, length) in lengths.iter().enumerate() {
                buffer.push(record(*length));
                assert!(buffer.waiting_bytes <= 200);
                if index % every == 0 { count(&mut buffer); }
            }
            while !buffer.is_empty() { count(&mut buffer); }
            prop_assert_eq!((records, bytes), (lengths.len(), lengths.iter().sum::<usize>()));
        }
    }
}
