//! Which environment runs which invocation.
//!
//! [`Service`] owns the environments and follows the policy in [`pool`]; [`Scheduler`] is the handle to it. The
//! service's loop only decides: an invocation runs on its caller's task, which holds the environment by a [`Lease`],
//! and each environment is started, watched and shut down by a task of its own, its `keeper`.

mod keeper;
mod launchpad;
mod lease;
mod options;
mod pool;
mod scheduler;
mod service;

pub use launchpad::{CredentialSource, LaunchError, Launchpad};
pub use lease::Lease;
pub use options::{DRAIN_TIMEOUT_DEFAULT, IDLE_TIMEOUT_DEFAULT, LIFETIME_DEFAULT, Options};
pub use pool::{PoolCount, PoolKey};
pub use scheduler::{AdmissionError, Census, Scheduler};
pub use service::Service;
