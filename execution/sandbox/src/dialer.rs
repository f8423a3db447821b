//! Connections from the server to what listens inside a sandbox.
//!
//! The server never enters a sandbox. The init makes a socket there and hands it over, and the server connects it: the
//! kernel resolves its addresses in the network that it was made in.

use std::io;
use std::net::{Ipv4Addr, TcpStream as StdTcpStream};
use std::sync::Arc;

use tokio::net::{TcpSocket, TcpStream};

use crate::wire::Wire;

/// Connects to the loopback of one sandbox. A frozen sandbox answers once it is thawed.
#[derive(Clone, Debug)]
pub struct Dialer(Arc<Wire>);

impl Dialer {
    pub(crate) fn new(wire: Arc<Wire>) -> Self {
        Self(wire)
    }

    /// # Errors
    /// Nothing listens there, or the sandbox is gone.
    pub async fn connect(&self, port: u16) -> io::Result<TcpStream> {
        let socket = self.0.socket().await.map_err(io::Error::other)?;
        let socket = socket.ok_or_else(|| io::Error::from(io::ErrorKind::QuotaExceeded))?;
        let socket = TcpSocket::from_std_stream(StdTcpStream::from(socket));
        socket.connect((Ipv4Addr::LOCALHOST, port).into()).await
    }
}
