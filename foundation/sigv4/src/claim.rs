//! What a request says about its signer, read from the `Authorization` header or from a presigned query.

mod header;
mod query;

use std::borrow::Cow;
use std::time::Duration;

use model::Timestamp;

use crate::canonical::PathStyle;
use crate::error::SignatureError;
use crate::request::Request;
use crate::scope::Scope;
use crate::time::SigningTime;

/// Lambda accepts a clock that is this far off (its error texts say "5 min."; some services allow 15).
const CLOCK_SKEW_S: i64 = 5 * 60;

/// Covered by no signature when the token is added after signing, as AWS's own test suite does; it is checked
/// against the key instead.
const TOKEN_HEADER: &str = "x-amz-security-token";

/// How a request carries its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Header,
    Presigned { expires: Duration },
}

/// Well formed and, when it was [parsed](Claim::parse), in time and covering what must be covered; not yet proven.
#[derive(Debug, Clone)]
pub struct Claim<'a> {
    pub(crate) form: Form,
    pub(crate) access_key_id: String,
    pub(crate) scope: Scope,
    pub(crate) time: SigningTime,
    pub(crate) signed_headers: Cow<'a, str>,
    pub(crate) signature: Cow<'a, str>,
    pub(crate) session_token: Option<Cow<'a, str>>,
}

impl<'a> Claim<'a> {
    /// Reads the claim that `request` makes and checks all that needs no key.
    pub fn parse(request: &Request<'a>, now: Timestamp) -> Result<Claim<'a>, SignatureError> {
        let claim = Claim::read(request)?;
        claim.check_scope_date()?;
        claim.check_coverage(request)?;
        claim.check_time(now)?;
        Ok(claim)
    }

    /// Reads the claim and checks nothing: for a server that takes everybody's word.
    pub fn read(request: &Request<'a>) -> Result<Claim<'a>, SignatureError> {
        let authorization = request.header(http::header::AUTHORIZATION.as_str());
        match (authorization, query::is_presigned(request)) {
            (Some(_), true) => Err(SignatureError::BothForms),
            (Some(header), false) => header::parse(request, header),
            (None, true) => query::parse(request),
            (None, false) => Err(SignatureError::Unsigned),
        }
    }

    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_deref()
    }

    pub fn form(&self) -> Form {
        self.form
    }

    pub(crate) fn is_s3(&self) -> bool {
        self.scope.service() == "s3"
    }

    pub(crate) fn path_style(&self) -> PathStyle {
        if self.is_s3() { PathStyle::EncodedOnce } else { PathStyle::EncodedTwice }
    }

    fn check_scope_date(&self) -> Result<(), SignatureError> {
        let (scope, date) = (self.scope.date(), self.time.date());
        if scope == date {
            return Ok(());
        }
        Err(SignatureError::ScopeDate {
            scope: scope.to_owned(),
            date: date.to_owned(),
            time: self.time.to_string(),
        })
    }

    /// A header that AWS gives a meaning to must not be added or changed on the way.
    fn check_coverage(&self, request: &Request<'_>) -> Result<(), SignatureError> {
        let signed = |name: &str| self.signed_headers.split(';').any(|header| header == name);
        if !signed("host") && !signed(":authority") {
            return Err(SignatureError::HostNotSigned);
        }
        let mut meaningful = request.headers.keys().map(http::HeaderName::as_str);
        match meaningful.find(|name| name.starts_with("x-amz-") && *name != TOKEN_HEADER && !signed(name)) {
            Some(name) => Err(SignatureError::HeaderNotSigned(name.to_owned())),
            None => Ok(()),
        }
    }

    fn check_time(&self, now: Timestamp) -> Result<(), SignatureError> {
        let ahead_s = self.time.seconds_after(now);
        if ahead_s > CLOCK_SKEW_S {
            return Err(self.not_yet_current(SigningTime::at(now)));
        }
        match self.form {
            Form::Header if -ahead_s > CLOCK_SKEW_S => Err(self.too_old(SigningTime::at(now))),
            Form::Presigned { expires } if -ahead_s > whole_seconds(expires) => {
                let limit = self.time.plus_seconds(whole_seconds(expires)).to_string();
                Err(SignatureError::PresignedExpired { limit, now: SigningTime::at(now).to_string() })
            }
            Form::Header | Form::Presigned { .. } => Ok(()),
        }
    }

    fn not_yet_current(&self, now: SigningTime) -> SignatureError {
        let limit = now.plus_seconds(CLOCK_SKEW_S).to_string();
        SignatureError::NotYetCurrent { time: self.time.to_string(), limit, now: now.to_string() }
    }

    fn too_old(&self, now: SigningTime) -> SignatureError {
        let limit = now.plus_seconds(-CLOCK_SKEW_S).to_string();
        SignatureError::TooOld { time: self.time.to_string(), limit, now: now.to_string() }
    }
}

fn whole_seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
