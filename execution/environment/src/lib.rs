//! One execution environment from init to shutdown, with its Runtime API.
//!
//! [`Environment`] is a handle; behind it one task owns the sandbox, the connections of the runtime, its output and
//! its deadline, so that a warm invocation wakes no more than that task. What the task does is decided by
//! [`phase`], a state machine without I/O, time or locks.
//!
//! Invariant: an environment serves one function version for its whole life. A runtime that fails is started anew
//! in the same sandbox, inside the next invocation, as AWS does; a sandbox that fails is never repaired.

mod deadline;
mod env_vars;
mod environment;
mod externals;
mod failure;
mod image_task;
mod json_body;
mod output;
mod owner;
mod parking;
mod phase;
mod place;
mod platform_log;
mod response_stream;
mod running;
mod runtime_api;
pub mod runtimes;
mod start;
mod stream_name;
mod telemetry;
mod xray;

pub use environment::{
    Answered, Ended, Ending, Environment, EnvironmentGone, Launch, Marks, ServeFront, StartError, kind,
};
pub use failure::Status;
pub use parking::{Bounds as ParkingBounds, ParkedCount, Parking, ParkingCensus};
pub use response_stream::{ResponseSink, ResponseStream, response_stream};
pub use runtime_api::Metadata;
pub use runtimes::{RuntimeEntry, RuntimeTable};
pub use stream_name::log_stream_name;
