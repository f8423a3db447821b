//! The service as a client sees it: JSON in, JSON out.

use bytes::Bytes;
use http::StatusCode;
use model::caller::{FunctionPermissions, FunctionSession, Principal};
use model::{Caller, Clock, Timestamp};
use observability::logs::{Logs, Options};
use serde_json::{Value, json};

const NOW_MS: i64 = 1_800_000_000_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

struct Client {
    service: logs::Service,
    caller: Caller,
    _folder: tempfile::TempDir,
}

impl Client {
    fn new() -> Client {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::manual(Timestamp::from_millis(NOW_MS));
        let store = Logs::open(folder.path(), clock, Options::default()).unwrap();
        let service = logs::Service::new(store);
        Client { service, caller: Caller::root("000000000000".parse().unwrap()), _folder: folder }
    }

    async fn send(&self, operation: &str, request: &Value) -> (StatusCode, Value) {
        let target = format!("Logs_20140328.{operation}");
        let http = http::Request::post("/").header("x-amz-target", target).body(()).unwrap();
        let (parts, ()) = http.into_parts();
        let region = "us-east-1".parse().unwrap();
        let body = Bytes::from(request.to_string());
        let response = self.service.call(&self.caller, region, &parts, body).await;
        (response.status(), serde_json::from_slice(response.body()).unwrap())
    }

    async fn ok(&self, operation: &str, request: Value) -> Value {
        let (status, body) = self.send(operation, &request).await;
        assert_eq!(status, StatusCode::OK, "{operation}: {body}");
        body
    }

    /// The error's type and message.
    async fn refused(&self, operation: &str, request: Value) -> (String, String) {
        let (status, body) = self.send(operation, &request).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{operation}: {body}");
        let text = |member: &str| body[member].as_str().map(str::to_owned);
        let message = text("message").or_else(|| text("Message")).unwrap_or_default();
        (text("__type").unwrap(), message)
    }

    async fn with_stream() -> Client {
        let client = Client::new();
        client.ok("CreateLogGroup", json!({"logGroupName": "g"})).await;
        client.ok("CreateLogStream", json!({"logGroupName": "g", "logStreamName": "s"})).await;
        client
    }

    async fn put(&self, events: &[(i64, &str)]) -> Value {
        let events = events.iter().map(|(time, text)| json!({"timestamp": time, "message": text}));
        let events = events.collect::<Vec<_>>();
        self.ok("PutLogEvents", json!({"logGroupName": "g", "logStreamName": "s", "logEvents": events})).await
    }
}

fn error(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

fn messages(page: &Value) -> Vec<&str> {
    page["events"].as_array().unwrap().iter().map(|event| event["message"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_group_is_described_as_aws_does() {
    let client = Client::new();
    client.ok("CreateLogGroup", json!({"logGroupName": "/aws/lambda/f", "tags": {"a": "b"}})).await;
    client.ok("PutRetentionPolicy", json!({"logGroupName": "/aws/lambda/f", "retentionInDays": 7})).await;
    let described = client.ok("DescribeLogGroups", json!({"logGroupNamePrefix": "/aws/"})).await;
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f";
    assert_eq!(
        described,
        json!({"logGroups": [{
            "logGroupName": "/aws/lambda/f", "creationTime": NOW_MS, "retentionInDays": 7,
            "metricFilterCount": 0, "arn": format!("{arn}:*"), "logGroupArn": arn, "storedBytes": 0,
            "logGroupClass": "STANDARD", "deletionProtectionEnabled": false,
        }]})
    );
    client.ok("DeleteRetentionPolicy", json!({"logGroupName": "/aws/lambda/f"})).await;
    let described = client.ok("DescribeLogGroups", json!({"logGroupIdentifiers": [arn]})).await;
    assert_eq!(described["logGroups"][0]["retentionInDays"], Value::Null);
}

#[tokio::test]
async fn lists_are_paged_by_tokens() {
    let client = Client::new();
    for name in ["a", "b", "c"] {
        client.ok("CreateLogGroup", json!({"logGroupName": name})).await;
        client.ok("CreateLogStream", json!({"logGroupName": "a", "logStreamName": name})).await;
    }
    for (operation, items, name) in [
        ("DescribeLogGroups", "logGroups", "logGroupName"),
        ("DescribeLogStreams", "logStreams", "logStreamName"),
    ] {
        let mut request = json!({"limit": 2});
        if operation == "DescribeLogStreams" {
            request["logGroupName"] = json!("a");
        }
        let first = client.ok(operation, request.clone()).await;
        assert_eq!((&first[items][0][name], &first[items][1][name]), (&json!("a"), &json!("b")));
        request["nextToken"] = first["nextToken"].clone();
        let second = client.ok(operation, request.clone()).await;
        assert_eq!((&second[items][0][name], &second["nextToken"]), (&json!("c"), &Value::Null));
        request["nextToken"] = json!("not: a token");
        let refused = client.refused(operation, request).await;
        assert_eq!(refused, error("InvalidParameterException", "The specified nextToken is invalid."));
    }
}

#[tokio::test]
async fn a_stream_is_described_as_aws_does() {
    let client = Client::with_stream().await;
    client.put(&[(NOW_MS - 5, "a"), (NOW_MS - 1, "b")]).await;
    let described =
        client.ok("DescribeLogStreams", json!({"logGroupIdentifier": "g", "orderBy": "LastEventTime"})).await;
    assert_eq!(
        described["logStreams"][0],
        json!({
            "logStreamName": "s", "creationTime": NOW_MS, "firstEventTimestamp": NOW_MS - 5,
            "lastEventTimestamp": NOW_MS - 1, "lastIngestionTime": NOW_MS, "storedBytes": 0,
            "uploadSequenceToken": format!("{:056}", 3),
            "arn": "arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream:s",
        })
    );
}

#[tokio::test]
async fn what_is_there_already_or_not_at_all_is_said_in_aws_words() {
    let client = Client::with_stream().await;
    let group = json!({"logGroupName": "g"});
    let stream = json!({"logGroupName": "g", "logStreamName": "s"});
    let exists = "ResourceAlreadyExistsException";
    assert_eq!(
        client.refused("CreateLogGroup", group).await,
        error(exists, "The specified log group already exists")
    );
    assert_eq!(
        client.refused("CreateLogStream", stream).await,
        error(exists, "The specified log stream already exists")
    );

    let no_group = error("ResourceNotFoundException", "The specified log group does not exist.");
    for operation in [
        "DeleteLogGroup",
        "DescribeLogStreams",
        "FilterLogEvents",
        "DeleteRetentionPolicy",
        "ListTagsLogGroup",
    ] {
        assert_eq!(client.refused(operation, json!({"logGroupName": "none"})).await, no_group, "{operation}");
    }
    let no_stream = error("ResourceNotFoundException", "The specified log stream does not exist.");
    for operation in ["GetLogEvents", "DeleteLogStream"] {
        let request = json!({"logGroupName": "g", "logStreamName": "none"});
        assert_eq!(client.refused(operation, request).await, no_stream, "{operation}");
    }
    let arn = json!({"resourceArn": "arn:aws:logs:us-east-1:111111111111:log-group:g"});
    let no_resource = error("ResourceNotFoundException", "The specified resource does not exist.");
    assert_eq!(client.refused("ListTagsForResource", arn).await, no_resource);
}

#[tokio::test]
async fn parameters_that_do_not_fit_are_said_in_aws_words() {
    let client = Client::with_stream().await;
    for (operation, request, message) in [
        (
            "CreateLogGroup",
            json!({"logGroupName": "AWS/x"}),
            "Log groups starting with AWS/ are reserved for AWS.",
        ),
        (
            "PutRetentionPolicy",
            json!({"logGroupName": "g", "retentionInDays": 2}),
            "Invalid retention value. Valid values are: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]",
        ),
        (
            "DescribeLogStreams",
            json!({"logGroupName": "g", "orderBy": "LastEventTime", "logStreamNamePrefix": "s"}),
            "Cannot order by LastEventTime with a logStreamNamePrefix.",
        ),
        (
            "DescribeLogGroups",
            json!({"logGroupNamePrefix": "g", "logGroupNamePattern": "g"}),
            "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.",
        ),
        (
            "FilterLogEvents",
            json!({"logGroupName": "g", "filterPattern": "{ $.a = 1"}),
            "If a filter pattern starts with '{' it must end with '}'",
        ),
        (
            "GetLogEvents",
            json!({"logGroupName": "g", "logStreamName": "s", "nextToken": "x"}),
            "The specified nextToken is invalid.",
        ),
        (
            "PutLogEvents",
            json!({"logGroupName": "g", "logStreamName": "s", "logEvents": [
                {"timestamp": 2, "message": "b"}, {"timestamp": 1, "message": "a"}]}),
            "Log events in a single PutLogEvents request must be in chronological order.",
        ),
    ] {
        let refused = client.refused(operation, request).await;
        assert_eq!(refused, error("InvalidParameterException", message), "{operation}");
    }
}

#[tokio::test]
async fn a_protected_group_and_too_many_tags_are_refused() {
    let client = Client::new();
    client.ok("CreateLogGroup", json!({"logGroupName": "g", "deletionProtectionEnabled": true})).await;
    assert_eq!(client.refused("DeleteLogGroup", json!({"logGroupName": "g"})).await.0, "ValidationException");

    let tags = |from: u32, to: u32| {
        (from..to).map(|n| (n.to_string(), json!(""))).collect::<serde_json::Map<_, _>>()
    };
    client.ok("TagLogGroup", json!({"logGroupName": "g", "tags": tags(0, 50)})).await;
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:g";
    let refused = client.refused("TagResource", json!({"resourceArn": arn, "tags": tags(50, 51)})).await;
    assert_eq!(refused, error("TooManyTagsException", "A resource can have no more than 50 tags."));
}

#[tokio::test]
async fn tags_of_aws_s_own_are_refused() {
    let client = Client::with_stream().await;
    let tags = json!({"mine": "1", "AWS:x": "2"});
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:g";
    let requests = [
        ("CreateLogGroup", json!({"logGroupName": "h", "tags": tags})),
        ("TagResource", json!({"resourceArn": arn, "tags": tags})),
        ("TagLogGroup", json!({"logGroupName": "g", "tags": tags})),
    ];
    let message = "aws: prefixed tag key names are not allowed for external use.";
    for (operation, request) in requests {
        let refused = client.refused(operation, request).await;
        assert_eq!(refused, error("InvalidParameterException", message), "{operation}");
    }
}

#[tokio::test]
async fn tags_are_the_same_by_name_and_by_arn() {
    let client = Client::with_stream().await;
    let arn = "arn:aws:logs:us-east-1:000000000000:log-group:g";
    client.ok("TagResource", json!({"resourceArn": arn, "tags": {"a": "1", "b": "2"}})).await;
    assert_eq!(
        client.ok("ListTagsLogGroup", json!({"logGroupName": "g"})).await,
        json!({"tags": {"a": "1", "b": "2"}})
    );
    client.ok("UntagLogGroup", json!({"logGroupName": "g", "tags": ["a"]})).await;
    client.ok("UntagResource", json!({"resourceArn": arn, "tagKeys": ["b"]})).await;
    assert_eq!(client.ok("ListTagsForResource", json!({"resourceArn": arn})).await, json!({"tags": {}}));
}

#[tokio::test]
async fn events_that_are_too_old_or_too_new_are_left_out_and_reported() {
    let client = Client::with_stream().await;
    let hour = 60 * 60 * 1000;
    let answer =
        client.put(&[(NOW_MS - 14 * DAY_MS - 1, "old"), (NOW_MS - 14 * DAY_MS + hour, "kept")]).await;
    assert_eq!(answer["rejectedLogEventsInfo"], json!({"tooOldLogEventEndIndex": 1}));
    let answer = client.put(&[(NOW_MS, "kept"), (NOW_MS + 3 * hour, "new")]).await;
    assert_eq!(answer["rejectedLogEventsInfo"], json!({"tooNewLogEventStartIndex": 1}));
    assert_eq!(answer["nextSequenceToken"], json!(format!("{:056}", 3)));

    client.ok("PutRetentionPolicy", json!({"logGroupName": "g", "retentionInDays": 1})).await;
    let answer = client.put(&[(NOW_MS - DAY_MS - 1, "expired")]).await;
    assert_eq!(answer["rejectedLogEventsInfo"], json!({"expiredLogEventEndIndex": 1}));
}

#[tokio::test]
async fn reading_a_stream_follows_its_tokens() {
    let client = Client::with_stream().await;
    client.put(&[(NOW_MS, "a"), (NOW_MS, "b"), (NOW_MS + 1, "c")]).await;
    let request = |extra: Value| {
        let mut request = json!({"logGroupName": "g", "logStreamName": "s", "limit": 2});
        request.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        request
    };
    let tail = client.ok("GetLogEvents", request(json!({}))).await;
    assert_eq!(messages(&tail), ["b", "c"]);
    assert_eq!(tail["events"][1], json!({"timestamp": NOW_MS + 1, "message": "c", "ingestionTime": NOW_MS}));
    let before = client.ok("GetLogEvents", request(json!({"nextToken": tail["nextBackwardToken"]}))).await;
    assert_eq!(messages(&before), ["a"]);
    let end = client.ok("GetLogEvents", request(json!({"nextToken": tail["nextForwardToken"]}))).await;
    assert_eq!((messages(&end).len(), &end["nextForwardToken"]), (0, &tail["nextForwardToken"]));
    let head =
        client.ok("GetLogEvents", request(json!({"startFromHead": true, "endTime": NOW_MS + 1}))).await;
    assert_eq!(messages(&head), ["a", "b"]);
}

#[tokio::test]
async fn filtering_includes_the_end_of_the_time_range() {
    let client = Client::with_stream().await;
    client
        .put(&[(NOW_MS, "an ERROR"), (NOW_MS + 1, "fine"), (NOW_MS + 2, "ERROR too"), (NOW_MS + 3, "ERROR")])
        .await;
    let found = client
        .ok("FilterLogEvents", json!({"logGroupName": "g", "filterPattern": "ERROR", "endTime": NOW_MS + 2, "interleaved": true}))
        .await;
    assert_eq!(messages(&found), ["an ERROR", "ERROR too"]);
    assert_eq!(found["searchedLogStreams"], json!([]));
    assert_eq!(found["nextToken"], Value::Null);
    let event = &found["events"][0];
    assert_eq!((&event["logStreamName"], event["eventId"].as_str().unwrap().len()), (&json!("s"), 56));

    let mut request = json!({"logGroupName": "g", "limit": 2, "logStreamNamePrefix": "s"});
    let first = client.ok("FilterLogEvents", request.clone()).await;
    request["nextToken"] = first["nextToken"].clone();
    let second = client.ok("FilterLogEvents", request).await;
    assert_eq!((messages(&second), &second["nextToken"]), (vec!["ERROR too", "ERROR"], &Value::Null));
}

#[tokio::test]
async fn a_function_may_write_its_own_log_and_nothing_else() {
    let mut client = Client::with_stream().await;
    client.caller.principal = Principal::Function(FunctionSession {
        role: "r".to_owned(),
        session: "f".to_owned(),
        log_group: "g".to_owned(),
        permissions: FunctionPermissions::InvokeAndLog,
    });
    client.put(&[(NOW_MS, "own")]).await;
    let refused = client.refused("FilterLogEvents", json!({"logGroupName": "g"})).await;
    assert_eq!(
        refused,
        error(
            "AccessDeniedException",
            "User: arn:aws:sts::000000000000:assumed-role/r/f is not authorized to perform: logs:FilterLogEvents on resource: arn:aws:logs:us-east-1:000000000000:log-group:g:log-stream: because no identity-based policy allows the logs:FilterLogEvents action"
        )
    );
    assert_eq!(
        client.refused("CreateLogGroup", json!({"logGroupName": "other"})).await.0,
        "AccessDeniedException"
    );
}

#[tokio::test]
async fn an_operation_that_is_not_served_is_unknown() {
    let client = Client::new();
    assert_eq!(client.refused("StartQuery", json!({})).await.0, "UnknownOperationException");
}

#[test]
fn every_operation_of_the_wire_is_served() {
    assert_eq!(logs::SERVED, wire::logs::Operation::ALL);
}

#[tokio::test]
async fn a_call_may_be_a_task_of_its_own() {
    let Client { service, caller, _folder } = Client::with_stream().await;
    let answer = tokio::spawn(async move {
        let target = "Logs_20140328.DescribeLogGroups";
        let (parts, ()) =
            http::Request::post("/").header("x-amz-target", target).body(()).unwrap().into_parts();
        service.call(&caller, "us-east-1".parse().unwrap(), &parts, Bytes::from_static(b"{}")).await
    });
    assert_eq!(answer.await.unwrap().status(), StatusCode::OK);
}
