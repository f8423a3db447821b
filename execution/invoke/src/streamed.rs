//! An answer that its caller reads while the function writes it.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use environment::{EnvironmentGone, ResponseStream};
use model::{ErrorType, Outcome, VersionRef};
use tokio::sync::oneshot;

use crate::error::InvokeError;

#[derive(Debug)]
pub enum StreamReply {
    /// Nothing ran: it was a dry run.
    Valid,
    Running(Streamed),
}

/// An invocation that has begun to answer.
#[derive(Debug)]
pub struct Streamed {
    pub executed_version: VersionRef,
    /// `Root=…;Parent=…;Sampled=…`, the caller's or a new one.
    pub trace: String,
    chunks: ResponseStream,
    finished: oneshot::Receiver<Result<Finished, EnvironmentGone>>,
    /// Told next, in this order.
    ready: VecDeque<Result<StreamEvent, InvokeError>>,
    /// Nothing comes behind what is ready.
    is_over: bool,
}

#[derive(Debug, PartialEq, Eq)]
pub enum StreamEvent {
    /// Never empty.
    Chunk(Bytes),
    /// The last one.
    Complete {
        failed: Option<Failed>,
        /// The last 4 KiB of this invocation's log, START to REPORT; with `LogType::Tail` only.
        log_tail: Option<Bytes>,
    },
}

/// How the function failed, whether it had begun to answer or not.
#[derive(Debug, PartialEq, Eq)]
pub struct Failed {
    pub error: ErrorType,
    /// The error document.
    pub payload: Bytes,
}

/// What came of the invocation beside what was streamed.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) outcome: Outcome,
    pub(crate) log_tail: Option<Bytes>,
}

impl Streamed {
    pub(crate) fn new(
        executed_version: VersionRef,
        trace: String,
        chunks: ResponseStream,
        finished: oneshot::Receiver<Result<Finished, EnvironmentGone>>,
    ) -> Streamed {
        let (ready, is_over) = (VecDeque::new(), false);
        Streamed { executed_version, trace, chunks, finished, ready, is_over }
    }

    /// Waits for the first event. Until then an invocation that is lost is an error and not a stream.
    pub(crate) async fn begun(&mut self) -> Result<(), InvokeError> {
        if let Some(first) = poll_fn(|cx| self.poll_next(cx)).await {
            self.ready.push_front(Ok(first?));
        }
        Ok(())
    }

    /// The next event; an error when nobody knows how the invocation ended.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<StreamEvent, InvokeError>>> {
        if self.ready.is_empty() && !self.is_over {
            if let Poll::Ready(Some(chunk)) = self.chunks.poll_next(cx) {
                return Poll::Ready(Some(Ok(StreamEvent::Chunk(chunk))));
            }
            let finished = ready!(Pin::new(&mut self.finished).poll(cx));
            self.end(finished.unwrap_or(Err(EnvironmentGone)), cx);
        }
        Poll::Ready(self.ready.pop_front())
    }

    fn end(&mut self, finished: Result<Finished, EnvironmentGone>, cx: &mut Context<'_>) {
        self.is_over = true;
        // A chunk may have come since the chunks were looked at; none comes once the function has answered.
        while let Poll::Ready(Some(chunk)) = self.chunks.poll_next(cx) {
            self.ready.push_back(Ok(StreamEvent::Chunk(chunk)));
        }
        match finished {
            Ok(finished) => self.complete(finished),
            Err(gone) => self.ready.push_back(Err(gone.into())),
        }
    }

    /// What was not streamed comes in one piece.
    fn complete(&mut self, Finished { outcome, log_tail }: Finished) {
        let failed = match outcome {
            Outcome::Success { payload } => {
                if !payload.is_empty() {
                    self.ready.push_back(Ok(StreamEvent::Chunk(payload)));
                }
                None
            }
            Outcome::FunctionError { payload, error } => Some(Failed { error, payload }),
        };
        self.ready.push_back(Ok(StreamEvent::Complete { failed, log_tail }));
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use environment::{ResponseSink, response_stream};

    use super::*;

    struct Function {
        sink: ResponseSink,
        finished: oneshot::Sender<Result<Finished, EnvironmentGone>>,
    }

    fn start() -> (Function, Streamed) {
        let (sink, chunks) = response_stream();
        let (finished, received) = oneshot::channel();
        let streamed = Streamed::new(VersionRef::Latest, String::new(), chunks, received);
        (Function { sink, finished }, streamed)
    }

    impl Function {
        fn finish(self, outcome: Outcome) {
            self.finished.send(Ok(Finished { outcome, log_tail: None })).unwrap();
        }
    }

    fn success(payload: &'static str) -> Outcome {
        Outcome::Success { payload: Bytes::from_static(payload.as_bytes()) }
    }

    fn chunk(data: &'static str) -> StreamEvent {
        StreamEvent::Chunk(Bytes::from_static(data.as_bytes()))
    }

    const COMPLETE: StreamEvent = StreamEvent::Complete { failed: None, log_tail: None };

    async fn rest(mut streamed: Streamed) -> Vec<StreamEvent> {
        let mut events = vec![];
        while let Some(event) = poll_fn(|cx| streamed.poll_next(cx)).await {
            events.push(event.unwrap());
        }
        events
    }

    #[tokio::test]
    async fn chunks_come_before_the_end_even_when_both_wait() {
        let (mut function, streamed) = start();
        for data in ["a", "b"] {
            poll_fn(|cx| function.sink.poll_ready(cx)).await;
            function.sink.send(Bytes::from_static(data.as_bytes()));
        }
        function.finish(success(""));
        assert_eq!(rest(streamed).await, [chunk("a"), chunk("b"), COMPLETE]);
    }

    #[tokio::test]
    async fn what_was_not_streamed_is_one_chunk() {
        let (function, mut streamed) = start();
        function.finish(success("[1]"));
        streamed.begun().await.unwrap();
        assert_eq!(rest(streamed).await, [chunk("[1]"), COMPLETE]);
    }

    #[tokio::test]
    async fn a_failure_is_told_at_the_end() {
        let (function, streamed) = start();
        let error = ErrorType::platform("Sandbox.Timedout");
        let payload = Bytes::from_static(b"{}");
        function.finish(Outcome::FunctionError { payload: payload.clone(), error: error.clone() });
        let failed = Some(Failed { error, payload });
        assert_eq!(rest(streamed).await, [StreamEvent::Complete { failed, log_tail: None }]);
    }

    #[tokio::test]
    async fn a_loss_is_an_error_before_the_first_byte_and_an_event_after_it() {
        let (function, mut streamed) = start();
        drop(function);
        assert!(matches!(streamed.begun().await, Err(InvokeError::EnvironmentLost)));
        let (mut function, mut streamed) = start();
        poll_fn(|cx| function.sink.poll_ready(cx)).await;
        function.sink.send(Bytes::from_static(b"x"));
        streamed.begun().await.unwrap();
        drop(function);
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(streamed.poll_next(&mut context), Poll::Ready(Some(Ok(StreamEvent::Chunk(_))))));
        let lost = streamed.poll_next(&mut context);
        assert!(matches!(lost, Poll::Ready(Some(Err(InvokeError::EnvironmentLost)))));
        assert!(matches!(streamed.poll_next(&mut context), Poll::Ready(None)));
    }
}
