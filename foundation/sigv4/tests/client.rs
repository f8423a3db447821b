//! The client against a server on the loopback.

use std::convert::Infallible;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use model::Timestamp;
use sigv4::client::{Client, ClientError, Options};
use sigv4::{Claim, Credential, Payload, Request as Signed, Signer};
use tokio::net::TcpListener;

const NOW: Timestamp = Timestamp::from_millis(1_500_690_894_000);

fn client() -> Client {
    Client::new(Options {
        connect_timeout: Duration::from_secs(5),
        request_timeout: Duration::from_secs(5),
        response_max_bytes: 64,
    })
}

fn key() -> Credential {
    Credential::new("AKIDEXAMPLE", "secret").with_session_token("token")
}

/// Answers whether the request that arrived is signed with [`key`].
async fn judge(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let view = Signed::of(&parts);
    let verdict =
        Claim::parse(&view, NOW).and_then(|claim| claim.verify(&view, Payload::Body(&body), &key()));
    Ok(Response::new(Full::from(format!("{verdict:?}"))))
}

/// The address of a server that serves one connection.
async fn judging_server() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(judge)).await
    });
    address
}

#[tokio::test]
async fn what_it_signs_arrives_as_it_was_signed() {
    let address = judging_server().await;
    let credential = key();
    let signer = Signer { credential: &credential, region: "us-east-1", service: "lambda" };
    let uri = format!("http://{address}/2017-03-31/tags/arn%3Aaws%3Alambda?b=%20&a");
    let request =
        Request::post(uri).header("content-type", "application/json").body(Bytes::from("{}")).unwrap();
    let response = client().send_signed(request, &signer, NOW).await.unwrap();
    assert_eq!(response.body(), "Ok(())");
}

#[tokio::test]
async fn a_response_over_the_limit_is_refused() {
    let address = judging_server().await;
    // The verdict on this one repeats the header, which makes it longer than the client reads.
    let request = Request::get(format!("http://{address}/"))
        .header("authorization", format!("AWS9{}", "x".repeat(100)))
        .body(Bytes::new())
        .unwrap();
    let error = client().send(request).await.unwrap_err();
    assert!(matches!(error, ClientError::ResponseTooLarge { limit: 64 }), "{error}");
}

#[tokio::test]
async fn nobody_listening_is_told_apart() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let request = Request::get(format!("http://{address}/")).body(Bytes::new()).unwrap();
    assert!(client().send(request).await.unwrap_err().is_connect());
}
