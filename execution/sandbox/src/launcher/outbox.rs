//! What the server is to be told and has not yet taken.

use std::collections::VecDeque;
use std::io;
use std::os::fd::AsFd;

use crate::packet;
use crate::protocol::LauncherEvent;

/// From here on the launcher takes no further request.
const FULL: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: VecDeque<Vec<u8>>,
}

impl Outbox {
    pub(super) fn push(&mut self, event: &LauncherEvent) -> io::Result<()> {
        self.waiting.push_back(packet::encode(event)?);
        Ok(())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    pub(super) fn is_full(&self) -> bool {
        self.waiting.len() >= FULL
    }

    /// Sends until the server's side is full; `false` once the server is gone.
    pub(super) fn flush(&mut self, server: impl AsFd) -> io::Result<bool> {
        while let Some(bytes) = self.waiting.front() {
            match packet::send_encoded(&server, bytes, &[]) {
                Ok(()) => drop(self.waiting.pop_front()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}
