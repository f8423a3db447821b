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
