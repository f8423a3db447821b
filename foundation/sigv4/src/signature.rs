//! Hashes, the signing key, and the signature itself.

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::TERMINATOR;
use crate::credential::Credential;
use crate::scope::Scope;

/// SHA-256 of nothing, the payload hash of every request without a body.
const EMPTY_SHA256: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return EMPTY_SHA256.to_owned();
    }
    hex::encode(Sha256::digest(bytes))
}

/// 64 lower-case hex digits over the string to sign.
#[derive(Debug, Clone)]
pub(crate) struct Signature(String);

impl Signature {
    pub(crate) fn of(credential: &Credential, scope: &Scope, string_to_sign: &str) -> Signature {
        let key = signing_key(credential.secret_access_key(), scope);
        Signature(hex::encode(keyed_hash(&key, string_to_sign)))
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Takes the same time wherever the first difference is, so that nobody can find a signature digit by digit.
    pub(crate) fn matches(&self, presented: &str) -> bool {
        self.0.as_bytes().ct_eq(presented.as_bytes()).into()
    }
}

// Not cached: the four hashes take about a microsecond, no more than a shared map would.
fn signing_key(secret: &str, scope: &Scope) -> [u8; 32] {
    let seed = format!("AWS4{secret}");
    let date = keyed_hash(seed.as_bytes(), scope.date());
    let region = keyed_hash(&date, scope.region());
    let service = keyed_hash(&region, scope.service());
    keyed_hash(&service, TERMINATOR)
}

fn keyed_hash(key: &[u8], text: &str) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of every length");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::SigningTime;

    #[test]
    fn derives_the_key_that_aws_documents() {
        let time = SigningTime::parse_basic("20150830T123600Z").unwrap();
        let scope = Scope::new(&time, "us-east-1", "iam");
        let key = signing_key("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", &scope);
        assert_eq!(hex::encode(key), "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9");
    }

    #[test]
    fn hashes_nothing_without_hashing() {
        assert_eq!(hex::encode(Sha256::digest(b"")), EMPTY_SHA256);
    }
}
