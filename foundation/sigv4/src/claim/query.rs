//! `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=…&X-Amz-Date=…&X-Amz-Expires=…&X-Amz-SignedHeaders=…&X-Amz-Signature=…`

use std::borrow::Cow;
use std::time::Duration;

use super::{Claim, Form};
use crate::ALGORITHM;
use crate::canonical::{SIGNATURE_PARAMETER, form_decoded};
use crate::error::{QueryParts, SignatureError};
use crate::request::Request;
use crate::scope::Scope;
use crate::time::SigningTime;

const ALGORITHM_PARAMETER: &str = "X-Amz-Algorithm";

/// A week: AWS signs for no longer.
const EXPIRES_MAX_S: u64 = 604_800;

#[derive(Debug, Default)]
struct Parameters<'a> {
    algorithm: Option<Cow<'a, str>>,
    credential: Option<Cow<'a, str>>,
    date: Option<Cow<'a, str>>,
    expires: Option<Cow<'a, str>>,
    signed_headers: Option<Cow<'a, str>>,
    signature: Option<Cow<'a, str>>,
    session_token: Option<Cow<'a, str>>,
}

pub(super) fn is_presigned(request: &Request<'_>) -> bool {
    request.query_pairs().any(|(name, _)| name == ALGORITHM_PARAMETER || name == SIGNATURE_PARAMETER)
}

pub(super) fn parse<'a>(request: &Request<'a>) -> Result<Claim<'a>, SignatureError> {
    let given = Parameters::of(request);
    if let Some(algorithm) = given.algorithm.as_deref().filter(|algorithm| *algorithm != ALGORITHM) {
        return Err(SignatureError::Algorithm(algorithm.to_owned()));
    }
    let lacking = given.lacking();
    let Parameters {
        algorithm: Some(_),
        credential: Some(credential),
        date: Some(date),
        expires: Some(expires),
        signed_headers: Some(signed_headers),
        signature: Some(signature),
        session_token,
    } = given
    else {
        return Err(SignatureError::QueryLacks(lacking));
    };
    let (access_key_id, scope) = Scope::of_credential(&credential)?;
    let time =
        SigningTime::parse_basic(&date).ok_or_else(|| SignatureError::DateFormat(date.into_owned()))?;
    let form = Form::Presigned { expires: lifetime(&expires)? };
    Ok(Claim { form, access_key_id, scope, time, signed_headers, signature, session_token })
}

impl<'a> Parameters<'a> {
    fn of(request: &Request<'a>) -> Parameters<'a> {
        let mut given = Parameters::default();
        for (name, value) in request.query_pairs() {
            let slot = match name {
                ALGORITHM_PARAMETER => &mut given.algorithm,
                "X-Amz-Credential" => &mut given.credential,
                "X-Amz-Date" => &mut given.date,
                "X-Amz-Expires" => &mut given.expires,
                "X-Amz-SignedHeaders" => &mut given.signed_headers,
                SIGNATURE_PARAMETER => &mut given.signature,
                "X-Amz-Security-Token" => &mut given.session_token,
                _ => continue,
            };
            *slot = Some(decoded(value));
        }
        given
    }

    fn lacking(&self) -> QueryParts {
        let required = [
            (&self.algorithm, ALGORITHM_PARAMETER),
            (&self.credential, "X-Amz-Credential"),
            (&self.signature, SIGNATURE_PARAMETER),
            (&self.signed_headers, "X-Amz-SignedHeaders"),
            (&self.date, "X-Amz-Date"),
            (&self.expires, "X-Amz-Expires"),
        ];
        QueryParts(required.iter().filter(|(value, _)| value.is_none()).map(|(_, name)| *name).collect())
    }
}

/// Bytes that are no UTF-8 stand in no valid parameter; replaced, they match nothing.
fn decoded(raw: &str) -> Cow<'_, str> {
    match form_decoded(raw) {
        Cow::Borrowed(_) => Cow::Borrowed(raw),
        Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
    }
}

fn lifetime(text: &str) -> Result<Duration, SignatureError> {
    let seconds = text.parse().ok().filter(|seconds| (1..=EXPIRES_MAX_S).contains(seconds));
    seconds.map(Duration::from_secs).ok_or_else(|| SignatureError::Expires(text.to_owned()))
}
