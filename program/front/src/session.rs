//! Session credentials for execution environments, which nobody has to remember.
//!
//! The token *is* the session: who it is for and when it ends, followed by a keyed hash that only this server can
//! make. The access key id and the secret are derived from it. So any number of environments costs no memory,
//! sessions survive a restart, and one ends by its time, as AWS's do.
//!
//! `MAYFLY.<claims in base64>.<hash in base64>`

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, Mac};
use model::{AccountId, SessionCredentials, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use sigv4::{Credential, SignatureError};

use crate::key_id::{ENTROPY_BYTES, key_id};

const PREFIX: &str = "MAYFLY";

/// Whom session credentials speak for, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub account: AccountId,
    /// The role's name, without its path.
    pub role: String,
    /// The session's name: on Lambda the function's.
    pub name: String,
    /// The log group that the function writes to.
    pub log_group: String,
    pub expires: Timestamp,
}

/// The secret from which all sessions of this server come.
#[derive(Clone)]
pub(crate) struct SessionKey([u8; 32]);

impl SessionKey {
    /// The same root key gives the same sessions after a restart; another one ends them all.
    pub(crate) fn derive(root: &Credential) -> SessionKey {
        SessionKey(keyed_hash(root.secret_access_key().as_bytes(), "mayfly session key", ""))
    }

    pub(crate) fn mint(&self, session: &Session) -> SessionCredentials {
        // A struct of strings and a number cannot fail to serialise.
        let claims = BASE64.encode(serde_json::to_vec(session).unwrap_or_default());
        let hash = self.hash("token", &claims);
        let session_token = format!("{PREFIX}.{claims}.{}", BASE64.encode(hash));
        SessionCredentials {
            access_key_id: access_key_id(&hash),
            secret_access_key: self.secret(&session_token),
            session_token,
        }
    }

    /// Whom the pair of key id and token speaks for, and the credential that it must have signed with.
    pub(crate) fn open(
        &self,
        key_id: &str,
        token: &str,
        now: Timestamp,
    ) -> Result<(Session, Credential), SignatureError> {
        let (session, hash) = self.read(token).ok_or(SignatureError::UnknownKey)?;
        if access_key_id(&hash) != key_id {
            return Err(SignatureError::UnknownKey);
        }
        if session.expires <= now {
            return Err(SignatureError::ExpiredToken);
        }
        Ok((session, Credential::new(key_id, self.secret(token)).with_session_token(token)))
    }

    fn read(&self, token: &str) -> Option<(Session, [u8; 32])> {
        let (claims, hash) = token.strip_prefix(PREFIX)?.strip_prefix('.')?.split_once('.')?;
        let hash: [u8; 32] = BASE64.decode(hash).ok()?.try_into().ok()?;
        // Checked in constant time, and before anything else of the token is looked at.
        self.mac("token", claims).verify_slice(&hash).ok()?;
        let session = serde_json::from_slice(&BASE64.decode(claims).ok()?).ok()?;
        Some((session, hash))
    }

    fn secret(&self, token: &str) -> String {
        BASE64.encode(self.hash("secret", token))
    }

    /// A secret for another purpose of this server.
    pub(crate) fn purpose(&self, name: &str) -> String {
        BASE64.encode(self.hash(name, ""))
    }

    fn hash(&self, purpose: &str, text: &str) -> [u8; 32] {
        keyed_hash(&self.0, purpose, text)
    }

    fn mac(&self, purpose: &str, text: &str) -> Hmac<Sha256> {
        keyed(&self.0, purpose, text)
    }
}

fn keyed_hash(key: &[u8], purpose: &str, text: &str) -> [u8; 32] {
    keyed(key, purpose, text).finalize().into_bytes().into()
}

/// The purpose keeps hashes that serve different ends apart.
fn keyed(key: &[u8], purpose: &str, text: &str) -> Hmac<Sha256> {
    let mut mac = Hmac::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(purpose.as_bytes());
    mac.update(b"\n");
    mac.update(text.as_bytes());
    mac
}

fn access_key_id(hash: &[u8; 32]) -> String {
    let mut entropy = [0; ENTROPY_BYTES];
    entropy.copy_from_slice(&hash[..ENTROPY_BYTES]);
    key_id("ASIA", entropy)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn key() -> SessionKey {
        SessionKey::derive(&Credential::new("AKIA", "root secret"))
    }

    fn session() -> Session {
        Session {
            account: "000000000000".parse().unwrap(),
            role: "role".to_owned(),
            name: "f".to_owned(),
            log_group: "/aws/lambda/f".to_owned(),
            expires: NOW + Duration::from_secs(60),
        }
    }

    #[test]
    fn a_minted_session_opens_as_itself() {
        let minted = key().mint(&session());
        let (opened, credential) = key().open(&minted.access_key_id, &minted.session_token, NOW).unwrap();
        assert_eq!(opened, session());
        assert_eq!(credential.secret_access_key(), minted.secret_access_key);
        assert!(minted.access_key_id.starts_with("ASIA"));
    }

    #[test]
    fn a_session_ends_when_it_says() {
        let minted = key().mint(&session());
        let opened = key().open(&minted.access_key_id, &minted.session_token, session().expires);
        assert_eq!(opened.unwrap_err(), SignatureError::ExpiredToken);
    }

    #[test]
    fn a_changed_token_or_another_key_id_opens_nothing() {
        let minted = key().mint(&session());
        let other = key().mint(&Session { name: "g".to_owned(), ..session() });
        let claims = |token: &str| token.split('.').nth(1).unwrap().to_owned();
        let forged =
            minted.session_token.replace(&claims(&minted.session_token), &claims(&other.session_token));
        let refused = |key_id: &str, token: &str| key().open(key_id, token, NOW).unwrap_err();
        assert_eq!(refused(&minted.access_key_id, &forged), SignatureError::UnknownKey);
        assert_eq!(refused(&minted.access_key_id, &other.session_token), SignatureError::UnknownKey);
        assert_eq!(refused(&minted.access_key_id, "MAYFLY.."), SignatureError::UnknownKey);
    }

    #[test]
    fn another_root_key_ends_all_sessions() {
        let minted = key().mint(&session());
        let other = SessionKey::derive(&Credential::new("AKIA", "another secret"));
        assert!(other.open(&minted.access_key_id, &minted.session_token, NOW).is_err());
    }
}
