//! Captured datagrams: one connected socket outside for each flow, closed when nothing comes back for a while.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::net::UdpSocket;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinSet;

use super::Way;
use super::capture::SOURCE;
use super::datagram::{Answers, Captured, Flow};

/// Of one sandbox at a time; datagrams of further flows are dropped, as a full network would.
const FLOWS_MAX: usize = 256;
/// What routers allow a flow without an answer (RFC 4787 asks for two minutes, most grant less).
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);
const DATAGRAM_MAX_BYTES: usize = 65_535;

pub(super) async fn serve(captured: Captured, answers: Answers, way: Way) {
    let mut flows =
        Flows { open: HashMap::new(), listeners: JoinSet::new(), answers: Arc::new(answers), way };
    let mut buffer = vec![0; DATAGRAM_MAX_BYTES];
    loop {
        tokio::select! {
            received = captured.receive(&mut buffer) => {
                // An error is of one datagram (its destination is missing), and UDP promises none.
                let Ok(datagram) = received else { continue };
                flows.send(datagram.flow, &buffer[..datagram.length]).await;
            }
            Some(Ok(flow)) = flows.listeners.join_next() => drop(flows.open.remove(&flow)),
        }
    }
}

struct Flows {
    open: HashMap<Flow, Arc<UdpSocket>>,
    listeners: JoinSet<Flow>,
    answers: Arc<Answers>,
    way: Way,
}

impl Flows {
    /// Sends a datagram out; what cannot be sent is lost, as datagrams are.
    async fn send(&mut self, flow: Flow, payload: &[u8]) {
        let Ok(socket) = self.socket(flow).await else { return };
        if let Ok(sent) = socket.send(payload).await {
            self.way.traffic.sent.fetch_add(sent as u64, Ordering::Relaxed);
        }
    }

    async fn socket(&mut self, flow: Flow) -> io::Result<Arc<UdpSocket>> {
        if let Some(socket) = self.open.get(&flow) {
            return Ok(socket.clone());
        }
        if !is_from_inside(*flow.inside.ip()) || self.open.len() >= FLOWS_MAX {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        let outside = SocketAddr::from(flow.outside);
        self.way.check(outside)?;
        let permit = self.way.connections.clone().try_acquire_owned().map_err(io::Error::other)?;
        let socket = Arc::new(UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).await?);
        socket.connect(outside).await?;
        self.open.insert(flow, socket.clone());
        let listener =
            Listener { flow, socket: socket.clone(), answers: self.answers.clone(), way: self.way.clone() };
        self.listeners.spawn(listener.run(permit));
        Ok(socket)
    }
}

/// Inside every address is local, so a process may give itself any source; to those no answer finds its way.
fn is_from_inside(source: Ipv4Addr) -> bool {
    source == SOURCE || source.is_loopback()
}

struct Listener {
    flow: Flow,
    socket: Arc<UdpSocket>,
    answers: Arc<Answers>,
    way: Way,
}

impl Listener {
    async fn run(self, _permit: OwnedSemaphorePermit) -> Flow {
        let mut buffer = vec![0; DATAGRAM_MAX_BYTES];
        while let Ok(received) = tokio::time::timeout(IDLE_TIMEOUT, self.socket.recv(&mut buffer)).await {
            // A refusal by the other side (ICMP) arrives as an error of the socket, and ends the flow.
            let Ok(length) = received else { break };
            if self.answers.send(self.flow, &buffer[..length]).await.is_err() {
                break;
            }
            self.way.traffic.received.fetch_add(length as u64, Ordering::Relaxed);
        }
        self.flow
    }
}
