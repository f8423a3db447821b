//! The door of every invocation: checks it, resolves the version, has it admitted, runs it, answers.
//!
//! On the way of a warm invocation nothing is read from disk, no lock is taken and no JSON tree is built: the catalog
//! is in memory, the payload stays bytes, and the environment writes its log through a channel. The log is complete,
//! REPORT included, before the answer returns.
//!
//! A failed function is an [`model::Outcome`]; [`InvokeError`] means that the caller or Mayfly is at fault.

mod error;
mod invoker;
mod marks;
mod payload;
mod ready;
mod request;
mod sampling;
mod streamed;
mod trace;
mod undisturbed;

pub use error::{InvokeError, Throttled};
pub use invoker::Invoker;
pub use payload::NotJson;
pub use request::{Answer, InvokeReply, InvokeRequest, LogType, Mode};
pub use streamed::{Failed, StreamEvent, StreamReply, Streamed};
