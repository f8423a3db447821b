//! Mayfly's own API: which environments there are, of functions and parked.

use std::collections::BTreeMap;

use bytes::Bytes;
use environment::{ParkedCount, RuntimeTable};
use front::{Call, Operation};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode, header};
use http_body_util::Full;
use model::{Caller, Region};
use scheduler::{Census, PoolCount, Scheduler};
use serde_json::{Value, json};

/// In credential scopes, as AWS's services have names there.
pub(crate) const SERVICE: &str = "mayfly";

const PATH: &str = "/environments";
const LIST: Operation = Operation { name: "ListEnvironments", body_max_bytes: 0 };

pub(crate) fn operation(parts: &Parts) -> Option<Operation> {
    (parts.method == Method::GET && parts.uri.path() == PATH).then_some(LIST)
}

pub(crate) async fn answer(
    call: &Call,
    scheduler: &Scheduler,
    runtimes: &RuntimeTable,
) -> Response<Full<Bytes>> {
    if operation(&call.parts).is_none() {
        return refused(
            StatusCode::NOT_FOUND,
            "UnknownOperationException",
            "There is only GET /environments.",
        );
    }
    if let Err(denied) = call.caller.authorize("mayfly:ListEnvironments", "*") {
        return refused(StatusCode::FORBIDDEN, "AccessDeniedException", &denied.to_string());
    }
    let census = scheduler.census().await;
    json_response(StatusCode::OK, &shown(&census, &call.caller, &call.region, runtimes))
}

/// What is parked is the machine's; of functions a caller sees its own account's in the region.
fn shown(census: &Census, caller: &Caller, region: &Region, runtimes: &RuntimeTable) -> Value {
    let Census { pools, memory_mib, memory_max_mib, parked } = census;
    let own = pools.iter().filter(|pool| pool.key.account == caller.account && pool.key.region == *region);
    let preloaded = parked
        .kinds
        .iter()
        .map(|count| (count.runtime.identifier(), runtimes.preloaded(count.runtime, count.has_sdk)));
    let preloaded = preloaded.filter(|(_, modules)| !modules.is_empty()).collect::<BTreeMap<_, _>>();
    json!({
        "functions": own.map(pool).collect::<Vec<_>>(),
        "memory_mib": memory_mib,
        "memory_max_mib": memory_max_mib,
        "parked": parked.kinds.iter().map(kind).collect::<Vec<_>>(),
        "parked_memory_max_mib": parked.room_mib,
        "preloaded": preloaded,
    })
}

fn pool(count: &PoolCount) -> Value {
    json!({
        "name": count.key.name.as_str(),
        "version": count.key.version.to_string(),
        "starting": count.starting,
        "busy": count.busy,
        "idle": count.idle,
    })
}

fn kind(count: &ParkedCount) -> Value {
    json!({
        "kind": count.kind,
        "runtime": count.runtime.identifier(),
        "parked": count.parked,
        "starting": count.starting,
        "wanted": count.wanted,
        "memory_mib": count.memory_mib,
    })
}

fn refused(status: StatusCode, kind: &'static str, message: &str) -> Response<Full<Bytes>> {
    let mut response = json_response(status, &json!({ "Message": message }));
    response.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static(kind));
    response
}

fn json_response(status: StatusCode, body: &Value) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body.to_string())));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
