//! The handle to the scheduler.

use std::sync::Arc;

use environment::ParkingCensus;
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
#[derive(Debug, Clone, Default)]
pub struct Census {
    pub pools: Vec<PoolCount>,
    /// The configured memory of all environments.
    pub memory_mib: u64,
    /// What that may be.
    pub memory_max_mib: u64,
    /// Environments without a function.
    pub parked: ParkingCensus,
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
        if self.commands.send(Command::Census(answer)).await.is_err() {
            return Census::default();
        }
        answered.await.unwrap_or_default()
    }
}
