use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use front::{Audit, Authentication, Front, Options, Place, Service};
use http::{Request, Response};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use model::Clock;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use crate::toy::{ACCOUNT, NOW, keys};

/// A front whose one service answers with what is sent into the channel, and the front's address.
async fn start() -> (mpsc::Sender<&'static str>, String) {
    let (sender, received) = mpsc::channel::<&'static str>(1);
    let received = Arc::new(Mutex::new(Some(received)));
    let answer = move |_call| {
        let mut received = received.lock().unwrap().take().unwrap();
        async move {
            let stream = futures_util::stream::poll_fn(move |cx| {
                received.poll_recv(cx).map(|piece| Some(Ok::<_, io::Error>(Frame::data(Bytes::from(piece?)))))
            });
            Response::new(StreamBody::new(stream))
        }
    };
    let options = Options {
        authentication: Authentication::Off,
        region: "us-east-1".parse().unwrap(),
        account: ACCOUNT.parse().unwrap(),
        endpoints: Default::default(),
    };
    let services = vec![Service::new("lambda", None, |_parts| None, answer)];
    let folder = tempfile::tempdir().unwrap();
    let audit = Audit::open(folder.path()).unwrap();
    let front = Front::new(options, Clock::manual(NOW), keys(), services, Arc::new(|_| Ok(None)), audit);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move { front.serve_listener(listener, Place::Host).await });
    (sender, url)
}

/// Each piece arrives before the next is there.
async fn arrives_piece_by_piece(http2_only: bool) {
    let (sender, url) = start().await;
    let client = Client::builder(TokioExecutor::new()).http2_only(http2_only).build_http();
    let request = Request::get(url).body(String::new()).unwrap();
    sender.send("first").await.unwrap();
    let mut body = client.request(request).await.unwrap().into_body();
    for piece in ["first", "second", "third"] {
        let frame = tokio::time::timeout(Duration::from_secs(10), body.frame()).await.unwrap();
        assert_eq!(frame.unwrap().unwrap().into_data().unwrap(), piece);
        if piece != "third" {
            sender.send(if piece == "first" { "second" } else { "third" }).await.unwrap();
        }
    }
    drop(sender);
    assert_eq!(body.collect().await.unwrap().to_bytes(), "");
}

#[tokio::test]
async fn a_body_is_sent_as_it_comes() {
    arrives_piece_by_piece(false).await;
}

#[tokio::test]
async fn a_body_is_sent_as_it_comes_over_http2() {
    arrives_piece_by_piece(true).await;
}
