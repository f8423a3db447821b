//! A unix socket that wakes its task only for what it brings.
//!
//! The kernel says that such a socket has room whenever its peer has read, and so would wake whoever watches for room
//! once a message for nothing. Here room is watched for only while a write waits for it.

use std::io::{self, IoSlice};
use std::os::fd::OwnedFd;
use std::task::{Context, Poll, ready};

use bytes::BytesMut;
use rustix::io::Errno;
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::net::UnixStream;

use crate::descriptors::watched;

/// A read makes as many bytes zero before it, so it takes no more than a socket usually holds.
const READ_MAX_BYTES: usize = 256 * 1024;

#[derive(Debug)]
pub struct LocalStream {
    socket: AsyncFd<OwnedFd>,
    /// The same socket, while a write waits.
    room: Option<AsyncFd<OwnedFd>>,
}

impl LocalStream {
    /// # Errors
    /// The runtime cannot watch it.
    pub fn new(stream: UnixStream) -> io::Result<Self> {
        let socket = watched(stream.into_std()?.into(), Interest::READABLE)?;
        Ok(Self { socket, room: None })
    }

    /// Reads what fits behind what `input` holds; nothing is the end.
    ///
    /// # Errors
    /// As of read(2).
    pub fn poll_read(&mut self, cx: &mut Context<'_>, input: &mut BytesMut) -> Poll<io::Result<usize>> {
        let (held, room) = (input.len(), (input.capacity() - input.len()).min(READ_MAX_BYTES));
        loop {
            let mut readiness = ready!(self.socket.poll_read_ready(cx))?;
            input.resize(held + room, 0);
            let read = rustix::io::read(&self.socket, &mut input[held..]);
            input.truncate(held + read.unwrap_or(0));
            if read == Err(Errno::AGAIN) || read.is_ok_and(|read| (1..room).contains(&read)) {
                // There is no more; asking for it would only confirm that.
                readiness.clear_ready();
            }
            if read != Err(Errno::AGAIN) {
                return Poll::Ready(read.map_err(io::Error::from));
            }
        }
    }

    /// Writes as much of the pieces as there is room for.
    ///
    /// # Errors
    /// As of write(2).
    pub fn poll_write(&mut self, cx: &mut Context<'_>, pieces: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        loop {
            if let Some(room) = &self.room {
                drop(ready!(room.poll_write_ready(cx))?);
                self.room = None;
            }
            match rustix::io::writev(&self.socket, pieces) {
                Err(Errno::AGAIN) => {
                    let same = self.socket.get_ref().try_clone()?;
                    self.room = Some(watched(same, Interest::WRITABLE)?);
                }
                written => return Poll::Ready(written.map_err(io::Error::from)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn pair() -> (LocalStream, UnixStream) {
        let (near, far) = UnixStream::pair().unwrap();
        (LocalStream::new(near).unwrap(), far)
    }

    async fn read(local: &mut LocalStream, input: &mut BytesMut) -> usize {
        poll_fn(|cx| local.poll_read(cx, input)).await.unwrap()
    }

    #[tokio::test]
    async fn reads_behind_what_is_there_until_the_end() {
        let (mut local, mut far) = pair();
        let mut input = BytesMut::with_capacity(64);
        input.extend_from_slice(b"held ");
        far.write_all(b"one").await.unwrap();
        assert_eq!(read(&mut local, &mut input).await, 3);
        far.write_all(b" two").await.unwrap();
        assert_eq!(read(&mut local, &mut input).await, 4);
        assert_eq!(input, "held one two");
        drop(far);
        assert_eq!(read(&mut local, &mut input).await, 0);
    }

    #[tokio::test]
    async fn what_is_more_than_a_read_takes_is_read_next() {
        let (mut local, mut far) = pair();
        far.write_all(b"abcdef").await.unwrap();
        let mut input = BytesMut::with_capacity(4);
        let first = read(&mut local, &mut input).await;
        input.reserve(64);
        assert_eq!(first + read(&mut local, &mut input).await, 6);
        assert_eq!(input, "abcdef");
    }

    #[tokio::test]
    async fn a_write_waits_until_its_peer_has_read() {
        const BYTES: usize = 4 * 1024 * 1024;
        let (mut local, mut far) = pair();
        let reading = tokio::spawn(async move {
            let mut all = vec![0; BYTES];
            far.read_exact(&mut all).await.unwrap();
            all
        });
        let mut rest = &[7; BYTES][..];
        while !rest.is_empty() {
            let written = poll_fn(|cx| local.poll_write(cx, &[IoSlice::new(rest)])).await.unwrap();
            rest = &rest[written..];
        }
        assert!(reading.await.unwrap().iter().all(|byte| *byte == 7));
    }
}
