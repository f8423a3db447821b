//! What a runtime that was started ahead of its function may ask.

use super::*;

const SETTINGS: &str = "runtime/mayfly/settings";

async fn parked() -> Bench {
    let mut bench = Bench::new().await;
    bench.api.settings = Settings::Open;
    bench
}

#[tokio::test]
async fn the_settings_are_held_until_a_function_takes_the_environment_and_given_once() {
    let mut bench = parked().await;
    bench.ask("GET", SETTINGS, "", "").await;
    bench.api.settings_asked().await.unwrap();
    bench.api.give_settings(b"{\"A\":\"1\"}".to_vec());
    bench.api.release();
    assert_eq!(bench.answer().await, (200, "{\"A\":\"1\"}\n".to_owned()));
    bench.ask("GET", SETTINGS, "", "").await;
    assert_eq!(bench.answer().await, (404, "404 page not found\n".to_owned()));
}

#[tokio::test]
async fn the_end_of_the_settings_is_held_back_until_the_code_is_there() {
    let mut bench = parked().await;
    bench.ask("GET", SETTINGS, "", "").await;
    bench.api.settings_asked().await.unwrap();
    bench.api.give_settings(b"{}".to_vec());
    let mut answer = [0; 256];
    let length = bench.runtime.read(&mut answer).await.unwrap();
    assert!(answer[..length].ends_with(b"Content-Length: 3\r\n\r\n{}"));
    assert_eq!(bench.runtime.try_read(&mut answer).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    bench.api.release();
    let length = bench.runtime.read(&mut answer).await.unwrap();
    assert_eq!(answer[..length], *b"\n");
}

#[tokio::test]
async fn from_there_on_it_is_as_any_other_runtime() {
    let mut bench = parked().await;
    bench.ask("GET", SETTINGS, "", "").await;
    bench.api.settings_asked().await.unwrap();
    bench.api.give_settings(b"{}".to_vec());
    bench.api.release();
    assert_eq!(bench.answer().await, (200, "{}\n".to_owned()));
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
