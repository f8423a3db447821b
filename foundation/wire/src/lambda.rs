//! AWS Lambda, API version 2015-03-31: protocol REST-JSON.

use std::sync::LazyLock;

use bytes::Bytes;
use http::request::Parts;
use http::{Method, Response};

use crate::error::Error;
use crate::request::Request;
use crate::response::{self, Output};
use crate::route::{Labels, Router};
use crate::service::{Protocol, Service};

mod enumerations;
mod errors;
mod operations;
mod requests;
mod response_stream;
mod responses;
mod structures;
mod tables;

pub use enumerations::*;
pub use errors::ErrorCode;
pub use operations::Operation;
pub use requests::*;
pub use response_stream::{InvokeComplete, ResponseStreamEvent};
pub use responses::*;
pub use structures::*;
#[cfg(test)]
pub(crate) use tables::TOPS;

pub static SERVICE: Service = Service {
    signing_name: "lambda",
    protocol: Protocol::RestJson,
    breach: ErrorCode::Validation.kind(),
    bad_value: ErrorCode::InvalidParameterValue.kind(),
    serialization: ErrorCode::Serialization.kind(),
    unknown_operation: ErrorCode::UnknownOperation.kind(),
};

static ROUTER: LazyLock<Router<Operation>> = LazyLock::new(|| {
    let operations = Operation::ALL.iter().copied();
    Router::new(operations.map(|operation| (operation, operation.method(), operation.template())))
});

/// The operation that a method, path and query mean, and the members that the path holds.
pub fn route(method: &Method, path: &str, query: Option<&str>) -> Option<(Operation, Labels)> {
    ROUTER.find(method, path, query)
}

/// Routes a request. Its members are read later, by [`Request::parse`].
pub fn receive(parts: &Parts, body: Bytes) -> Result<(Operation, Request), Error> {
    let (operation, labels) = route(&parts.method, parts.uri.path(), parts.uri.query())
        .ok_or_else(|| SERVICE.unknown_operation())?;
    Ok((operation, Request::new(labels, parts, body)))
}

impl Operation {
    /// Writes a successful answer.
    pub fn reply<O: Output>(self, output: &O) -> Response<Bytes> {
        response::write(output, self.status(), SERVICE.protocol)
    }
}
