//! Records as documents: in the JSON format, and for subscribers of telemetry.

use std::time::Duration;

use serde_json::{Value, json};

use super::{InitStart, Record, Report, RuntimeDone, Span, phase, types_of};
use crate::failure::Status;
use crate::runtime_api::{Description, EventType};
use crate::telemetry::Api;

const INITIALIZATION: &str = "on-demand";

/// The record's type and fields in the JSON format, and for subscribers.
pub(crate) fn structured(record: &Record<'_>) -> (&'static str, Value) {
    match record {
        Record::InitRuntimeDone { init, status } => {
            let value = json!({
                "initializationType": INITIALIZATION,
                "phase": phase(*init),
                "status": status_word(status),
            });
            ("platform.initRuntimeDone", with_error(value, status))
        }
        Record::InitStart(start) => ("platform.initStart", init_start(start)),
        Record::InitReport { init, status, duration } => {
            let value = json!({
                "initializationType": INITIALIZATION,
                "phase": phase(*init),
                "status": status_word(status),
                "metrics": { "durationMs": thousandths(*duration) },
            });
            ("platform.initReport", with_error(value, status))
        }
        Record::Start { request, version, arn, trace } => {
            let value = json!({ "requestId": request.to_string(), "functionArn": arn, "version": version });
            ("platform.start", with_trace(value, trace))
        }
        Record::RuntimeDone(done) => ("platform.runtimeDone", runtime_done_value(done)),
        Record::Report(report) => ("platform.report", report_value(report)),
        Record::Extension(extension) => ("platform.extension", extension_value(extension)),
        Record::Subscribed(subscription) => {
            let kind = match subscription.api {
                Api::Telemetry => "platform.telemetrySubscription",
                Api::Logs => "platform.logsSubscription",
            };
            let types = types_of(subscription);
            (kind, json!({ "name": subscription.name, "state": "Subscribed", "types": types }))
        }
        Record::End { request } => ("platform.end", json!({ "requestId": request.to_string() })),
    }
}

fn runtime_done_value(done: &RuntimeDone<'_>) -> Value {
    let RuntimeDone { request, status, duration, produced_bytes, spans, trace } = done;
    let value = json!({
        "requestId": request.to_string(),
        "status": status_word(status),
        "metrics": { "durationMs": thousandths(*duration), "producedBytes": produced_bytes },
    });
    with_trace(with_spans(with_error(value, status), spans), trace)
}

fn init_start(start: &InitStart) -> Value {
    json!({
        "initializationType": INITIALIZATION,
        "phase": phase(start.init),
        "runtimeVersion": start.runtime_version,
        "runtimeVersionArn": start.runtime_version_arn,
        "functionName": start.function,
        "functionVersion": start.version,
        "instanceId": start.instance,
        "instanceMaxMemory": start.memory_bytes,
    })
}

fn report_value(report: &Report) -> Value {
    let mut metrics = json!({
        "durationMs": thousandths(report.duration),
        "billedDurationMs": u64::try_from(report.billed.as_millis()).unwrap_or(u64::MAX),
        "memorySizeMB": report.memory_mib,
        "maxMemoryUsedMB": report.memory_peak_mib,
    });
    if let Some(init) = report.init {
        metrics["initDurationMs"] = json!(thousandths(init));
    }
    let value = json!({
        "requestId": report.request.to_string(),
        "metrics": metrics,
        "status": status_word(&report.status),
    });
    with_trace(with_spans(with_error(value, &report.status), &report.spans), &report.trace)
}

fn with_spans(mut value: Value, spans: &[Span]) -> Value {
    if spans.is_empty() {
        return value;
    }
    let span = |Span { name, start, duration }: &Span| json!({ "name": name, "start": start.to_rfc3339_millis(), "durationMs": thousandths(*duration) });
    value["spans"] = spans.iter().map(span).collect();
    value
}

/// Invocations that are not traced show no trace.
fn with_trace(mut value: Value, trace: &str) -> Value {
    if trace.contains("Sampled=1") {
        value["tracing"] = json!({ "type": "X-Amzn-Trace-Id", "value": trace });
    }
    value
}

fn extension_value(extension: &Description) -> Value {
    let Description { name, state, events, error } = extension;
    let events = events.iter().copied().map(EventType::name).collect::<Vec<_>>();
    let mut value = json!({ "name": name, "state": state, "events": events });
    if let Some(error) = error {
        value["errorType"] = json!(error);
    }
    value
}

fn with_error(mut value: Value, status: &Status) -> Value {
    if let Status::Error(error) = status {
        value["errorType"] = json!(error.as_str());
    }
    value
}

fn status_word(status: &Status) -> &'static str {
    match status {
        Status::Success => "success",
        Status::Timeout => "timeout",
        Status::Error(_) => "error",
    }
}

/// Milliseconds with at most three decimals.
fn thousandths(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1_000_000.0).round() / 1000.0
}
