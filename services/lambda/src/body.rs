//! What stands in an answer: the whole of it, or an event stream that is still being written.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use http_body_util::Full;
use invoke::{Failed, StreamEvent, Streamed};
use model::RequestId;
use wire::event_stream;
use wire::lambda::{InvokeComplete, ResponseStreamEvent};

use crate::refusal::Refusal;

/// A response that was not streamed is cut into chunks of this size.
const CHUNK_MAX_BYTES: usize = 64 * 1024;

#[derive(Debug)]
pub enum Body {
    Whole(Full<Bytes>),
    /// Of `InvokeWithResponseStream`.
    Events(Box<Events>),
}

#[derive(Debug)]
pub struct Events {
    streamed: Streamed,
    request_id: RequestId,
    /// What is left of a large chunk.
    rest: Bytes,
}

impl Body {
    pub(crate) fn whole(bytes: Bytes) -> Body {
        Body::Whole(Full::new(bytes))
    }

    pub(crate) fn events(streamed: Streamed, request_id: RequestId) -> Body {
        Body::Events(Box::new(Events { streamed, request_id, rest: Bytes::new() }))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Body::Whole(whole) => Pin::new(whole).poll_frame(cx),
            Body::Events(events) => events.poll_message(cx).map(|message| Some(Ok(Frame::data(message?)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Body::Whole(whole) => whole.is_end_stream(),
            Body::Events(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Body::Whole(whole) => whole.size_hint(),
            Body::Events(_) => SizeHint::default(),
        }
    }
}

impl Events {
    fn poll_message(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.rest.is_empty() {
            match ready!(self.streamed.poll_next(cx)) {
                None => return Poll::Ready(None),
                Some(Ok(StreamEvent::Chunk(chunk))) => self.rest = chunk,
                Some(Ok(StreamEvent::Complete { failed, log_tail })) => {
                    let complete = ResponseStreamEvent::InvokeComplete(complete(failed, log_tail));
                    return Poll::Ready(Some(complete.to_message()));
                }
                Some(Err(lost)) => {
                    let error = Refusal::Invoke(lost).into_error(self.request_id);
                    return Poll::Ready(Some(event_stream::error(&error)));
                }
            }
        }
        let chunk = self.rest.split_to(self.rest.len().min(CHUNK_MAX_BYTES));
        Poll::Ready(Some(ResponseStreamEvent::PayloadChunk(chunk).to_message()))
    }
}

/// A failed function has the code that `X-Amz-Function-Error` has elsewhere.
fn complete(failed: Option<Failed>, log_tail: Option<Bytes>) -> InvokeComplete {
    let details = failed.map(|failed| String::from_utf8_lossy(&failed.payload).into_owned());
    InvokeComplete {
        error_code: details.is_some().then(|| "Unhandled".to_owned()),
        error_details: details,
        log_result: log_tail.map(|tail| STANDARD.encode(tail)),
    }
}

#[cfg(test)]
mod tests {
    use model::ErrorType;

    use super::*;

    #[test]
    fn a_success_has_nothing_to_say_at_its_end() {
        let message = ResponseStreamEvent::InvokeComplete(complete(None, None)).to_message();
        assert!(message[..message.len() - 4].ends_with(b"application/json{}"));
    }

    #[test]
    fn a_failure_has_its_code_its_document_and_its_log() {
        let error = ErrorType::platform("Runtime.ExitError");
        let failed = Failed { error, payload: Bytes::from_static(b"{\"errorType\":\"x\"}") };
        let complete = complete(Some(failed), Some(Bytes::from_static(b"END")));
        assert_eq!(complete.error_code.as_deref(), Some("Unhandled"));
        assert_eq!(complete.error_details.as_deref(), Some("{\"errorType\":\"x\"}"));
        assert_eq!(complete.log_result.as_deref(), Some("RU5E"));
    }
}
