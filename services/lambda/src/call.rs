//! A request as the service gets it.

use bytes::Bytes;
use http::header::HOST;
use http::request::Parts;
use model::{Caller, Region, RequestId, limits};
use wire::lambda::{Operation, route};

/// Generous for every operation that carries neither code nor a payload.
const REQUEST_MAX_BYTES: usize = 1024 * 1024;

/// What runs functions, as [`expected`] names it; everything else administers them.
pub const DATA_PLANE: &[&str] = &["InvokeFunction", "InvokeWithResponseStream"];

/// An authenticated request with its whole body.
#[derive(Debug)]
pub struct Call {
    pub caller: Caller,
    /// The region that the request is signed for.
    pub region: Region,
    /// What the response will carry as `x-amzn-RequestId`.
    pub request_id: RequestId,
    pub parts: Parts,
    pub body: Bytes,
}

/// What can be said of a request before its body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// As AWS names it when a body is too large.
    pub operation: &'static str,
    pub body_max_bytes: usize,
}

/// None for what is no operation of Lambda.
pub fn expected(parts: &Parts) -> Option<Expected> {
    let (operation, _labels) = route(&parts.method, parts.uri.path(), parts.uri.query())?;
    let (name, body_max_bytes) = match operation {
        Operation::CreateFunction | Operation::PublishLayerVersion | Operation::UpdateFunctionCode => {
            (operation.name(), limits::CODE_REQUEST_MAX_BYTES)
        }
        Operation::Invoke => ("InvokeFunction", limits::SYNC_PAYLOAD_MAX_BYTES),
        Operation::InvokeWithResponseStream => (operation.name(), limits::SYNC_PAYLOAD_MAX_BYTES),
        _ => (operation.name(), REQUEST_MAX_BYTES),
    };
    Some(Expected { operation: name, body_max_bytes })
}

/// What an operation knows of its request besides its members.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) caller: Caller,
    pub(crate) region: Region,
    pub(crate) request_id: RequestId,
    /// The address by which the client reached this server.
    pub(crate) host: String,
    /// The caller's `X-Amzn-Trace-Id`.
    pub(crate) trace: Option<String>,
}

impl Context {
    pub(crate) fn of(caller: Caller, region: Region, request_id: RequestId, parts: &Parts) -> Context {
        let header = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
        let host = header(HOST.as_str()).or_else(|| parts.uri.authority().map(http::uri::Authority::as_str));
        Context {
            caller,
            region,
            request_id,
            host: host.unwrap_or_default().to_owned(),
            trace: header("x-amzn-trace-id").map(str::to_owned),
        }
    }
}
