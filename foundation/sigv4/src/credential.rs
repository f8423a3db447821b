//! An access key: its public id, its secret, and the session token that belongs to a temporary one.

use std::fmt;

use subtle::ConstantTimeEq;

/// What signs. Its debug form shows only the public id.
#[derive(Clone)]
pub struct Credential {
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
}

impl Credential {
    pub fn new(access_key_id: impl Into<String>, secret_access_key: impl Into<String>) -> Credential {
        Credential {
            access_key_id: access_key_id.into(),
            secret_access_key: secret_access_key.into(),
            session_token: None,
        }
    }

    #[must_use]
    pub fn with_session_token(mut self, token: impl Into<String>) -> Credential {
        self.session_token = Some(token.into());
        self
    }

    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    pub fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_deref()
    }

    /// Key and token come as a pair: a stale or borrowed token does not open the key.
    pub(crate) fn accepts_token(&self, presented: Option<&str>) -> bool {
        match (self.session_token(), presented) {
            (None, None) => true,
            (Some(ours), Some(theirs)) => ours.as_bytes().ct_eq(theirs.as_bytes()).into(),
            (None, Some(_)) | (Some(_), None) => false,
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_debug_form_keeps_the_secrets() {
        let credential = Credential::new("AKIDEXAMPLE", "hidden").with_session_token("token");
        assert_eq!(format!("{credential:?}"), r#"Credential { access_key_id: "AKIDEXAMPLE", .. }"#);
    }

    #[test]
    fn a_token_opens_only_its_own_key() {
        let lasting = Credential::new("AKIA", "secret");
        let temporary = Credential::new("ASIA", "secret").with_session_token("token");
        assert!(lasting.accepts_token(None));
        assert!(!lasting.accepts_token(Some("token")));
        assert!(temporary.accepts_token(Some("token")));
        assert!(!temporary.accepts_token(Some("other")));
        assert!(!temporary.accepts_token(None));
    }
}
