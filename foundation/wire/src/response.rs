//! From typed answers to HTTP.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Response, StatusCode};
use serde::Serialize;

use crate::service::Protocol;

/// A successful answer. The defaults are those of an answer that is all JSON.
pub trait Output: Serialize {
    /// The status, where the answer itself carries one.
    fn status(&self) -> Option<i32> {
        None
    }

    /// Members that travel as headers.
    fn headers(&self) -> Vec<(&'static str, Option<&str>)> {
        Vec::new()
    }

    /// The body, where a member is the body.
    fn payload(&self) -> Option<Bytes> {
        None
    }
}

/// The answer of operations that have nothing to say.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Empty {}

impl Output for Empty {}

/// Writes an answer with the operation's status, unless the answer carries its own.
pub(crate) fn write<O: Output>(output: &O, status: StatusCode, protocol: Protocol) -> Response<Bytes> {
    let own = output.status().and_then(|code| StatusCode::from_u16(code.try_into().ok()?).ok());
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = own.unwrap_or(status);
    if response.status() != StatusCode::NO_CONTENT {
        *response.body_mut() = output.payload().unwrap_or_else(|| json(output));
        response.headers_mut().insert(CONTENT_TYPE, protocol.content_type());
    }
    for (name, value) in output.headers() {
        insert(&mut response, name, value);
    }
    response
}

fn json<O: Output>(output: &O) -> Bytes {
    // Structs with string keys, numbers, strings and base64 cannot fail to serialise.
    serde_json::to_vec(output).unwrap_or_default().into()
}

/// Leaves out what cannot stand in a header.
fn insert(response: &mut Response<Bytes>, name: &'static str, value: Option<&str>) {
    let header = HeaderName::from_bytes(name.as_bytes());
    if let (Ok(header), Some(Ok(value))) = (header, value.map(HeaderValue::from_str)) {
        response.headers_mut().insert(header, value);
    }
}
