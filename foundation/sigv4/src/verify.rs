//! Proving a claim.

use std::borrow::Cow;

use crate::canonical::canonical_request;
use crate::claim::{Claim, Form};
use crate::credential::Credential;
use crate::error::SignatureError;
use crate::request::{Payload, Request};
use crate::signature::{Signature, sha256_hex};

/// S3 alone lets the body go unsigned, or signs it chunk by chunk.
const UNSIGNED_PAYLOAD: &str = "UNSIGNED-PAYLOAD";
const STREAMING_PREFIX: &str = "STREAMING-";

impl Claim<'_> {
    /// Whether `credential` made this signature over `request` and its payload.
    ///
    /// `request` must be the one that the claim was parsed from.
    pub fn verify(
        &self,
        request: &Request<'_>,
        payload: Payload<'_>,
        credential: &Credential,
    ) -> Result<(), SignatureError> {
        if !credential.accepts_token(self.session_token.as_deref()) {
            return Err(SignatureError::UnknownKey);
        }
        let payload_hash = self.payload_hash(request, payload)?;
        let canonical = canonical_request(request, self.path_style(), &self.signed_headers, &payload_hash);
        let string_to_sign = self.scope.string_to_sign(&self.time, &canonical);
        let expected = Signature::of(credential, &self.scope, &string_to_sign);
        if expected.matches(&self.signature) { Ok(()) } else { Err(SignatureError::Mismatch) }
    }

    /// Whether the signature can be proven before the body has been read.
    pub fn declares_payload(&self, request: &Request<'_>) -> bool {
        declared(request).is_some() || self.leaves_payload_unsigned()
    }

    fn leaves_payload_unsigned(&self) -> bool {
        self.is_s3() && matches!(self.form, Form::Presigned { .. })
    }

    fn payload_hash<'b>(
        &self,
        request: &Request<'b>,
        payload: Payload<'_>,
    ) -> Result<Cow<'b, str>, SignatureError> {
        let declared = declared(request).or(self.leaves_payload_unsigned().then_some(UNSIGNED_PAYLOAD));
        match (declared, payload) {
            (Some(hash), _) if self.is_s3() && is_unhashed(hash) => Ok(Cow::Borrowed(hash)),
            (Some(hash), Payload::Declared) => Ok(Cow::Borrowed(hash)),
            (Some(hash), Payload::Body(body)) if hash.eq_ignore_ascii_case(&sha256_hex(body)) => {
                Ok(Cow::Borrowed(hash))
            }
            (Some(_), Payload::Body(_)) | (None, Payload::Declared) => Err(SignatureError::Mismatch),
            (None, Payload::Body(body)) => Ok(Cow::Owned(sha256_hex(body))),
        }
    }
}

fn declared<'b>(request: &Request<'b>) -> Option<&'b str> {
    request.header("x-amz-content-sha256")
}

fn is_unhashed(declared: &str) -> bool {
    declared == UNSIGNED_PAYLOAD || declared.starts_with(STREAMING_PREFIX)
}
