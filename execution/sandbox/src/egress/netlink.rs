//! The little of netlink that a fresh network namespace needs: requests made of nested attributes, sent as one
//! datagram, each answered by an acknowledgement that carries an errno. Sets up addresses and packet rules without
//! starting `ip` or `nft`, which hosts may lack.

use std::io;
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType};

/// Length, type, flags, sequence number, port.
const HEADER_BYTES: usize = 16;
const ACKNOWLEDGEMENT: u16 = 2;
/// Acknowledgements quote the request they answer; ours are a few hundred bytes.
const ANSWER_MAX_BYTES: usize = 8 * 1024;

const FLAG_REQUEST: u16 = 0x1;
const FLAG_ACKNOWLEDGE: u16 = 0x4;
const FLAG_CREATE: u16 = 0x400;
const NESTED: u16 = 1 << 15;

/// Whether the kernel answers a request even when it succeeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answered {
    Always,
    OnlyOnFailure,
}

/// A run of attributes; also the body of a nested one.
#[derive(Debug, Default)]
pub(super) struct Attributes(Vec<u8>);

impl Attributes {
    pub(super) fn with(self, kind: u16, value: &[u8]) -> Self {
        self.append(kind, value)
    }

    /// Names in netfilter end with a zero byte.
    pub(super) fn with_name(self, kind: u16, name: &str) -> Self {
        self.append(kind, &[name.as_bytes(), &[0]].concat())
    }

    /// Netfilter's numbers are big-endian.
    pub(super) fn with_number(self, kind: u16, number: u32) -> Self {
        self.append(kind, &number.to_be_bytes())
    }

    pub(super) fn with_nested(self, kind: u16, inner: &Attributes) -> Self {
        self.append(kind | NESTED, &inner.0)
    }

    fn append(mut self, kind: u16, value: &[u8]) -> Self {
        const ATTRIBUTE_HEADER_BYTES: usize = 4;
        let length =
            u16::try_from(ATTRIBUTE_HEADER_BYTES + value.len()).expect("attributes are built from constants");
        self.0.extend(length.to_ne_bytes());
        self.0.extend(kind.to_ne_bytes());
        self.0.extend(value);
        self.0.resize(self.0.len().next_multiple_of(4), 0);
        self
    }
}

/// Several requests that travel together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    bytes: Vec<u8>,
    answers: usize,
    requests: u32,
}

impl Batch {
    /// Adds a request to create or change something: `fixed` is the structure that its kind begins with.
    pub(super) fn push(&mut self, kind: u16, answered: Answered, fixed: &[u8], attributes: &Attributes) {
        let length =
            u32::try_from(HEADER_BYTES + fixed.len() + attributes.0.len()).expect("requests are small");
        let mut flags = FLAG_REQUEST | FLAG_CREATE;
        if answered == Answered::Always {
            flags |= FLAG_ACKNOWLEDGE;
            self.answers += 1;
        }
        self.requests += 1;
        self.bytes.extend(length.to_ne_bytes());
        self.bytes.extend(kind.to_ne_bytes());
        self.bytes.extend(flags.to_ne_bytes());
        self.bytes.extend(self.requests.to_ne_bytes());
        self.bytes.extend([0; 4]);
        self.bytes.extend(fixed);
        self.bytes.extend(&attributes.0);
    }

    /// Sends the requests to the part of the kernel that `protocol` names and waits until all are carried out.
    ///
    /// # Errors
    /// The errno of the first request that failed.
    pub(super) fn carry_out(&self, protocol: Option<Protocol>) -> io::Result<()> {
        let flags = SocketFlags::CLOEXEC;
        let socket = rustix::net::socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, protocol)?;
        rustix::net::send(&socket, &self.bytes, SendFlags::empty())?;
        let mut acknowledged = 0;
        while acknowledged < self.answers {
            acknowledged += receive(&socket)?;
        }
        Ok(())
    }
}

/// How many requests the next datagram from the kernel acknowledges.
fn receive(socket: &OwnedFd) -> io::Result<usize> {
    let mut answer = [0; ANSWER_MAX_BYTES];
    // The kernel carries requests out while they are sent, so the answers are there already.
    let (received, _) = rustix::net::recv(socket, &mut answer[..], RecvFlags::DONTWAIT)?;
    acknowledgements(&answer[..received])
}

fn acknowledgements(mut answer: &[u8]) -> io::Result<usize> {
    let mut count = 0;
    while let Some((length, kind, errno)) = acknowledgement(answer) {
        if kind == ACKNOWLEDGEMENT && errno != 0 {
            return Err(io::Error::from_raw_os_error(errno));
        }
        count += usize::from(kind == ACKNOWLEDGEMENT);
        answer = answer.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Ok(count)
}

/// Length, kind and (positive) errno of the message that `answer` begins with.
fn acknowledgement(answer: &[u8]) -> Option<(usize, u16, i32)> {
    let (length, rest) = answer.split_first_chunk()?;
    let (kind, _) = rest.split_first_chunk()?;
    let (errno, _) = answer.get(HEADER_BYTES..)?.split_first_chunk()?;
    let length =
        usize::try_from(u32::from_ne_bytes(*length)).ok().filter(|length| *length >= HEADER_BYTES)?;
    Some((length, u16::from_ne_bytes(*kind), i32::from_ne_bytes(*errno).wrapping_neg()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn attributes_are_padded_to_four_bytes_and_nest() {
        let inner = Attributes::default().with_name(1, "ab");
        let outer = Attributes::default().with_nested(2, &inner);
        assert_eq!(outer.0, [12, 0, 2, 0x80, 7, 0, 1, 0, b'a', b'b', 0, 0]);
    }

    #[test]
    fn a_refused_request_gives_its_errno() {
        let mut batch = Batch::default();
        let no_such_kind = 0xfff0;
        batch.push(no_such_kind, Answered::Always, &[0; 16], &Attributes::default());
        let error = batch.carry_out(None).expect_err("no request has this number");
        assert!(matches!(error.raw_os_error(), Some(libc::EOPNOTSUPP | libc::EPERM)), "{error}");
    }

    proptest! {
        #[test]
        fn any_answer_is_read_to_its_end(answer in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = acknowledgements(&answer);
        }
    }
}
