//! Error bodies that carry an X-Ray cause beside the error: the caller gets the error alone.

use bytes::Bytes;
use serde_json::{Map, Value};

/// The content type by which a runtime says that the body has a cause in it.
pub(super) const CONTENT_TYPE: &str = "application/vnd.aws.lambda.error.cause+json";

const CAUSE: &str = "errorCause";

/// The body without its cause; a body that is no JSON object passes as it is.
pub(super) fn without_cause(body: Bytes) -> Bytes {
    let Ok(mut document) = serde_json::from_slice::<Map<String, Value>>(&body) else { return body };
    if document.shift_remove(CAUSE).is_none() {
        return body;
    }
    Value::Object(document).to_string().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_split_off() {
        let body = Bytes::from_static(br#"{"errorMessage":"m","errorType":"t","errorCause":{"a":1}}"#);
        assert_eq!(without_cause(body), r#"{"errorMessage":"m","errorType":"t"}"#);
    }

    #[test]
    fn other_bodies_pass_as_they_are() {
        for body in ["{ \"errorType\": 1 }", "not json", ""] {
            assert_eq!(without_cause(Bytes::from_static(body.as_bytes())), body);
        }
    }
}
