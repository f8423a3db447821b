//! What AWS says of requests that break the model, as recorded from it.

use bytes::Bytes;
use serde_json::json;
use wire::lambda::{
    CreateAliasRequest, CreateFunctionRequest, CreateFunctionUrlConfigRequest, GetFunctionRequest,
    InvocationRequest, ListFunctionsRequest, PublishLayerVersionRequest, PutFunctionEventInvokeConfigRequest,
    PutFunctionRecursionConfigRequest, Runtime, TagResourceRequest, UntagResourceRequest,
};
use wire::{Error, Input, lambda, logs};

fn parse<T: Input>(method: &str, uri: &str, body: impl AsRef<[u8]>) -> Result<T, Error> {
    let request = http::Request::builder().method(method).uri(uri);
    let (parts, ()) = request.body(()).unwrap().into_parts();
    lambda::receive(&parts, Bytes::copy_from_slice(body.as_ref()))?.1.parse()
}

fn refusal<T: Input + std::fmt::Debug>(
    method: &str,
    uri: &str,
    body: &serde_json::Value,
) -> (&'static str, String) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let error = parse::<T>(method, uri, body).unwrap_err();
    (error.code(), error.message().unwrap_or_default().to_owned())
}

fn create(changes: &serde_json::Value) -> (&'static str, String) {
    let mut body = json!({ "FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r", "Code": {} });
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    refusal::<CreateFunctionRequest>("POST", "/2015-03-31/functions", &body)
}

const NULL: serde_json::Value = serde_json::Value::Null;

#[test]
fn a_missing_member_must_not_be_null() {
    let refusal = refusal::<UntagResourceRequest>(
        "DELETE",
        "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af",
        &NULL,
    );
    let text = "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member must not be null";
    assert_eq!(refusal, ("ValidationException", text.to_owned()));
}

#[test]
fn several_breaches_stand_in_one_text() {
    let (code, text) = refusal::<CreateFunctionRequest>("POST", "/2015-03-31/functions", &json!({}));
    assert_eq!(code, "ValidationException");
    let missing =
        |path| format!("Value null at '{path}' failed to satisfy constraint: Member must not be null");
    let expected = [missing("functionName"), missing("role"), missing("code")].join("; ");
    assert_eq!(text, format!("3 validation errors detected: {expected}"));
}

#[test]
fn an_enumeration_lists_its_values_in_the_order_of_the_servers() {
    let (code, text) = refusal::<PutFunctionRecursionConfigRequest>(
        "PUT",
        "/2024-08-31/functions/f/recursion-config",
        &json!({ "RecursiveLoop": "invalidVal" }),
    );
    assert_eq!(code, "ValidationException");
    assert_eq!(
        text,
        "1 validation error detected: Value 'invalidVal' at 'recursiveLoop' failed to satisfy constraint: \
         Member must satisfy enum value set: [Terminate, Allow]"
    );
}

#[test]
fn a_header_is_checked_like_any_member() {
    let request =
        http::Request::post("/2015-03-31/functions/f/invocations").header("X-Amz-Invocation-Type", "dry_run");
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let (_, request) = lambda::receive(&parts, Bytes::new()).unwrap();
    let response = lambda::SERVICE.refuse(&request.parse::<InvocationRequest>().unwrap_err());
    assert_eq!(response.headers()["x-amzn-errortype"], "ValidationException");
    assert_eq!(
        response.body(),
        "{\"message\":\"1 validation error detected: Value 'dry_run' at 'invocationType' failed to satisfy constraint: \
         Member must satisfy enum value set: [DryRun, RequestResponse, Event]\"}"
    );
}

#[test]
fn a_list_shows_all_rules_of_its_items() {
    let (code, text) = create(&json!({ "Architectures": ["foo"] }));
    assert_eq!(code, "ValidationException");
    assert_eq!(
        text,
        "1 validation error detected: Value '[foo]' at 'architectures' failed to satisfy constraint: Member must \
         satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not be null]"
    );
    let (_, text) = create(&json!({ "Architectures": ["x86_64", "arm64"] }));
    assert_eq!(
        text,
        "1 validation error detected: Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: \
         Member must have length less than or equal to 1"
    );
}

#[test]
fn an_unknown_runtime_is_an_invalid_parameter_value() {
    let (code, text) = create(&json!({ "Runtime": "PYTHON3.9" }));
    assert_eq!(code, "InvalidParameterValueException");
    let start =
        "Value PYTHON3.9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [";
    assert!(text.starts_with(start), "{text}");
    assert!(text.ends_with("] or be a valid ARN"), "{text}");
    assert!(!text.contains("nodejs4.3"), "{text}");
}

#[test]
fn an_unknown_runtime_in_a_list_breaks_the_rule_of_the_list() {
    let body = json!({ "Content": {}, "CompatibleRuntimes": ["python3.12", "cobol"] });
    let (code, text) = refusal::<PublishLayerVersionRequest>("POST", "/2018-10-31/layers/l/versions", &body);
    assert_eq!(code, "ValidationException");
    let start = "1 validation error detected: Value '[python3.12, cobol]' at 'compatibleRuntimes' failed to satisfy \
                 constraint: Member must satisfy constraint: [Member must satisfy enum value set: [nodejs20.x, ";
    assert!(text.starts_with(start), "{text}");
    assert!(text.ends_with("], Member must not be null]"), "{text}");
}

#[test]
fn every_runtime_of_the_model_is_read() {
    for runtime in Runtime::ALL {
        let body = json!({
            "FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r", "Code": {}, "Runtime": runtime,
        });
        let request: CreateFunctionRequest =
            parse("POST", "/2015-03-31/functions", body.to_string()).unwrap();
        assert_eq!(request.runtime, Some(*runtime));
    }
}

#[test]
fn a_qualifier_is_reported_before_the_name() {
    let name = "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?\
                (function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";
    let (code, text) =
        refusal::<GetFunctionRequest>("GET", "/2015-03-31/functions/f%3A1%3A2?Qualifier=a%20b", &NULL);
    assert_eq!(code, "ValidationException");
    assert_eq!(
        text,
        format!(
            "2 validation errors detected: Value 'a b' at 'qualifier' failed to satisfy constraint: Member must satisfy \
             regular expression pattern: \\$(LATEST(\\.PUBLISHED)?)|[a-zA-Z0-9-_$]+; Value 'f:1:2' at 'functionName' \
             failed to satisfy constraint: Member must satisfy regular expression pattern: {name}"
        )
    );
}

#[test]
fn a_name_that_is_too_long_and_malformed_counts_twice_only_where_functions_are_made() {
    let name = format!("{}!", "n".repeat(300));
    let (_, text) = create(&json!({ "FunctionName": name }));
    assert!(text.starts_with("2 validation errors detected: "), "{text}");
    assert!(text.ends_with("Member must have length less than or equal to 140"), "{text}");
    let (_, text) = refusal::<GetFunctionRequest>("GET", &format!("/2015-03-31/functions/{name}"), &NULL);
    assert!(text.starts_with("1 validation error detected: "), "{text}");
}

#[test]
fn a_bare_name_is_shorter_than_an_arn() {
    let name = "n".repeat(65);
    let text = format!(
        "1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: Member must \
         have length less than or equal to 64"
    );
    assert_eq!(create(&json!({ "FunctionName": name })), ("InvalidParameterValueException", text));
    let partial = format!("function:{}", "n".repeat(64));
    let body = json!({
        "FunctionName": partial, "Role": "arn:aws:iam::123456789012:role/r", "Code": {}
    });
    let request: CreateFunctionRequest = parse("POST", "/2015-03-31/functions", body.to_string()).unwrap();
    assert_eq!(request.function_name, partial);
}

#[test]
fn a_url_qualifier_is_not_a_number() {
    let (code, text) = refusal::<CreateFunctionUrlConfigRequest>(
        "POST",
        "/2021-10-31/functions/f/url?Qualifier=1",
        &json!({ "AuthType": "NONE" }),
    );
    assert_eq!(code, "ValidationException");
    assert_eq!(
        text,
        "1 validation error detected: Value '1' at 'qualifier' failed to satisfy constraint: Member must satisfy \
         regular expression pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)"
    );
}

#[test]
fn an_alias_name_is_not_a_number() {
    let body = json!({ "Name": "12", "FunctionVersion": "1" });
    let (_, text) = refusal::<CreateAliasRequest>("POST", "/2015-03-31/functions/f/aliases", &body);
    assert!(text.ends_with("regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)"), "{text}");
}

#[test]
fn environment_variables_stay_out_of_the_text() {
    let (code, text) = create(&json!({ "Environment": { "Variables": { "1-secret": "value" } } }));
    assert_eq!(code, "ValidationException");
    assert_eq!(
        text,
        "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must \
         satisfy constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+, Member must \
         not be null]"
    );
}

#[test]
fn a_path_goes_through_structures() {
    let body = json!({ "DestinationConfig": { "OnFailure": { "Destination": "nowhere" } } });
    let (_, text) = refusal::<PutFunctionEventInvokeConfigRequest>(
        "PUT",
        "/2019-09-25/functions/f/event-invoke-config",
        &body,
    );
    let start =
        "1 validation error detected: Value 'nowhere' at 'destinationConfig.onFailure.destination' failed";
    assert!(text.starts_with(start), "{text}");
}

#[test]
fn numbers_in_queries_and_bodies_keep_their_ranges() {
    let (_, text) = refusal::<ListFunctionsRequest>("GET", "/2015-03-31/functions?MaxItems=10001", &NULL);
    assert_eq!(
        text,
        "1 validation error detected: Value '10001' at 'maxItems' failed to satisfy constraint: Member must have \
         value less than or equal to 10000"
    );
    let (_, text) = create(&json!({ "Timeout": 0 }));
    assert_eq!(
        text,
        "1 validation error detected: Value '0' at 'timeout' failed to satisfy constraint: Member must have value \
         greater than or equal to 1"
    );
}

#[test]
fn tags_are_checked_by_key_and_value() {
    let uri = "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A123456789012%3Afunction%3Af";
    let (_, text) = refusal::<TagResourceRequest>("POST", uri, &json!({ "Tags": { "": "value" } }));
    assert!(
        text.contains("Value '{=value}' at 'tags' failed to satisfy constraint: Map keys must"),
        "{text}"
    );
}

#[test]
fn values_of_the_wrong_type_are_a_serialization_error() {
    let (code, text) = create(&json!({ "Description": 5 }));
    assert_eq!(code, "SerializationException");
    assert_eq!(
        text,
        "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String"
    );
    for body in ["{", "[]", "\"x\"", "{\"Code\":{\"ZipFile\":\"%\"}}"] {
        let error = parse::<CreateFunctionRequest>("POST", "/2015-03-31/functions", body).unwrap_err();
        assert_eq!((error.code(), error.message()), ("SerializationException", None));
    }
}

#[test]
fn null_members_read_as_absent_and_unknown_ones_are_ignored() {
    let body = json!({
        "FunctionName": "f", "Role": "arn:aws:iam::123456789012:role/r", "Code": { "ZipFile": "emlw" },
        "Description": null, "Nonsense": { "a": [1] },
    });
    let request: CreateFunctionRequest = parse("POST", "/2015-03-31/functions", body.to_string()).unwrap();
    assert_eq!(request.description, None);
    assert_eq!(request.code.zip_file.unwrap().0, "zip");
}

#[test]
fn a_member_of_the_path_or_query_is_not_read_from_the_body() {
    let body =
        json!({ "FunctionName": 5, "Qualifier": "sneaked", "RecursiveLoop": "Allow", "AuthType": "NONE" });
    let uri = "/2021-10-31/functions/f/url";
    let request: CreateFunctionUrlConfigRequest = parse("POST", uri, body.to_string()).unwrap();
    assert_eq!((request.function_name.as_str(), request.qualifier), ("f", None));
}

#[test]
fn an_invocation_keeps_its_payload_as_it_came() {
    let request = http::Request::post("/2015-03-31/functions/f/invocations?Qualifier=live")
        .header("X-Amz-Invocation-Type", "Event")
        .body(())
        .unwrap();
    let (parts, ()) = request.into_parts();
    let (operation, request) = lambda::receive(&parts, Bytes::from_static(b"{ \"a\": not json")).unwrap();
    assert_eq!(operation, lambda::Operation::Invoke);
    let request: InvocationRequest = request.parse().unwrap();
    assert_eq!(request.payload, "{ \"a\": not json");
    assert_eq!(request.qualifier.as_deref(), Some("live"));
    assert_eq!(request.invocation_type, Some(lambda::InvocationType::Event));
}

#[test]
fn logs_answers_breaches_as_invalid_parameters() {
    let request = http::Request::post("/").header("x-amz-target", "Logs_20140328.DescribeLogGroups");
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let (_, request) = logs::receive(&parts, Bytes::from_static(br#"{"limit":0}"#)).unwrap();
    let response = logs::SERVICE.refuse(&request.parse::<logs::DescribeLogGroupsRequest>().unwrap_err());
    let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
    let text = "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have \
                value greater than or equal to 1";
    assert_eq!(body, json!({ "__type": "InvalidParameterException", "message": text }));
}
