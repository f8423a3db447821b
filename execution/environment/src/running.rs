//! The invocation that an environment has: from its arrival to its answer, and on to its end.

use std::time::{Duration, Instant};

use bytes::Bytes;
use model::{ErrorType, Invocation, Outcome, Timestamp};
use tokio::sync::oneshot;

use crate::environment::{Answered, Ended, Ending, Marks};
use crate::failure::{self, Failure, Status};
use crate::phase::Verdict;
use crate::platform_log::Span as Timed;
use crate::response_stream::ResponseSink;
use crate::runtime_api::{Answer, Event};

#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) invocation: Invocation,
    /// Where a response in streaming mode goes, until the event is sent.
    pub(crate) sink: Option<ResponseSink>,
    stage: Stage,
    /// From the event's dispatch, or from the init that runs inside the invocation.
    span: Option<Span>,
    sent: Option<Sent>,
    /// When the runtime was done.
    runtime_done: Option<Instant>,
    /// When its answer was there, if it gave one itself.
    answered: Option<Instant>,
    /// When the response in streaming mode began.
    pub(crate) response_began: Option<Instant>,
}

/// Who waits for what.
#[derive(Debug)]
enum Stage {
    Unanswered(oneshot::Sender<Answered>),
    Answered { ended: oneshot::Sender<Ended>, produced_bytes: usize },
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

impl Running {
    pub(crate) fn new(
        invocation: Invocation,
        sink: Option<ResponseSink>,
        caller: oneshot::Sender<Answered>,
    ) -> Running {
        Running {
            invocation,
            sink,
            stage: Stage::Unanswered(caller),
            span: None,
            sent: None,
            runtime_done: None,
            response_began: None,
            answered: None,
        }
    }

    /// Time starts to count, unless it does already.
    pub(crate) fn begin(&mut self, deadline: Timestamp) {
        self.span.get_or_insert(Span { began: Instant::now(), deadline });
    }

    /// By when the runtime and the extensions must be done.
    pub(crate) fn deadline(&self) -> Option<Timestamp> {
        self.span.map(|span| span.deadline)
    }

    /// The runtime asks for the next event.
    pub(crate) fn runtime_done(&mut self) {
        self.runtime_done = Some(Instant::now());
    }

    pub(crate) fn is_runtime_done(&self) -> bool {
        self.runtime_done.is_some()
    }

    /// Since the beginning of what is billed.
    pub(crate) fn elapsed(&self) -> Duration {
        self.span.map_or(Duration::ZERO, |span| span.began.elapsed())
    }

    /// Where the runtime's time went.
    pub(crate) fn runtime_spans(&self, now: Timestamp) -> Vec<Timed> {
        let began = self.response_began.or(self.answered);
        let (Some(Sent { sent, .. }), Some(began)) = (self.sent, began) else { return vec![] };
        let mut spans = vec![timed("responseLatency", sent, began, now)];
        let Some(answered) = self.answered else { return spans };
        if self.response_began.is_some() {
            spans.push(timed("responseDuration", began, answered, now));
        }
        spans.extend(self.runtime_done.map(|done| timed("runtimeOverhead", answered, done, now)));
        spans
    }

    /// Where the extensions' time went, once the runtime was done.
    pub(crate) fn extension_span(&self, now: Timestamp) -> Option<Timed> {
        self.runtime_done.map(|done| timed("extensionOverhead", done, Instant::now(), now))
    }

    /// How much longer than the runtime the extensions have worked.
    pub(crate) fn post_runtime(&self) -> Duration {
        self.runtime_done.map_or(Duration::ZERO, |done| done.elapsed())
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

    /// Hands the outcome to the caller, who may have stopped waiting.
    pub(crate) fn answer(
        &mut self,
        verdict: Verdict<Answer>,
        answered: Instant,
        timeout: Duration,
        extensions_work: bool,
    ) {
        self.answered = matches!(verdict, Verdict::Answered(_)).then_some(answered);
        let produced_bytes = produced_bytes(&verdict);
        let outcome = match verdict {
            Verdict::Answered(answer) => outcome(answer),
            Verdict::Failed(failure) => {
                let payload = failure.payload(self.invocation.request_id, timeout);
                Outcome::FunctionError { payload, error: failure.error() }
            }
        };
        let (ended, ending) = oneshot::channel();
        let stage = Stage::Answered { ended, produced_bytes };
        let Stage::Unanswered(caller) = std::mem::replace(&mut self.stage, stage) else { return };
        let Sent { ready, sent } = self.sent.unwrap_or(Sent { ready: answered, sent: answered });
        let marks = Marks { ready, sent, answered, returned: Instant::now() };
        let ending = Ending::new(ending);
        let reusable = self.was_sent();
        let _gone = caller.send(Answered { outcome, marks, reusable, extensions_work, ending });
    }

    /// Since the beginning of what is billed. A timeout is reported as the limit, not as the moment when the timer
    /// fired.
    pub(crate) fn duration(&self, status: &Status, timeout: Duration) -> Duration {
        match status {
            Status::Timeout => timeout,
            Status::Success | Status::Error(_) => self.elapsed(),
        }
    }

    /// The size of the runtime's answer.
    pub(crate) fn produced_bytes(&self) -> usize {
        match self.stage {
            Stage::Answered { produced_bytes, .. } => produced_bytes,
            Stage::Unanswered(_) => 0,
        }
    }

    /// Hands the figures to whoever waits for them.
    pub(crate) fn end(self, figures: Ended) {
        if let Stage::Answered { ended, .. } = self.stage {
            let _gone = ended.send(figures);
        }
    }
}

fn timed(name: &'static str, from: Instant, to: Instant, now: Timestamp) -> Timed {
    let ago = i64::try_from(from.elapsed().as_millis()).unwrap_or(i64::MAX);
    let start = Timestamp::from_millis(now.as_millis().saturating_sub(ago));
    Timed { name, start, duration: to.saturating_duration_since(from) }
}

/// What the platform says in the runtime's place is not the runtime's.
fn produced_bytes(verdict: &Verdict<Answer>) -> usize {
    match verdict {
        Verdict::Answered(Answer::Response(payload) | Answer::Error { payload, .. })
        | Verdict::Failed(Failure::Init { payload, .. }) => payload.len(),
        Verdict::Answered(Answer::Streamed { bytes }) => *bytes,
        Verdict::Answered(Answer::TooLarge { .. } | Answer::InvalidMode | Answer::Truncated)
        | Verdict::Failed(_) => 0,
    }
}

fn outcome(answer: Answer) -> Outcome {
    let (error, payload) = match answer {
        Answer::Response(payload) => return Outcome::Success { payload },
        // Nothing is left that the caller does not have.
        Answer::Streamed { .. } => return Outcome::Success { payload: Bytes::new() },
        Answer::Error { payload, error } if payload.is_empty() => {
            let payload = failure::unexplained(&error);
            (error, payload)
        }
        Answer::Error { payload, error } => (error, payload),
        Answer::TooLarge { limit_bytes } => failure::response_too_large(limit_bytes),
        Answer::InvalidMode => unexplained("Runtime.InvalidResponseModeHeader"),
        Answer::Truncated => unexplained("Runtime.TruncatedResponse"),
    };
    Outcome::FunctionError { payload, error }
}

fn unexplained(name: &'static str) -> (ErrorType, Bytes) {
    let error = ErrorType::platform(name);
    let payload = failure::unexplained(&error);
    (error, payload)
}

#[cfg(test)]
mod tests {
    use model::{FunctionArn, FunctionRef};
    use sandbox::Exit;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_007);

    /// The bytes and spans that are told of an invocation that went so.
    fn told(verdict: Verdict<Answer>, is_done: bool) -> (usize, Vec<&'static str>) {
        let FunctionRef { region, account, name, qualifier } =
            "arn:aws:lambda:us-east-1:000000000000:function:f".parse().unwrap();
        let invocation = Invocation {
            request_id: "8f507cfc-0123-4697-b07a-ac58fc914c95".parse().unwrap(),
            payload: Bytes::new(),
            invoked_arn: FunctionArn { region: region.unwrap(), account: account.unwrap(), name, qualifier },
            trace_id: String::new(),
            client_context: None,
        };
        let mut running = Running::new(invocation, None, oneshot::channel().0);
        running.begin(NOW);
        running.mark_sent(Instant::now());
        running.answer(verdict, Instant::now(), Duration::from_secs(3), false);
        if is_done {
            running.runtime_done();
        }
        let spans = running.runtime_spans(NOW).into_iter().map(|span| span.name).collect();
        (running.produced_bytes(), spans)
    }

    #[test]
    fn what_the_platform_answers_is_none_of_the_runtime_s_bytes_or_spans() {
        for failure in [Failure::TimedOut, Failure::Exited(Exit::Code(1))] {
            assert_eq!(told(Verdict::Failed(failure), false), (0, vec![]));
        }
    }

    #[test]
    fn what_the_runtime_posts_counts_as_its_own_an_error_too() {
        let spans = vec!["responseLatency", "runtimeOverhead"];
        let payload = Bytes::from_static(b"{}");
        let error = Answer::Error { payload: payload.clone(), error: ErrorType::reported("Some.Error") };
        for answer in [Answer::Response(payload), error] {
            assert_eq!(told(Verdict::Answered(answer), true), (2, spans.clone()));
        }
        let unexplained = Answer::Error { payload: Bytes::new(), error: ErrorType::reported("Some.Error") };
        assert_eq!(told(Verdict::Answered(unexplained), true), (0, spans));
    }

    #[test]
    fn a_runtime_that_never_asks_for_the_next_event_has_no_overhead() {
        let answer = Answer::Response(Bytes::from_static(b"{}"));
        assert_eq!(told(Verdict::Answered(answer), false), (2, vec!["responseLatency"]));
    }
}
