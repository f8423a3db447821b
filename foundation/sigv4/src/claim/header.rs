//! `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`

use std::borrow::Cow;

use super::{Claim, Form, TOKEN_HEADER};
use crate::ALGORITHM;
use crate::error::{HeaderDigest, HeaderParts, SignatureError};
use crate::request::Request;
use crate::scope::Scope;
use crate::time::SigningTime;

#[derive(Debug, Default)]
struct Parts<'a> {
    credential: Option<&'a str>,
    signed_headers: Option<&'a str>,
    signature: Option<&'a str>,
}

pub(super) fn parse<'a>(request: &Request<'a>, header: &'a str) -> Result<Claim<'a>, SignatureError> {
    let (algorithm, rest) = header.split_once(' ').unwrap_or((header, ""));
    if algorithm.starts_with("AWS") && algorithm != ALGORITHM {
        return Err(SignatureError::Algorithm(algorithm.to_owned()));
    }
    let parts = split(rest, header)?;
    let date = request.header("x-amz-date").or_else(|| request.header("date"));
    let (Some(credential), Some(signed_headers), Some(signature), Some(date)) =
        (parts.credential, parts.signed_headers, parts.signature, date)
    else {
        let lacking = HeaderParts {
            credential: parts.credential.is_none(),
            signature: parts.signature.is_none(),
            signed_headers: parts.signed_headers.is_none(),
            date: date.is_none(),
        };
        return Err(SignatureError::HeaderLacks { lacking, header: HeaderDigest::of(header) });
    };
    let (access_key_id, scope) = Scope::of_credential(credential)?;
    let time = SigningTime::parse_basic(date).or_else(|| SigningTime::parse_http(date));
    Ok(Claim {
        form: Form::Header,
        access_key_id,
        scope,
        time: time.ok_or_else(|| SignatureError::DateFormat(date.to_owned()))?,
        signed_headers: Cow::Borrowed(signed_headers),
        signature: Cow::Borrowed(signature),
        session_token: request.header(TOKEN_HEADER).map(Cow::Borrowed),
    })
}

fn split<'a>(rest: &'a str, header: &str) -> Result<Parts<'a>, SignatureError> {
    let mut parts = Parts::default();
    for part in rest.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let Some((name, value)) = part.split_once('=') else {
            return Err(SignatureError::NotKeyValue {
                part: part.to_owned(),
                header: HeaderDigest::of(header),
            });
        };
        match name {
            "Credential" => parts.credential = Some(value),
            "SignedHeaders" => parts.signed_headers = Some(value),
            "Signature" => parts.signature = Some(value),
            _ => {}
        }
    }
    Ok(parts)
}
