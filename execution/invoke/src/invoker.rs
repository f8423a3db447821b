//! Takes an invocation from its request to its answer.

use std::sync::Arc;
use std::time::Instant;

use catalog::Catalog;
use environment::{EnvironmentGone, ResponseSink};
use model::{Clock, Invocation};
use scheduler::{Lease, Scheduler};
use tokio::sync::oneshot;
use tokio_util::task::TaskTracker;

use crate::error::InvokeError;
use crate::marks::Marks;
use crate::ready::Ready;
use crate::request::{Answer, InvokeReply, InvokeRequest, LogType, Mode};
use crate::sampling::Sampling;
use crate::streamed::{Finished, StreamReply, Streamed};
use crate::undisturbed::Undisturbed;

/// The door of every invocation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Invoker {
    catalog: Catalog,
    scheduler: Scheduler,
    clock: Clock,
    sampling: Arc<Sampling>,
    running: TaskTracker,
}

impl Invoker {
    pub fn new(catalog: Catalog, scheduler: Scheduler, clock: Clock) -> Invoker {
        Invoker { catalog, scheduler, clock, sampling: Arc::default(), running: TaskTracker::new() }
    }

    /// Runs the function, or says why it cannot run. A caller that stops waiting does not stop the function.
    pub async fn invoke(&self, request: InvokeRequest) -> Result<InvokeReply, InvokeError> {
        let accepted = Instant::now();
        let (mode, log) = (request.mode, request.log);
        let ready = Ready::check(request, &self.catalog.snapshot(), &self.clock, &self.sampling)?;
        if mode == Mode::DryRun {
            return Ok(InvokeReply::Valid);
        }
        let work = run(ready, self.scheduler.clone(), self.running.clone(), accepted, log);
        let answer = Undisturbed::new(work, &self.running).await?;
        Ok(InvokeReply::Ran(Box::new(answer)))
    }

    /// As [`Invoker::invoke`], but returns once the function has begun to answer; what it streams can be read while it
    /// is written. A caller that reads slowly slows the function down; one that goes away does not stop it.
    pub async fn invoke_streaming(&self, request: InvokeRequest) -> Result<StreamReply, InvokeError> {
        let accepted = Instant::now();
        let (mode, log) = (request.mode, request.log);
        let Ready { version, invocation } =
            Ready::check(request, &self.catalog.snapshot(), &self.clock, &self.sampling)?;
        if mode == Mode::DryRun {
            return Ok(StreamReply::Valid);
        }
        let (executed_version, trace) = (version.version, invocation.trace_id.clone());
        let lease = self.scheduler.admit(version).await?;
        let marks = Marks { accepted, admitted: Instant::now() };
        let (sink, chunks) = environment::response_stream();
        let (caller, finished) = oneshot::channel();
        self.running.spawn(run_streaming(lease, invocation, sink, marks, log, caller));
        let mut streamed = Streamed::new(executed_version, trace, chunks, finished);
        streamed.begun().await?;
        Ok(StreamReply::Running(streamed))
    }

    /// Resolves when no invocation is running, whether or not anybody waits for it.
    pub async fn drained(&self) {
        self.running.close();
        self.running.wait().await;
    }
}

async fn run(
    ready: Ready,
    scheduler: Scheduler,
    tracker: TaskTracker,
    accepted: Instant,
    log: LogType,
) -> Result<Answer, InvokeError> {
    let Ready { version, invocation } = ready;
    let (executed_version, trace) = (version.version, invocation.trace_id.clone());
    let request_id = invocation.request_id;
    let mut lease = scheduler.admit(version).await?;
    let marks = Marks { accepted, admitted: Instant::now() };
    let answered = lease.run(invocation).await?;
    let environment::Answered { outcome, marks: reached, extensions_work, ending, .. } = answered;
    marks.trace(request_id, reached);
    let log_tail = match log {
        // REPORT is part of the tail. An environment that is lost after its answer leaves the answer.
        LogType::Tail => ending.ended().await.ok().map(|ended| ended.log_tail),
        LogType::None if extensions_work => {
            tracker.spawn(async move {
                // Lost or ended, it is of no use to this invocation any more.
                ending.ended().await.ok();
                drop(lease);
            });
            None
        }
        LogType::None => None,
    };
    Ok(Answer { outcome, executed_version, log_tail, trace })
}

/// Runs to its end whether or not somebody reads what it streams.
async fn run_streaming(
    mut lease: Lease,
    invocation: Invocation,
    sink: ResponseSink,
    marks: Marks,
    log: LogType,
    caller: oneshot::Sender<Result<Finished, EnvironmentGone>>,
) {
    let request_id = invocation.request_id;
    let answered = match lease.run_streaming(invocation, sink).await {
        Ok(answered) => answered,
        Err(gone) => {
            // The caller may have gone too.
            caller.send(Err(gone)).ok();
            return;
        }
    };
    marks.trace(request_id, answered.marks);
    let environment::Answered { outcome, extensions_work, ending, .. } = answered;
    match log {
        LogType::Tail => {
            let log_tail = ending.ended().await.ok().map(|ended| ended.log_tail);
            caller.send(Ok(Finished { outcome, log_tail })).ok();
        }
        LogType::None => {
            caller.send(Ok(Finished { outcome, log_tail: None })).ok();
            if extensions_work {
                // Lost or ended, it is of no use to this invocation any more.
                ending.ended().await.ok();
            }
        }
    }
    drop(lease);
}
