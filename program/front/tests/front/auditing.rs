use std::time::Duration;

use bytes::Bytes;
use http::Request;
use serde_json::{Value, json};

use crate::toy::{INVOKE_PATH, Setup, Toy, header, root};

impl Toy {
    fn audited(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(self.folder.path().join("audit.log")).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[tokio::test]
async fn a_call_is_written_down_before_its_answer_leaves() {
    let toy = Toy::start(Setup::default()).await;
    let request = Request::post(toy.url("/"))
        .header("x-amz-target", "Logs_20140328.CreateLogGroup")
        .header("user-agent", "x".repeat(1000))
        .body(Bytes::from_static(b"{\"logGroupName\":\"secret\"}"))
        .unwrap();
    let response = toy.send_as(&root(), "logs", request).await;
    let expected = json!({
        "eventTime": "2023-11-14T22:13:20.000Z",
        "eventSource": "logs",
        "eventName": "CreateLogGroup",
        "awsRegion": "us-east-1",
        "userIdentity": { "accountId": "000000000000", "arn": "arn:aws:iam::000000000000:root" },
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "x".repeat(256),
        "requestID": header(&response, "x-amzn-requestid"),
        "path": "/",
        "status": 200,
    });
    assert_eq!(toy.audited(), [expected]);
}

#[tokio::test]
async fn invocations_and_unsigned_requests_are_not_written_down() {
    let toy = Toy::start(Setup::default()).await;
    toy.post(INVOKE_PATH, b"{}").await;
    toy.get_unsigned("/2015-03-31/functions", &[]).await;
    toy.send_as(&sigv4::Credential::new("AKIASTRANGER00000000", "guess"), "lambda", {
        Request::get(toy.url("/2015-03-31/functions")).body(Bytes::new()).unwrap()
    })
    .await;
    assert_eq!(toy.audited(), [] as [Value; 0]);
}

#[tokio::test]
async fn a_call_that_fails_here_is_written_down_without_a_status() {
    let toy = Toy::start(Setup::default()).await;
    toy.post("/panic", b"").await;
    let audited = toy.audited();
    assert_eq!(
        (audited.len(), &audited[0]["path"], &audited[0]["status"]),
        (1, &json!("/panic"), &Value::Null)
    );
}

#[tokio::test]
async fn a_call_whose_caller_has_gone_away_is_written_down() {
    let toy = Toy::start(Setup::default()).await;
    let hung_up = tokio::time::timeout(Duration::from_millis(50), toy.post("/slow", b""));
    let (hung_up, ()) = tokio::join!(hung_up, toy.slow_call_arrived());
    hung_up.unwrap_err();
    toy.release.add_permits(1);
    toy.front.drain(Duration::from_secs(10)).await;
    assert_eq!(toy.audited()[0]["path"], "/slow");
}
