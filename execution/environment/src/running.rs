//! The invocation that an environment has: from its arrival to what its caller gets.

use std::time::{Duration, Instant};

use bytes::Bytes;
use model::{ErrorType, Invocation, Outcome, Timestamp};
use tokio::sync::oneshot;

use crate::environment::{Completed, Marks};
use crate::failure::{self, Failure, Status};
use crate::phase::Verdict;
use crate::runtime_api::{Answer, Event};

#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) invocation: Invocation,
    completed: oneshot::Sender<Completed>,
    /// From the event's dispatch, or from the init that runs inside the invocation.
    span: Option<Span>,
    sent: Option<Sent>,
}

/// What the function's timeout limits, and the duration that is billed.
#[derive(Debug, Clone, Copy)]
struct Span {
    began: Instant,
    deadline: Timestamp,
}

#[derive(Debug, Clone, Copy)]
struct Sent {
    ready: Instant,
    sent: Instant,
}

/// How the invocation ended, as its caller and its log see it.
#[derive(Debug)]
pub(crate) struct End {
    pub(crate) outcome: Outcome,
    pub(crate) status: Status,
    pub(crate) duration: Duration,
    answered: Instant,
}

/// What only the environment knows of a completed invocation.
#[derive(Debug)]
pub(crate) struct Measured {
    pub(crate) init: Option<Duration>,
    pub(crate) billed: Duration,
    pub(crate) memory_peak_mib: u32,
    pub(crate) log_tail: Bytes,
}

impl Running {
    pub(crate) fn new(invocation: Invocation, completed: oneshot::Sender<Completed>) -> Running {
        Running { invocation, completed, span: None, sent: None }
    }

    /// Time starts to count, unless it does already.
    pub(crate) fn begin(&mut self, deadline: Timestamp) {
        self.span.get_or_insert(Span { began: Instant::now(), deadline });
    }

    /// The event for the runtime.
    pub(crate) fn event(&self) -> Option<Event<'_>> {
        self.span.map(|span| Event::new(&self.invocation, span.deadline))
    }

    pub(crate) fn mark_sent(&mut self, ready: Instant) {
        self.sent = Some(Sent { ready, sent: Instant::now() });
    }

    /// False when init failed inside the invocation.
    pub(crate) fn was_sent(&self) -> bool {
        self.sent.is_some()
    }

    pub(crate) fn end(&self, verdict: Verdict<Answer>, timeout: Duration) -> End {
        let answered = Instant::now();
        // A timeout is reported as the limit, not as the moment when the timer fired.
        let duration = match (&verdict, self.span) {
            (Verdict::Failed(Failure::TimedOut), _) => timeout,
            (_, Some(span)) => answered - span.began,
            (_, None) => Duration::ZERO,
        };
        let (outcome, status) = match verdict {
            Verdict::Answered(answer) => (outcome(answer), Status::Success),
            Verdict::Failed(failure) => {
                let payload = failure.payload(self.invocation.request_id, timeout);
                (Outcome::FunctionError { payload, error: failure.error() }, failure.status())
            }
        };
        End { outcome, status, duration, answered }
    }

    /// Hands the result to the caller, who may have stopped waiting.
    pub(crate) fn complete(self, end: End, measured: Measured) {
        let reusable = self.was_sent();
        let Sent { ready, sent } = self.sent.unwrap_or(Sent { ready: end.answered, sent: end.answered });
        let marks = Marks { ready, sent, answered: end.answered, returned: Instant::now() };
        let _gone = self.completed.send(Completed {
            outcome: end.outcome,
            status: end.status,
            marks,
            init: measured.init,
            duration: end.duration,
            billed: measured.billed,
            memory_peak_mib: measured.memory_peak_mib,
            log_tail: measured.log_tail,
            reusable,
        });
    }
}

fn outcome(answer: Answer) -> Outcome {
    let (error, payload) = match answer {
        Answer::Response(payload) => return Outcome::Success { payload },
        Answer::Error { payload, error } if payload.is_empty() => {
            let payload = failure::unexplained(&error);
            (error, payload)
        }
        Answer::Error { payload, error } => (error, payload),
        Answer::TooLarge => failure::response_too_large(),
        Answer::InvalidMode => {
            let error = ErrorType::platform("Runtime.InvalidResponseModeHeader");
            let payload = failure::unexplained(&error);
            (error, payload)
        }
    };
    Outcome::FunctionError { payload, error }
}
