use std::collections::HashMap;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use front::{Endpoint, Mode, Session};
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use sigv4::{Claim, Credential, Payload, Request as Signed};
use tokio::net::TcpListener;

use crate::toy::{ACCOUNT, NOW, Setup, Toy, header, keys, root, text};

fn operators_key() -> Credential {
    Credential::new("AKIAOPERATOR", "operator secret")
}

/// Says who signed what it got, in which host's name.
async fn witness(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let view = Signed::of(&parts);
    let signer = [root(), operators_key()].into_iter().find(|key| {
        Claim::parse(&view, NOW).and_then(|claim| claim.verify(&view, Payload::Body(&body), key)).is_ok()
    });
    let signer = signer.map_or("nobody".to_owned(), |key| key.access_key_id().to_owned());
    let said = format!("{signer} {} {} {}", parts.method, parts.uri, body.len());
    Ok(Response::builder().header("x-amzn-requestid", "upstream").body(Full::from(said)).unwrap())
}

async fn upstream() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service_fn(witness)));
        }
    });
    address
}

async fn toy_with(service: &str, mode: Mode) -> Toy {
    let url = format!("http://{}", upstream().await).parse().unwrap();
    let endpoints = HashMap::from([(service.to_owned(), Endpoint { url, mode })]);
    Toy::start(Setup { endpoints, ..Setup::default() }).await
}

#[tokio::test]
async fn passes_a_request_through_as_it_came() {
    let toy = toy_with("s3", Mode::Passthrough).await;
    let request = Request::put(toy.url("/bucket/a%20b?x=1")).body(Bytes::from(vec![1; 100_000])).unwrap();
    let response = toy.send_as(&root(), "s3", request).await;
    assert_eq!(text(&response), "AKIAMAYFLY0000000000 PUT /bucket/a%20b?x=1 100000");
    assert_eq!(header(&response, "x-amzn-requestid"), "upstream");
}

#[tokio::test]
async fn signs_anew_with_the_operators_key() {
    for service in ["s3", "dynamodb"] {
        let toy = toy_with(service, Mode::Resign(operators_key())).await;
        let request = Request::post(toy.url("/x?b=2&a=1")).body(Bytes::from_static(b"{}")).unwrap();
        let response = toy.send_as(&root(), service, request).await;
        assert_eq!(text(&response), "AKIAOPERATOR POST /x?b=2&a=1 2");
    }
}

#[tokio::test]
async fn forwards_nothing_for_a_wrong_signature() {
    let toy = toy_with("dynamodb", Mode::Resign(operators_key())).await;
    let request = Request::post(toy.url("/"))
        .header("x-amz-target", "DynamoDB_20120810.GetItem")
        .body(Bytes::new())
        .unwrap();
    let response = toy.send_as(&Credential::new(root().access_key_id(), "guess"), "dynamodb", request).await;
    assert_eq!(
        (response.status().as_u16(), header(&response, "x-amzn-errortype")),
        (400, "InvalidSignatureException")
    );
}

#[tokio::test]
async fn a_function_may_not_use_what_its_role_does_not_allow() {
    let toy = toy_with("dynamodb", Mode::Resign(operators_key())).await;
    let minted = keys().mint(&Session {
        account: ACCOUNT.parse().unwrap(),
        role: "role".to_owned(),
        name: "f".to_owned(),
        log_group: "/aws/lambda/f".to_owned(),
        expires: NOW + Duration::from_secs(60),
    });
    let session = Credential::new(minted.access_key_id, minted.secret_access_key)
        .with_session_token(minted.session_token);
    let request = Request::post(toy.url("/"))
        .header("x-amz-target", "DynamoDB_20120810.GetItem")
        .body(Bytes::new())
        .unwrap();
    let response = toy.send_as(&session, "dynamodb", request).await;
    assert_eq!(
        text(&response),
        r#"{"__type":"AccessDeniedException","Message":"User: arn:aws:sts::000000000000:assumed-role/role/f is not authorized to perform: dynamodb:GetItem on resource: * because no identity-based policy allows the dynamodb:GetItem action"}"#
    );
}

#[tokio::test]
async fn a_service_without_an_endpoint_is_said_to_be_absent() {
    let toy = Toy::start(Setup::default()).await;
    let request = Request::get(toy.url("/bucket")).body(Bytes::new()).unwrap();
    let response = toy.send_as(&root(), "s3", request).await;
    assert_eq!(response.status(), 501);
    assert!(text(&response).contains("<Code>NotImplemented</Code>"), "{}", text(&response));
    assert!(text(&response).contains("--endpoint s3=URL"), "{}", text(&response));
}

#[tokio::test]
async fn an_endpoint_that_is_down_answers_503() {
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap()).parse().unwrap();
    drop(nobody);
    let endpoints = HashMap::from([("sqs".to_owned(), Endpoint { url, mode: Mode::Passthrough })]);
    let toy = Toy::start(Setup { endpoints, ..Setup::default() }).await;
    let request = Request::post(toy.url("/")).body(Bytes::new()).unwrap();
    let response = toy.send_as(&root(), "sqs", request).await;
    assert_eq!(
        (response.status().as_u16(), header(&response, "x-amzn-errortype")),
        (503, "ServiceUnavailable")
    );
}

#[tokio::test]
async fn a_front_that_is_its_own_endpoint_does_not_go_round() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}").parse().unwrap();
    let endpoints = HashMap::from([("sqs".to_owned(), Endpoint { url, mode: Mode::Passthrough })]);
    let toy = Toy::start(Setup { endpoints, ..Setup::default() }).await;
    let listener = TcpListener::bind(address).await.unwrap();
    let front = toy.front.clone();
    tokio::spawn(async move { front.serve_listener(listener, front::Place::Host).await });
    let request = Request::post(toy.url("/")).body(Bytes::new()).unwrap();
    assert_eq!(toy.send_as(&root(), "sqs", request).await.status(), 404);
}
