//! A response in streaming mode while it comes, and where its pieces go.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use model::limits::{RESPONSE_MAX_BYTES, STREAMED_RESPONSE_MAX_BYTES};
use tokio::time::{Instant, Sleep, sleep_until};

use super::Answer;
use super::pace::Pace;
use super::reply::Reply;
use super::trailers::Trailers;
use crate::response_stream::ResponseSink;

#[derive(Debug)]
pub(super) enum Receiving {
    /// To the caller, as they come.
    Stream(Flow),
    /// Kept, for a caller that wants the response whole.
    Whole(BytesMut),
    /// Read away: the request was refused so, or has gone over its limit.
    Refused(Reply),
}

/// What a piece has led to.
#[derive(Debug)]
pub(super) enum Received {
    /// The response has ended; the runtime gets this reply.
    Ended(Option<Answer>, Reply),
    /// The invocation has its answer though the body still comes.
    Early(Answer),
}

impl Receiving {
    pub(super) fn new(sink: Option<ResponseSink>) -> Receiving {
        match sink {
            Some(sink) => Receiving::Stream(Flow::new(sink)),
            None => Receiving::Whole(BytesMut::new()),
        }
    }

    /// Whether a piece may be read.
    pub(super) fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Receiving::Stream(flow) => flow.poll_ready(cx),
            Receiving::Whole(_) | Receiving::Refused(_) => Poll::Ready(()),
        }
    }

    /// Something when the piece was one too many. Only after [`Receiving::poll_ready`].
    pub(super) fn take(&mut self, piece: Bytes) -> Option<Received> {
        let limit_bytes = match self {
            Receiving::Stream(flow) => flow.take(piece).err()?,
            Receiving::Whole(body) if body.len() + piece.len() > RESPONSE_MAX_BYTES => RESPONSE_MAX_BYTES,
            Receiving::Whole(body) => {
                body.extend_from_slice(&piece);
                return None;
            }
            Receiving::Refused(_) => return None,
        };
        *self = Receiving::Refused(Reply::too_large(limit_bytes));
        Some(Received::Early(Answer::TooLarge { limit_bytes }))
    }

    pub(super) fn end(self, trailers: Trailers) -> Received {
        let answer = match (self, trailers.into_error()) {
            (Receiving::Refused(reply), _) => return Received::Ended(None, reply),
            (_, Some(late)) => Answer::Error { payload: late.payload, error: late.error },
            (Receiving::Whole(body), None) => Answer::Response(body.freeze()),
            (Receiving::Stream(flow), None) => Answer::Streamed { bytes: flow.bytes },
        };
        Received::Ended(Some(answer), Reply::accepted())
    }

    /// What is kept of it in memory.
    pub(super) fn kept_bytes(&self) -> usize {
        match self {
            Receiving::Whole(body) => body.len(),
            Receiving::Stream(_) | Receiving::Refused(_) => 0,
        }
    }
}

/// Pieces on their way to the caller, no faster than AWS lets them.
#[derive(Debug)]
pub(super) struct Flow {
    sink: ResponseSink,
    pace: Pace,
    rest: Pin<Box<Sleep>>,
    bytes: usize,
}

impl Flow {
    fn new(sink: ResponseSink) -> Flow {
        let now = Instant::now();
        Flow { sink, pace: Pace::new(now), rest: Box::pin(sleep_until(now)), bytes: 0 }
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let ready_at = self.pace.ready_at();
        if ready_at > Instant::now() {
            if self.rest.deadline() != ready_at {
                self.rest.as_mut().reset(ready_at);
            }
            ready!(self.rest.as_mut().poll(cx));
        }
        self.sink.poll_ready(cx)
    }

    /// The limit as the error, where the piece goes over it; as much as it allows has flowed then.
    fn take(&mut self, mut piece: Bytes) -> Result<(), usize> {
        let room = STREAMED_RESPONSE_MAX_BYTES - self.bytes;
        let is_too_large = piece.len() > room;
        piece.truncate(room);
        self.bytes += piece.len();
        self.pace.spend(piece.len(), Instant::now());
        if !piece.is_empty() {
            self.sink.send(piece);
        }
        if is_too_large { Err(STREAMED_RESPONSE_MAX_BYTES) } else { Ok(()) }
    }
}
