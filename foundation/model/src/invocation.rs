//! One event to run, and what came of it.

use bytes::Bytes;

use crate::arn::FunctionArn;
use crate::id::RequestId;

/// An event on its way to a handler, with what the runtime is told about it.
#[derive(Debug, Clone)]
pub struct Invocation {
    pub request_id: RequestId,
    /// Opaque, exactly as received; known to be JSON, never parsed into values.
    pub payload: Bytes,
    /// As invoked: unqualified stays unqualified, an alias keeps its name.
    pub invoked_arn: FunctionArn,
    /// `Root=…;Parent=…;Sampled=…`
    pub trace_id: String,
    /// The caller's client context, decoded from base64.
    pub client_context: Option<String>,
}

/// What came of an invocation. A failed function is a value: `Err` is for failures of the caller or of Mayfly.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Success {
        payload: Bytes,
    },
    /// The caller sees status 200, `X-Amz-Function-Error: Unhandled` and this payload.
    FunctionError {
        payload: Bytes,
        error: ErrorType,
    },
}

impl Outcome {
    pub fn payload(&self) -> &Bytes {
        match self {
            Outcome::Success { payload } | Outcome::FunctionError { payload, .. } => payload,
        }
    }
}

/// The `category.reason` of a function error as logs and metrics show it, such as `Runtime.ExitError`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorType(String);

impl ErrorType {
    /// A type that the platform itself gives.
    pub fn platform(name: &'static str) -> ErrorType {
        ErrorType(name.to_owned())
    }

    /// What a runtime reported, reduced to what AWS keeps of it: `Runtime.` or `Function.` with a capitalised
    /// reason, else `Function.Unknown` or `Runtime.Unknown`.
    pub fn reported(text: &str) -> ErrorType {
        let known = ["Runtime.", "Function."].iter().find_map(|category| reason_behind(text, category));
        match known {
            Some(name) => ErrorType(name.to_owned()),
            None if text.starts_with("Function.") => ErrorType("Function.Unknown".to_owned()),
            None => ErrorType("Runtime.Unknown".to_owned()),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The first `<category>Reason` in the text: a capital letter and at least one more letter.
fn reason_behind<'a>(text: &'a str, category: &str) -> Option<&'a str> {
    text.match_indices(category).find_map(|(start, _)| {
        let reason = &text[start + category.len()..];
        let length = reason.bytes().take_while(u8::is_ascii_alphabetic).count();
        let capital = reason.as_bytes().first().is_some_and(u8::is_ascii_uppercase);
        (capital && length > 1).then(|| &text[start..start + category.len() + length])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_of_a_reported_type_what_aws_keeps() {
        let kept = |text| ErrorType::reported(text).as_str().to_owned();
        assert_eq!(kept("Runtime.ImportModuleError"), "Runtime.ImportModuleError");
        assert_eq!(kept("x Function.Thrown!"), "Function.Thrown");
        assert_eq!(kept("ValueError"), "Runtime.Unknown");
        assert_eq!(kept("Function.<x>"), "Function.Unknown");
        assert_eq!(kept("Runtime.lower"), "Runtime.Unknown");
    }
}
