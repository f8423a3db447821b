//! As much of a DNS message (RFC 1035, section 4) as a relay reads.

/// Id, flags, and the numbers of questions, answers, authorities and additions.
const HEADER_BYTES: usize = 12;
const LABEL_MAX_BYTES: u8 = 63;
/// Type and class, after a question's name.
const QUESTION_TAIL_BYTES: usize = 4;

const IS_RESPONSE: u8 = 0x80;
const OPCODE_AND_RECURSION_DESIRED: u8 = 0x79;

/// Why there is no answer, as the response's code says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    ServerFailure = 2,
    Refused = 5,
}

/// A message that asks exactly one question, as all that clients send do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    bytes: Vec<u8>,
    question_end: usize,
}

impl Query {
    /// `None` for what is no query; it deserves no answer.
    pub(super) fn parse(message: &[u8]) -> Option<Self> {
        let header = message.get(..HEADER_BYTES)?;
        let (flags, questions) = (header[2], [header[4], header[5]]);
        let is_query = flags & IS_RESPONSE == 0 && questions == [0, 1];
        let question_end = end_of_question(message).filter(|_| is_query)?;
        Some(Self { bytes: message.to_vec(), question_end })
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether `message` is a response with this query's id.
    pub(super) fn is_answered_by(&self, message: &[u8]) -> bool {
        message.len() >= HEADER_BYTES && message[..2] == self.bytes[..2] && message[2] & IS_RESPONSE != 0
    }

    /// The response that says so: same id and question, nothing else.
    pub(super) fn failure(&self, failure: Failure) -> Vec<u8> {
        let mut response = self.bytes[..self.question_end].to_vec();
        response[2] = IS_RESPONSE | response[2] & OPCODE_AND_RECURSION_DESIRED;
        response[3] = failure as u8;
        response[4..HEADER_BYTES].copy_from_slice(&[0, 1, 0, 0, 0, 0, 0, 0]);
        response
    }
}

/// Where the first question ends. Its name is a row of labels that ends with an empty one; a query's first name has
/// nothing before it that it could point to.
fn end_of_question(message: &[u8]) -> Option<usize> {
    let mut at = HEADER_BYTES;
    loop {
        let length = *message.get(at)?;
        at += 1;
        if length == 0 {
            let end = at + QUESTION_TAIL_BYTES;
            return (end <= message.len()).then_some(end);
        }
        if length > LABEL_MAX_BYTES {
            return None;
        }
        at += usize::from(length);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Id 0x1234, recursion desired, one question for the A record of `a.b`, and an EDNS record.
    fn query() -> Vec<u8> {
        let header = [0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, 1];
        let question = [1, b'a', 1, b'b', 0, 0, 1, 0, 1];
        let edns = [0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0];
        [&header[..], &question, &edns].concat()
    }

    #[test]
    fn a_refusal_repeats_id_and_question_and_drops_the_rest() {
        let query = Query::parse(&query()).expect("a query");
        let header = [0x12, 0x34, 0x81, 0x05, 0, 1, 0, 0, 0, 0, 0, 0];
        let question = [1, b'a', 1, b'b', 0, 0, 1, 0, 1];
        assert_eq!(query.failure(Failure::Refused), [&header[..], &question].concat());
        assert!(query.is_answered_by(&query.failure(Failure::ServerFailure)));
    }

    #[test]
    fn answers_to_other_queries_and_queries_do_not_match() {
        let query = Query::parse(&query()).expect("a query");
        let mut other = query.failure(Failure::Refused);
        other[1] ^= 1;
        assert!(!query.is_answered_by(&other));
        assert!(!query.is_answered_by(query.bytes()));
        assert!(!query.is_answered_by(&[]));
    }

    #[test]
    fn responses_and_broken_questions_are_no_queries() {
        let response = Query::parse(&query()).expect("a query").failure(Failure::Refused);
        assert_eq!(Query::parse(&response), None);
        assert_eq!(Query::parse(&query()[..20]), None);
        let mut pointer = query();
        pointer[HEADER_BYTES] = 0xc0;
        assert_eq!(Query::parse(&pointer), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(message in proptest::collection::vec(any::<u8>(), 0..600)) {
            if let Some(query) = Query::parse(&message) {
                let failure = query.failure(Failure::ServerFailure);
                prop_assert!(query.is_answered_by(&failure));
            }
        }
    }
}
