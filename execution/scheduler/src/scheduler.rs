//! The handle to the scheduler.

use std::sync::Arc;

use environment::ParkedCount;
use model::FunctionVersion;
use tokio::sync::{mpsc, oneshot};

use crate::launchpad::LaunchError;
use crate::lease::Lease;
use crate::pool::PoolCount;
use crate::service::Command;

#[derive(Debug, Clone)]
pub struct Scheduler {
    commands: mpsc::Sender<Command>,
}

/// Why an invocation got no environment.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    #[error("the account has as many invocations running as it may; try again when one has ended")]
    Concurrency,
    #[error("busy environments hold all memory meant for them; try again when one has ended")]
    Memory,
    #[error("the environment could not be started: {0}")]
    Launch(#[from] LaunchError),
    #[error("the environment was lost while it started; try again")]
    Lost,
    #[error("the server is shutting down")]
    ShuttingDown,
}

/// What the scheduler holds at one moment.
#[derive(Debug, Clone)]
pub struct Census {
    pub pools: Vec<PoolCount>,
    /// The configured memory of all environments.
    pub memory_mib: u64,
    /// Environments without a function, by kind.
    pub parked: Vec<ParkedCount>,
}

impl Scheduler {
    pub(crate) fn new(commands: mpsc::Sender<Command>) -> Scheduler {
        Scheduler { commands }
    }

    /// Gets an environment of this version for one invocation: an idle one, or one that is started for it.
    pub async fn admit(&self, version: Arc<FunctionVersion>) -> Result<Lease, AdmissionError> {
        let (answer, answered) = oneshot::channel();
        let command = Command::Admit { version, answer };
        self.commands.send(command).await.map_err(|_closed| AdmissionError::ShuttingDown)?;
        answered.await.map_err(|_dropped| AdmissionError::ShuttingDown)?
    }

    /// Empty once the scheduler has ended.
    pub async fn census(&self) -> Census {
        let (answer, answered) = oneshot::channel();
        let nothing = Census { pools: Vec::new(), memory_mib: 0, parked: Vec::new() };
        if self.commands.send(Command::Census(answer)).await.is_err() {
            return nothing;
        }
        answered.await.unwrap_or(nothing)
    }
}
