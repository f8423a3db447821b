//! The canonical request: the one spelling of a request that both sides hash.
//!
//! AWS page "Create a signed AWS API request". All services but S3 encode the path a second time, after
//! taking dot segments and doubled slashes out of it; S3's keys may contain both.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, percent_encode};

use crate::request::Request;

/// Everything but `A-Z a-z 0-9 - _ . ~`.
pub(crate) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
const RESERVED_IN_PATH: &AsciiSet = &RESERVED.remove(b'/');

/// The query parameter that carries the signature and therefore cannot be covered by it.
pub(crate) const SIGNATURE_PARAMETER: &str = "X-Amz-Signature";

/// Room for a typical request, so that the buffer does not grow.
const TYPICAL_BYTES: usize = 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PathStyle {
    /// Normalised and encoded once more.
    EncodedTwice,
    /// S3: as it is, encoded once.
    EncodedOnce,
}

/// The canonical request over `signed_headers` (lower case, joined by `;`) and the payload's hash.
pub(crate) fn canonical_request(
    request: &Request<'_>,
    path_style: PathStyle,
    signed_headers: &str,
    payload_hash: &str,
) -> Vec<u8> {
    let mut text = Vec::with_capacity(TYPICAL_BYTES);
    push_line(&mut text, request.method);
    push_path(&mut text, request.path, path_style);
    text.push(b'\n');
    push_query(&mut text, request);
    text.push(b'\n');
    for name in signed_headers.split(';') {
        push_header(&mut text, request, name);
    }
    text.push(b'\n');
    push_line(&mut text, signed_headers);
    text.extend_from_slice(payload_hash.as_bytes());
    text
}

fn push_line(text: &mut Vec<u8>, line: &str) {
    text.extend_from_slice(line.as_bytes());
    text.push(b'\n');
}

fn push_encoded(text: &mut Vec<u8>, bytes: &[u8], reserved: &'static AsciiSet) {
    percent_encode(bytes, reserved).for_each(|part| text.extend_from_slice(part.as_bytes()));
}

fn push_path(text: &mut Vec<u8>, path: &str, style: PathStyle) {
    match style {
        _ if path.is_empty() => text.push(b'/'),
        PathStyle::EncodedTwice => push_encoded(text, normalized(path).as_bytes(), RESERVED_IN_PATH),
        PathStyle::EncodedOnce => {
            let decoded: Cow<'_, [u8]> = percent_decode_str(path).into();
            push_encoded(text, &decoded, RESERVED_IN_PATH);
        }
    }
}

fn normalized(path: &str) -> Cow<'_, str> {
    if !path.contains("//") && !path.contains("/.") {
        return Cow::Borrowed(path);
    }
    let mut segments = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(segments.pop()),
            name => segments.push(name),
        }
    }
    let last = if path.ends_with('/') && !segments.is_empty() { "/" } else { "" };
    Cow::Owned(format!("/{}{last}", segments.join("/")))
}

fn push_query(text: &mut Vec<u8>, request: &Request<'_>) {
    let signed = request.query_pairs().filter(|(name, _)| *name != SIGNATURE_PARAMETER);
    let mut pairs: Vec<_> = signed.map(|(name, value)| (reencoded(name), reencoded(value))).collect();
    pairs.sort_unstable();
    for (index, (name, value)) in pairs.iter().enumerate() {
        if index > 0 {
            text.push(b'&');
        }
        text.extend_from_slice(name);
        text.push(b'=');
        text.extend_from_slice(value);
    }
}

fn reencoded(raw: &str) -> Vec<u8> {
    let mut text = Vec::with_capacity(raw.len());
    push_encoded(&mut text, &form_decoded(raw), RESERVED);
    text
}

/// Decodes one name or value of a query, in which AWS reads `+` as a space.
pub(crate) fn form_decoded(raw: &str) -> Cow<'_, [u8]> {
    if raw.contains('+') {
        return Cow::Owned(percent_decode_str(&raw.replace('+', " ")).collect());
    }
    percent_decode_str(raw).into()
}

fn push_header(text: &mut Vec<u8>, request: &Request<'_>, name: &str) {
    text.extend_from_slice(name.as_bytes());
    text.push(b':');
    let mut values = request.headers.get_all(name).iter().map(http::HeaderValue::as_bytes).peekable();
    if let (None, "host" | ":authority", Some(authority)) = (values.peek(), name, request.authority) {
        push_trimmed(text, authority.as_bytes());
    }
    for (index, value) in values.enumerate() {
        if index > 0 {
            text.push(b',');
        }
        push_trimmed(text, value);
    }
    text.push(b'\n');
}

/// Leaves out leading and trailing blanks, and all but one of each inner run.
fn push_trimmed(text: &mut Vec<u8>, value: &[u8]) {
    let mut words = value.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    text.extend_from_slice(words.next().unwrap_or_default());
    for word in words {
        text.push(b' ');
        text.extend_from_slice(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(raw: &str, style: PathStyle) -> String {
        let mut text = Vec::new();
        push_path(&mut text, raw, style);
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn encodes_an_arn_in_the_path_twice() {
        let raw = "/2017-03-31/tags/arn%3Aaws%3Alambda";
        assert_eq!(path(raw, PathStyle::EncodedTwice), "/2017-03-31/tags/arn%253Aaws%253Alambda");
    }

    #[test]
    fn leaves_an_object_key_as_it_is() {
        assert_eq!(path("/bucket/a//b/../c%20d", PathStyle::EncodedOnce), "/bucket/a//b/../c%20d");
        assert_eq!(path("/bucket/a:b", PathStyle::EncodedOnce), "/bucket/a%3Ab");
    }

    #[test]
    fn takes_dots_and_doubled_slashes_out() {
        assert_eq!(normalized("//a/./b/../c//"), "/a/c/");
        assert_eq!(normalized("/.."), "/");
        assert_eq!(normalized("/a.b"), "/a.b");
    }

    #[test]
    fn sorts_the_query_by_encoded_bytes_and_keeps_empty_values() {
        let headers = http::HeaderMap::new();
        let query = Some("policy&b=2&a=%7e&a=+x&X-Amz-Signature=00&B=");
        let request = Request { method: "GET", path: "/", query, authority: None, headers: &headers };
        let mut text = Vec::new();
        push_query(&mut text, &request);
        assert_eq!(String::from_utf8(text).unwrap(), "B=&a=%20x&a=~&b=2&policy=");
    }
}
