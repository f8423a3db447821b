//! One task for each environment: starts it, watches it, shuts it down.

use std::sync::Arc;

use environment::Environment;
use model::FunctionVersion;
use tokio::sync::{mpsc, oneshot};

use crate::launchpad::Launchpad;
use crate::pool::EnvironmentId;
use crate::service::Notice;

/// Tells a keeper, by being dropped, that its environment is no longer wanted.
#[derive(Debug)]
pub(crate) struct Tether {
    _released: oneshot::Sender<()>,
}

#[derive(Debug)]
pub(crate) struct Keeper {
    version: Arc<FunctionVersion>,
    released: oneshot::Receiver<()>,
    reporter: Reporter,
}

impl Keeper {
    pub(crate) fn new(
        id: EnvironmentId,
        version: Arc<FunctionVersion>,
        notices: mpsc::Sender<Notice>,
    ) -> (Keeper, Tether) {
        let (tether, released) = oneshot::channel();
        let keeper = Keeper { version, released, reporter: Reporter { id, notices, wanted: true } };
        (keeper, Tether { _released: tether })
    }

    pub(crate) async fn keep(mut self, launchpad: Arc<Launchpad>) {
        let environment = match launchpad.start(Arc::clone(&self.version)).await {
            Ok(environment) => Arc::new(environment),
            Err(error) => {
                tracing::error!(function = %self.version.arn, %error, "an environment could not be started");
                self.reporter.send(Notice::StartFailed(self.reporter.id, error));
                return;
            }
        };
        self.reporter.send(Notice::Started(self.reporter.id, Arc::clone(&environment)));
        tokio::select! {
            _dropped = &mut self.released => self.reporter.wanted = false,
            () = environment.gone() => {
                tracing::warn!(function = %self.version.arn, "an environment ended by itself");
            }
        }
        shut_down(environment).await;
    }
}

/// A lease that is still held keeps the environment; then its end removes the sandbox.
async fn shut_down(environment: Arc<Environment>) {
    if let Some(environment) = Arc::into_inner(environment) {
        environment.shutdown().await;
    }
}

/// Says that the environment has exited, however its keeper ends.
#[derive(Debug)]
struct Reporter {
    id: EnvironmentId,
    notices: mpsc::Sender<Notice>,
    /// Nobody wants to hear the end of an environment that was retired.
    wanted: bool,
}

impl Reporter {
    fn send(&self, notice: Notice) {
        if self.notices.try_send(notice).is_err() {
            // The channel has room for every environment, so the scheduler has ended.
            tracing::debug!(environment = ?self.id, "an environment outlived its scheduler");
        }
    }
}

impl Drop for Reporter {
    fn drop(&mut self) {
        if self.wanted {
            self.send(Notice::Exited(self.id));
        }
    }
}
