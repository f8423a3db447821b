//! Takes an invocation from its request to its answer.

use std::time::Instant;

use catalog::Catalog;
use model::Clock;
use scheduler::Scheduler;
use tokio_util::task::TaskTracker;

use crate::error::InvokeError;
use crate::marks::Marks;
use crate::ready::Ready;
use crate::request::{Answer, InvokeReply, InvokeRequest, LogType, Mode};
use crate::undisturbed::Undisturbed;

/// The door of every invocation. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Invoker {
    catalog: Catalog,
    scheduler: Scheduler,
    clock: Clock,
    running: TaskTracker,
}

impl Invoker {
    pub fn new(catalog: Catalog, scheduler: Scheduler, clock: Clock) -> Invoker {
        Invoker { catalog, scheduler, clock, running: TaskTracker::new() }
    }

    /// Runs the function, or says why it cannot run. A caller that stops waiting does not stop the function.
    pub async fn invoke(&self, request: InvokeRequest) -> Result<InvokeReply, InvokeError> {
        let accepted = Instant::now();
        let (mode, log) = (request.mode, request.log);
        let ready = Ready::check(request, &self.catalog.snapshot(), &self.clock)?;
        if mode == Mode::DryRun {
            return Ok(InvokeReply::Valid);
        }
        let work = run(ready, self.scheduler.clone(), self.running.clone(), accepted, log);
        let answer = Undisturbed::new(work, &self.running).await?;
        Ok(InvokeReply::Ran(Box::new(answer)))
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
