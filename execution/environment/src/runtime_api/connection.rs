//! One connection of the runtime: bytes in, requests out, replies back.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, Bytes, BytesMut};
use sandbox::LocalStream;
use tokio::io::AsyncWrite;
use tokio::net::{TcpStream, UnixStream};
use tokio_util::io::poll_read_buf;

use super::receiving::{Received, Receiving};
use super::reply::Reply;
use super::request::{Piece, Reader, Request};

const READ_BYTES: usize = 16 * 1024;

/// One read of a response in streaming mode, and so the largest piece of it.
const PIECE_READ_BYTES: usize = 64 * 1024;

/// Head and body of two replies: of a response, and of the event behind it.
const PIECES_PER_WRITE: usize = 4;

const CONTINUE: Bytes = Bytes::from_static(b"HTTP/1.1 100 Continue\r\n\r\n");

#[derive(Debug)]
pub(super) enum Stream {
    Tcp(TcpStream),
    Unix(LocalStream),
}

impl Stream {
    pub(super) fn unix(stream: UnixStream) -> io::Result<Stream> {
        LocalStream::new(stream).map(Stream::Unix)
    }

    pub(super) fn tcp(stream: TcpStream) -> Stream {
        // Only speed is lost where the option cannot be set.
        let _slower = stream.set_nodelay(true);
        Stream::Tcp(stream)
    }

    fn poll_read(&mut self, cx: &mut Context<'_>, buffer: &mut BytesMut) -> Poll<io::Result<usize>> {
        match self {
            Stream::Tcp(stream) => poll_read_buf(Pin::new(stream), cx, buffer),
            Stream::Unix(stream) => stream.poll_read(cx, buffer),
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>, pieces: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        match self {
            Stream::Tcp(stream) => Pin::new(stream).poll_write_vectored(cx, pieces),
            Stream::Unix(stream) => stream.poll_write(cx, pieces),
        }
    }
}

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) name: u64,
    stream: Stream,
    reader: Reader,
    input: BytesMut,
    output: VecDeque<Bytes>,
    /// A request was handed out and has no reply yet.
    owes_reply: bool,
    /// The connection ends with the reply.
    last: bool,
    /// The response in streaming mode that is coming.
    receiving: Option<Receiving>,
}

/// What a connection has brought.
#[derive(Debug)]
pub(super) enum Heard {
    Request(Request),
    Received(Received),
}

impl Connection {
    pub(super) fn new(name: u64, stream: Stream) -> Connection {
        Connection {
            name,
            stream,
            reader: Reader::default(),
            input: BytesMut::new(),
            output: VecDeque::new(),
            owes_reply: false,
            last: false,
            receiving: None,
        }
    }

    /// What has come of a request that is not whole yet.
    pub(super) fn unfinished_bytes(&self) -> usize {
        let kept = self.receiving.as_ref().map_or(0, Receiving::kept_bytes);
        self.input.len() + self.reader.decoded_bytes() + kept
    }

    /// The body that the request just heard left to come goes there.
    pub(super) fn receive(&mut self, receiving: Receiving) {
        self.receiving = Some(receiving);
    }

    /// Leaves when the connection is polled next.
    pub(super) fn reply(&mut self, reply: Reply) {
        self.append(reply);
        self.has_reply();
    }

    /// The reply to the request just heard has been given before it.
    pub(super) fn has_reply(&mut self) {
        self.owes_reply = false;
    }

    /// Follows the reply that was given last.
    pub(super) fn append(&mut self, reply: Reply) {
        self.output.extend(reply.pieces().into_iter().filter(|piece| !piece.is_empty()));
    }

    /// Writes now what can be written. The rest, and the news of a connection that is broken, come when the connection
    /// is polled next.
    pub(super) fn hurry(&mut self) {
        let _later = self.poll_flush(&mut Context::from_waker(Waker::noop()));
    }

    /// Whether the running invocation's response is on its way here.
    pub(super) fn has_response(&self) -> bool {
        matches!(self.receiving, Some(Receiving::Stream(_) | Receiving::Whole(_)))
    }

    /// The next request or part of one, none at the connection's end. Writes replies on the way.
    pub(super) fn poll_heard(&mut self, cx: &mut Context<'_>) -> Poll<Option<Heard>> {
        if self.receiving.is_some() {
            return self.poll_received(cx);
        }
        match ready!(self.poll(cx)) {
            Ok(Some(request)) => {
                self.owes_reply = true;
                self.last |= request.last;
                Poll::Ready(Some(Heard::Request(request)))
            }
            // A broken connection is the runtime's to open again; an exit is seen elsewhere.
            Ok(None) | Err(_) => Poll::Ready(None),
        }
    }

    fn poll_received(&mut self, cx: &mut Context<'_>) -> Poll<Option<Heard>> {
        while let Some(receiving) = &mut self.receiving {
            ready!(receiving.poll_ready(cx));
            match ready!(self.poll_piece(cx)) {
                Ok(Piece::Data(data)) => {
                    let early = self.receiving.as_mut().and_then(|receiving| receiving.take(data));
                    if let Some(early) = early {
                        return Poll::Ready(Some(Heard::Received(early)));
                    }
                }
                Ok(Piece::End(trailers)) => {
                    let ended = self.receiving.take().map(|receiving| receiving.end(trailers));
                    return Poll::Ready(ended.map(Heard::Received));
                }
                Err(_) => return Poll::Ready(None),
            }
        }
        Poll::Ready(None)
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Piece>> {
        loop {
            let piece = self.reader.take_piece(&mut self.input).map_err(|_| io::ErrorKind::InvalidData)?;
            if let Some(piece) = piece {
                return Poll::Ready(Ok(piece));
            }
            if self.reader.wants_continue() {
                self.output.push_back(CONTINUE);
            }
            ready!(self.poll_flush(cx))?;
            if ready!(self.poll_fill(PIECE_READ_BYTES, cx))? == 0 {
                return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
            }
        }
    }

    /// A client that asks for the next event in the same breath as it answers the last reads both replies together:
    /// what is there already is taken before anything is written, and the first reply waits for the second.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<Request>>> {
        loop {
            if self.owes_reply {
                return self.poll_end(cx);
            }
            if !self.last {
                let request = self.reader.take(&mut self.input).map_err(|_| io::ErrorKind::InvalidData)?;
                if request.is_some() {
                    return Poll::Ready(Ok(request));
                }
            }
            ready!(self.poll_flush(cx))?;
            if self.last {
                return Poll::Ready(Ok(None));
            }
            if self.reader.wants_continue() {
                self.output.push_back(CONTINUE);
                continue;
            }
            if ready!(self.poll_fill(READ_BYTES, cx))? == 0 {
                return Poll::Ready(Ok(self.reader.cut_short()));
            }
        }
    }

    /// While the client waits for an event, only the end of its connection is of interest. What it sends ahead is
    /// kept, up to one read.
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Option<Request>>> {
        while self.input.is_empty() {
            if ready!(self.poll_fill(READ_BYTES, cx))? == 0 {
                return Poll::Ready(Ok(None));
            }
        }
        Poll::Pending
    }

    fn poll_fill(&mut self, at_least: usize, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.input.reserve(self.reader.missing(&self.input).max(at_least));
        self.stream.poll_read(cx, &mut self.input)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.output.is_empty() {
            let mut pieces = [IoSlice::new(&[]); PIECES_PER_WRITE];
            let count = self
                .output
                .iter()
                .zip(&mut pieces)
                .map(|(piece, slice)| *slice = IoSlice::new(piece))
                .count();
            let mut written = ready!(self.stream.poll_write(cx, &pieces[..count]))?;
            while let Some(first) = self.output.front_mut() {
                let taken = written.min(first.len());
                first.advance(taken);
                written -= taken;
                if !first.is_empty() {
                    break;
                }
                self.output.pop_front();
            }
        }
        Poll::Ready(Ok(()))
    }
}
