//! The way out of a sandbox, without a network device on the host.
//!
//! Inside, [`capture`] makes every connection and datagram arrive at sockets that the server holds. The server, which
//! is an ordinary process of the host, asks [`policy`] about the wanted address, dials it and carries the bytes. What
//! a sandbox can reach is thereby decided in one place, on addresses rather than names, after name resolution.
//!
//! ```text
//! process  ── connect(93.184.216.34:443) ──▶ lo, tproxy ──▶ [tcp]  stream ──▶ policy ──▶ dial ──▶ the internet
//!          ── send_to(203.0.113.9:123)   ──▶ lo, tproxy ──▶ [udp]  flows  ──▶ policy ──▶ dial
//!          ◀─ answer from 203.0.113.9:123 ── lo ◀── [raw] ◀───────────────────────────────┘
//!          ── query 127.0.0.1:53         ──▶ [dns]  crate::dns ──▶ the host's resolvers
//! ```

mod capture;
mod datagram;
mod netlink;
mod policy;
mod stream;
#[cfg(test)]
mod tests;
mod udp;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rustix::process::{Resource, getrlimit};
use tokio::net::{TcpListener, UdpSocket};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::JoinSet;

pub(crate) use capture::{EgressSockets, prepare_namespace};

use self::policy::Owner;
use crate::dns;
use crate::spec::Egress;

/// Of the descriptors that the server may have open, the share that connections of sandboxes may use together. A
/// connection takes two, and everything else that the server does must go on when all are taken.
const SHARE_OF_DESCRIPTORS: u64 = 4;
/// For a server whose descriptors are not limited.
const CONNECTIONS_MAX: u64 = 100_000;

/// The server's side of the way out, one for all sandboxes.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    resolvers: dns::Resolvers,
    /// One permit for each outside connection, whichever sandbox it belongs to.
    connections: Arc<Semaphore>,
    warned: Arc<AtomicBool>,
}

impl Gateway {
    pub(crate) fn new() -> Self {
        let descriptors = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
        let connections = (descriptors / SHARE_OF_DESCRIPTORS).min(CONNECTIONS_MAX);
        let connections = usize::try_from(connections).expect("bounded by CONNECTIONS_MAX");
        Self::with(dns::Resolvers::of_host(), connections)
    }

    fn with(resolvers: dns::Resolvers, connections: usize) -> Self {
        Self { resolvers, connections: Arc::new(Semaphore::new(connections)), warned: Arc::default() }
    }

    /// Serves one sandbox until the service is dropped. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// The runtime cannot watch the sockets.
    pub(crate) fn serve(&self, policy: Egress, sockets: EgressSockets) -> io::Result<Service> {
        let mut service = Service { traffic: Arc::default(), tasks: JoinSet::new() };
        let dns_udp = udp_socket(sockets.dns_udp)?;
        let dns_tcp = tcp_listener(sockets.dns_tcp)?;
        let resolvers = (policy != Egress::None).then(|| self.resolvers.clone());
        service.tasks.spawn(dns::serve_datagrams(dns_udp, resolvers.clone()));
        service.tasks.spawn(dns::serve_streams(dns_tcp, resolvers));
        if policy != Egress::None && sockets.capture.is_none() {
            self.warn_once();
        }
        if let Some(capture) = sockets.capture {
            let way = Way { policy, connections: self.connections.clone(), traffic: service.traffic.clone() };
            service.tasks.spawn(stream::serve(tcp_listener(capture.tcp)?, way.clone()));
            let captured = datagram::Captured::new(capture.udp)?;
            let answers = datagram::Answers::new(capture.raw)?;
            service.tasks.spawn(udp::serve(captured, answers, way));
        }
        Ok(service)
    }

    fn warn_once(&self) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                "this kernel lacks nf_tables with tproxy: sandboxes resolve names, and reach nothing outside"
            );
        }
    }
}

fn tcp_listener(descriptor: OwnedFd) -> io::Result<TcpListener> {
    TcpListener::from_std(descriptor.into())
}

fn udp_socket(descriptor: OwnedFd) -> io::Result<UdpSocket> {
    UdpSocket::from_std(descriptor.into())
}

/// What the tasks of one sandbox share.
#[derive(Clone, Debug)]
struct Way {
    policy: Egress,
    connections: Arc<Semaphore>,
    traffic: Arc<Counters>,
}

impl Way {
    /// For one more beside those that the sandbox has. It may have as many as are free, so that however many sandboxes
    /// take all that they can, something is left for the next.
    fn permit(&self, own: usize) -> Option<SemaphorePermit<'_>> {
        let free = self.connections.available_permits();
        (own < free).then(|| self.connections.try_acquire().ok()).flatten()
    }

    /// # Errors
    /// `PermissionDenied` if the policy keeps the sandbox from `wanted`.
    fn check(&self, wanted: SocketAddr) -> io::Result<()> {
        let IpAddr::V4(address) = wanted.ip() else {
            return Err(io::ErrorKind::PermissionDenied.into());
        };
        let permitted = policy::permits(self.policy, address, owner_of(address));
        if permitted { Ok(()) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }
}

/// The kernel binds a socket to the host's own addresses only. Asked anew each time, since addresses come and go; any
/// other refusal than "not mine" counts as the host's, which is the careful answer.
fn owner_of(address: Ipv4Addr) -> Owner {
    match std::net::UdpSocket::bind((address, 0)) {
        Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => Owner::Other,
        _ => Owner::Host,
    }
}

/// Bytes that crossed the boundary of one sandbox, of TCP and UDP payloads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    pub sent_bytes: u64,
    pub received_bytes: u64,
}

#[derive(Debug, Default)]
struct Counters {
    sent: AtomicU64,
    received: AtomicU64,
}

/// The tasks that serve one sandbox; dropping it ends them and every connection.
#[derive(Debug)]
pub(crate) struct Service {
    traffic: Arc<Counters>,
    tasks: JoinSet<()>,
}

impl Service {
    pub(crate) fn traffic(&self) -> Traffic {
        Traffic {
            sent_bytes: self.traffic.sent.load(Ordering::Relaxed),
            received_bytes: self.traffic.received.load(Ordering::Relaxed),
        }
    }
}
