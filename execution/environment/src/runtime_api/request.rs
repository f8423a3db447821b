//! A request of the runtime, read from bytes: head by httparse, body by length or by chunks.

use bytes::{Buf, Bytes, BytesMut};
use model::limits::RESPONSE_MAX_BYTES;

use super::chunked::Chunked;
use super::error_cause;
use super::extensions;

/// Heads carry an X-Ray cause of up to 64 KiB.
pub(super) const HEAD_MAX_BYTES: usize = 128 * 1024;
const HEADERS_MAX: usize = 64;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) error_type: Option<String>,
    pub(super) response_mode: Option<String>,
    pub(super) extension: extensions::Headers,
    /// The body holds an error and its X-Ray cause.
    pub(super) has_cause: bool,
    /// The connection ends after the answer.
    pub(super) last: bool,
    pub(super) body: Body,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    Whole(Bytes),
    /// Over the limit of responses; read away.
    TooLarge,
    /// The connection ended before the body did.
    Truncated,
}

impl Body {
    /// Empty for what did not come whole.
    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Body::Whole(bytes) => bytes,
            Body::TooLarge | Body::Truncated => &[],
        }
    }

    /// Empty for what did not come whole.
    pub(super) fn into_bytes(self) -> Bytes {
        match self {
            Body::Whole(bytes) => bytes,
            Body::TooLarge | Body::Truncated => Bytes::new(),
        }
    }
}

/// Reads one request after the other from a connection's bytes.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// The head of the request whose body is still on its way.
    head: Option<Head>,
}

#[derive(Debug)]
struct Head {
    request: Request,
    framing: Framing,
    expects_continue: bool,
}

#[derive(Debug)]
enum Framing {
    Length(usize),
    /// This many bytes of a body that is too large are still to come.
    Excess(u64),
    Chunked(Chunked),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Reader {
    /// The next request, once `input` holds it whole.
    pub(super) fn take(&mut self, input: &mut BytesMut) -> Result<Option<Request>, Malformed> {
        let Some(mut head) = self.head.take().map_or_else(|| read_head(input), |head| Ok(Some(head)))? else {
            return Ok(None);
        };
        if let Some(body) = take_body(&mut head.framing, input)? {
            return Ok(Some(Request { body, ..head.request }));
        }
        self.head = Some(head);
        Ok(None)
    }

    /// Whether the client waits to be told that its body is welcome. True once per request.
    pub(super) fn wants_continue(&mut self) -> bool {
        self.head.as_mut().is_some_and(|head| std::mem::take(&mut head.expects_continue))
    }

    /// The request that was cut short by the connection's end.
    pub(super) fn cut_short(&mut self) -> Option<Request> {
        self.head.take().map(|head| Request { body: Body::Truncated, last: true, ..head.request })
    }

    /// What was taken from the input of a body that is not whole yet.
    pub(super) fn decoded_bytes(&self) -> usize {
        match self.head.as_ref().map(|head| &head.framing) {
            Some(Framing::Chunked(chunked)) => chunked.body.len(),
            Some(Framing::Length(_) | Framing::Excess(_)) | None => 0,
        }
    }

    /// How much of a body is still to come, for one read to hold it all.
    pub(super) fn missing(&self, input: &BytesMut) -> usize {
        match self.head.as_ref().map(|head| &head.framing) {
            Some(Framing::Length(length)) => length.saturating_sub(input.len()),
            Some(Framing::Excess(_) | Framing::Chunked(_)) | None => 0,
        }
    }
}

fn take_body(framing: &mut Framing, input: &mut BytesMut) -> Result<Option<Body>, Malformed> {
    match framing {
        Framing::Length(length) if input.len() < *length => Ok(None),
        Framing::Length(length) => Ok(Some(Body::Whole(input.split_to(*length).freeze()))),
        Framing::Excess(rest) => {
            let taken = usize::try_from(*rest).unwrap_or(usize::MAX).min(input.len());
            input.advance(taken);
            *rest -= taken as u64;
            Ok((*rest == 0).then_some(Body::TooLarge))
        }
        Framing::Chunked(chunked) => {
            if !chunked.decode(input, RESPONSE_MAX_BYTES).map_err(|_| Malformed)? {
                return Ok(None);
            }
            let body = std::mem::take(&mut chunked.body);
            Ok(Some(if chunked.too_large { Body::TooLarge } else { Body::Whole(body.freeze()) }))
        }
    }
}

fn read_head(input: &mut BytesMut) -> Result<Option<Head>, Malformed> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut parsed = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(length) = parsed.parse(input).map_err(|_| Malformed)? else {
        return if input.len() > HEAD_MAX_BYTES { Err(Malformed) } else { Ok(None) };
    };
    let head = head(&parsed)?;
    input.advance(length);
    Ok(Some(head))
}

fn head(parsed: &httparse::Request<'_, '_>) -> Result<Head, Malformed> {
    let mut request = Request {
        method: parsed.method.unwrap_or_default().to_owned(),
        path: parsed.path.unwrap_or_default().to_owned(),
        error_type: None,
        response_mode: None,
        extension: extensions::Headers::default(),
        has_cause: false,
        last: parsed.version == Some(0),
        body: Body::Truncated,
    };
    let (mut framing, mut expects_continue) = (Framing::Length(0), false);
    for header in parsed.headers.iter() {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        let value = || String::from_utf8_lossy(header.value).trim().to_owned();
        if is("content-length") {
            framing = by_length(value().parse().map_err(|_| Malformed)?);
        } else if is("transfer-encoding") && value().eq_ignore_ascii_case("chunked") {
            framing = Framing::Chunked(Chunked::default());
        } else if is("content-type") {
            request.has_cause = header.value.eq_ignore_ascii_case(error_cause::CONTENT_TYPE.as_bytes());
        } else if is("connection") {
            request.last |= value().eq_ignore_ascii_case("close");
        } else if is("expect") {
            expects_continue = value().eq_ignore_ascii_case("100-continue");
        } else if is("lambda-runtime-function-error-type") {
            request.error_type = Some(value());
        } else if is("lambda-runtime-function-response-mode") {
            request.response_mode = Some(value());
        } else {
            request.extension.take(header.name, value);
        }
    }
    Ok(Head { request, framing, expects_continue })
}

fn by_length(length: u64) -> Framing {
    match usize::try_from(length) {
        Ok(length) if length <= RESPONSE_MAX_BYTES => Framing::Length(length),
        _ => Framing::Excess(length),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &[u8]) -> Result<Vec<Request>, Malformed> {
        let mut input = BytesMut::from(text);
        let mut reader = Reader::default();
        let mut requests = vec![];
        while let Some(request) = reader.take(&mut input)? {
            requests.push(request);
        }
        Ok(requests)
    }

    #[test]
    fn reads_requests_that_come_in_one_piece() {
        let requests = all(
            b"POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nokGET /b HTTP/1.1\r\nConnection: close\r\n\r\n",
        )
        .unwrap();
        assert_eq!(requests[0].body, Body::Whole(Bytes::from_static(b"ok")));
        assert_eq!((requests[1].path.as_str(), requests[1].last), ("/b", true));
    }

    #[test]
    fn header_names_have_no_case() {
        let text = b"POST / HTTP/1.1\r\nlambda-runtime-FUNCTION-error-type: Runtime.X\r\n\r\n";
        assert_eq!(all(text).unwrap()[0].error_type.as_deref(), Some("Runtime.X"));
    }

    #[test]
    fn a_body_over_the_limit_is_read_away() {
        let length = RESPONSE_MAX_BYTES + 1;
        let mut text = format!("POST /a HTTP/1.1\r\nContent-Length: {length}\r\n\r\n").into_bytes();
        text.resize(text.len() + length, b'x');
        text.extend(b"GET /b HTTP/1.1\r\n\r\n");
        let requests = all(&text).unwrap();
        assert_eq!(requests[0].body, Body::TooLarge);
        assert_eq!(requests[1].path, "/b");
    }

    #[test]
    fn a_head_without_an_end_is_refused() {
        let text = [b"GET / HTTP/1.1\r\nX: ".to_vec(), vec![b'x'; HEAD_MAX_BYTES]].concat();
        assert_eq!(all(&text), Err(Malformed));
    }

    proptest! {
        #[test]
        fn never_panics_and_never_reads_past_its_input(text: Vec<u8>) {
            let _any = all(&text);
        }

        #[test]
        fn a_body_arrives_the_same_however_it_is_cut(body: Vec<u8>, cut in 1..40_usize) {
            let mut text = format!("POST /a HTTP/1.1\r\ncontent-length: {}\r\n\r\n", body.len()).into_bytes();
            text.extend(&body);
            let (mut input, mut reader, mut found) = (BytesMut::new(), Reader::default(), None);
            for piece in text.chunks(cut) {
                input.extend_from_slice(piece);
                found = found.or(reader.take(&mut input).unwrap());
            }
            prop_assert_eq!(found.unwrap().body, Body::Whole(body.into()));
        }
    }
}
