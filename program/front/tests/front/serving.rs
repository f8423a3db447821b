use std::time::Duration;

use bytes::Bytes;
use front::Drained;
use http::Request;
use http_body_util::Full;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::toy::{INVOKE_PATH, NOW, Setup, Toy, client, downloads, header, http_2, text};

#[tokio::test]
async fn says_when_it_is_ready() {
    let toy = Toy::start(Setup::default()).await;
    let response = toy.get_unsigned("/_mayfly/health", &[]).await;
    assert_eq!((response.status().as_u16(), text(&response)), (200, r#"{"status":"ready"}"#));
}

#[tokio::test]
async fn every_answer_carries_its_date_and_a_request_id() {
    let toy = Toy::start(Setup::default()).await;
    for response in [toy.post(INVOKE_PATH, b"").await, toy.get_unsigned("/", &[]).await] {
        assert!(header(&response, "date").ends_with("GMT"));
        assert_eq!(header(&response, "x-amzn-requestid").len(), 36);
    }
}

#[tokio::test]
async fn speaks_http_2_with_prior_knowledge() {
    let toy = Toy::start(Setup { off: true, ..Setup::default() }).await;
    let mut sender = http_2(&toy).await;
    let request = Request::post(toy.url(INVOKE_PATH)).body(Full::new(Bytes::from_static(b"{}"))).unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!((response.status().as_u16(), response.version()), (200, http::Version::HTTP_2));
}

#[tokio::test]
async fn a_link_downloads_a_package_for_ten_minutes() {
    let toy = Toy::start(Setup::default()).await;
    let get =
        |uri: String| async { client().send(Request::get(uri).body(Bytes::new()).unwrap()).await.unwrap() };
    let host = toy.address.to_string();
    let response = get(downloads().link(&host, "abc", NOW)).await;
    assert_eq!((response.status().as_u16(), header(&response, "content-length")), (200, "300000"));
    assert_eq!(response.body(), &[7_u8; 300_000][..]);
    let earlier = model::Timestamp::from_millis(NOW.as_millis() - 601_000);
    assert_eq!(get(downloads().link(&host, "abc", earlier)).await.status(), 400);
    assert_eq!(get(downloads().link(&host, "none", NOW)).await.status(), 404);
    let forged = downloads().link(&host, "abc", NOW).replace("/abc?", "/abd?");
    assert_eq!(get(forged).await.status(), 403);
    assert_eq!(get(toy.url("/_mayfly/code/abc")).await.status(), 403);
}

#[tokio::test]
async fn an_operation_that_fails_answers_500_and_harms_no_other() {
    let toy = Toy::start(Setup::default()).await;
    let response = toy.post("/panic", b"").await;
    assert_eq!((response.status().as_u16(), header(&response, "x-amzn-errortype")), (500, "InternalFailure"));
    assert_eq!(toy.post(INVOKE_PATH, b"").await.status(), 200);
}

#[tokio::test]
async fn a_client_that_hangs_up_does_not_stop_its_call() {
    let mut toy = Toy::start(Setup { off: true, ..Setup::default() }).await;
    let mut stream = TcpStream::connect(toy.address).await.unwrap();
    stream.write_all(b"POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}").await.unwrap();
    toy.slow_call_arrived().await;
    drop(stream);
    toy.release.add_permits(1);
    assert!(toy.ended.recv().await.unwrap().ends_with("/slow 2"));
}

#[tokio::test]
async fn draining_lets_a_call_finish_and_closes_idle_connections() {
    let toy = Toy::start(Setup { off: true, ..Setup::default() }).await;
    toy.post(INVOKE_PATH, b"").await;
    let call = tokio::spawn({
        let request = Request::get(toy.url("/slow")).body(Bytes::new()).unwrap();
        async move { client().send(request).await.unwrap() }
    });
    toy.slow_call_arrived().await;
    let (drained, response) = tokio::join!(toy.front.drain(Duration::from_secs(30)), async {
        toy.release.add_permits(1);
        call.await.unwrap()
    });
    assert_eq!((drained, response.status().as_u16()), (Drained::Clean, 200));
    assert!(TcpStream::connect(toy.address).await.is_err(), "nothing listens any more");
}

#[tokio::test]
async fn draining_ends_in_time_whatever_hangs() {
    let toy = Toy::start(Setup { off: true, ..Setup::default() }).await;
    let request = Request::get(toy.url("/slow")).body(Bytes::new()).unwrap();
    let call = tokio::spawn(async move { client().send(request).await });
    toy.slow_call_arrived().await;
    let drained = toy.front.drain(Duration::from_millis(50)).await;
    assert!(matches!(drained, Drained::Cut { unfinished: 1.. }), "{drained:?}");
    assert!(call.await.unwrap().is_err(), "no answer was made up");
}
