//! The right to run one invocation on one environment.

use std::sync::Arc;

use environment::{Answered, Environment, EnvironmentGone, ResponseSink};
use model::Invocation;
use tokio::sync::mpsc;

use crate::pool::{EnvironmentId, Fitness};
use crate::service::Notice;

/// Held from admission until the environment is free again; dropping it gives the environment back.
#[derive(Debug)]
pub struct Lease {
    /// Taken only by `drop`.
    environment: Option<Arc<Environment>>,
    id: EnvironmentId,
    fitness: Fitness,
    notices: mpsc::Sender<Notice>,
}

impl Lease {
    pub(crate) fn new(
        id: EnvironmentId,
        environment: Arc<Environment>,
        notices: mpsc::Sender<Notice>,
    ) -> Lease {
        Lease { environment: Some(environment), id, fitness: Fitness::Reusable, notices }
    }

    /// Where extensions still work after the answer, the lease is to be held until the invocation has ended.
    ///
    /// # Errors
    /// The environment was lost under the invocation, and nobody knows whether the handler ran.
    pub async fn run(&mut self, invocation: Invocation) -> Result<Answered, EnvironmentGone> {
        self.run_to(invocation, None).await
    }

    /// As [`Lease::run`]; a response that the function streams goes to `sink` while it comes.
    ///
    /// # Errors
    /// The environment was lost under the invocation, and nobody knows whether the handler ran.
    pub async fn run_streaming(
        &mut self,
        invocation: Invocation,
        sink: ResponseSink,
    ) -> Result<Answered, EnvironmentGone> {
        self.run_to(invocation, Some(sink)).await
    }

    async fn run_to(
        &mut self,
        invocation: Invocation,
        sink: Option<ResponseSink>,
    ) -> Result<Answered, EnvironmentGone> {
        let Some(environment) = &self.environment else { return Err(EnvironmentGone) };
        // Whatever interrupts the invocation leaves the environment in a state that nobody knows.
        self.fitness = Fitness::Spent;
        let answered = match sink {
            Some(sink) => environment.invoke_streaming(invocation, sink).await?,
            None => environment.invoke(invocation).await?,
        };
        if answered.reusable {
            self.fitness = Fitness::Reusable;
        }
        Ok(answered)
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // First, so that the keeper holds the only reference when it is told to shut the environment down.
        drop(self.environment.take());
        let finished = Notice::Finished(self.id, self.fitness);
        if self.notices.try_send(finished).is_err() {
            // The channel has room for every environment, so the scheduler has ended and needs no news.
            tracing::debug!(environment = ?self.id, "an environment outlived its scheduler");
        }
    }
}
