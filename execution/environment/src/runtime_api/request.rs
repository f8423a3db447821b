//! A request of the runtime, read from bytes: head by httparse, body by length or by chunks.

use bytes::{Buf, Bytes, BytesMut};
use model::limits::RESPONSE_MAX_BYTES;

use super::chunked::Chunked;
use super::error_cause;
use super::extensions;
use super::trailers::Trailers;

/// Heads carry an X-Ray cause of up to 64 KiB.
pub(super) const HEAD_MAX_BYTES: usize = 128 * 1024;
const HEADERS_MAX: usize = 64;

/// The only response mode there is besides none.
pub(super) const STREAMING: &str = "streaming";

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) error_type: Option<String>,
    pub(super) response_mode: Option<String>,
    pub(super) authorization: Option<String>,
    pub(super) extension: extensions::Headers,
    /// The body holds an error and its X-Ray cause.
    pub(super) has_cause: bool,
    /// The connection ends after the answer.
    pub(super) last: bool,
    pub(super) body: Body,
}

impl Request {
    /// Whether it posts a response piece by piece.
    fn is_streaming(&self) -> bool {
        let is_response = self.method == "POST" && self.path.ends_with("/response");
        is_response && self.response_mode.as_deref() == Some(STREAMING)
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Body {
    Whole(Bytes),
    /// Over the limit of responses; read away.
    TooLarge,
    /// The connection ended before the body did.
    Truncated,
    /// A response in streaming mode: its body is taken in [`Piece`]s.
    Coming,
}

impl Body {
    /// Empty for what did not come whole.
    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Body::Whole(bytes) => bytes,
            Body::TooLarge | Body::Truncated | Body::Coming => &[],
        }
    }

    /// Empty for what did not come whole.
    pub(super) fn into_bytes(self) -> Bytes {
        match self {
            Body::Whole(bytes) => bytes,
            Body::TooLarge | Body::Truncated | Body::Coming => Bytes::new(),
        }
    }
}

/// A part of a body that is taken as it comes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Never empty.
    Data(Bytes),
    End(Trailers),
}

/// Reads one request after the other from a connection's bytes.
#[derive(Debug, Default)]
pub(super) struct Reader {
    stage: Stage,
    /// So much of the input is known to hold no end of a head.
    searched: usize,
    /// The client waits to be told that its body is welcome.
    expects_continue: bool,
}

#[derive(Debug, Default)]
#[expect(
    clippy::large_enum_variant,
    reason = "there is one for each connection, and boxing costs every request"
)]
enum Stage {
    #[default]
    Head,
    /// A body that is taken whole.
    Body(Request, Framing),
    /// A body that is taken in pieces; its request is handed out already.
    Pieces(Framing),
}

#[derive(Debug)]
enum Framing {
    /// This many bytes are still to come.
    Length(u64),
    /// This many bytes of a body that is too large are still to come.
    Excess(u64),
    Chunked(Chunked),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl Reader {
    /// The next request, once `input` holds it whole, or its head where its body is taken in pieces.
    pub(super) fn take(&mut self, input: &mut BytesMut) -> Result<Option<Request>, Malformed> {
        if matches!(self.stage, Stage::Head) {
            let Some((request, framing)) = self.take_head(input)? else { return Ok(None) };
            if request.body == Body::Coming {
                self.stage = Stage::Pieces(framing);
                return Ok(Some(request));
            }
            self.stage = Stage::Body(request, framing);
        }
        let Stage::Body(_, framing) = &mut self.stage else { return Ok(None) };
        let body = match take_body(framing, input) {
            Ok(Some(body)) => body,
            Ok(None) => return Ok(None),
            // Where the next request begins is not known.
            Err(Malformed) => return Ok(self.cut_short()),
        };
        self.expects_continue = false;
        let Stage::Body(request, _) = std::mem::take(&mut self.stage) else { return Ok(None) };
        Ok(Some(Request { body, ..request }))
    }

    /// The next part of a body that was [`Body::Coming`]; none while `input` holds nothing of it.
    pub(super) fn take_piece(&mut self, input: &mut BytesMut) -> Result<Option<Piece>, Malformed> {
        let Stage::Pieces(framing) = &mut self.stage else { return Err(Malformed) };
        let piece = take_piece(framing, input)?;
        if matches!(piece, Some(Piece::End(_))) {
            (self.stage, self.expects_continue) = (Stage::Head, false);
        }
        Ok(piece)
    }

    /// Looking for its end only in what is new keeps the reading of a head linear, however slowly it comes.
    fn take_head(&mut self, input: &mut BytesMut) -> Result<Option<(Request, Framing)>, Malformed> {
        if !has_head_end(&input[self.searched.min(input.len())..]) {
            self.searched = input.len().saturating_sub(HEAD_END_MAX_BYTES - 1);
            return if input.len() > HEAD_MAX_BYTES { Err(Malformed) } else { Ok(None) };
        }
        self.searched = 0;
        let Some(head) = read_head(input)? else { return Ok(None) };
        self.expects_continue = head.expects_continue;
        Ok(Some((head.request, head.framing)))
    }

    /// True once per request.
    pub(super) fn wants_continue(&mut self) -> bool {
        std::mem::take(&mut self.expects_continue)
    }

    /// The request whose body broke off.
    pub(super) fn cut_short(&mut self) -> Option<Request> {
        match std::mem::take(&mut self.stage) {
            Stage::Body(request, _) => Some(Request { body: Body::Truncated, last: true, ..request }),
            Stage::Head | Stage::Pieces(_) => None,
        }
    }

    /// What was taken from the input of a body that is not whole yet.
    pub(super) fn decoded_bytes(&self) -> usize {
        match &self.stage {
            Stage::Body(_, Framing::Chunked(chunked)) => chunked.body.len(),
            Stage::Body(..) | Stage::Pieces(_) | Stage::Head => 0,
        }
    }

    /// How much of a body that is taken whole is still to come, for one read to hold it all.
    pub(super) fn missing(&self, input: &BytesMut) -> usize {
        match &self.stage {
            // No more than a response may have.
            Stage::Body(_, Framing::Length(length)) => bounded(*length).saturating_sub(input.len()),
            Stage::Body(..) | Stage::Pieces(_) | Stage::Head => 0,
        }
    }
}

fn bounded(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

fn take_body(framing: &mut Framing, input: &mut BytesMut) -> Result<Option<Body>, Malformed> {
    match framing {
        Framing::Length(length) if input.len() < bounded(*length) => Ok(None),
        Framing::Length(length) => Ok(Some(Body::Whole(input.split_to(bounded(*length)).freeze()))),
        Framing::Excess(rest) => {
            let taken = bounded(*rest).min(input.len());
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

fn take_piece(framing: &mut Framing, input: &mut BytesMut) -> Result<Option<Piece>, Malformed> {
    match framing {
        Framing::Chunked(chunked) => {
            let ended = chunked.decode(input, usize::MAX).map_err(|_| Malformed)?;
            if !chunked.body.is_empty() {
                return Ok(Some(Piece::Data(chunked.body.split().freeze())));
            }
            Ok(ended.then(|| Piece::End(std::mem::take(&mut chunked.trailers))))
        }
        Framing::Length(0) | Framing::Excess(0) => Ok(Some(Piece::End(Trailers::default()))),
        Framing::Length(_) | Framing::Excess(_) if input.is_empty() => Ok(None),
        Framing::Length(rest) | Framing::Excess(rest) => {
            let taken = bounded(*rest).min(input.len());
            *rest -= taken as u64;
            Ok(Some(Piece::Data(input.split_to(taken).freeze())))
        }
    }
}

/// `\n\r\n`; a client may leave the carriage return out.
const HEAD_END_MAX_BYTES: usize = 3;

fn has_head_end(input: &[u8]) -> bool {
    memchr::memchr_iter(b'\n', input).any(|at| matches!(&input[at + 1..], [b'\n', ..] | [b'\r', b'\n', ..]))
}

#[derive(Debug)]
struct Head {
    request: Request,
    framing: Framing,
    expects_continue: bool,
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
        authorization: None,
        extension: extensions::Headers::default(),
        has_cause: false,
        last: parsed.version == Some(0),
        body: Body::Truncated,
    };
    let (mut length, mut is_chunked, mut expects_continue) = (0, false, false);
    for header in parsed.headers.iter() {
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        let value = || String::from_utf8_lossy(header.value).trim().to_owned();
        if is("content-length") {
            length = value().parse().map_err(|_| Malformed)?;
        } else if is("transfer-encoding") {
            is_chunked |= value().eq_ignore_ascii_case("chunked");
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
        } else if is("authorization") {
            request.authorization = Some(value());
        } else {
            request.extension.take(header.name, value);
        }
    }
    if request.is_streaming() {
        request.body = Body::Coming;
    }
    let framing = if is_chunked { Framing::Chunked(Chunked::default()) } else { by_length(length) };
    Ok(Head { request, framing, expects_continue })
}

fn by_length(length: u64) -> Framing {
    if length <= RESPONSE_MAX_BYTES as u64 { Framing::Length(length) } else { Framing::Excess(length) }
}

#[cfg(test)]
mod tests;
