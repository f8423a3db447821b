//! Signed calls of the services that the commands need, and what their errors mean for a person.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use model::Clock;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use sigv4::Signer;
use sigv4::client::{Client, ClientError, Options};

use crate::target::Target;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A function may run for 15 minutes.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(16 * 60);

const RESPONSE_MAX_BYTES: usize = 64 * 1024 * 1024;

pub(crate) const FUNCTIONS: &str = "/2015-03-31/functions";

/// What may stand in a path segment as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error(
        "Nothing answers at {endpoint}. Start the server with `mayfly serve`, or name another one with --endpoint."
    )]
    Unreachable { endpoint: String },
    #[error("{0}")]
    Broken(Box<ClientError>),
    #[error("{endpoint} is not a URL: {source}.")]
    Endpoint { endpoint: String, source: http::Error },
    #[error("{code}: {message}{}", next_step(code, message))]
    Refused { code: String, message: String },
    #[error("The server's answer is not the JSON that it should be: {0}")]
    Malformed(#[from] serde_json::Error),
}

impl CallError {
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, CallError::Refused { code, .. } if code == "ResourceNotFoundException")
    }

    fn refused(response: &Response<Bytes>) -> CallError {
        let body = serde_json::from_slice::<Value>(response.body()).unwrap_or_default();
        let text = |names: [&str; 2]| names.iter().find_map(|name| body[name].as_str()).map(str::to_owned);
        let header = response.headers().get("x-amzn-errortype").and_then(|value| value.to_str().ok());
        let code = header.map(str::to_owned).or_else(|| text(["__type", "code"]));
        let code = code.unwrap_or_else(|| response.status().to_string());
        CallError::Refused {
            // `namespace#Name:http://…`: only the name is of use.
            code: code.rsplit('#').next().and_then(|code| code.split(':').next()).unwrap_or(&code).to_owned(),
            message: text(["message", "Message"]).unwrap_or_default(),
        }
    }
}

/// Advice behind AWS's own words, where there is any.
fn next_step(code: &str, message: &str) -> &'static str {
    match code {
        "ResourceNotFoundException" => "\n`mayfly ls` shows the functions that there are.",
        "UnrecognizedClientException" | "InvalidSignatureException" | "IncompleteSignatureException" => {
            "\nThe server does not know this key: `mayfly env`, on the server's machine, shows the one that it knows."
        }
        "ResourceConflictException" if message.ends_with(" state: Failed") => {
            "\nIts creation has failed: `mayfly deploy` it again, which says what is wrong if it fails again."
        }
        "ResourceConflictException" => "\nWait until the function is Active and try again.",
        "TooManyRequestsException" => {
            "\nTry again when other invocations have ended, or raise the server's limits."
        }
        _ => "",
    }
}

#[derive(Debug)]
pub(crate) struct Api {
    client: Client,
    target: Target,
    clock: Clock,
}

impl Api {
    pub(crate) fn new(target: Target) -> Api {
        let options = Options {
            connect_timeout: CONNECT_TIMEOUT,
            request_timeout: REQUEST_TIMEOUT,
            response_max_bytes: RESPONSE_MAX_BYTES,
        };
        Api { client: Client::new(options), target, clock: Clock::system() }
    }

    /// A Lambda operation whose answer is JSON.
    pub(crate) async fn lambda(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Result<Value, CallError> {
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        let response = self.send("lambda", method, path, HeaderMap::new(), body).await?;
        Ok(serde_json::from_slice(response.body())?)
    }

    /// What Mayfly tells beyond AWS's APIs.
    pub(crate) async fn own(&self, path: &str) -> Result<Value, CallError> {
        let response = self.send("mayfly", Method::GET, path, HeaderMap::new(), Bytes::new()).await?;
        Ok(serde_json::from_slice(response.body())?)
    }

    /// An Invoke, whose payload need not be JSON to be sent.
    pub(crate) async fn invoke(
        &self,
        path: &str,
        headers: HeaderMap,
        payload: Bytes,
    ) -> Result<Response<Bytes>, CallError> {
        self.send("lambda", Method::POST, path, headers, payload).await
    }

    /// A CloudWatch Logs operation.
    pub(crate) async fn logs(&self, operation: &str, body: &Value) -> Result<Value, CallError> {
        let mut headers = HeaderMap::new();
        let target = format!("Logs_20140328.{operation}");
        headers.insert("x-amz-target", target.parse().map_err(|error| self.bad_request(error))?);
        headers.insert("content-type", http::HeaderValue::from_static("application/x-amz-json-1.1"));
        let response = self.send("logs", Method::POST, "/", headers, body.to_string().into()).await?;
        Ok(serde_json::from_slice(response.body())?)
    }

    async fn send(
        &self,
        service: &'static str,
        method: Method,
        path: &str,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<Response<Bytes>, CallError> {
        let uri = format!("{}{path}", self.target.endpoint);
        let request = Request::builder().method(method).uri(uri).body(body);
        let mut request = request.map_err(|error| self.bad_request(error))?;
        *request.headers_mut() = headers;
        let Target { credential, region, .. } = &self.target;
        let signer = Signer { credential, region, service };
        let response = self.client.send_signed(request, &signer, self.clock.now()).await;
        let response = response.map_err(|error| self.unreachable(error))?;
        if response.status() < StatusCode::BAD_REQUEST {
            Ok(response)
        } else {
            Err(CallError::refused(&response))
        }
    }

    fn bad_request(&self, error: impl Into<http::Error>) -> CallError {
        CallError::Endpoint { endpoint: self.target.endpoint.clone(), source: error.into() }
    }

    fn unreachable(&self, error: ClientError) -> CallError {
        if error.is_connect() {
            return CallError::Unreachable { endpoint: self.target.endpoint.clone() };
        }
        CallError::Broken(Box::new(error))
    }
}

/// The path of a function, and of what lies below it.
pub(crate) fn function_path(name: &str, below: &str) -> String {
    format!("{FUNCTIONS}/{}{below}", utf8_percent_encode(name, SEGMENT))
}

pub(crate) fn query_value(value: &str) -> String {
    utf8_percent_encode(value, SEGMENT).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(header: Option<&str>, body: &'static str) -> String {
        let mut response = Response::builder().status(400);
        if let Some(header) = header {
            response = response.header("x-amzn-ErrorType", header);
        }
        CallError::refused(&response.body(Bytes::from(body)).unwrap()).to_string()
    }

    #[test]
    fn errors_of_aws_are_shown_with_what_to_do_next() {
        let text = refused(
            Some("ResourceNotFoundException"),
            r#"{"Type":"User","Message":"Function not found: arn:aws:lambda:us-east-1:000000000000:function:f"}"#,
        );
        assert_eq!(
            text,
            "ResourceNotFoundException: Function not found: arn:aws:lambda:us-east-1:000000000000:function:f\n\
             `mayfly ls` shows the functions that there are."
        );
    }

    #[test]
    fn nobody_is_told_to_wait_for_what_has_failed() {
        let in_state = |state: &str| {
            let code = "ResourceConflictException".to_owned();
            let message = format!("The function is currently in the following state: {state}");
            CallError::Refused { code, message }.to_string()
        };
        assert!(in_state("Pending").ends_with("\nWait until the function is Active and try again."));
        assert!(
            in_state("Failed").contains("state: Failed\nIts creation has failed: `mayfly deploy` it again")
        );
    }

    #[test]
    fn the_name_of_an_error_is_found_wherever_a_service_puts_it() {
        let coral = r#"{"__type":"com.amazonaws.logs#InvalidParameterException","message":"no"}"#;
        assert_eq!(refused(None, coral), "InvalidParameterException: no");
        assert_eq!(refused(Some("ValidationException:http://x/"), "{}"), "ValidationException: ");
        assert_eq!(refused(None, "not json"), "400 Bad Request: ");
    }

    #[test]
    fn a_name_with_a_qualifier_stays_one_segment() {
        let path = function_path("arn:aws:lambda:f:$LATEST", "/code");
        assert_eq!(path, "/2015-03-31/functions/arn%3Aaws%3Alambda%3Af%3A%24LATEST/code");
    }
}
