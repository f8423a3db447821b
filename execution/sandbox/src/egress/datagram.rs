//! Datagrams of a namespace in which the server has no process: received with the destination that they were sent to,
//! answered in that destination's name.
#![allow(unsafe_code)]

use std::io;
use std::mem::size_of;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use rustix::net::SendFlags;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

/// A captured datagram: how much of the buffer it fills, and between whom it travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Datagram {
    pub(super) length: usize,
    pub(super) flow: Flow,
}

/// The two ends, as the sandbox sees them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Flow {
    pub(super) inside: SocketAddrV4,
    pub(super) outside: SocketAddrV4,
}

/// The socket that receives what was sent to any address.
#[derive(Debug)]
pub(super) struct Captured(AsyncFd<OwnedFd>);

impl Captured {
    pub(super) fn new(socket: OwnedFd) -> io::Result<Self> {
        ask_for_destinations(socket.as_raw_fd())?;
        Ok(Self(watched(socket, Interest::READABLE)?))
    }

    pub(super) async fn receive(&self, buffer: &mut [u8]) -> io::Result<Datagram> {
        self.0.async_io(Interest::READABLE, |socket| receive(socket.as_raw_fd(), buffer)).await
    }
}

fn watched(socket: OwnedFd, interest: Interest) -> io::Result<AsyncFd<OwnedFd>> {
    // SAFETY: an OwnedFd names one open descriptor for as long as it lives, and closes it when it is dropped.
    Ok(unsafe { AsyncFd::register_with_interest(socket, interest) }?)
}

fn ask_for_destinations(socket: RawFd) -> io::Result<()> {
    let on: libc::c_int = 1;
    let (value, size) = (std::ptr::from_ref(&on).cast(), size_of_val(&on) as libc::socklen_t);
    // SAFETY: `value` points to a live integer of `size` bytes, which is only read.
    let answer = unsafe { libc::setsockopt(socket, libc::SOL_IP, libc::IP_RECVORIGDSTADDR, value, size) };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

fn receive(socket: RawFd, buffer: &mut [u8]) -> io::Result<Datagram> {
    let mut inside = empty_address();
    let mut destination = Control::default();
    let mut vector = libc::iovec { iov_base: buffer.as_mut_ptr().cast(), iov_len: buffer.len() };
    // SAFETY: all zeros is a valid msghdr, one that describes nothing.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_name = std::ptr::from_mut(&mut inside).cast();
    message.msg_namelen = size_of::<libc::sockaddr_in>() as libc::socklen_t;
    message.msg_iov = &raw mut vector;
    message.msg_iovlen = 1;
    message.msg_control = std::ptr::from_mut(&mut destination).cast();
    message.msg_controllen = size_of::<Control>();
    // SAFETY: every pointer in `message` is to a local that outlives the call, with its true length beside it.
    let received = unsafe { libc::recvmsg(socket, &raw mut message, 0) };
    let length = usize::try_from(received).map_err(|_negative| io::Error::last_os_error())?;
    let outside = destination.address().ok_or(io::ErrorKind::InvalidData)?;
    Ok(Datagram { length, flow: Flow { inside: address_of(inside), outside } })
}

/// Room for the one control message that was asked for, laid out as the kernel writes it: the address follows the
/// header without padding on 64-bit machines.
#[repr(C)]
struct Control {
    header: libc::cmsghdr,
    address: libc::sockaddr_in,
}

impl Default for Control {
    fn default() -> Self {
        let header = libc::cmsghdr { cmsg_len: 0, cmsg_level: 0, cmsg_type: 0 };
        Self { header, address: empty_address() }
    }
}

impl Control {
    fn address(&self) -> Option<SocketAddrV4> {
        let kind = (self.header.cmsg_level, self.header.cmsg_type);
        (kind == (libc::SOL_IP, libc::IP_ORIGDSTADDR)).then(|| address_of(self.address))
    }
}

fn empty_address() -> libc::sockaddr_in {
    libc::sockaddr_in { sin_family: 0, sin_port: 0, sin_addr: libc::in_addr { s_addr: 0 }, sin_zero: [0; 8] }
}

fn address_of(address: libc::sockaddr_in) -> SocketAddrV4 {
    SocketAddrV4::new(Ipv4Addr::from(u32::from_be(address.sin_addr.s_addr)), u16::from_be(address.sin_port))
}

/// The socket that sends with any source address.
#[derive(Debug)]
pub(super) struct Answers(AsyncFd<OwnedFd>);

impl Answers {
    pub(super) fn new(socket: OwnedFd) -> io::Result<Self> {
        Ok(Self(watched(socket, Interest::WRITABLE)?))
    }

    /// Sends `payload` from the outer end of `flow` to the inner one.
    pub(super) async fn send(&self, flow: Flow, payload: &[u8]) -> io::Result<()> {
        let packet = packet(flow, payload)?;
        let send = |socket: &OwnedFd| {
            Ok(rustix::net::sendto(socket, &packet, SendFlags::empty(), &flow.inside).map(drop)?)
        };
        self.0.async_io(Interest::WRITABLE, send).await
    }
}

/// An IPv4 packet with a UDP datagram. The kernel fills in its identification and the header's checksum; a UDP
/// checksum of zero means that there is none, which `lo` does not need.
fn packet(flow: Flow, payload: &[u8]) -> io::Result<Vec<u8>> {
    const IP_HEADER_BYTES: usize = 20;
    const UDP_HEADER_BYTES: usize = 8;
    const VERSION_4_HEADER_OF_5_WORDS: u8 = 0x45;
    const TIME_TO_LIVE: u8 = 64;
    const UDP: u8 = 17;
    let too_long = |_| io::Error::from(io::ErrorKind::InvalidInput);
    let udp_length = u16::try_from(UDP_HEADER_BYTES + payload.len()).map_err(too_long)?;
    let total_length = u16::try_from(IP_HEADER_BYTES + UDP_HEADER_BYTES + payload.len()).map_err(too_long)?;

    let mut packet = Vec::with_capacity(usize::from(total_length));
    packet.extend([VERSION_4_HEADER_OF_5_WORDS, 0]);
    packet.extend(total_length.to_be_bytes());
    packet.extend([0, 0, 0, 0, TIME_TO_LIVE, UDP, 0, 0]);
    packet.extend(flow.outside.ip().octets());
    packet.extend(flow.inside.ip().octets());
    packet.extend(flow.outside.port().to_be_bytes());
    packet.extend(flow.inside.port().to_be_bytes());
    packet.extend(udp_length.to_be_bytes());
    packet.extend([0, 0]);
    packet.extend(payload);
    Ok(packet)
}
