//! How answers and errors are written.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::StatusCode;
use serde_json::json;
use wire::lambda::{
    Environment, ErrorCode, FunctionConfiguration, InvocationResponse, Operation, Runtime, SERVICE,
};
use wire::{Blob, Empty, logs};

fn body(response: &http::Response<Bytes>) -> serde_json::Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[test]
fn absent_members_are_not_written() {
    let configuration = FunctionConfiguration {
        function_name: Some("f".to_owned()),
        runtime: Some(Runtime::Python3_12),
        memory_size: Some(128),
        ..FunctionConfiguration::default()
    };
    let response = Operation::CreateFunction.reply(&configuration);
    assert_eq!(response.status(), StatusCode::CREATED);
    assert_eq!(response.headers()["content-type"], "application/json");
    let expected = json!({ "FunctionName": "f", "Runtime": "python3.12", "MemorySize": 128 });
    assert_eq!(body(&response), expected);
}

#[test]
fn an_answer_of_nothing_has_no_body() {
    let response = Operation::DeleteAlias.reply(&Empty {});
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert!(response.body().is_empty());
    assert_eq!(Operation::DeleteFunction.status(), StatusCode::NO_CONTENT);
}

#[test]
fn an_invocation_answers_its_payload_its_status_and_its_headers() {
    let response = Operation::Invoke.reply(&InvocationResponse {
        status_code: Some(200),
        function_error: Some("Unhandled".to_owned()),
        executed_version: Some("$LATEST".to_owned()),
        payload: Bytes::from_static(b"{\"errorType\":\"E\"}"),
        ..InvocationResponse::default()
    });
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["x-amz-function-error"], "Unhandled");
    assert_eq!(response.headers()["x-amz-executed-version"], "$LATEST");
    assert!(!response.headers().contains_key("x-amz-log-result"));
    assert_eq!(response.body(), "{\"errorType\":\"E\"}");
}

#[test]
fn each_error_spells_its_message_as_its_shape_does() {
    let write = |code: ErrorCode| body(&SERVICE.refuse(&code.with("text")));
    assert_eq!(write(ErrorCode::ResourceNotFound), json!({ "Type": "User", "Message": "text" }));
    assert_eq!(write(ErrorCode::ResourceConflict), json!({ "Type": "User", "message": "text" }));
    assert_eq!(write(ErrorCode::Service), json!({ "Type": "Service", "Message": "text" }));
    assert_eq!(write(ErrorCode::Validation), json!({ "message": "text" }));
}

#[test]
fn an_error_carries_its_status_its_type_and_what_was_added() {
    let error = ErrorCode::TooManyRequests
        .with("Rate Exceeded.")
        .with_member("Reason", "ConcurrentInvocationLimitExceeded")
        .with_header("Retry-After", "1");
    let response = SERVICE.refuse(&error);
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(response.headers()["x-amzn-errortype"], "TooManyRequestsException");
    assert_eq!(response.headers()["retry-after"], "1");
    let reason = "ConcurrentInvocationLimitExceeded";
    assert_eq!(body(&response), json!({ "Type": "User", "message": "Rate Exceeded.", "Reason": reason }));
    let untyped = SERVICE.refuse(&ErrorCode::InvalidParameterValue.with("text").untyped());
    assert_eq!(body(&untyped), json!({ "message": "text" }));
}

#[test]
fn what_the_model_calls_sensitive_is_not_shown() {
    let variables = BTreeMap::from([("KEY".to_owned(), "secret".to_owned())]);
    let environment = Environment { variables: Some(variables) };
    assert_eq!(format!("{environment:?}"), "Environment { .. }");
    assert_eq!(format!("{:?}", Blob(Bytes::from_static(b"zip"))), "Blob(3 bytes)");
}

#[test]
fn logs_name_the_error_in_the_body() {
    let response = logs::SERVICE.refuse(&logs::ErrorCode::ResourceNotFound.with("text"));
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(response.headers()["content-type"], "application/x-amz-json-1.1");
    assert_eq!(body(&response), json!({ "__type": "ResourceNotFoundException", "message": "text" }));
}
