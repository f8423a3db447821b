//! Bodies of extensions' calls.

use serde::de::{DeserializeOwned, IgnoredAny};

/// # Errors
/// Why it is no `thing`, in words for whoever sent it.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8], thing: &str) -> Result<T, String> {
    serde_json::from_slice(body).map_err(|_| {
        let is_json = serde_json::from_slice::<IgnoredAny>(body).is_ok();
        if is_json {
            format!("The body cannot be read as a {thing}")
        } else {
            "The body is not JSON".to_owned()
        }
    })
}
