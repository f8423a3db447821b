//! Paths of the Runtime API, and of the others on its port.

use model::RequestId;

use super::extensions::Call;
use super::metadata;
use super::reply::Reply;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    Next,
    /// The id is none when it is no request id at all.
    Response(Option<RequestId>),
    Error(Option<RequestId>),
    InitError,
    Ping,
    Extension(Call),
    Metadata,
    /// Not AWS's: see [`super::parked`].
    Settings,
}

const BASE: &str = "/2018-06-01/";

impl Route {
    pub(super) fn of(method: &str, path: &str) -> Result<Route, Reply> {
        let path = path.split('?').next().unwrap_or_default();
        let (expected, route) = Route::with_method(path).ok_or_else(Reply::not_found)?;
        if method == expected { Ok(route) } else { Err(Reply::method_not_allowed()) }
    }

    fn with_method(path: &str) -> Option<(&'static str, Route)> {
        if path == metadata::PATH {
            return Some(("GET", Route::Metadata));
        }
        if let Some((expected, call)) = Call::of(path) {
            return Some((expected, Route::Extension(call)));
        }
        let segments = path.strip_prefix(BASE)?;
        Some(match segments.split('/').collect::<Vec<_>>().as_slice() {
            ["runtime", "invocation", "next"] => ("GET", Route::Next),
            ["runtime", "invocation", id, "response"] => ("POST", Route::Response(id.parse().ok())),
            ["runtime", "invocation", id, "error"] => ("POST", Route::Error(id.parse().ok())),
            ["runtime", "init", "error"] => ("POST", Route::InitError),
            ["runtime", "mayfly", "settings"] => ("GET", Route::Settings),
            ["ping"] => ("GET", Route::Ping),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_runtime_s_paths_and_no_others() {
        let id = "8f507cfc-0123-4697-b07a-ac58fc914c95";
        let response = format!("/2018-06-01/runtime/invocation/{id}/response");
        assert_eq!(Route::of("POST", &response), Ok(Route::Response(id.parse().ok())));
        assert_eq!(Route::of("GET", "/2018-06-01/runtime/invocation/next"), Ok(Route::Next));
        assert_eq!(Route::of("POST", "/2018-06-01/runtime/invocation/x/error"), Ok(Route::Error(None)));
        for absent in ["/2018-06-01/runtime/restore/next", "/2020-01-01/extension/none", "/", ""] {
            assert_eq!(Route::of("GET", absent), Err(Reply::not_found()), "{absent}");
        }
        assert_eq!(Route::of("GET", &response), Err(Reply::method_not_allowed()));
        assert_eq!(Route::of("POST", "/2020-01-01/extension/register"), Ok(Route::Extension(Call::Register)));
    }
}
