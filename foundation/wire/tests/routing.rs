//! Every operation of the models is found by its own method and path.

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use wire::{lambda, logs};

/// The operation's template with a value in each label, and its fixed query.
fn example(operation: lambda::Operation) -> (String, Option<&'static str>) {
    let template = operation.template();
    let (path, query) =
        template.split_once('?').map_or((template, None), |(path, query)| (path, Some(query)));
    let segments = path.split('/').map(|segment| if segment.starts_with('{') { "a%3Ab" } else { segment });
    (segments.collect::<Vec<_>>().join("/"), query)
}

fn labels_of(template: &str) -> Vec<&str> {
    template.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')).collect()
}

#[test]
fn every_lambda_operation_is_routed_to_itself() {
    for operation in lambda::Operation::ALL {
        let (path, query) = example(*operation);
        let (found, labels) = lambda::route(&operation.method(), &path, query).unwrap();
        assert_eq!(found, *operation);
        for label in labels_of(operation.template()) {
            assert_eq!(labels.get(label), Some("a:b"), "{operation}: {label}");
        }
    }
    assert_eq!(lambda::Operation::ALL.len(), 91);
}

#[test]
fn every_logs_operation_is_found_by_its_target() {
    for operation in logs::Operation::ALL {
        let request = http::Request::post("/").header("x-amz-target", format!("Logs_20140328.{operation}"));
        let (parts, ()) = request.body(()).unwrap().into_parts();
        assert_eq!(logs::receive(&parts, Bytes::new()).unwrap().0, *operation);
    }
}

#[test]
fn an_unknown_lambda_path_is_not_found() {
    let (parts, ()) = http::Request::get("/2015-03-31/nothing").body(()).unwrap().into_parts();
    let error = lambda::receive(&parts, Bytes::new()).unwrap_err();
    let response = lambda::SERVICE.refuse(&error);
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
    assert_eq!(error_type(response.headers()), "UnknownOperationException");
}

#[test]
fn an_unknown_logs_target_is_a_bad_request() {
    let request = http::Request::post("/").header("x-amz-target", "Logs_20140328.Nothing");
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let response = logs::SERVICE.refuse(&logs::receive(&parts, Bytes::new()).unwrap_err());
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(response.body(), r#"{"__type":"UnknownOperationException"}"#);
}

#[test]
fn one_path_serves_several_methods() {
    let route = |method| lambda::route(&method, "/2015-03-31/functions/f", None).unwrap().0;
    assert_eq!(route(Method::GET), lambda::Operation::GetFunction);
    assert_eq!(route(Method::DELETE), lambda::Operation::DeleteFunction);
    assert_eq!(lambda::route(&Method::PATCH, "/2015-03-31/functions/f", None), None);
}

fn error_type(headers: &HeaderMap) -> &str {
    headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok()).unwrap_or_default()
}
