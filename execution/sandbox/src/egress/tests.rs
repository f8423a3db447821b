//! The whole way in network namespaces of the tests' own: the sandbox's, the host's, and behind a veth pair the
//! world's, which echoes on port 7 and answers names on port 53. They need root, and pass unseen without it.
#![allow(unsafe_code)]

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::process::Command;
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use tokio::sync::{Semaphore, oneshot};

use super::{Egress, EgressSockets, Gateway, Traffic, Way, prepare_namespace};
use crate::dns::Resolvers;

const HOST: &str = "198.51.100.1";
const WORLD_ECHO: &str = "198.51.100.7:7";
const WORLD_DNS: &str = "198.51.100.7:53";
const INSIDE_DNS: &str = "127.0.0.1:53";
const PATIENCE: Duration = Duration::from_secs(10);

#[test]
fn a_connection_reaches_the_world_and_each_side_may_finish_first() {
    let Some((echoed, traffic)) = inside_sandbox(Egress::Internet, || {
        let mut stream = connect(WORLD_ECHO)?;
        stream.write_all(b"hello")?;
        stream.shutdown(Shutdown::Write)?;
        let mut echoed = String::new();
        stream.read_to_string(&mut echoed).map(|_| echoed)
    }) else {
        return;
    };
    assert_eq!(echoed.expect("the world echoes"), "hello");
    assert_eq!(traffic, Traffic { sent_bytes: 5, received_bytes: 5 });
}

#[test]
fn a_datagram_is_answered_from_the_address_it_was_sent_to() {
    let Some((answer, traffic)) = inside_sandbox(Egress::Internet, || {
        let socket = datagram_socket()?;
        socket.send_to(b"first", WORLD_ECHO)?;
        socket.send_to(b"again", WORLD_ECHO)?;
        let mut buffer = [0; 16];
        let (_, first) = socket.recv_from(&mut buffer)?;
        socket.connect(WORLD_ECHO)?;
        let length = socket.recv(&mut buffer)?;
        Ok::<_, std::io::Error>((first, buffer[..length].to_vec()))
    }) else {
        return;
    };
    let (from, payload) = answer.expect("the world echoes");
    assert_eq!((from.to_string().as_str(), payload.as_slice()), (WORLD_ECHO, &b"again"[..]));
    assert_eq!(traffic, Traffic { sent_bytes: 10, received_bytes: 10 });
}

#[test]
fn the_hosts_own_addresses_are_out_of_reach() {
    let Some((answers, traffic)) = inside_sandbox(Egress::Internet, || {
        [format!("{HOST}:7"), "169.254.169.254:80".into(), "198.51.100.255:7".into()]
            .map(|address| greet(&address))
    }) else {
        return;
    };
    assert_eq!(answers, [const { Err(ErrorKind::ConnectionReset) }; 3]);
    assert_eq!(traffic, Traffic::default());
}

#[test]
fn loopback_is_the_sandboxs_own() {
    let Some((answer, _)) = inside_sandbox(Egress::Host, || greet("127.0.0.1:7")) else { return };
    assert_eq!(answer, Err(ErrorKind::ConnectionRefused));
}

#[test]
fn the_host_is_reached_only_where_the_policy_says_so() {
    let Some((answer, _)) = inside_sandbox(Egress::Host, || greet(&format!("{HOST}:7"))) else { return };
    assert_eq!(answer.as_deref(), Ok("hello"));
}

#[test]
fn sandboxes_that_take_all_they_can_leave_connections_to_the_next() {
    let connections = Arc::new(Semaphore::new(12));
    let way = Way { policy: Egress::Internet, connections, traffic: Arc::default() };
    let taken = || (0..).map_while(|own| way.permit(own)).collect::<Vec<_>>();
    let held = [taken(), taken(), taken()];
    assert_eq!(held.each_ref().map(Vec::len), [6, 3, 2]);
    assert!(way.permit(0).is_some());
}

#[test]
fn a_refusal_by_the_world_resets_the_connection() {
    let Some((answer, _)) = inside_sandbox(Egress::Internet, || greet("198.51.100.7:9")) else { return };
    assert_eq!(answer, Err(ErrorKind::ConnectionReset));
}

#[test]
fn without_egress_nothing_leaves() {
    let Some((answers, traffic)) = inside_sandbox(Egress::None, || {
        let datagram = datagram_socket().and_then(|socket| socket.send_to(b"x", WORLD_ECHO));
        (greet(WORLD_ECHO), datagram.map_err(|error| error.kind()))
    }) else {
        return;
    };
    assert_eq!(answers, (Err(ErrorKind::NetworkUnreachable), Err(ErrorKind::NetworkUnreachable)));
    assert_eq!(traffic, Traffic::default());
}

#[test]
fn ipv6_fails_at_once() {
    let Some((answer, _)) = inside_sandbox(Egress::Internet, || greet("[2001:db8::1]:443")) else { return };
    assert_eq!(answer, Err(ErrorKind::NetworkUnreachable));
}

#[test]
fn names_are_resolved_by_datagram_and_by_connection() {
    let Some((answers, _)) = inside_sandbox(Egress::Internet, || (ask_by_datagram(), ask_by_stream())) else {
        return;
    };
    assert_eq!(answers, (Ok(ANSWER.to_vec()), Ok(ANSWER.to_vec())));
}

#[test]
fn without_egress_names_are_refused() {
    let Some((answers, _)) = inside_sandbox(Egress::None, || (ask_by_datagram(), ask_by_stream())) else {
        return;
    };
    assert_eq!(answers, (Ok(REFUSAL.to_vec()), Ok(REFUSAL.to_vec())));
}

/// The A record of `x`, wanted with id 0x0102.
const QUESTION: [u8; 19] = [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, b'x', 0, 0, 1, 0, 1];
/// What the world's resolver answers: that there is no such name.
const ANSWER: [u8; 19] = [1, 2, 0x81, 3, 0, 1, 0, 0, 0, 0, 0, 0, 1, b'x', 0, 0, 1, 0, 1];
const REFUSAL: [u8; 19] = [1, 2, 0x81, 5, 0, 1, 0, 0, 0, 0, 0, 0, 1, b'x', 0, 0, 1, 0, 1];

fn ask_by_datagram() -> Result<Vec<u8>, ErrorKind> {
    let ask = || {
        let socket = datagram_socket()?;
        socket.send_to(&QUESTION, INSIDE_DNS)?;
        let mut answer = [0; 64];
        let length = socket.recv(&mut answer)?;
        Ok(answer[..length].to_vec())
    };
    ask().map_err(|error: std::io::Error| error.kind())
}

fn ask_by_stream() -> Result<Vec<u8>, ErrorKind> {
    let ask = || {
        let mut stream = connect(INSIDE_DNS)?;
        stream.write_all(&framed(&QUESTION))?;
        let mut answer = [0; 2 + QUESTION.len()];
        stream.read_exact(&mut answer)?;
        Ok(answer[2..].to_vec())
    };
    ask().map_err(|error: std::io::Error| error.kind())
}

fn framed(message: &[u8; 19]) -> Vec<u8> {
    [&[0, 19][..], message].concat()
}

/// Connects, sends `hello` and reads as much back.
fn greet(address: &str) -> Result<String, ErrorKind> {
    let greet = || {
        let mut stream = connect(address)?;
        stream.write_all(b"hello")?;
        let mut echoed = [0; 5];
        stream.read_exact(&mut echoed).map(|()| String::from_utf8_lossy(&echoed).into_owned())
    };
    greet().map_err(|error| error.kind())
}

fn connect(address: &str) -> std::io::Result<TcpStream> {
    let address: SocketAddr = address.parse().expect("an address");
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn datagram_socket() -> std::io::Result<UdpSocket> {
    let socket = UdpSocket::bind("0.0.0.0:0")?;
    socket.set_read_timeout(Some(PATIENCE))?;
    Ok(socket)
}

/// Runs `process` in a sandbox's network namespace that is served under `policy`; `None` without root.
fn inside_sandbox<T: Send + 'static>(
    policy: Egress,
    process: impl FnOnce() -> T + Send + 'static,
) -> Option<(T, Traffic)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let host = thread::spawn(move || {
        enter_new_namespace();
        attach_world();
        serve_echo(&format!("{HOST}:7"));
        let (sockets, answer) = start_sandbox(policy, process);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let service = gateway().serve(policy, sockets).expect("the sockets are good");
            let answer = answer.await.expect("the closure returns");
            (answer, service.traffic())
        })
    });
    Some(host.join().expect("the host"))
}

fn gateway() -> Gateway {
    Gateway::with(Resolvers::only(WORLD_DNS.parse().expect("an address")), 100)
}

fn start_sandbox<T: Send + 'static>(
    policy: Egress,
    process: impl FnOnce() -> T + Send + 'static,
) -> (EgressSockets, oneshot::Receiver<T>) {
    let (give_sockets, sockets) = mpsc::channel();
    let (give_answer, answer) = oneshot::channel();
    thread::spawn(move || {
        enter_new_namespace();
        let made = prepare_namespace(policy).expect("root over the namespace");
        let travelled =
            EgressSockets::from_descriptors(made.into_descriptors()).expect("the same descriptors");
        give_sockets.send(travelled).expect("the host waits");
        let _ = give_answer.send(process());
    });
    (sockets.recv().expect("the sandbox is made"), answer)
}

/// A thread may be in a namespace of its own; what it spawns comes along.
fn enter_new_namespace() {
    // SAFETY: gives the calling thread a network of its own and touches no memory.
    let answer = unsafe { libc::unshare(libc::CLONE_NEWNET) };
    assert_eq!(answer, 0, "{}", std::io::Error::last_os_error());
    ip("link set lo up");
}

/// Makes the world, another namespace, and connects the calling thread's namespace with it.
fn attach_world() {
    let (give_id, id) = mpsc::channel();
    let (attach, attached) = mpsc::channel();
    let (give_ready, ready) = mpsc::channel();
    thread::spawn(move || {
        enter_new_namespace();
        give_id.send(rustix::thread::gettid().as_raw_nonzero()).expect("the host waits");
        attached.recv().expect("the host attaches");
        ip("addr add 198.51.100.7/24 dev world");
        ip("link set world up");
        serve_echo(WORLD_ECHO);
        serve_names();
        give_ready.send(()).expect("the host waits");
        let _until_the_host_ends = attached.recv();
    });
    let world = id.recv().expect("the world is made");
    ip(&format!("link add host type veth peer name world netns {world}"));
    ip(&format!("addr add {HOST}/24 dev host"));
    ip("link set host up");
    attach.send(()).expect("the world waits");
    ready.recv().expect("the world is ready");
}

fn ip(arguments: &str) {
    let status = Command::new("ip").args(arguments.split(' ')).status().expect("iproute2 is installed");
    assert!(status.success(), "ip {arguments}");
}

/// The servers run on threads that end with the test program.
fn serve_echo(address: &str) {
    let listener = TcpListener::bind(address).expect("a free port");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut writer = stream.try_clone().expect("a descriptor");
            // A client may reset; the next is served all the same.
            let _ = std::io::copy(&mut &stream, &mut writer);
        }
    });
    let socket = UdpSocket::bind(address).expect("a free port");
    thread::spawn(move || {
        let mut buffer = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut buffer) {
            let _ = socket.send_to(&buffer[..length], from);
        }
    });
}

fn serve_names() {
    let socket = UdpSocket::bind(WORLD_DNS).expect("a free port");
    thread::spawn(move || {
        while let Ok((_, from)) = socket.recv_from(&mut [0; 512]) {
            let _ = socket.send_to(&ANSWER, from);
        }
    });
    let listener = TcpListener::bind(WORLD_DNS).expect("a free port");
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read_exact(&mut [0; 2 + QUESTION.len()]);
            let _ = stream.write_all(&framed(&ANSWER));
        }
    });
}
