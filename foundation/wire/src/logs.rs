//! Amazon CloudWatch Logs, API version 2014-03-28: protocol JSON 1.1, the operations that Mayfly serves.

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response};

use crate::error::Error;
use crate::request::Request;
use crate::response::{self, Output};
use crate::route::Labels;
use crate::service::{Protocol, Service};

mod enumerations;
mod errors;
mod operations;
mod requests;
mod responses;
mod structures;
mod tables;

pub use enumerations::*;
pub use errors::ErrorCode;
pub use operations::Operation;
pub use requests::*;
pub use responses::*;
pub use structures::*;
#[cfg(test)]
pub(crate) use tables::TOPS;

/// What `X-Amz-Target` begins with, before the operation's name.
pub const TARGET_PREFIX: &str = "Logs_20140328.";

pub static SERVICE: Service = Service {
    signing_name: "logs",
    protocol: Protocol::Json11,
    breach: ErrorCode::InvalidParameter.kind(),
    bad_value: ErrorCode::InvalidParameter.kind(),
    serialization: ErrorCode::Serialization.kind(),
    unknown_operation: ErrorCode::UnknownOperation.kind(),
};

/// Finds the operation that a request's `X-Amz-Target` names. Its members are read later, by [`Request::parse`].
pub fn receive(parts: &Parts, body: Bytes) -> Result<(Operation, Request), Error> {
    let operation = target(parts).ok_or_else(|| SERVICE.unknown_operation())?;
    Ok((operation, Request::new(Labels::default(), parts, body)))
}

fn target(parts: &Parts) -> Option<Operation> {
    if parts.method != Method::POST {
        return None;
    }
    let target = parts.headers.get("x-amz-target")?.to_str().ok()?;
    Operation::from_name(target.strip_prefix(TARGET_PREFIX)?)
}

impl Operation {
    /// Writes a successful answer.
    pub fn reply<O: Output>(self, output: &O) -> Response<Bytes> {
        response::write(output, self.status(), SERVICE.protocol)
    }
}
