//! The last bytes of an invocation's log, as `LogType=Tail` returns them.

use std::collections::VecDeque;

use bytes::Bytes;
use model::limits::LOG_TAIL_MAX_BYTES;

#[derive(Debug, Default)]
pub(super) struct Tail {
    bytes: VecDeque<u8>,
}

impl Tail {
    /// Records without a line end get one here, so that they stay apart.
    pub(super) fn push(&mut self, message: &[u8]) {
        let kept = &message[message.len().saturating_sub(LOG_TAIL_MAX_BYTES)..];
        self.bytes.extend(kept);
        if !message.ends_with(b"\n") {
            self.bytes.push_back(b'\n');
        }
        let excess = self.bytes.len().saturating_sub(LOG_TAIL_MAX_BYTES);
        self.bytes.drain(..excess);
    }

    pub(super) fn to_bytes(&self) -> Bytes {
        self.bytes.iter().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_four_kibibytes_by_bytes() {
        let mut tail = Tail::default();
        tail.push(&[b'a'; 5000]);
        tail.push(b"end\n");
        let bytes = tail.to_bytes();
        assert_eq!(bytes.len(), LOG_TAIL_MAX_BYTES);
        assert!(bytes.starts_with(b"aa") && bytes.ends_with(b"a\nend\n"));
    }

    #[test]
    fn records_without_a_line_end_stay_apart() {
        let mut tail = Tail::default();
        tail.push(b"{}");
        tail.push(b"x\n");
        assert_eq!(tail.to_bytes(), "{}\nx\n");
    }
}
