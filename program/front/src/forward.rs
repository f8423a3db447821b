//! Requests for services that are not served here.
//!
//! What the client sent goes on as it came (`passthrough`: its signature still covers the host that it used), or
//! under the operator's own key (`resign`). Either way the caller has been authenticated before.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    AUTHORIZATION, CONNECTION, HOST, HeaderName, HeaderValue, TE, TRANSFER_ENCODING, UPGRADE, VIA,
};
use http::request::Parts;
use http::uri::{InvalidUri, PathAndQuery, Uri};
use http::{HeaderMap, Request, Response};
use http_body_util::BodyExt;
use model::Timestamp;
use sigv4::client::{Body, Client, ClientError, Options};
use sigv4::{Credential, Signer};

use crate::body::Taken;
use crate::refusal::Refusal;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than any long poll.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(120);
/// Marks what went through a front, so that one that is its own endpoint does not go round for ever.
const VIA_MAYFLY: &str = "1.1 mayfly";

/// Headers that belong to one connection and not to the request.
const HOP_BY_HOP: [HeaderName; 6] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];
/// What a signature put into the request, and a new one puts there again.
const SIGNATURE_HEADERS: [HeaderName; 3] =
    [AUTHORIZATION, HeaderName::from_static("x-amz-date"), HeaderName::from_static("x-amz-security-token")];

/// Where a service's requests go, and under whose name.
#[derive(Debug, Clone)]
pub struct Endpoint {
    pub url: Uri,
    pub mode: Mode,
}

#[derive(Debug, Clone)]
pub enum Mode {
    /// As it came: for emulators, and for servers that know the same keys.
    Passthrough,
    /// Signed with this key.
    Resign(Credential),
}

/// A request on its way, with what a new signature needs.
pub(crate) struct Forwarded<'a> {
    pub(crate) service: &'a str,
    pub(crate) region: &'a str,
    pub(crate) parts: Parts,
    pub(crate) body: Payload,
}

pub(crate) enum Payload {
    /// In memory, where its hash has to be known.
    Whole { body: Bytes, taken: Taken },
    /// As it comes; the client has declared its hash, or its signature is handed through.
    Flowing(Body),
}

pub(crate) struct Forwarder {
    client: Client,
}

impl Forwarder {
    pub(crate) fn new() -> Forwarder {
        let options = Options {
            connect_timeout: CONNECT_TIMEOUT,
            request_timeout: RESPONSE_TIMEOUT,
            response_max_bytes: 0,
        };
        Forwarder { client: Client::new(options) }
    }

    pub(crate) async fn send(
        &self,
        endpoint: &Endpoint,
        forwarded: Forwarded<'_>,
        now: Timestamp,
    ) -> Result<Response<Body>, Refusal> {
        let Forwarded { service, region, mut parts, body } = forwarded;
        if came_through_here(&parts.headers) {
            return Err(Refusal::NotServed(service.to_owned()));
        }
        let failed = |reason: ClientError| Refusal::EndpointFailed {
            service: service.to_owned(),
            reason: Box::new(reason),
        };
        clean(&mut parts, &endpoint.url).map_err(|_invalid| Refusal::NoSuchPath)?;
        if let Mode::Resign(credential) = &endpoint.mode {
            let signer = Signer { credential, region, service };
            resign(&mut parts, &body, signer, now)?;
        }
        let (body, taken) = match body {
            Payload::Whole { body, taken } => (sigv4::client::whole(body), Some(taken)),
            Payload::Flowing(body) => (body, None),
        };
        let response = self.client.stream(Request::from_parts(parts, body)).await.map_err(failed)?;
        drop(taken);
        let (mut head, body) = response.into_parts();
        HOP_BY_HOP.iter().for_each(|name| drop(head.headers.remove(name)));
        Ok(Response::from_parts(head, body.map_err(Into::into).boxed_unsync()))
    }
}

impl fmt::Debug for Forwarder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forwarder").finish_non_exhaustive()
    }
}

fn came_through_here(headers: &HeaderMap) -> bool {
    headers.get_all(VIA).iter().any(|value| value == VIA_MAYFLY)
}

/// Points the request at the endpoint and takes out what was meant for this connection.
fn clean(parts: &mut Parts, endpoint: &Uri) -> Result<(), InvalidUri> {
    let authority = parts.uri.authority().map(|authority| authority.as_str().to_owned());
    parts.uri = target(&parts.uri, endpoint)?;
    parts.version = http::Version::HTTP_11;
    HOP_BY_HOP.iter().for_each(|name| drop(parts.headers.remove(name)));
    parts.headers.append(VIA, HeaderValue::from_static(VIA_MAYFLY));
    let host = authority.and_then(|authority| HeaderValue::from_str(&authority).ok());
    if let (false, Some(host)) = (parts.headers.contains_key(HOST), host) {
        parts.headers.insert(HOST, host);
    }
    Ok(())
}

fn target(asked: &Uri, endpoint: &Uri) -> Result<Uri, InvalidUri> {
    let base = endpoint.path().trim_end_matches('/');
    let asked = asked.path_and_query().map_or("/", PathAndQuery::as_str);
    let scheme = endpoint.scheme_str().unwrap_or("http");
    let authority = endpoint.authority().map(http::uri::Authority::as_str).unwrap_or_default();
    format!("{scheme}://{authority}{base}{asked}").parse()
}

fn resign(parts: &mut Parts, body: &Payload, signer: Signer<'_>, now: Timestamp) -> Result<(), Refusal> {
    let unresignable = || Refusal::Unresignable(signer.service.to_owned());
    SIGNATURE_HEADERS.iter().for_each(|name| drop(parts.headers.remove(name)));
    parts.headers.remove(HOST);
    parts.uri = without_signature(&parts.uri).map_err(|_invalid| Refusal::NoSuchPath)?;
    let declared = parts.headers.get("x-amz-content-sha256").map(HeaderValue::as_bytes);
    // Each chunk of such a body carries a signature by the client's key.
    if declared.is_some_and(|hash| hash.starts_with(b"STREAMING-AWS4")) {
        return Err(unresignable());
    }
    let bytes: &[u8] = match body {
        Payload::Whole { body, .. } => body,
        Payload::Flowing(_) => b"",
    };
    signer.sign(parts, bytes, now).map_err(|_unsignable| unresignable())
}

/// A presigned request keeps all of its query but the old signature.
fn without_signature(uri: &Uri) -> Result<Uri, InvalidUri> {
    const PARAMETERS: [&str; 7] = [
        "X-Amz-Algorithm=",
        "X-Amz-Credential=",
        "X-Amz-Date=",
        "X-Amz-Expires=",
        "X-Amz-SignedHeaders=",
        "X-Amz-Signature=",
        "X-Amz-Security-Token=",
    ];
    let Some(query) = uri.query().filter(|query| query.contains("X-Amz-")) else { return Ok(uri.clone()) };
    let kept = query.split('&').filter(|pair| !PARAMETERS.iter().any(|name| pair.starts_with(name)));
    let query = kept.collect::<Vec<_>>().join("&");
    let path = uri.path();
    let path_and_query = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let scheme = uri.scheme_str().unwrap_or("http");
    let authority = uri.authority().map(http::uri::Authority::as_str).unwrap_or_default();
    format!("{scheme}://{authority}{path_and_query}").parse()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(text: &str) -> Uri {
        text.parse().unwrap()
    }

    #[test]
    fn the_endpoints_path_comes_first() {
        let target = |endpoint: &str| target(&uri("/bucket/key?x=1"), &uri(endpoint)).unwrap().to_string();
        assert_eq!(target("http://127.0.0.1:9000"), "http://127.0.0.1:9000/bucket/key?x=1");
        assert_eq!(target("https://host/base/"), "https://host/base/bucket/key?x=1");
    }

    #[test]
    fn a_presigned_query_loses_only_its_signature() {
        let presigned = uri("http://h/k?a=1&X-Amz-Algorithm=A&X-Amz-Credential=C&X-Amz-Signature=S&b=2");
        assert_eq!(without_signature(&presigned).unwrap(), uri("http://h/k?a=1&b=2"));
        let bare = uri("http://h/k?X-Amz-Algorithm=A");
        assert_eq!(without_signature(&bare).unwrap(), uri("http://h/k"));
    }
}
