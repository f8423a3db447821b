//! What a signing key is good for: one date, one region, one service.

use std::fmt;

use crate::error::SignatureError;
use crate::time::SigningTime;
use crate::{ALGORITHM, TERMINATOR};

/// `20150830/us-east-1/lambda/aws4_request`, apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    date: String,
    region: String,
    service: String,
}

impl Scope {
    pub(crate) fn new(time: &SigningTime, region: &str, service: &str) -> Scope {
        Scope { date: time.date().to_owned(), region: region.to_owned(), service: service.to_owned() }
    }

    /// Takes `keyid/date/region/service/aws4_request` apart into the key's id and the scope.
    pub(crate) fn of_credential(credential: &str) -> Result<(String, Scope), SignatureError> {
        let elements: Vec<&str> = credential.split('/').collect();
        let [id, date, region, service, terminator] = elements[..] else {
            return Err(SignatureError::CredentialElements(credential.to_owned()));
        };
        if terminator != TERMINATOR {
            return Err(SignatureError::Terminator(terminator.to_owned()));
        }
        let scope = Scope { date: date.to_owned(), region: region.to_owned(), service: service.to_owned() };
        Ok((id.to_owned(), scope))
    }

    pub fn date(&self) -> &str {
        &self.date
    }

    pub fn region(&self) -> &str {
        &self.region
    }

    pub fn service(&self) -> &str {
        &self.service
    }

    /// Refuses a signature that was made for another service.
    pub fn require_service(&self, service: &str) -> Result<(), SignatureError> {
        if self.service == service { Ok(()) } else { Err(SignatureError::Service(service.to_owned())) }
    }

    /// The text whose keyed hash is the signature.
    pub(crate) fn string_to_sign(&self, time: &SigningTime, canonical_request: &[u8]) -> String {
        let digest = crate::signature::sha256_hex(canonical_request);
        format!("{ALGORITHM}\n{time}\n{self}\n{digest}")
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{TERMINATOR}", self.date, self.region, self.service)
    }
}
