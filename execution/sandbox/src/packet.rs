//! One message, with the descriptors that go with it, as one packet on a `SOCK_SEQPACKET` pair.
//!
//! A packet arrives whole or not at all, so a reader never sees half a message or a descriptor without its message.

use std::fs::File;
use std::io::{self, BufReader, IoSlice, IoSliceMut, Seek};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::io::Errno;
use rustix::net::{
    AddressFamily, RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, SocketFlags, SocketType,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Below the kernel's default socket buffer (208 KiB), which bounds a packet.
pub(crate) const MESSAGE_MAX_BYTES: usize = 160 * 1024;
/// The listeners and egress sockets of one sandbox, and room to grow. The kernel's own bound is 253.
pub(crate) const DESCRIPTORS_MAX: usize = 32;

/// A message and its descriptors.
#[derive(Debug)]
pub(crate) struct Packet<M> {
    pub(crate) message: M,
    pub(crate) descriptors: Vec<OwnedFd>,
}

/// A connected pair; both ends close on exec.
pub(crate) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
    let flags = SocketFlags::CLOEXEC;
    Ok(rustix::net::socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None)?)
}

/// Sends one packet. `InvalidInput` when the message is larger than [`MESSAGE_MAX_BYTES`], `BrokenPipe` when the other
/// end is closed.
pub(crate) fn send<M: Serialize>(
    socket: impl AsFd,
    message: &M,
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    send_encoded(socket, &encode(message)?, descriptors)
}

pub(crate) fn encode<M: Serialize>(message: &M) -> io::Result<Vec<u8>> {
    let bytes = serde_json::to_vec(message)?;
    if bytes.len() > MESSAGE_MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "the message does not fit one packet"));
    }
    Ok(bytes)
}

pub(crate) fn send_encoded(
    socket: impl AsFd,
    bytes: &[u8],
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !control.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "too many descriptors for one packet"));
    }
    let send = || rustix::net::sendmsg(&socket, &[IoSlice::new(bytes)], &mut control, SendFlags::NOSIGNAL);
    match rustix::io::retry_on_intr(send) {
        Ok(_whole) => Ok(()),
        Err(Errno::CONNRESET) => Err(Errno::PIPE.into()),
        Err(errno) => Err(errno.into()),
    }
}

/// Receives one packet; `None` once the other end is closed.
pub(crate) fn receive<M: DeserializeOwned>(socket: impl AsFd) -> io::Result<Option<Packet<M>>> {
    let length = next_length(&socket)?;
    if length == 0 {
        return Ok(None);
    }
    let mut bytes = vec![0; length];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
    let mut control = RecvAncillaryBuffer::new(&mut space);
    let mut slices = [IoSliceMut::new(&mut bytes)];
    rustix::net::recvmsg(&socket, &mut slices, &mut control, RecvFlags::CMSG_CLOEXEC)?;
    let descriptors = control.drain().flat_map(received).collect();
    Ok(Some(Packet { message: serde_json::from_slice(&bytes)?, descriptors }))
}

/// Sends a message of any size: as a file without a name, the first of the descriptors.
pub(crate) fn send_large<M: Serialize>(
    socket: impl AsFd,
    message: &M,
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let file = File::from(rustix::fs::memfd_create("message", rustix::fs::MemfdFlags::CLOEXEC)?);
    serde_json::to_writer(&file, message)?;
    let descriptors: Vec<_> = [file.as_fd()].into_iter().chain(descriptors.iter().copied()).collect();
    send(socket, &(), &descriptors)
}

/// Receives what [`send_large`] sent.
pub(crate) fn receive_large<M: DeserializeOwned>(socket: impl AsFd) -> io::Result<Option<Packet<M>>> {
    let Some(Packet { message: (), mut descriptors }) = receive(socket)? else { return Ok(None) };
    if descriptors.is_empty() {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut file = File::from(descriptors.remove(0));
    file.rewind()?;
    Ok(Some(Packet { message: serde_json::from_reader(BufReader::new(file))?, descriptors }))
}

/// Waits for a packet and says how long it is, so that an idle reader holds no large buffer.
fn next_length(socket: impl AsFd) -> io::Result<usize> {
    let flags = RecvFlags::PEEK | RecvFlags::TRUNC;
    let peek = || rustix::net::recv(&socket, &mut [0_u8; 1][..], flags);
    match rustix::io::retry_on_intr(peek) {
        Ok((_initialised, length)) => Ok(length),
        // Closed with something unread on the other side.
        Err(Errno::CONNRESET) => Ok(0),
        Err(errno) => Err(errno.into()),
    }
}

fn received(message: RecvAncillaryMessage<'_>) -> Vec<OwnedFd> {
    match message {
        RecvAncillaryMessage::ScmRights(descriptors) => descriptors.collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_arrives_with_its_descriptors() {
        let (left, right) = pair().unwrap();
        let (reader, writer) = rustix::pipe::pipe().unwrap();
        send(&left, &"hello", &[writer.as_fd()]).unwrap();
        drop(writer);
        let packet: Packet<String> = receive(&right).unwrap().unwrap();
        assert_eq!(packet.message, "hello");
        rustix::io::write(&packet.descriptors[0], b"x").unwrap();
        let mut byte = [0];
        assert_eq!(rustix::io::read(&reader, &mut byte).unwrap(), 1);
        assert_eq!(byte, *b"x");
    }

    #[test]
    fn the_end_of_the_other_side_is_none() {
        let (left, right) = pair().unwrap();
        drop(left);
        assert!(receive::<String>(&right).unwrap().is_none());
    }

    #[test]
    fn the_largest_message_passes_and_a_larger_one_is_refused() {
        let (left, right) = pair().unwrap();
        let largest = "x".repeat(MESSAGE_MAX_BYTES - 2);
        send(&left, &largest, &[]).unwrap();
        assert_eq!(receive::<String>(&right).unwrap().unwrap().message, largest);
        let refused = send(&left, &"x".repeat(MESSAGE_MAX_BYTES), &[]).unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidInput);
    }
}
