//! Every way in which AWS refuses a signature, in AWS's words.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use sha2::{Digest, Sha256};

/// The exception that a refusal is reported as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    MissingAuthenticationToken,
    IncompleteSignature,
    InvalidSignature,
    UnrecognizedClient,
    ExpiredToken,
    RequestExpired,
}

/// Why a request is not believed to come from the key that it names. The display form is the message to send.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The request is not signed at all.
    #[error("Missing Authentication Token")]
    Unsigned,
    /// Signed in the header and in the query; which of the two would count is not ours to guess.
    #[error(
        "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified"
    )]
    BothForms,
    #[error("Unsupported AWS 'algorithm': '{0}'.")]
    Algorithm(String),
    #[error(
        "'{part}' not a valid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '{header}'."
    )]
    NotKeyValue { part: String, header: HeaderDigest },
    #[error("{lacking}(Hashed with SHA-256 and encoded with Base64) Authorization={header}")]
    HeaderLacks { lacking: HeaderParts, header: HeaderDigest },
    #[error("{0}Re-examine the query-string parameters.")]
    QueryLacks(QueryParts),
    #[error(
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '{0}'"
    )]
    CredentialElements(String),
    #[error("Date must be in ISO-8601 'basic format'. Got '{0}'. See http://en.wikipedia.org/wiki/ISO_8601")]
    DateFormat(String),
    #[error("X-Amz-Expires must be a number of seconds between 1 and 604800, got '{0}'")]
    Expires(String),
    #[error("Credential should be scoped with a valid terminator: 'aws4_request', not '{0}'.")]
    Terminator(String),
    #[error("Credential should be scoped to correct service: '{0}'.")]
    Service(String),
    #[error("Credential should be scoped to a valid region, not '{0}'.")]
    Region(String),
    #[error(
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{scope}' != '{date}', from '{time}'."
    )]
    ScopeDate { scope: String, date: String, time: String },
    #[error("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")]
    HostNotSigned,
    #[error("'{0}' must be a 'SignedHeader' in the AWS Authorization.")]
    HeaderNotSigned(String),
    #[error("Signature expired: {time} is now earlier than {limit} ({now} - 5 min.)")]
    TooOld { time: String, limit: String, now: String },
    #[error("Signature not yet current: {time} is still later than {limit} ({now} + 5 min.)")]
    NotYetCurrent { time: String, limit: String, now: String },
    #[error("Request has expired: {limit} is now earlier than {now}")]
    PresignedExpired { limit: String, now: String },
    /// No such key, or its token is another's.
    #[error("The security token included in the request is invalid.")]
    UnknownKey,
    #[error("The security token included in the request is expired")]
    ExpiredToken,
    #[error(
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    )]
    Mismatch,
}

impl SignatureError {
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Unsigned => ErrorCode::MissingAuthenticationToken,
            Self::BothForms
            | Self::Algorithm(_)
            | Self::NotKeyValue { .. }
            | Self::HeaderLacks { .. }
            | Self::QueryLacks(_)
            | Self::CredentialElements(_)
            | Self::DateFormat(_)
            | Self::Expires(_) => ErrorCode::IncompleteSignature,
            Self::Terminator(_)
            | Self::Service(_)
            | Self::Region(_)
            | Self::ScopeDate { .. }
            | Self::HostNotSigned
            | Self::HeaderNotSigned(_)
            | Self::TooOld { .. }
            | Self::NotYetCurrent { .. }
            | Self::Mismatch => ErrorCode::InvalidSignature,
            Self::PresignedExpired { .. } => ErrorCode::RequestExpired,
            Self::UnknownKey => ErrorCode::UnrecognizedClient,
            Self::ExpiredToken => ErrorCode::ExpiredToken,
        }
    }
}

impl ErrorCode {
    /// The exception's name as clients read it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingAuthenticationToken => "MissingAuthenticationTokenException",
            Self::IncompleteSignature => "IncompleteSignatureException",
            Self::InvalidSignature => "InvalidSignatureException",
            Self::UnrecognizedClient => "UnrecognizedClientException",
            Self::ExpiredToken => "ExpiredTokenException",
            Self::RequestExpired => "RequestExpired",
        }
    }

    pub fn status(self) -> http::StatusCode {
        match self {
            Self::RequestExpired => http::StatusCode::BAD_REQUEST,
            Self::MissingAuthenticationToken
            | Self::IncompleteSignature
            | Self::InvalidSignature
            | Self::UnrecognizedClient
            | Self::ExpiredToken => http::StatusCode::FORBIDDEN,
        }
    }
}

/// An `Authorization` header as errors name it: hashed, because it may hold a secret in the wrong place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderDigest(String);

impl HeaderDigest {
    pub(crate) fn of(header: &str) -> HeaderDigest {
        HeaderDigest(BASE64.encode(Sha256::digest(header)))
    }
}

impl fmt::Display for HeaderDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The parts that an `Authorization` header lacks, one sentence each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HeaderParts {
    pub credential: bool,
    pub signature: bool,
    pub signed_headers: bool,
    pub date: bool,
}

impl fmt::Display for HeaderParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [
            (self.credential, "Credential"),
            (self.signature, "Signature"),
            (self.signed_headers, "SignedHeaders"),
        ];
        for (_, name) in named.iter().filter(|(lacking, _)| *lacking) {
            write!(f, "Authorization header requires '{name}' parameter. ")?;
        }
        if self.date {
            f.write_str(
                "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ",
            )?;
        }
        Ok(())
    }
}

/// The names of the parameters that a presigned query lacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueryParts(pub(crate) Vec<&'static str>);

impl fmt::Display for QueryParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|name| write!(f, "AWS query-string parameters must include '{name}'. "))
    }
}
