//! The AWS Lambda service: its operations over catalog and invoke.
//!
//! An operation reads its request, names its [`target`] (which checks that the caller may), asks the catalog or the
//! invoker once, and converts the answer. What it refuses is a [`refusal::Refusal`]; that file alone knows AWS's codes
//! and texts. What this server does not have is refused in [`absent`], never ignored.

mod absent;
mod account;
mod aliases;
mod body;
mod call;
mod code;
mod control;
mod convert;
mod functions;
mod images;
mod invocations;
mod layers;
mod page;
mod refusal;
mod s3;
pub mod served;
mod service;
mod streaming;
mod tags;
mod target;
#[cfg(test)]
mod tests;
mod versions;

pub use body::Body;
pub use call::{Call, DATA_PLANE, Expected, expected};
pub use control::{Control, Links};
pub use s3::S3;
pub use service::Service;
