//! Everything that the front itself answers with an error, and how each protocol spells it.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Response, StatusCode};
use model::AccessDenied;
use sigv4::{ErrorCode, SignatureError};
use wire::{Error, ErrorKind, Fault};

use crate::browser::Foreign;

/// How a client reads errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    RestJson,
    /// JSON 1.0 and 1.1.
    Json,
    Query,
    RestXml,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Signature(#[from] SignatureError),
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    #[error(transparent)]
    Foreign(#[from] Foreign),
    #[error("Request must be smaller than {limit} bytes for the {operation} operation")]
    BodyTooLarge { limit: usize, operation: &'static str },
    #[error("The request body did not arrive in time.")]
    BodyLate,
    #[error("The request body is incomplete.")]
    BodyBroken,
    #[error("Too many large requests at once. Try again.")]
    Busy,
    #[error("The service {0} is not served here, and no endpoint is configured for it (--endpoint {0}=URL).")]
    NotServed(String),
    #[error("The endpoint for {service} did not answer: {reason}")]
    EndpointFailed { service: String, reason: Box<sigv4::client::ClientError> },
    #[error("A body that is signed in chunks cannot be signed anew for the endpoint of {0}.")]
    Unresignable(String),
    #[error("There is nothing at this path.")]
    NoSuchPath,
    #[error("The request could not be completed because of an internal failure.")]
    Failed,
}

impl Refusal {
    pub(crate) fn answer(&self, dialect: Dialect) -> Response<Bytes> {
        let (code, status, message) = (self.code(dialect), self.status(dialect), self.to_string());
        match dialect {
            Dialect::RestJson => wire::lambda::SERVICE.refuse(&self.error(code, status, message)),
            Dialect::Json => wire::logs::SERVICE.refuse(&self.error(code, status, message)),
            Dialect::Query => {
                let fault = if status.is_server_error() { "Receiver" } else { "Sender" };
                let (code, message) = (escaped(code), escaped(&message));
                xml(
                    status,
                    &format!(
                        "<ErrorResponse><Error><Type>{fault}</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
                    ),
                )
            }
            Dialect::RestXml => {
                let (code, message) = (escaped(code), escaped(&message));
                xml(status, &format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"))
            }
        }
    }

    fn error(&self, code: &'static str, status: StatusCode, message: String) -> Error {
        // Signature errors come from AWS's common front end, which spells the member small; Lambda's own do not.
        let message_member = match self {
            Self::Signature(_) => "message",
            _ => "Message",
        };
        Error::new(
            ErrorKind { code, status: status.as_u16(), message_member, fault: Fault::Unstated },
            message,
        )
    }

    /// The JSON protocols name exceptions; the older ones have names of their own for the same refusals.
    fn code(&self, dialect: Dialect) -> &'static str {
        match (self, dialect) {
            (Self::Signature(error), Dialect::RestJson | Dialect::Json) => error.code().as_str(),
            (Self::Signature(error), Dialect::Query) => query_code(error.code()),
            (Self::Signature(error), Dialect::RestXml) => s3_code(error.code()),
            (Self::Denied(_) | Self::Foreign(_), Dialect::RestJson | Dialect::Json) => {
                "AccessDeniedException"
            }
            (Self::Denied(_) | Self::Foreign(_), Dialect::Query | Dialect::RestXml) => "AccessDenied",
            (Self::BodyTooLarge { .. }, _) => "RequestEntityTooLargeException",
            (Self::BodyLate, _) => "RequestTimeoutException",
            (Self::BodyBroken, _) => "RequestAbortedException",
            (Self::NotServed(_), Dialect::Query) => "InvalidAction",
            (Self::NotServed(_) | Self::Unresignable(_), Dialect::RestXml) => "NotImplemented",
            (Self::NotServed(_) | Self::Unresignable(_) | Self::NoSuchPath, _) => "UnknownOperationException",
            (Self::Busy | Self::EndpointFailed { .. }, _) => "ServiceUnavailable",
            (Self::Failed, _) => "InternalFailure",
        }
    }

    fn status(&self, dialect: Dialect) -> StatusCode {
        match self {
            // The JSON protocols of AWS answer every error of the sender with 400.
            Self::Signature(_) | Self::Denied(_) | Self::NotServed(_) if dialect == Dialect::Json => {
                StatusCode::BAD_REQUEST
            }
            Self::Signature(error) => error.code().status(),
            Self::Denied(_) | Self::Foreign(_) => StatusCode::FORBIDDEN,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::BodyLate => StatusCode::REQUEST_TIMEOUT,
            Self::BodyBroken => StatusCode::BAD_REQUEST,
            Self::Busy | Self::EndpointFailed { .. } => StatusCode::SERVICE_UNAVAILABLE,
            Self::NotServed(_) if dialect == Dialect::Query => StatusCode::BAD_REQUEST,
            Self::NotServed(_) | Self::Unresignable(_) if dialect == Dialect::RestXml => {
                StatusCode::NOT_IMPLEMENTED
            }
            Self::NotServed(_) | Self::Unresignable(_) | Self::NoSuchPath => StatusCode::NOT_FOUND,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

fn query_code(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::MissingAuthenticationToken => "MissingAuthenticationToken",
        ErrorCode::IncompleteSignature => "IncompleteSignature",
        ErrorCode::InvalidSignature => "SignatureDoesNotMatch",
        ErrorCode::UnrecognizedClient => "InvalidClientTokenId",
        ErrorCode::ExpiredToken => "ExpiredToken",
        ErrorCode::RequestExpired => "RequestExpired",
    }
}

fn s3_code(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::MissingAuthenticationToken | ErrorCode::RequestExpired => "AccessDenied",
        ErrorCode::IncompleteSignature => "AuthorizationHeaderMalformed",
        ErrorCode::InvalidSignature => "SignatureDoesNotMatch",
        ErrorCode::UnrecognizedClient => "InvalidAccessKeyId",
        ErrorCode::ExpiredToken => "ExpiredToken",
    }
}

fn xml(status: StatusCode, element: &str) -> Response<Bytes> {
    let document = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{element}");
    let mut response = Response::new(Bytes::from(document));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/xml"));
    response
}

fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(refusal: &Refusal, dialect: Dialect) -> (u16, String) {
        let response = refusal.answer(dialect);
        (response.status().as_u16(), String::from_utf8(response.body().to_vec()).unwrap())
    }

    #[test]
    fn a_refused_signature_is_spelt_as_each_protocol_reads_it() {
        let refusal = Refusal::Signature(SignatureError::UnknownKey);
        let text = "The security token included in the request is invalid.";
        assert_eq!(answered(&refusal, Dialect::RestJson), (403, format!(r#"{{"message":"{text}"}}"#)));
        assert_eq!(
            answered(&refusal, Dialect::Json),
            (400, format!(r#"{{"__type":"UnrecognizedClientException","message":"{text}"}}"#))
        );
        assert!(answered(&refusal, Dialect::Query).1.contains("<Code>InvalidClientTokenId</Code>"));
        assert!(answered(&refusal, Dialect::RestXml).1.contains("<Error><Code>InvalidAccessKeyId</Code>"));
    }

    #[test]
    fn a_large_body_is_refused_in_lambdas_words() {
        let refusal = Refusal::BodyTooLarge { limit: 6_291_456, operation: "InvokeFunction" };
        let text = "Request must be smaller than 6291456 bytes for the InvokeFunction operation";
        assert_eq!(answered(&refusal, Dialect::RestJson), (413, format!(r#"{{"Message":"{text}"}}"#)));
        assert_eq!(
            refusal.answer(Dialect::RestJson).headers()["x-amzn-errortype"],
            "RequestEntityTooLargeException"
        );
    }

    #[test]
    fn text_in_xml_is_escaped() {
        let refusal = Refusal::NotServed("<s3>".to_owned());
        assert_eq!(answered(&refusal, Dialect::RestXml).0, 501);
        assert!(answered(&refusal, Dialect::RestXml).1.contains("The service &lt;s3&gt; is not served"));
    }
}
