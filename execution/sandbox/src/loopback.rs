//! The network that every sandbox has: its own loopback, and the sockets on it that the server listens on.
//!
//! A socket belongs to the network namespace that it was made in, whoever holds it. So they are made inside, handed to
//! the server, and answered from there without the server ever entering a sandbox.
#![allow(unsafe_code)]

use std::io;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixListener;

use rustix::net::{AddressFamily, SocketFlags, SocketType};

/// AWS's port for the Runtime API on the loopback of an environment.
const RUNTIME_API_PORT: u16 = 9001;
/// The port of Mayfly's own front, the same inside as outside.
const FRONT_PORT: u16 = 4566;
/// Where datagrams are taken, on the loopback and on the sandbox's address beside it.
const DATAGRAM_PORT: u16 = 2000;
/// Where the Runtime API's unix socket stands inside.
pub const RUNTIME_API_SOCKET: &str = "/run/runtime-api.sock";

/// Brings `lo` up in the current network namespace.
pub(crate) fn bring_up() -> io::Result<()> {
    let socket =
        rustix::net::socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
    // SAFETY: ifreq is plain bytes, for which zero is a valid value.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    request.ifr_name[0] = b'l' as libc::c_char;
    request.ifr_name[1] = b'o' as libc::c_char;
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING) as libc::c_short;
    // SAFETY: the request is a live ifreq with a terminated name, which is what this ioctl reads.
    let answer = unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS, &raw const request) };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// The TCP listeners, in the order in which the server expects them.
pub(crate) fn listen() -> io::Result<[OwnedFd; 2]> {
    let listen = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map(OwnedFd::from);
    Ok([listen(RUNTIME_API_PORT)?, listen(FRONT_PORT)?])
}

/// The socket for datagrams. Nothing is ever answered, so it need not know which address they were for.
pub(crate) fn listen_udp() -> io::Result<OwnedFd> {
    Ok(UdpSocket::bind((Ipv4Addr::UNSPECIFIED, DATAGRAM_PORT))?.into())
}

/// The unix listener; anybody inside may connect to it.
pub(crate) fn listen_unix() -> io::Result<OwnedFd> {
    let listener = UnixListener::bind(RUNTIME_API_SOCKET)?;
    std::fs::set_permissions(RUNTIME_API_SOCKET, std::os::unix::fs::PermissionsExt::from_mode(0o666))?;
    Ok(listener.into())
}
