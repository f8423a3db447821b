use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::pending;
use http::Request;
use http_body_util::StreamBody;
use hyper::body::Frame;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use crate::toy::{INVOKE_PATH, Setup, Toy, header, http_2, root, text};

/// All that the server says until it closes the connection.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.ok();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The first answer of a connection, without waiting for as long as refused bodies are read.
async fn answer(stream: &mut TcpStream) -> String {
    let mut text = String::new();
    while !text.ends_with('}') {
        let mut bytes = [0; 4096];
        let read =
            timeout(Duration::from_secs(5), stream.read(&mut bytes)).await.expect("an answer").unwrap();
        assert_ne!(read, 0, "{text}");
        text.push_str(std::str::from_utf8(&bytes[..read]).unwrap());
    }
    text
}

/// For the body.
async fn be_asked(stream: &mut TcpStream) {
    let mut asked = [0; 25];
    stream.read_exact(&mut asked).await.unwrap();
    assert_eq!(&asked, b"HTTP/1.1 100 Continue\r\n\r\n");
}

fn unsigned(headers: &str) -> String {
    format!("POST {INVOKE_PATH} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n")
}

#[tokio::test]
async fn what_is_not_signed_is_refused_before_its_body_is_there() {
    let toy = Toy::start(Setup::default()).await;
    for (length, closes) in [(1_000_000_000_000_u64, true), (1_000, false)] {
        let mut stream = TcpStream::connect(toy.address).await.unwrap();
        let head = unsigned(&format!("Content-Length: {length}\r\n"));
        stream.write_all(head.as_bytes()).await.unwrap();
        let answer = answer(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        assert!(answer.ends_with(r#"{"message":"Missing Authentication Token"}"#), "{answer}");
        assert_eq!(answer.contains("connection: close\r\n"), closes, "{answer}");
    }
}

#[tokio::test]
async fn who_sends_a_refused_body_all_the_same_is_answered_and_goes_on() {
    let toy = Toy::start(Setup::default()).await;
    let mut stream = TcpStream::connect(toy.address).await.unwrap();
    for _ in 0..2 {
        stream.write_all(unsigned("Content-Length: 20000000\r\n").as_bytes()).await.unwrap();
        stream.write_all(&vec![b' '; 20_000_000]).await.unwrap();
        assert!(answer(&mut stream).await.starts_with("HTTP/1.1 403 "));
    }
}

#[tokio::test]
async fn who_asks_before_sending_its_body_is_refused_without_being_asked_for_it() {
    let toy = Toy::start(Setup::default()).await;
    let mut stream = TcpStream::connect(toy.address).await.unwrap();
    let head = unsigned("Content-Length: 1000\r\nExpect: 100-continue\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
}

#[tokio::test]
async fn who_asks_before_sending_too_large_a_body_is_not_asked_for_it() {
    let toy = Toy::start(Setup { off: true, ..Setup::default() }).await;
    let mut stream = TcpStream::connect(toy.address).await.unwrap();
    let head = unsigned("Content-Length: 20000000\r\nExpect: 100-continue\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn who_asks_before_sending_a_body_for_which_there_is_no_room_is_not_asked_for_it() {
    let toy = Toy::start(Setup { off: true, ..Setup::default() }).await;
    let head = unsigned("Content-Length: 6291456\r\nExpect: 100-continue\r\n");
    let mut asked = Vec::new();
    // Bodies of so much fill the 256 MiB that there are for them.
    for _ in 0..42 {
        let mut stream = TcpStream::connect(toy.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        be_asked(&mut stream).await;
        asked.push(stream);
    }
    let mut stream = TcpStream::connect(toy.address).await.unwrap();
    stream.write_all(head.as_bytes()).await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(answer.contains("connection: close\r\n"), "{answer}");
}

#[tokio::test]
async fn who_expects_something_else_sends_its_body_and_goes_on() {
    let toy = Toy::start(Setup::default()).await;
    let mut stream = TcpStream::connect(toy.address).await.unwrap();
    for _ in 0..2 {
        let head = unsigned("Content-Length: 1000\r\nExpect: the-best\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&[b' '; 1000]).await.unwrap();
        let answer = answer(&mut stream).await;
        assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
        assert!(!answer.contains("connection: close\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn a_refusal_waits_for_no_body_on_http_2_either() {
    let toy = Toy::start(Setup::default()).await;
    let mut sender = http_2(&toy).await;
    let never = StreamBody::new(pending::<Result<Frame<Bytes>, Infallible>>());
    let request = Request::post(toy.url(INVOKE_PATH)).body(never).unwrap();
    let response = timeout(Duration::from_secs(5), sender.send_request(request)).await.expect("an answer");
    assert_eq!(response.unwrap().status(), 403);
}

#[tokio::test]
async fn who_was_asked_for_a_body_that_turns_out_too_large_may_send_all_of_it() {
    let toy = Toy::start(Setup { off: true, ..Setup::default() }).await;
    let mut stream = TcpStream::connect(toy.address).await.unwrap();
    let head = unsigned("Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    be_asked(&mut stream).await;
    stream.write_all(b"1312d00\r\n").await.unwrap();
    stream.write_all(&vec![b' '; 20_000_000]).await.unwrap();
    stream.write_all(b"\r\n0\r\n\r\n").await.unwrap();
    assert!(answer(&mut stream).await.starts_with("HTTP/1.1 413 "));
}

#[tokio::test]
async fn a_body_over_the_operations_limit_is_refused_in_lambdas_words() {
    let mut toy = Toy::start(Setup::default()).await;
    let request = Request::post(toy.url(INVOKE_PATH)).body(Bytes::from(vec![b' '; 20_000_000])).unwrap();
    let response = toy.send_as(&root(), "lambda", request).await;
    assert_eq!(
        (response.status().as_u16(), header(&response, "x-amzn-errortype")),
        (413, "RequestEntityTooLargeException")
    );
    assert_eq!(
        text(&response),
        r#"{"Message":"Request must be smaller than 6291456 bytes for the InvokeFunction operation"}"#
    );
    assert!(toy.ended.try_recv().is_err());
}

#[tokio::test]
async fn a_body_of_exactly_the_limit_is_taken() {
    let toy = Toy::start(Setup::default()).await;
    let request = Request::post(toy.url(INVOKE_PATH)).body(Bytes::from(vec![b' '; 6_291_456])).unwrap();
    assert_eq!(toy.send_as(&root(), "lambda", request).await.status(), 200);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let toy = Toy::start(Setup::default()).await;
    let mut stream = TcpStream::connect(toy.address).await.unwrap();
    let head = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX-Filler: {}\r\n\r\n", "x".repeat(100_000));
    stream.write_all(head.as_bytes()).await.ok();
    assert!(rest(&mut stream).await.starts_with("HTTP/1.1 431"));
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_finishes_its_head_is_cut_off() {
    let toy = Toy::start(Setup::default()).await;
    for said in [&b""[..], b"P", b"GET / HTTP/1.1\r\nHost: local"] {
        let started = Instant::now();
        let mut stream = TcpStream::connect(toy.address).await.unwrap();
        stream.write_all(said).await.unwrap();
        rest(&mut stream).await;
        assert!(started.elapsed() < Duration::from_secs(70), "{said:?}: {:?}", started.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_finishes_its_body_is_cut_off() {
    let toy = Toy::start(Setup { off: true, ..Setup::default() }).await;
    let mut stream = TcpStream::connect(toy.address).await.unwrap();
    stream.write_all(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nhalf").await.unwrap();
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test(start_paused = true)]
async fn clients_beyond_the_limit_wait_for_a_place() {
    let toy = Toy::start(Setup { sandbox: true, ..Setup::default() }).await;
    let started = Instant::now();
    let mut idle = Vec::new();
    for _ in 0..64 {
        idle.push(TcpStream::connect(toy.address).await.unwrap());
    }
    let response = toy.get_unsigned("/_mayfly/health", &[]).await;
    assert_eq!(response.status(), 200);
    assert!(started.elapsed() >= Duration::from_secs(60), "{:?}", started.elapsed());
}
