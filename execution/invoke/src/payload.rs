//! Whether a payload is JSON. It stays opaque bytes: it is read through once and never becomes values.

mod complaint;

use bytes::Bytes;
use serde::de::IgnoredAny;

/// Why a document is not JSON, as AWS says it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotJson(String);

/// What a handler sees when the caller sent no body.
const EMPTY_EVENT: Bytes = Bytes::from_static(b"{}");

/// The event that a request body stands for.
///
/// # Errors
/// The body is neither empty nor one JSON text.
pub(crate) fn event(body: Bytes) -> Result<Bytes, NotJson> {
    if body.is_empty() {
        return Ok(EMPTY_EVENT);
    }
    check(&body)?;
    Ok(body)
}

/// The client context as the runtime gets it: None unless it is a JSON object.
pub(crate) fn client_context(decoded: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(decoded).ok()?;
    let is_object = text.trim_start().starts_with('{');
    (is_object && check(decoded).is_ok()).then(|| text.to_owned())
}

fn check(document: &[u8]) -> Result<(), NotJson> {
    let refused = |error: String| NotJson(complaint::complaint(document).unwrap_or(error));
    // Skipping values, the parser looks neither into strings nor at how deep they are nested.
    let text = std::str::from_utf8(document).map_err(|error| refused(error.to_string()))?;
    match serde_json::from_str::<IgnoredAny>(text) {
        Ok(IgnoredAny) => Ok(()),
        Err(error) => Err(refused(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event_of(body: &'static str) -> Result<Bytes, NotJson> {
        event(Bytes::from_static(body.as_bytes()))
    }

    #[test]
    fn any_json_text_is_an_event_and_stays_as_it_is() {
        for body in ["{}", " [1, 2] ", "\"text\"", "1e5", "null", "{\"a\":{\"a\":1,\"a\":2}}"] {
            assert_eq!(event_of(body), Ok(Bytes::from_static(body.as_bytes())), "{body}");
        }
    }

    #[test]
    fn no_body_is_an_empty_object() {
        assert_eq!(event_of(""), Ok(Bytes::from_static(b"{}")));
    }

    #[test]
    fn what_is_not_one_json_text_is_refused() {
        for body in ["{", "{}{}", "{'a':1}", "nul", "01", "[1,]", "  "] {
            assert!(event_of(body).is_err(), "{body}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused_by_name() {
        let error = event(Bytes::from_static(b"\"\x97\"")).unwrap_err();
        assert!(error.to_string().starts_with("Invalid UTF-8 start byte 0x97\n at [Source: "), "{error}");
    }

    #[test]
    fn deep_nesting_neither_fails_nor_overflows_the_stack() {
        let deep = "[".repeat(200_000) + &"]".repeat(200_000);
        assert_eq!(event(Bytes::from(deep.clone())), Ok(Bytes::from(deep)));
    }

    #[test]
    fn a_client_context_is_an_object() {
        assert_eq!(client_context(b"{\"custom\":{}}").as_deref(), Some("{\"custom\":{}}"));
        for wrong in [b"[]".as_slice(), b"{", b"", b"{\"\xff\":1}"] {
            assert_eq!(client_context(wrong), None);
        }
    }
}
