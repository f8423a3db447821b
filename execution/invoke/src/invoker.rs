//! Takes an invocation from its request to its answer.

use std::sync::Arc;
use std::time::Instant;

use catalog::{Catalog, Scope, Snapshot};
use environment::Completed;
use model::function::State;
use model::limits::SYNC_PAYLOAD_MAX_BYTES;
use model::{Clock, FunctionArn, FunctionVersion, Invocation, Qualifier, VersionRef};
use scheduler::Scheduler;
use tokio_util::task::TaskTracker;

use crate::error::InvokeError;
use crate::request::{Answer, InvokeReply, InvokeRequest, LogType, Marks, Mode};
use crate::undisturbed::Undisturbed;
use crate::{payload, trace};

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
        let work = ready.run(self.scheduler.clone(), accepted, log);
        let answer = Undisturbed::new(work, &self.running).await?;
        Ok(InvokeReply::Ran(Box::new(answer)))
    }

    /// Resolves when no invocation is running, whether or not anybody waits for it.
    pub async fn drained(&self) {
        self.running.close();
        self.running.wait().await;
    }
}

/// An invocation that has passed every check.
struct Ready {
    version: Arc<FunctionVersion>,
    invocation: Invocation,
}

impl Ready {
    /// The checks stand in AWS's order.
    fn check(request: InvokeRequest, catalog: &Snapshot, clock: &Clock) -> Result<Ready, InvokeError> {
        check_size(request.payload.len())?;
        let scope = Scope { account: request.account, region: request.region };
        let qualifier = request.qualifier;
        let invoked_arn = scope.arn(&request.function).qualified(qualifier.clone());
        let version = catalog
            .resolve(&scope, &request.function, qualifier.as_ref(), draw())
            .map_err(|_missing| InvokeError::NotFound { arn: named(&invoked_arn) })?;
        let event = payload::event(request.payload).map_err(InvokeError::Payload)?;
        let client_context = request.client_context.as_deref().map(payload::client_context);
        let client_context = client_context.transpose().map_err(InvokeError::ClientContext)?;
        check_state(version.state)?;
        let trace_id = trace::adopt_or_make(request.trace.as_deref(), clock.now());
        let request_id = request.request_id;
        let invocation = Invocation { request_id, payload: event, invoked_arn, trace_id, client_context };
        Ok(Ready { version, invocation })
    }

    async fn run(self, scheduler: Scheduler, accepted: Instant, log: LogType) -> Result<Answer, InvokeError> {
        let executed_version = self.version.version;
        let trace = self.invocation.trace_id.clone();
        let lease = scheduler.admit(self.version).await?;
        let admitted = Instant::now();
        let completed = lease.run(self.invocation).await?;
        let marks = marks(accepted, admitted, &completed);
        let log_tail = (log == LogType::Tail).then_some(completed.log_tail);
        Ok(Answer { outcome: completed.outcome, executed_version, log_tail, trace, marks })
    }
}

fn check_size(actual: usize) -> Result<(), InvokeError> {
    let limit = SYNC_PAYLOAD_MAX_BYTES;
    if actual > limit { Err(InvokeError::PayloadTooLarge { actual, limit }) } else { Ok(()) }
}

/// An update in progress stops nobody: invocations run what was before.
fn check_state(state: State) -> Result<(), InvokeError> {
    match state {
        State::Active => Ok(()),
        State::Pending | State::Failed => Err(InvokeError::NotActive { state }),
    }
}

/// As AWS names what it did not find: never without a qualifier.
fn named(arn: &FunctionArn) -> FunctionArn {
    let latest = || Qualifier::Version(VersionRef::Latest);
    arn.qualified(Some(arn.qualifier.clone().unwrap_or_else(latest)))
}

/// Chooses between the versions of a weighted alias: from 0, inclusive, to 1, exclusive.
fn draw() -> f64 {
    let random = getrandom::u32().expect("the kernel has randomness once it has booted");
    f64::from(random) / (f64::from(u32::MAX) + 1.0)
}

fn marks(accepted: Instant, admitted: Instant, completed: &Completed) -> Marks {
    let environment::Marks { ready, sent, answered, returned } = completed.marks;
    Marks { accepted, admitted, ready, sent, answered, returned }
}
