//! What is common to all operations of a service, and how its errors are written.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::{HeaderValue, Response};
use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind};

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");

#[derive(Debug)]
pub struct Service {
    /// The name in signatures' credential scopes.
    pub signing_name: &'static str,
    pub protocol: Protocol,
    /// The error that a breached constraint of the model gives.
    pub(crate) breach: ErrorKind,
    /// The error for what the model cannot say and AWS's service checks by itself.
    pub(crate) bad_value: ErrorKind,
    /// The error for a body that is not JSON, or not JSON of the right types.
    pub(crate) serialization: ErrorKind,
    pub(crate) unknown_operation: ErrorKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    RestJson,
    /// JSON 1.1: one path, the operation in `X-Amz-Target`.
    Json11,
}

impl Protocol {
    pub(crate) const fn content_type(self) -> HeaderValue {
        match self {
            Self::RestJson => HeaderValue::from_static("application/json"),
            Self::Json11 => HeaderValue::from_static("application/x-amz-json-1.1"),
        }
    }
}

impl Service {
    /// AWS's answer to a route or operation that the service does not have. It has no text.
    pub const fn unknown_operation(&self) -> Error {
        Error::without_message(self.unknown_operation)
    }

    /// Writes an error as the service's protocol wants it.
    pub fn refuse(&self, error: &Error) -> Response<Bytes> {
        let mut response = Response::new(Value::Object(self.error_body(error)).to_string().into());
        *response.status_mut() = error.status();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, self.protocol.content_type());
        headers.insert(ERROR_TYPE, HeaderValue::from_static(error.code()));
        for (name, value) in error.headers() {
            if let (Ok(name), Ok(value)) =
                (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value))
            {
                headers.insert(name, value);
            }
        }
        response
    }

    fn error_body(&self, error: &Error) -> Map<String, Value> {
        let kind = error.kind();
        let mut body = Map::new();
        match self.protocol {
            Protocol::RestJson => {
                if let Some(fault) = kind.fault.as_str() {
                    body.insert("Type".to_owned(), fault.into());
                }
            }
            Protocol::Json11 => {
                body.insert("__type".to_owned(), kind.code.into());
            }
        }
        if let Some(message) = error.message() {
            body.insert(kind.message_member.to_owned(), message.into());
        }
        for (name, value) in error.members() {
            body.insert((*name).to_owned(), value.as_str().into());
        }
        body
    }
}
