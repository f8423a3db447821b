//! A packet socket that the server waits for without blocking a thread.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::descriptors::watched;
use crate::packet::{self, Packet};

#[derive(Debug)]
pub(crate) struct Channel(AsyncFd<OwnedFd>);

impl Channel {
    /// Needs a tokio runtime.
    pub(crate) fn new(socket: OwnedFd) -> io::Result<Self> {
        rustix::io::ioctl_fionbio(&socket, true)?;
        Ok(Self(watched(socket, Interest::READABLE | Interest::WRITABLE)?))
    }

    pub(crate) async fn send<M: Serialize>(
        &self,
        message: &M,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<()> {
        let bytes = packet::encode(message)?;
        loop {
            let mut ready = self.0.writable().await?;
            if let Ok(sent) = ready.try_io(|socket| packet::send_encoded(socket, &bytes, descriptors)) {
                return sent;
            }
        }
    }

    /// Sends if that is possible at once.
    pub(crate) fn send_now<M: Serialize>(&self, message: &M) -> io::Result<()> {
        packet::send(self.0.get_ref(), message, &[])
    }

    /// `None` once the other end is closed.
    pub(crate) async fn receive<M: DeserializeOwned>(&self) -> io::Result<Option<Packet<M>>> {
        loop {
            let mut ready = self.0.readable().await?;
            if let Ok(received) = ready.try_io(|socket| packet::receive(socket.as_fd())) {
                return received;
            }
        }
    }

    /// Ends the conversation although others still hold this end.
    pub(crate) fn close(&self) {
        // It fails only when the other end is closed already.
        rustix::net::shutdown(self.0.get_ref(), rustix::net::Shutdown::Both).ok();
    }
}
