//! Code from S3, with a server that knows one object.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sigv4::Credential;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::server::{Server, zip};
use crate::s3::S3;

const MISSING: &str =
    "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>";

/// A server whose S3 holds `bucket/dir/code.zip`.
async fn with_object() -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((connection, _)) = listener.accept().await {
            answer(connection).await;
        }
    });
    let mut server = Server::new().await;
    server.control.s3 = Some(S3::new(endpoint.parse().unwrap(), Credential::new("AKID", "secret")));
    server
}

/// One signed request a connection.
async fn answer(mut connection: TcpStream) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        request.push(connection.read_u8().await.unwrap());
    }
    let request = String::from_utf8(request).unwrap().to_ascii_lowercase();
    assert!(request.contains("authorization: aws4-hmac-sha256 credential=akid/"), "{request}");
    let (status, body) = if request.starts_with("get /bucket/dir/code.zip http") {
        ("200 OK", STANDARD.decode(zip("from S3")).unwrap())
    } else {
        ("404 Not Found", MISSING.as_bytes().to_vec())
    };
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    connection.write_all(head.as_bytes()).await.unwrap();
    connection.write_all(&body).await.unwrap();
}

#[tokio::test]
async fn code_is_fetched_from_the_configured_endpoint() {
    let server = with_object().await;
    let inline = Server::new().await.create_with(json!({"Code": {"ZipFile": zip("from S3")}})).await;
    let created = server.create_with(json!({"Code": {"S3Bucket": "bucket", "S3Key": "dir/code.zip"}})).await;
    assert_eq!(created.status, 201, "{created:?}");
    assert_eq!(created.body["CodeSha256"], inline.body["CodeSha256"]);
}

#[tokio::test]
async fn what_s3_says_is_passed_on_as_aws_words_it() {
    let server = with_object().await;
    let missing = server.create_with(json!({"Code": {"S3Bucket": "bucket", "S3Key": "other.zip"}})).await;
    let text = "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not exist.";
    assert_eq!(missing.refusal(), (400, "InvalidParameterValueException", text));
}
