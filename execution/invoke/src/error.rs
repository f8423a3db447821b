//! Why an invocation did not run, or why nobody knows what came of it. A failed function is no error but an outcome.

use model::FunctionArn;
use model::function::State;
use scheduler::AdmissionError;

use crate::payload::NotJson;

#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    #[error("the payload is {actual} bytes, the limit is {limit}")]
    PayloadTooLarge { actual: usize, limit: usize },
    /// The ARN names what is missing, with `$LATEST` where the caller wrote no qualifier.
    #[error("there is no function {arn}")]
    NotFound { arn: FunctionArn },
    #[error("the payload is not JSON: {0}")]
    Payload(NotJson),
    #[error("the client context is not a JSON object")]
    ClientContext,
    /// Wait until it is Active.
    #[error("the function cannot run in the state {state:?}")]
    NotActive { state: State },
    /// Try again later, or raise the limit.
    #[error("throttled: {0}")]
    Throttled(Throttled),
    /// The function's runtime or code is not usable on this host.
    #[error("the function cannot be started: {0}")]
    Unstartable(scheduler::LaunchError),
    /// Nobody knows whether the handler ran.
    #[error("the execution environment was lost")]
    EnvironmentLost,
    #[error("the server is shutting down")]
    ShuttingDown,
}

/// Which limit is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Throttled {
    #[error("the account has as many invocations running as it may")]
    Concurrency,
    #[error("busy environments hold all memory meant for them")]
    Memory,
}

impl From<AdmissionError> for InvokeError {
    fn from(error: AdmissionError) -> InvokeError {
        match error {
            AdmissionError::Concurrency => InvokeError::Throttled(Throttled::Concurrency),
            AdmissionError::Memory => InvokeError::Throttled(Throttled::Memory),
            AdmissionError::Launch(error) => InvokeError::Unstartable(error),
            AdmissionError::Lost => InvokeError::EnvironmentLost,
            AdmissionError::ShuttingDown => InvokeError::ShuttingDown,
        }
    }
}

impl From<environment::EnvironmentGone> for InvokeError {
    fn from(_gone: environment::EnvironmentGone) -> InvokeError {
        InvokeError::EnvironmentLost
    }
}
