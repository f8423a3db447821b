//! Keeps web pages away from a server that asks for no signature.
//!
//! Without signatures a browser on this machine is enough to reach everything: a page may send requests to the
//! loopback, or have its own name resolve to it. So the `Host` must be the loopback's, and a request that a
//! browser sends for a page must come from a page of the loopback.

use std::net::IpAddr;

use http::HeaderMap;
use http::header::{HOST, HeaderName, ORIGIN};
use http::uri::Authority;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Why a request is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Foreign {
    #[error(
        "Requests without a signature must name this machine: the Host header is not a loopback address."
    )]
    Host,
    #[error("Requests without a signature are not taken from web pages of other sites.")]
    Page,
}

pub(crate) fn check(headers: &HeaderMap, authority: Option<&Authority>) -> Result<(), Foreign> {
    let header = |name| headers.get(name).map(|value: &http::HeaderValue| value.to_str().unwrap_or_default());
    let host = header(HOST).or(authority.map(Authority::as_str)).unwrap_or_default();
    if !is_loopback(host) {
        return Err(Foreign::Host);
    }
    let own_page = header(ORIGIN)
        .is_none_or(|origin| origin.split_once("://").is_some_and(|(_, host)| is_loopback(host)));
    let own_site = header(FETCH_SITE).is_none_or(|site| site != "cross-site");
    if own_page && own_site { Ok(()) } else { Err(Foreign::Page) }
}

/// Whether `host`, perhaps with a port, is this machine whatever a name server says.
fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    if authority.as_str().contains('@') {
        return false;
    }
    let name = authority.host().trim_start_matches('[').trim_end_matches(']');
    let named = name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost");
    named || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(headers: &[(&'static str, &str)]) -> Result<(), Foreign> {
        let pairs =
            headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        check(&pairs.collect(), None)
    }

    #[test]
    fn a_program_on_this_machine_may_call() {
        for host in ["localhost:4566", "127.0.0.1:4566", "[::1]:4566", "bucket.localhost", "127.1.2.3"] {
            assert_eq!(checked(&[("host", host)]), Ok(()), "{host}");
        }
    }

    #[test]
    fn a_name_that_only_resolves_to_this_machine_is_refused() {
        for host in [
            "evil.example",
            "localhost.evil.example",
            "10.0.0.1",
            "",
            "127.0.0.1@evil.example",
            "evil@localhost",
        ] {
            assert_eq!(checked(&[("host", host)]), Err(Foreign::Host), "{host}");
        }
    }

    #[test]
    fn a_page_of_another_site_is_refused() {
        let host = ("host", "localhost:4566");
        assert_eq!(checked(&[host, ("origin", "http://localhost:3000")]), Ok(()));
        assert_eq!(checked(&[host, ("origin", "https://evil.example")]), Err(Foreign::Page));
        assert_eq!(checked(&[host, ("origin", "null")]), Err(Foreign::Page));
        assert_eq!(checked(&[host, ("sec-fetch-site", "cross-site")]), Err(Foreign::Page));
        assert_eq!(checked(&[host, ("sec-fetch-site", "same-origin")]), Ok(()));
    }
}
