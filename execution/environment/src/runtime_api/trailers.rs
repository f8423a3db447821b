//! What a runtime says behind a chunked body: an error that came when the response had begun.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use model::ErrorType;

/// The error's document in base64, stack trace included.
pub(super) const LINE_MAX_BYTES: usize = 256 * 1024;

const ERROR_TYPE: &str = "lambda-runtime-function-error-type";
const ERROR_BODY: &str = "lambda-runtime-function-error-body";

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Trailers {
    error_type: Option<String>,
    error_body: Option<String>,
}

/// The error that ended a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LateError {
    pub(super) error: ErrorType,
    pub(super) payload: Bytes,
}

impl Trailers {
    /// Keeps what the line says, if it is of interest.
    pub(super) fn note(&mut self, line: &[u8]) {
        let Ok(line) = std::str::from_utf8(line) else { return };
        let Some((name, value)) = line.split_once(':') else { return };
        let place = match name.trim() {
            name if name.eq_ignore_ascii_case(ERROR_TYPE) => &mut self.error_type,
            name if name.eq_ignore_ascii_case(ERROR_BODY) => &mut self.error_body,
            _ => return,
        };
        *place = Some(value.trim().to_owned()).filter(|value| !value.is_empty());
    }

    /// Either trailer makes an error. A body that is not base64 is no document.
    pub(super) fn into_error(self) -> Option<LateError> {
        if self.error_type.is_none() && self.error_body.is_none() {
            return None;
        }
        let payload = self.error_body.and_then(|body| STANDARD.decode(body).ok()).unwrap_or_default();
        let error = ErrorType::reported(&self.error_type.unwrap_or_default());
        Some(LateError { error, payload: payload.into() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(lines: &[&str]) -> Option<(String, Bytes)> {
        let mut trailers = Trailers::default();
        lines.iter().for_each(|line| trailers.note(line.as_bytes()));
        trailers.into_error().map(|late| (late.error.as_str().to_owned(), late.payload))
    }

    #[test]
    fn an_error_has_a_type_and_a_body_in_base64() {
        let lines =
            ["Lambda-Runtime-Function-Error-Type: Runtime.Late", "lambda-runtime-FUNCTION-error-body: e30="];
        assert_eq!(error(&lines), Some(("Runtime.Late".to_owned(), Bytes::from_static(b"{}"))));
    }

    #[test]
    fn either_alone_is_an_error_and_neither_is_none() {
        assert_eq!(error(&[ERROR_TYPE, "other: x", ""]), None);
        assert_eq!(error(&["lambda-runtime-function-error-type: "]), None);
        let damaged = error(&["lambda-runtime-function-error-body: ***"]);
        assert_eq!(damaged, Some(("Runtime.Unknown".to_owned(), Bytes::new())));
    }
}
