//! Every answer of the Runtime API but the event itself.

use std::fmt::Write;

use bytes::Bytes;

use super::state::State;

const SETTINGS_END: Bytes = Bytes::from_static(b"\n");

/// A response in pieces, so that a payload is never copied behind its head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    head: Bytes,
    body: Bytes,
}

impl Reply {
    pub(super) fn new(status: &str, headers: &str, body: Bytes) -> Reply {
        let mut head = String::with_capacity(headers.len() + 96);
        // Writing to a string does not fail.
        let _infallible =
            write!(head, "HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
        Reply { head: head.into(), body }
    }

    pub(super) fn pieces(self) -> [Bytes; 2] {
        [self.head, self.body]
    }

    #[cfg(test)]
    pub(super) fn body(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(super) fn accepted() -> Reply {
        Reply::json("202 Accepted", "{\"status\":\"OK\"}\n".into())
    }

    pub(super) fn subscribed() -> Reply {
        Reply::json("200 OK", "\"OK\"\n".into())
    }

    /// Whole only with [`Reply::settings_end`] behind it.
    pub(super) fn settings(document: Vec<u8>) -> Reply {
        let length = document.len() + SETTINGS_END.len();
        let head =
            format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
        Reply { head: head.into(), body: document.into() }
    }

    pub(super) fn settings_end() -> Reply {
        Reply { head: SETTINGS_END, body: Bytes::new() }
    }

    pub(super) fn pong() -> Reply {
        Reply::text("200 OK", "pong")
    }

    pub(super) fn not_found() -> Reply {
        Reply::text("404 Not Found", "404 page not found\n")
    }

    pub(super) fn method_not_allowed() -> Reply {
        Reply::text("405 Method Not Allowed", "")
    }

    pub(super) fn unauthorized() -> Reply {
        Reply::text("401 Unauthorized", "")
    }

    pub(super) fn invalid_id() -> Reply {
        Reply::error("400 Bad Request", "InvalidRequestID", "Invalid request ID")
    }

    pub(super) fn invalid_mode() -> Reply {
        let message = "Invalid function response mode";
        Reply::error("400 Bad Request", "InvalidFunctionResponseMode", message)
    }

    pub(super) fn truncated() -> Reply {
        Reply::error("400 Bad Request", "TruncatedHTTPRequest", "HTTP request detected as truncated")
    }

    pub(super) fn too_large(limit_bytes: usize) -> Reply {
        let message = format!("Exceeded maximum allowed payload size ({limit_bytes} bytes).");
        Reply::error("413 Request Entity Too Large", "RequestEntityTooLarge", &message)
    }

    pub(super) fn invalid_transition(from: State, to: State) -> Reply {
        let message = format!(
            "State transition from {} to {} failed for runtime. Error: State transition is not allowed",
            from.name(),
            to.name()
        );
        Reply::error("403 Forbidden", "InvalidStateTransition", &message)
    }

    /// With a text that may hold anything.
    pub(super) fn refusal(status: &str, error: &str, message: &str) -> Reply {
        let body = serde_json::json!({ "errorMessage": message, "errorType": error });
        Reply::json(status, format!("{body}\n"))
    }

    fn error(status: &str, error: &str, message: &str) -> Reply {
        // None of the texts has a character that JSON escapes.
        Reply::json(status, format!("{{\"errorMessage\":\"{message}\",\"errorType\":\"{error}\"}}\n"))
    }

    fn json(status: &str, body: String) -> Reply {
        Reply::new(status, "Content-Type: application/json\r\n", body.into())
    }

    fn text(status: &str, body: &'static str) -> Reply {
        Reply::new(status, "Content-Type: text/plain; charset=utf-8\r\n", Bytes::from_static(body.as_bytes()))
    }
}
