//! What a runtime that was started ahead of its function may ask.

use std::time::Duration;

use super::*;

const SETTINGS: &str = "runtime/mayfly/settings";

async fn parked() -> Bench {
    let mut bench = Bench::new().await;
    bench.api.settings = Settings::Open;
    bench
}

/// That waits for its function.
async fn waiting() -> Bench {
    let mut bench = parked().await;
    bench.ask("GET", SETTINGS, "", "").await;
    bench.api.settings_asked().await.unwrap();
    bench
}

#[tokio::test]
async fn the_settings_are_held_until_a_function_takes_the_environment_and_given_once() {
    let mut bench = waiting().await;
    bench.api.give_settings(b"{\"A\":\"1\"}".to_vec());
    bench.api.release();
    assert_eq!(bench.answer().await, (200, "{\"A\":\"1\"}\n".to_owned()));
    bench.ask("GET", SETTINGS, "", "").await;
    assert_eq!(bench.answer().await, (404, "404 page not found\n".to_owned()));
}

#[tokio::test]
async fn the_end_of_the_settings_is_held_back_until_the_code_is_there() {
    let mut bench = waiting().await;
    bench.api.give_settings(b"{}".to_vec());
    let mut answer = [0; 256];
    let length = bench.runtime.read(&mut answer).await.unwrap();
    assert!(answer[..length].ends_with(b"Content-Length: 3\r\n\r\n{}"));
    assert_eq!(bench.runtime.try_read(&mut answer).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    bench.api.release();
    let length = bench.runtime.read(&mut answer).await.unwrap();
    assert_eq!(answer[..length], *b"\n");
}

/// That has been told its function, and read it.
async fn told() -> Bench {
    let mut bench = waiting().await;
    bench.api.give_settings(b"{}".to_vec());
    bench.api.release();
    assert_eq!(bench.answer().await, (200, "{}\n".to_owned()));
    bench
}

fn send_ahead(bench: &mut Bench) {
    bench.api.send_ahead(&Event::ahead(&invocation(), Duration::from_secs(3)));
}

#[tokio::test]
async fn an_event_that_comes_ahead_comes_once() {
    let mut bench = told().await;
    send_ahead(&mut bench);
    assert_eq!(bench.answer().await, (200, "{}".to_owned()));
    let rest = format!(
        "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\n\r\n\
         POST /2018-06-01/runtime/invocation/{ID}/response HTTP/1.1\r\nContent-Length: 3\r\n\r\n[1]"
    );
    bench.runtime.write_all(rest.as_bytes()).await.unwrap();
    assert_eq!(bench.api.asked().await, Asked::Next);
    bench.send();
    assert_eq!(bench.api.asked().await, Asked::Answered(Answer::Response(Bytes::from_static(b"[1]"))));
    assert_eq!(bench.answer().await, (202, OK.to_owned()));
}

#[tokio::test]
async fn a_runtime_that_asks_elsewhere_gets_there_what_came_ahead() {
    let mut bench = told().await;
    send_ahead(&mut bench);
    assert_eq!(bench.answer().await, (200, "{}".to_owned()));
    let address = bench.runtime.peer_addr().unwrap();
    bench.runtime = TcpStream::connect(address).await.unwrap();
    bench.ask("GET", "runtime/invocation/next", "", "").await;
    assert_eq!(bench.api.asked().await, Asked::Next);
    bench.send();
    assert_eq!(bench.answer().await, (200, "{}".to_owned()));
}

#[tokio::test]
async fn only_a_runtime_that_has_its_function_and_asks_for_nothing_gets_an_event_ahead() {
    let mut bench = waiting().await;
    bench.api.give_settings(b"{}".to_vec());
    send_ahead(&mut bench);
    bench.api.release();
    assert_eq!(bench.answer().await, (200, "{}\n".to_owned()));
    bench.ask("GET", "runtime/invocation/next", "", "").await;
    assert_eq!(bench.api.asked().await, Asked::Next);
    send_ahead(&mut bench);
    bench.send();
    assert_eq!(bench.answer().await, (200, "{}".to_owned()));
    bench.ask("GET", "runtime/mayfly/settings", "", "").await;
    assert_eq!(bench.answer().await, (404, "404 page not found\n".to_owned()));
}

#[tokio::test]
async fn from_there_on_it_is_as_any_other_runtime() {
    let mut bench = told().await;
    bench.ask("GET", "runtime/invocation/next", "", "").await;
    assert_eq!(bench.api.asked().await, Asked::Next);
}

#[tokio::test]
async fn a_runtime_that_was_started_for_its_function_finds_no_settings() {
    let mut bench = Bench::new().await;
    bench.ask("GET", SETTINGS, "", "").await;
    assert_eq!(bench.answer().await, (404, "404 page not found\n".to_owned()));
}

#[tokio::test]
async fn a_parked_runtime_that_wants_an_event_is_out_of_turn() {
    let mut bench = parked().await;
    bench.ask("GET", "runtime/invocation/next", "", "").await;
    let refused = bench.api.settings_asked().await.unwrap_err();
    assert_eq!(refused.to_string(), "it asked for Next instead of its settings");
}
