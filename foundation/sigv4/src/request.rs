//! What a signature covers of a request, borrowed from wherever the request lives.

use http::HeaderMap;

/// The parts of an HTTP request that are signed, as they came over the wire.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    pub method: &'a str,
    /// Still percent-encoded, without the query.
    pub path: &'a str,
    pub query: Option<&'a str>,
    /// HTTP/2's `:authority`, which stands in for the `Host` header.
    pub authority: Option<&'a str>,
    pub headers: &'a HeaderMap,
}

impl<'a> Request<'a> {
    pub fn of(parts: &'a http::request::Parts) -> Request<'a> {
        Request {
            method: parts.method.as_str(),
            path: parts.uri.path(),
            query: parts.uri.query(),
            authority: parts.uri.authority().map(http::uri::Authority::as_str),
            headers: &parts.headers,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The raw name and value of each query parameter; a lone name has an empty value.
    pub(crate) fn query_pairs(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let pairs = self.query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")))
    }
}

/// The body, as far as its signature is concerned.
#[derive(Debug, Clone, Copy)]
pub enum Payload<'a> {
    /// The whole body; a hash that the client declared must be this body's.
    Body(&'a [u8]),
    /// The body was not read: the hash that the client declared is part of what is signed, and whoever reads
    /// the body later has to check it.
    Declared,
}
