//! A response on its way from the runtime to its caller, piece by piece.
//!
//! Between the two ends lies a bounded channel: a caller that reads slowly slows the function down. A caller that
//! goes away does not: what comes then is dropped, and the function runs to its end.

use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_util::sync::PollSender;

/// Pieces that wait for the caller. One is as large as one read from the runtime's connection.
const WAITING_PIECES: usize = 4;

/// The two ends of one response.
pub fn response_stream() -> (ResponseSink, ResponseStream) {
    let (sender, receiver) = mpsc::channel(WAITING_PIECES);
    (ResponseSink(PollSender::new(sender)), ResponseStream(receiver))
}

/// The runtime's end.
#[derive(Debug)]
pub struct ResponseSink(PollSender<Bytes>);

/// The caller's end.
#[derive(Debug)]
pub struct ResponseStream(mpsc::Receiver<Bytes>);

impl ResponseSink {
    /// Whether there is room for a piece. There always is when nobody reads any more.
    pub fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.0.poll_reserve(cx).map(drop)
    }

    /// Only after [`ResponseSink::poll_ready`].
    pub fn send(&mut self, piece: Bytes) {
        // The caller has gone: the rest of the response is nobody's.
        let _gone = self.0.send_item(piece);
    }
}

impl ResponseStream {
    /// The next piece; none when no more will come.
    pub async fn next(&mut self) -> Option<Bytes> {
        self.0.recv().await
    }

    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.0.poll_recv(cx)
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use super::*;

    #[tokio::test]
    async fn a_caller_that_does_not_read_stops_the_pieces() {
        let (mut sink, mut stream) = response_stream();
        for number in 0..WAITING_PIECES {
            poll_fn(|cx| sink.poll_ready(cx)).await;
            sink.send(vec![u8::try_from(number).unwrap()].into());
        }
        assert!(poll_fn(|cx| Poll::Ready(sink.poll_ready(cx))).await.is_pending());
        assert_eq!(stream.next().await.unwrap(), [0].as_slice());
        assert!(poll_fn(|cx| Poll::Ready(sink.poll_ready(cx))).await.is_ready());
    }

    #[tokio::test]
    async fn a_caller_that_has_gone_stops_nothing() {
        let (mut sink, stream) = response_stream();
        drop(stream);
        for _ in 0..10 * WAITING_PIECES {
            poll_fn(|cx| sink.poll_ready(cx)).await;
            sink.send(Bytes::from_static(b"x"));
        }
    }
}
