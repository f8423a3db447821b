//! Signing requests of our own.

use std::time::Duration;

use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue};
use model::Timestamp;
use percent_encoding::utf8_percent_encode;

use crate::ALGORITHM;
use crate::canonical::{PathStyle, RESERVED, canonical_request};
use crate::credential::Credential;
use crate::request::Request;
use crate::scope::Scope;
use crate::signature::{Signature, sha256_hex};
use crate::time::SigningTime;

const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");
const CONTENT_SHA256: HeaderName = HeaderName::from_static("x-amz-content-sha256");

/// A part of the request or of the key cannot stand in an HTTP header.
#[derive(Debug, thiserror::Error)]
#[error("the request cannot be signed: {0}")]
pub struct Unsignable(#[from] http::header::InvalidHeaderValue);

/// Signs for one key, region and service.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    pub credential: &'a Credential,
    pub region: &'a str,
    pub service: &'a str,
}

impl Signer<'_> {
    /// Adds the date, the token and the `Authorization` header, covering the host, the content type and every
    /// `x-amz-*` header. A payload hash that the request already declares is signed as it stands.
    pub fn sign(
        &self,
        parts: &mut http::request::Parts,
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), Unsignable> {
        let time = SigningTime::at(now);
        parts.headers.insert(DATE, HeaderValue::from_str(time.text())?);
        if let Some(token) = self.credential.session_token() {
            parts.headers.insert(TOKEN, HeaderValue::from_str(token)?);
        }
        let hash = self.declare_payload(&mut parts.headers, body)?;
        if let (None, Some(authority)) = (parts.headers.get(HOST), parts.uri.authority()) {
            parts.headers.insert(HOST, HeaderValue::from_str(authority.as_str())?);
        }
        let authorization = self.authorization(&Request::of(parts), &time, &hash);
        parts.headers.insert(AUTHORIZATION, HeaderValue::from_str(&authorization)?);
        Ok(())
    }

    /// The query that lets anybody send this request until `expires` has passed. The request's own query, if
    /// any, comes first in it.
    pub fn presign(&self, request: &Request<'_>, body: &[u8], expires: Duration, now: Timestamp) -> String {
        let time = SigningTime::at(now);
        let scope = Scope::new(&time, self.region, self.service);
        let mut query = self.unsigned_query(request, &scope, &time, expires);
        let hash = if self.is_s3() { "UNSIGNED-PAYLOAD".to_owned() } else { sha256_hex(body) };
        let complete = Request { query: Some(&query), ..*request };
        let canonical = canonical_request(&complete, self.path_style(), "host", &hash);
        let signature = Signature::of(self.credential, &scope, &scope.string_to_sign(&time, &canonical));
        query.push_str("&X-Amz-Signature=");
        query.push_str(signature.as_str());
        query
    }

    fn unsigned_query(
        &self,
        request: &Request<'_>,
        scope: &Scope,
        time: &SigningTime,
        expires: Duration,
    ) -> String {
        let credential = format!("{}/{scope}", self.credential.access_key_id());
        let own = request.query.map(|query| format!("{query}&")).unwrap_or_default();
        let mut query = format!(
            "{own}X-Amz-Algorithm={ALGORITHM}&X-Amz-Credential={}&X-Amz-Date={time}&X-Amz-Expires={}&X-Amz-SignedHeaders=host",
            utf8_percent_encode(&credential, RESERVED),
            expires.as_secs(),
        );
        if let Some(token) = self.credential.session_token() {
            query.push_str("&X-Amz-Security-Token=");
            query.extend(utf8_percent_encode(token, RESERVED));
        }
        query
    }

    fn authorization(&self, request: &Request<'_>, time: &SigningTime, hash: &str) -> String {
        let scope = Scope::new(time, self.region, self.service);
        let signed_headers = signed_headers(request.headers);
        let canonical = canonical_request(request, self.path_style(), &signed_headers, hash);
        let signature = Signature::of(self.credential, &scope, &scope.string_to_sign(time, &canonical));
        format!(
            "{ALGORITHM} Credential={}/{scope}, SignedHeaders={signed_headers}, Signature={}",
            self.credential.access_key_id(),
            signature.as_str(),
        )
    }

    /// S3 wants the hash in a header too; elsewhere it only goes into the signature.
    fn declare_payload(&self, headers: &mut HeaderMap, body: &[u8]) -> Result<String, Unsignable> {
        if let Some(declared) = headers.get(CONTENT_SHA256).and_then(|value| value.to_str().ok()) {
            return Ok(declared.to_owned());
        }
        let hash = sha256_hex(body);
        if self.is_s3() {
            headers.insert(CONTENT_SHA256, HeaderValue::from_str(&hash)?);
        }
        Ok(hash)
    }

    fn is_s3(&self) -> bool {
        self.service == "s3"
    }

    fn path_style(&self) -> PathStyle {
        if self.is_s3() { PathStyle::EncodedOnce } else { PathStyle::EncodedTwice }
    }
}

fn signed_headers(headers: &HeaderMap) -> String {
    let covered =
        |name: &&str| *name == HOST.as_str() || *name == CONTENT_TYPE.as_str() || name.starts_with("x-amz-");
    let mut names: Vec<&str> = headers.keys().map(HeaderName::as_str).filter(covered).collect();
    names.sort_unstable();
    names.join(";")
}
