//! Every operation against arbitrary bytes: reading never panics, and what passes the tables fits the structs.

use bytes::Bytes;
use http::HeaderValue;
use http::request::Parts;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};
use serde_json::Value;

use crate::route::Labels;
use crate::shape::{Kind, Shape};
use crate::{Request, lambda, logs};

/// JSON made of the members that requests have, so that many values get past the types.
fn document() -> impl Strategy<Value = String> {
    let scalar = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        any::<f64>().prop_map(|number| Value::from(number).to_string()),
        any::<i32>().prop_map(|number| number.to_string()),
        any::<String>().prop_map(|text| Value::from(text).to_string()),
        Just("\"emlw\"".to_owned()),
    ];
    scalar.prop_recursive(4, 32, 6, |inner| {
        let members = proptest::collection::vec((member(), inner.clone()), 0..6);
        let object = members.prop_map(|members| {
            let members = members.into_iter().map(|(name, value)| format!("\"{name}\":{value}"));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        });
        let list = proptest::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(",")));
        prop_oneof![object, list]
    })
}

fn member() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(vec![
        "Role",
        "Runtime",
        "Code",
        "ZipFile",
        "Layers",
        "Timeout",
        "VpcConfig",
        "SubnetIds",
        "Environment",
        "Variables",
        "Tags",
        "Cors",
        "MaxAge",
        "Updates",
        "Id",
        "Type",
        "RoutingConfig",
        "AdditionalVersionWeights",
        "FilterCriteria",
        "Filters",
        "StartingPositionTimestamp",
        "logGroupName",
        "logEvents",
        "timestamp",
        "message",
        "tags",
        "limit",
        "descending",
    ])
}

fn request(operation: lambda::Operation, query: &str, body: &[u8]) -> Request {
    let path = operation.template().split('?').next().unwrap_or_default().replace(['{', '}'], "x");
    let (_, labels) =
        lambda::route(&operation.method(), &path, operation.template().split('?').nth(1)).unwrap();
    Request::new(labels, &parts(query), Bytes::copy_from_slice(body))
}

fn parts(query: &str) -> Parts {
    let query = percent_encoding::utf8_percent_encode(query, percent_encoding::NON_ALPHANUMERIC);
    let uri = format!("/?MaxItems={query}&Qualifier={query}&StartedAfter={query}&tagKeys={query}");
    let (mut parts, ()) = http::Request::builder().uri(uri).body(()).unwrap().into_parts();
    parts.headers.insert("x-amz-log-type", HeaderValue::from_static("Tail"));
    parts
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in any::<Vec<u8>>(), query in any::<String>()) {
        every_operation_reads(&query, &body);
    }

    #[test]
    fn what_passes_the_tables_fits_the_structs(body in document(), query in "[0-9a-z]{0,3}") {
        every_operation_reads(&query, body.as_bytes());
    }
}

fn every_operation_reads(query: &str, body: &[u8]) {
    for operation in lambda::Operation::ALL {
        lambda::read_any(*operation, &request(*operation, query, body)).unwrap();
    }
    for operation in logs::Operation::ALL {
        let request = Request::new(Labels::default(), &parts(query), Bytes::copy_from_slice(body));
        logs::read_any(*operation, &request).unwrap();
    }
}

#[test]
fn every_pattern_of_every_request_compiles() {
    let tops = lambda::TOPS.iter().chain(logs::TOPS);
    assert!(tops.map(|shape| compile(shape)).sum::<usize>() > 100);
}

/// Tries the patterns of a shape and of all shapes in it, and counts them.
fn compile(shape: &Shape) -> usize {
    let inside = match shape.kind {
        Kind::List(item) => compile(item),
        Kind::Map { key, value } => compile(key) + compile(value),
        Kind::Structure(members) => members.iter().map(|member| compile(member.shape)).sum(),
        _ => 0,
    };
    let _any_answer = shape.pattern.map(|pattern| pattern.matches("x"));
    inside + usize::from(shape.pattern.is_some())
}
