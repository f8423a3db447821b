//! The resolver that a sandbox sees at 127.0.0.1:53: a relay to the host's resolvers, which are dialled by the server
//! and so may be on the host's own loopback, where no sandbox reaches.
//!
//! The relay reads of a message only what it must to match answers to questions and to refuse; caching and retrying
//! belong to the resolvers at either end.

mod message;

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::task::JoinSet;

use message::{Failure, Query};

const PORT: u16 = 53;
/// resolv.conf(5) allows as many.
const RESOLVERS_MAX: usize = 3;
/// How much longer than the one before it a resolver waits for its turn. Clients inside give up after 2 s, and by then
/// each has had time.
const STAGGER: Duration = Duration::from_millis(500);
/// After this not even a patient client listens.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(10);
/// How long to rest when accepting fails, which it does for want of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Of one sandbox at a time; further queries are lost, and clients repeat them.
const QUERIES_MAX: usize = 64;
const STREAMS_MAX: usize = 16;
/// RFC 7766 asks servers for an idle time-out of seconds.
const STREAM_IDLE_TIMEOUT: Duration = Duration::from_secs(10);
const MESSAGE_MAX_BYTES: usize = 65_535;

/// Where questions go, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Resolvers(Arc<[SocketAddr]>);

impl Resolvers {
    /// Those of /etc/resolv.conf, or like resolv.conf(5) one on this machine if it names none.
    pub(crate) fn of_host() -> Self {
        // A host without the file is one that names no resolver.
        Self::parse(&fs::read_to_string("/etc/resolv.conf").unwrap_or_default())
    }

    fn parse(text: &str) -> Self {
        let named = text.lines().filter_map(nameserver).take(RESOLVERS_MAX);
        let mut resolvers: Vec<SocketAddr> = named.map(|address| (address, PORT).into()).collect();
        if resolvers.is_empty() {
            resolvers.push((Ipv4Addr::LOCALHOST, PORT).into());
        }
        Self(resolvers.into())
    }

    #[cfg(test)]
    pub(crate) fn only(resolver: SocketAddr) -> Self {
        Self([resolver].into())
    }

    /// The answer of whichever resolver answers first. All are asked, one after the other, for one that is down says
    /// nothing at all.
    async fn answer(&self, query: &Query, transport: Transport) -> Vec<u8> {
        let mut attempts = JoinSet::new();
        for (index, &resolver) in (0..).zip(self.0.iter()) {
            attempts.spawn(ask_later(STAGGER * index, query.clone(), resolver, transport));
        }
        match tokio::time::timeout(ANSWER_TIMEOUT, first(attempts)).await {
            Ok(Some(answer)) => answer,
            Ok(None) | Err(_) => query.failure(Failure::ServerFailure),
        }
    }
}

/// The address of a `nameserver` line; link-local IPv6 addresses with an interface are passed over.
fn nameserver(line: &str) -> Option<IpAddr> {
    let mut words = line.split_whitespace();
    (words.next()? == "nameserver").then_some(())?;
    words.next()?.parse().ok()
}

/// How a question came, and so goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Transport {
    Datagram,
    Stream,
}

async fn ask_later(
    pause: Duration,
    query: Query,
    resolver: SocketAddr,
    transport: Transport,
) -> io::Result<Vec<u8>> {
    tokio::time::sleep(pause).await;
    match transport {
        Transport::Datagram => ask_by_datagram(&query, resolver).await,
        Transport::Stream => ask_by_stream(&query, resolver).await,
    }
}

async fn first(mut attempts: JoinSet<io::Result<Vec<u8>>>) -> Option<Vec<u8>> {
    while let Some(ended) = attempts.join_next().await {
        if let Ok(Ok(answer)) = ended {
            return Some(answer);
        }
    }
    None
}

/// Answers queries that come as datagrams; refuses them when there are no resolvers.
pub(crate) async fn serve_datagrams(socket: UdpSocket, resolvers: Option<Resolvers>) {
    let socket = Arc::new(socket);
    let mut queries = JoinSet::new();
    let mut buffer = vec![0; MESSAGE_MAX_BYTES];
    loop {
        tokio::select! {
            received = socket.recv_from(&mut buffer) => {
                let Ok((length, client)) = received else { continue };
                let Some(query) = Query::parse(&buffer[..length]) else { continue };
                if queries.len() < QUERIES_MAX {
                    queries.spawn(answer_datagram(socket.clone(), client, query, resolvers.clone()));
                }
            }
            Some(_) = queries.join_next() => {}
        }
    }
}

async fn answer_datagram(
    socket: Arc<UdpSocket>,
    client: SocketAddr,
    query: Query,
    resolvers: Option<Resolvers>,
) {
    let answer = answer(&query, resolvers.as_ref(), Transport::Datagram).await;
    // A client that is gone needs no answer.
    let _ = socket.send_to(&answer, client).await;
}

async fn answer(query: &Query, resolvers: Option<&Resolvers>, transport: Transport) -> Vec<u8> {
    match resolvers {
        Some(resolvers) => resolvers.answer(query, transport).await,
        None => query.failure(Failure::Refused),
    }
}

/// A socket of its own for each query: the port, which the kernel picks at random, guards against forged answers.
async fn ask_by_datagram(query: &Query, resolver: SocketAddr) -> io::Result<Vec<u8>> {
    let unspecified: IpAddr = match resolver {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let socket = UdpSocket::bind((unspecified, 0)).await?;
    socket.connect(resolver).await?;
    socket.send(query.bytes()).await?;
    let mut answer = vec![0; MESSAGE_MAX_BYTES];
    loop {
        let length = socket.recv(&mut answer).await?;
        if query.is_answered_by(&answer[..length]) {
            answer.truncate(length);
            return Ok(answer);
        }
    }
}

/// Answers queries that come over connections, which clients use for long answers.
pub(crate) async fn serve_streams(listener: TcpListener, resolvers: Option<Resolvers>) {
    let mut streams = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if streams.len() < STREAMS_MAX => match accepted {
                Ok((stream, _)) => drop(streams.spawn(serve_stream(stream, resolvers.clone()))),
                Err(_shortage) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = streams.join_next() => {}
        }
    }
}

async fn serve_stream(mut stream: TcpStream, resolvers: Option<Resolvers>) {
    while let Ok(Ok(bytes)) = tokio::time::timeout(STREAM_IDLE_TIMEOUT, read_message(&mut stream)).await {
        let Some(query) = Query::parse(&bytes) else { return };
        let answer = answer(&query, resolvers.as_ref(), Transport::Stream).await;
        if write_message(&mut stream, &answer).await.is_err() {
            return;
        }
    }
}

async fn ask_by_stream(query: &Query, resolver: SocketAddr) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(resolver).await?;
    write_message(&mut stream, query.bytes()).await?;
    let answer = read_message(&mut stream).await?;
    if query.is_answered_by(&answer) { Ok(answer) } else { Err(io::ErrorKind::InvalidData.into()) }
}

/// Over connections a message comes after its length (RFC 1035, 4.2.2).
async fn read_message(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let length = stream.read_u16().await?;
    let mut message = vec![0; usize::from(length)];
    stream.read_exact(&mut message).await?;
    Ok(message)
}

async fn write_message(stream: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(|_too_long| io::ErrorKind::InvalidData)?;
    stream.write_all(&[&length.to_be_bytes(), message].concat()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Vec<String> {
        Resolvers::parse(text).0.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn resolvers_are_read_in_order_and_at_most_three() {
        let text = "# comment\nsearch example.org\nnameserver 127.0.0.53\n  nameserver\t10.0.0.2 # two\n\
                    nameserver fe80::1%eth0\nnameserver 2001:db8::53\nnameserver 10.0.0.4\n";
        assert_eq!(parsed(text), ["127.0.0.53:53", "10.0.0.2:53", "[2001:db8::53]:53"]);
    }

    #[test]
    fn a_host_that_names_no_resolver_has_one_itself() {
        assert_eq!(parsed("options edns0\n;nameserver 10.0.0.2\n"), ["127.0.0.1:53"]);
    }

    #[tokio::test]
    async fn a_resolver_that_is_silent_is_passed_over() {
        let silent = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
        let speaking = UdpSocket::bind("127.0.0.1:0").await.expect("a free port");
        let resolvers = [&silent, &speaking].map(|socket| socket.local_addr().expect("it is bound"));
        let resolvers = Resolvers(resolvers.into());
        let query = Query::parse(&QUESTION).expect("a query");
        let failure = query.failure(Failure::Refused);
        let speak = async {
            let (_, client) = speaking.recv_from(&mut [0; 64]).await.expect("a query");
            speaking.send_to(&failure, client).await.expect("the relay listens");
        };
        let (answer, ()) = tokio::join!(resolvers.answer(&query, Transport::Datagram), speak);
        assert_eq!(answer, failure);
    }

    #[tokio::test]
    async fn when_no_resolver_can_be_asked_the_server_has_failed() {
        let closed = UdpSocket::bind("127.0.0.1:0").await.and_then(|socket| socket.local_addr());
        let resolvers = Resolvers::only(closed.expect("a free port"));
        let query = Query::parse(&QUESTION).expect("a query");
        for transport in [Transport::Datagram, Transport::Stream] {
            assert_eq!(resolvers.answer(&query, transport).await, query.failure(Failure::ServerFailure));
        }
    }

    const QUESTION: [u8; 19] = [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, b'x', 0, 0, 1, 0, 1];
}
