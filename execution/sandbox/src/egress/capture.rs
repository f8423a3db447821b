//! Inside a sandbox's network namespace: makes every IPv4 address arrive at sockets that the server holds.
//!
//! The namespace has `lo` and nothing else. A route declares every address to be local, so that a packet for anywhere
//! leaves by `lo` and comes in again by `lo`; there one packet rule (`tproxy`) hands what is not for 127.0.0.0/8 to our
//! TCP listener or UDP socket, with its destination untouched: `getsockname` on an accepted connection is the address
//! that the process wanted. No veth, NAT, connection tracking, `ip_forward` or right on the host is involved, so root
//! and rootless do the same. IPv6 has no route: connecting fails at once and clients go on to IPv4.

use std::io;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::os::fd::OwnedFd;

use rustix::net::netlink;
use socket2::{Domain, Protocol, Socket, Type};

use super::netlink::{Answered, Attributes, Batch};
use crate::spec::Egress;

/// The source address of what a sandbox sends out. Link-local, so nothing outside can be meant by it.
pub(super) const SOURCE: Ipv4Addr = Ipv4Addr::new(169, 254, 76, 1);
/// An address of the sandbox itself beside its loopback, for what the server listens to there.
pub(crate) const INNER: Ipv4Addr = Ipv4Addr::new(169, 254, 79, 129);
/// Where captured packets go. Nothing inside can take it from us: ports below 1,024 need a capability.
const CAPTURE_PORT: u16 = 76;
const DNS: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 53);
/// Connections that wait to be accepted while the server is at its bound.
const BACKLOG: i32 = 128;

/// `lo` is the first interface of every namespace.
const LOOPBACK_INDEX: u32 = 1;

/// The sockets of one namespace that the server needs; see [`super::serve`].
#[derive(Debug)]
pub(crate) struct EgressSockets {
    /// Absent when the policy lets nothing out or the kernel cannot: then connecting fails at once.
    pub(super) capture: Option<Capture>,
    pub(super) dns_tcp: OwnedFd,
    pub(super) dns_udp: OwnedFd,
}

#[derive(Debug)]
pub(super) struct Capture {
    /// Accepts every captured TCP connection.
    pub(super) tcp: OwnedFd,
    /// Receives every captured datagram.
    pub(super) udp: OwnedFd,
    /// Sends packets with any source address, to answer datagrams in the name of the address they were for.
    pub(super) raw: OwnedFd,
}

impl EgressSockets {
    /// In an order of their own, for [`Self::from_descriptors`] in another process.
    pub(crate) fn into_descriptors(self) -> Vec<OwnedFd> {
        let captured = self.capture.map(|Capture { tcp, udp, raw }| [tcp, udp, raw]);
        [self.dns_tcp, self.dns_udp].into_iter().chain(captured.into_iter().flatten()).collect()
    }

    /// # Errors
    /// The number of descriptors is not one that [`Self::into_descriptors`] gives.
    pub(crate) fn from_descriptors(descriptors: Vec<OwnedFd>) -> io::Result<Self> {
        let mut descriptors = descriptors.into_iter();
        let mut next = || descriptors.next().ok_or(io::ErrorKind::InvalidData);
        let (dns_tcp, dns_udp) = (next()?, next()?);
        let capture = match next() {
            Ok(tcp) => Some(Capture { tcp, udp: next()?, raw: next()? }),
            Err(_no_capture) => None,
        };
        Ok(Self { capture, dns_tcp, dns_udp })
    }
}

/// Sets up the calling thread's network namespace, which must be fresh with `lo` up, and opens the sockets in it.
///
/// Needs the capabilities NET_ADMIN, NET_RAW and NET_BIND_SERVICE over the namespace, and none over the host's.
///
/// On a kernel without nf_tables and its tproxy expression nothing is captured whatever the policy is.
///
/// # Errors
/// The kernel refuses a step.
pub(crate) fn prepare_namespace(policy: Egress) -> io::Result<EgressSockets> {
    furnish_loopback()?;
    let capture = match policy {
        Egress::None => None,
        Egress::Internet | Egress::Host => Capture::open().map(Some).or_else(none_if_unsupported)?,
    };
    Ok(EgressSockets { capture, dns_tcp: listener(DNS)?.into(), dns_udp: datagrams(DNS)?.into() })
}

fn none_if_unsupported(error: io::Error) -> io::Result<Option<Capture>> {
    match error.raw_os_error() {
        // The expression, all of nf_tables, or netfilter's netlink is missing.
        Some(libc::ENOENT | libc::EOPNOTSUPP | libc::EPROTONOSUPPORT) => Ok(None),
        _ => Err(error),
    }
}

impl Capture {
    fn open() -> io::Result<Self> {
        // Rules before the route: should the kernel have no such rules, there shall be no such route either.
        hand_packets_to(CAPTURE_PORT)?;
        route_everything_to_loopback()?;
        let address = SocketAddrV4::new(Ipv4Addr::LOCALHOST, CAPTURE_PORT);
        Ok(Self {
            tcp: transparent(listener(address)?)?,
            udp: transparent(datagrams(address)?)?,
            raw: socket(Type::RAW, Protocol::from(libc::IPPROTO_RAW))?.into(),
        })
    }
}

fn socket(kind: Type, protocol: Protocol) -> io::Result<Socket> {
    Socket::new(Domain::IPV4, kind.nonblocking().cloexec(), Some(protocol))
}

fn listener(address: SocketAddrV4) -> io::Result<Socket> {
    let socket = socket(Type::STREAM, Protocol::TCP)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    Ok(socket)
}

fn datagrams(address: SocketAddrV4) -> io::Result<Socket> {
    let socket = socket(Type::DGRAM, Protocol::UDP)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

/// `tproxy` gives packets only to sockets that agreed to addresses that are not theirs.
fn transparent(socket: Socket) -> io::Result<OwnedFd> {
    socket.set_ip_transparent_v4(true)?;
    Ok(socket.into())
}

const NEW_ADDRESS: u16 = 20;
const NEW_ROUTE: u16 = 24;
const ROUTE_OUTPUT: u16 = 4;
const ROUTE_PREFERRED_SOURCE: u16 = 7;

fn furnish_loopback() -> io::Result<()> {
    let host_route = local_route_to(32);
    let mut batch = Batch::default();
    batch.push(NEW_ADDRESS, Answered::Always, &address_of_loopback(), &address(INNER));
    batch.push(NEW_ROUTE, Answered::Always, &host_route, &acknowledging_at_once(Ipv4Addr::LOCALHOST));
    batch.carry_out(None)
}

/// A process that writes head and body of a request by themselves, and has not turned Nagle's algorithm off, would wait
/// 40 ms between them for an acknowledgement that the kernel delays. The kernel's own route stays behind this one.
fn acknowledging_at_once(address: Ipv4Addr) -> Attributes {
    const ROUTE_DESTINATION: u16 = 1;
    const ROUTE_METRICS: u16 = 8;
    const QUICK_ACKNOWLEDGEMENT: u16 = 15;
    let metrics = Attributes::default().with(QUICK_ACKNOWLEDGEMENT, &1_u32.to_ne_bytes());
    route_by_loopback(address).with(ROUTE_DESTINATION, &address.octets()).with_nested(ROUTE_METRICS, &metrics)
}

fn route_by_loopback(source: Ipv4Addr) -> Attributes {
    Attributes::default()
        .with(ROUTE_OUTPUT, &LOOPBACK_INDEX.to_ne_bytes())
        .with(ROUTE_PREFERRED_SOURCE, &source.octets())
}

fn address(address: Ipv4Addr) -> Attributes {
    const INTERFACE_ADDRESS: u16 = 1;
    const INTERFACE_LOCAL: u16 = 2;
    let octets = address.octets();
    Attributes::default().with(INTERFACE_LOCAL, &octets).with(INTERFACE_ADDRESS, &octets)
}

fn route_everything_to_loopback() -> io::Result<()> {
    let mut batch = Batch::default();
    batch.push(NEW_ADDRESS, Answered::Always, &address_of_loopback(), &address(SOURCE));
    batch.push(NEW_ROUTE, Answered::Always, &local_route_to(0), &route_by_loopback(SOURCE));
    batch.carry_out(None)
}

/// `struct ifaddrmsg`: family, prefix length, flags, scope, index.
fn address_of_loopback() -> [u8; 8] {
    let mut message = [FAMILY_IPV4, 32, 0, 0, 0, 0, 0, 0];
    message[4..].copy_from_slice(&LOOPBACK_INDEX.to_ne_bytes());
    message
}

/// `struct rtmsg`: family, destination and source prefix lengths, type of service, table, origin, scope, type, flags.
fn local_route_to(prefix_bits: u8) -> [u8; 12] {
    const TABLE_LOCAL: u8 = libc::RT_TABLE_LOCAL;
    const ORIGIN_STATIC: u8 = libc::RTPROT_STATIC;
    const SCOPE_HOST: u8 = libc::RT_SCOPE_HOST;
    const TYPE_LOCAL: u8 = libc::RTN_LOCAL;
    [FAMILY_IPV4, prefix_bits, 0, 0, TABLE_LOCAL, ORIGIN_STATIC, SCOPE_HOST, TYPE_LOCAL, 0, 0, 0, 0]
}

/// What `nft` would call:
/// `table ip egress { chain capture { type filter hook prerouting priority mangle;
/// ip daddr != 127.0.0.0/8 ip daddr != 169.254.76.1 ip daddr != 169.254.79.129 tproxy to :76 } }`.
fn hand_packets_to(port: u16) -> io::Result<()> {
    const BATCH_BEGIN: u16 = 0x10;
    const BATCH_END: u16 = 0x11;
    const NEW_TABLE: u16 = 0;
    const NEW_CHAIN: u16 = 3;
    const NEW_RULE: u16 = 6;
    let nf_tables = |kind| (SUBSYSTEM_NF_TABLES << 8) | kind;
    let nothing = Attributes::default();

    let mut batch = Batch::default();
    batch.push(BATCH_BEGIN, Answered::OnlyOnFailure, &for_subsystem(SUBSYSTEM_NF_TABLES), &nothing);
    batch.push(
        nf_tables(NEW_TABLE),
        Answered::Always,
        &for_ipv4(),
        &Attributes::default().with_name(1, TABLE),
    );
    batch.push(nf_tables(NEW_CHAIN), Answered::Always, &for_ipv4(), &chain());
    batch.push(nf_tables(NEW_RULE), Answered::Always, &for_ipv4(), &rule(port));
    batch.push(BATCH_END, Answered::OnlyOnFailure, &for_subsystem(SUBSYSTEM_NF_TABLES), &nothing);
    batch.carry_out(Some(netlink::NETFILTER))
}

const FAMILY_IPV4: u8 = 2;
const SUBSYSTEM_NF_TABLES: u16 = 10;
const TABLE: &str = "egress";
const CHAIN: &str = "capture";

/// `struct nfgenmsg`: family, version, resource (big-endian).
fn for_ipv4() -> [u8; 4] {
    [FAMILY_IPV4, 0, 0, 0]
}

fn for_subsystem(subsystem: u16) -> [u8; 4] {
    let [high, low] = subsystem.to_be_bytes();
    [0, 0, high, low]
}

fn chain() -> Attributes {
    const CHAIN_TABLE: u16 = 1;
    const CHAIN_NAME: u16 = 3;
    const CHAIN_HOOK: u16 = 4;
    const CHAIN_TYPE: u16 = 7;
    const HOOK_NUMBER: u16 = 1;
    const HOOK_PRIORITY: u16 = 2;
    const PREROUTING: u32 = 0;
    const MANGLE: i32 = -150;
    let hook = Attributes::default()
        .with_number(HOOK_NUMBER, PREROUTING)
        .with_number(HOOK_PRIORITY, MANGLE.cast_unsigned());
    Attributes::default()
        .with_name(CHAIN_TABLE, TABLE)
        .with_name(CHAIN_NAME, CHAIN)
        .with_nested(CHAIN_HOOK, &hook)
        .with_name(CHAIN_TYPE, "filter")
}

fn rule(port: u16) -> Attributes {
    const RULE_TABLE: u16 = 1;
    const RULE_CHAIN: u16 = 2;
    const RULE_EXPRESSIONS: u16 = 4;
    let expressions = [
        load_destination(1),
        unless_equal(&[Ipv4Addr::LOCALHOST.octets()[0]]),
        // An answer to an unconnected UDP socket must reach that socket and not us.
        load_destination(4),
        unless_equal(&SOURCE.octets()),
        unless_equal(&INNER.octets()),
        load(&port.to_be_bytes()),
        tproxy(),
    ];
    let listed = expressions.iter().fold(Attributes::default(), |list, expression| {
        const LIST_ELEMENT: u16 = 1;
        list.with_nested(LIST_ELEMENT, expression)
    });
    Attributes::default()
        .with_name(RULE_TABLE, TABLE)
        .with_name(RULE_CHAIN, CHAIN)
        .with_nested(RULE_EXPRESSIONS, &listed)
}

/// Expressions hand values on in registers; one suffices here.
const REGISTER: u32 = 1;

fn expression(name: &str, data: &Attributes) -> Attributes {
    const NAME: u16 = 1;
    const DATA: u16 = 2;
    Attributes::default().with_name(NAME, name).with_nested(DATA, data)
}

fn value(bytes: &[u8]) -> Attributes {
    const VALUE: u16 = 1;
    Attributes::default().with(VALUE, bytes)
}

/// Loads the first bytes of the packet's destination address.
fn load_destination(bytes: u32) -> Attributes {
    const TO_REGISTER: u16 = 1;
    const BASE: u16 = 2;
    const OFFSET: u16 = 3;
    const LENGTH: u16 = 4;
    const NETWORK_HEADER: u32 = 1;
    const OFFSET_OF_DESTINATION: u32 = 16;
    let data = Attributes::default()
        .with_number(TO_REGISTER, REGISTER)
        .with_number(BASE, NETWORK_HEADER)
        .with_number(OFFSET, OFFSET_OF_DESTINATION)
        .with_number(LENGTH, bytes);
    expression("payload", &data)
}

/// Ends the rule for packets whose loaded value is `bytes`.
fn unless_equal(bytes: &[u8]) -> Attributes {
    const FROM_REGISTER: u16 = 1;
    const OPERATOR: u16 = 2;
    const DATA: u16 = 3;
    const NOT_EQUAL: u32 = 1;
    let data = Attributes::default()
        .with_number(FROM_REGISTER, REGISTER)
        .with_number(OPERATOR, NOT_EQUAL)
        .with_nested(DATA, &value(bytes));
    expression("cmp", &data)
}

fn load(bytes: &[u8]) -> Attributes {
    const TO_REGISTER: u16 = 1;
    const DATA: u16 = 2;
    let data = Attributes::default().with_number(TO_REGISTER, REGISTER).with_nested(DATA, &value(bytes));
    expression("immediate", &data)
}

/// Gives the packet to the socket at `lo`'s own address and the loaded port.
fn tproxy() -> Attributes {
    const FAMILY: u16 = 1;
    const PORT_FROM_REGISTER: u16 = 3;
    let data = Attributes::default()
        .with_number(FAMILY, u32::from(FAMILY_IPV4))
        .with_number(PORT_FROM_REGISTER, REGISTER);
    expression("tproxy", &data)
}
