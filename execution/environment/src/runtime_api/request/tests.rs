//! Requests from bytes, however they are cut.

use model::ErrorType;
use proptest::prelude::*;

use super::super::trailers::LateError;
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
    let requests =
        all(b"POST /a HTTP/1.1\r\nContent-Length: 2\r\n\r\nokGET /b HTTP/1.1\r\nConnection: close\r\n\r\n")
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

/// The pieces that a streamed body makes when it comes in cuts of this size, and what follows it.
fn pieces(text: &[u8], cut: usize) -> (Vec<u8>, Option<LateError>, usize) {
    let (mut input, mut reader, mut data) = (BytesMut::new(), Reader::default(), vec![]);
    let (mut is_coming, mut end) = (false, None);
    for cut in text.chunks(cut) {
        input.extend_from_slice(cut);
        is_coming |= reader.take(&mut input).unwrap().is_some_and(|request| request.body == Body::Coming);
        while let Some(piece) = if is_coming { reader.take_piece(&mut input).unwrap() } else { None } {
            match piece {
                Piece::Data(bytes) => data.extend(bytes),
                Piece::End(trailers) => (is_coming, end) = (false, Some(trailers)),
            }
        }
    }
    (data, end.unwrap().into_error(), input.len())
}

const STREAMED: &str = "POST /x/response HTTP/1.1\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n";

#[test]
fn a_streamed_body_may_have_a_length() {
    let text = format!("{STREAMED}Content-Length: 3\r\n\r\nabcGET");
    assert_eq!(pieces(text.as_bytes(), 1000), (b"abc".to_vec(), None, 3));
}

#[test]
fn only_a_posted_response_is_streamed() {
    let other = all(b"GET /next HTTP/1.1\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n\r\n");
    assert_eq!(other.unwrap()[0].body, Body::Whole(Bytes::new()));
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
    fn pieces_and_trailers_arrive_the_same_however_they_are_cut(
        body: Vec<u8>, chunk in 1..50_usize, cut in 1..50_usize
    ) {
        let mut text = format!("{STREAMED}Transfer-Encoding: chunked\r\n\r\n").into_bytes();
        for chunk in body.chunks(chunk) {
            text.extend(format!("{:x}\r\n", chunk.len()).bytes());
            text.extend(chunk);
            text.extend(b"\r\n");
        }
        text.extend(b"0\r\nLambda-Runtime-Function-Error-Type: Runtime.Late\r\n\r\n");
        let error = ErrorType::reported("Runtime.Late");
        let late = LateError { error, payload: Bytes::new() };
        prop_assert_eq!(pieces(&text, cut), (body, Some(late), 0));
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
