//! The platform's own records in a function's log: INIT_START, START, END, REPORT and their JSON forms.
//!
//! Pure: from numbers to bytes. The page to follow is AWS's on log formats; success REPORT lines end in a TAB,
//! failed ones do not.

mod xray_line;

use std::time::Duration;

use model::function::{LogFormat, SystemLogLevel, TracingMode};
use model::{RequestId, Timestamp};
use serde_json::{Value, json};

use crate::failure::Status;
use crate::phase::Init;
use crate::runtime_api::{Description, EventType};
use crate::telemetry::{Api, Stream, Subscription};

/// One thing that the platform tells.
#[derive(Debug)]
pub(crate) enum Record<'a> {
    InitStart(&'a InitStart),
    InitRuntimeDone { init: Init, status: &'a Status },
    InitReport { init: Init, status: &'a Status, duration: Duration },
    Start { request: RequestId, version: &'a str, arn: &'a str, trace: &'a str },
    RuntimeDone(&'a RuntimeDone<'a>),
    End { request: RequestId },
    Report(&'a Report),
    Extension(&'a Description),
    Subscribed(&'a Subscription),
}

/// The runtime is done with an invocation, or could not be.
#[derive(Debug)]
pub(crate) struct RuntimeDone<'a> {
    pub(crate) request: RequestId,
    pub(crate) status: &'a Status,
    pub(crate) duration: Duration,
    pub(crate) produced_bytes: usize,
    pub(crate) spans: Vec<Span>,
    pub(crate) trace: &'a str,
}

/// A part of an invocation's time.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Span {
    pub(crate) name: &'static str,
    pub(crate) start: Timestamp,
    pub(crate) duration: Duration,
}

/// What an environment is, as the first record of its log shows it.
#[derive(Debug, Clone)]
pub(crate) struct InitStart {
    pub(crate) init: Init,
    pub(crate) runtime_version: String,
    pub(crate) runtime_version_arn: String,
    pub(crate) function: String,
    pub(crate) version: String,
    pub(crate) instance: String,
    pub(crate) memory_bytes: u64,
}

/// The figures of one invocation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Report {
    pub(crate) request: RequestId,
    pub(crate) status: Status,
    pub(crate) duration: Duration,
    pub(crate) billed: Duration,
    pub(crate) memory_mib: u32,
    pub(crate) memory_peak_mib: u32,
    /// Of the init that ran ahead of the first invocation.
    pub(crate) init: Option<Duration>,
    pub(crate) spans: Vec<Span>,
    pub(crate) tracing: TracingMode,
    pub(crate) trace: String,
}

/// Init is billed with the invocation that it was for, the sum rounded up to whole milliseconds.
pub(crate) fn billed(duration: Duration, init: Option<Duration>) -> Duration {
    let micros = duration + init.unwrap_or_default();
    Duration::from_millis(u64::try_from(micros.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX))
}

/// The record in the function's log format, or nothing when that format does not show it.
pub(crate) fn render(record: &Record<'_>, format: LogFormat, time: Timestamp) -> Option<String> {
    match format {
        LogFormat::Text => text(record),
        // The JSON format has no such record.
        LogFormat::Json { .. } if matches!(record, Record::End { .. }) => None,
        LogFormat::Json { system, .. } => (level(record) >= system).then(|| {
            let (kind, value) = structured(record);
            envelope(time, kind, &value)
        }),
    }
}

fn text(record: &Record<'_>) -> Option<String> {
    match record {
        Record::InitStart(start) if start.init == Init::First => Some(format!(
            "INIT_START Runtime Version: {}\tRuntime Version ARN: {}\n",
            start.runtime_version, start.runtime_version_arn
        )),
        Record::InitReport { init, status, duration } if **status != Status::Success => Some(format!(
            "INIT_REPORT Init Duration: {} ms\tPhase: {}{}\n",
            hundredths(*duration),
            phase(*init),
            status_fields(status)
        )),
        Record::Start { request, version, .. } => {
            Some(format!("START RequestId: {request} Version: {version}\n"))
        }
        Record::End { request } => Some(format!("END RequestId: {request}\n")),
        Record::Report(report) => Some(report_line(report)),
        Record::Extension(extension) => Some(extension_line(extension)),
        Record::Subscribed(subscription) => Some(subscription_line(subscription)),
        // A suppressed init is not announced, and a good init is told by the first REPORT.
        Record::InitStart(_)
        | Record::InitRuntimeDone { .. }
        | Record::InitReport { .. }
        | Record::RuntimeDone(_) => None,
    }
}

fn report_line(report: &Report) -> String {
    let Report { request, status, duration, billed, memory_mib, memory_peak_mib, init, .. } = report;
    let mut line = format!(
        "REPORT RequestId: {request}\tDuration: {} ms\tBilled Duration: {} ms\tMemory Size: {memory_mib} MB\tMax Memory Used: {memory_peak_mib} MB",
        hundredths(*duration),
        billed.as_millis(),
    );
    if let Some(init) = init {
        line.push_str(&format!("\tInit Duration: {} ms", hundredths(*init)));
    }
    let end = match status {
        Status::Success => "\t".to_owned(),
        failed => status_fields(failed),
    };
    let traced = xray_line::xray_line(report.tracing, &report.trace).unwrap_or_default();
    line + &end + "\n" + &traced
}

fn extension_line(extension: &Description) -> String {
    let Description { name, state, events, error } = extension;
    let events = events.iter().map(|event| event.name()).collect::<Vec<_>>().join(", ");
    let mut line = format!("EXTENSION\tName: {name}\tState: {state}\tEvents: [{events}]");
    if let Some(error) = error {
        line.push_str(&format!("\tError Type: {error}"));
    }
    line + "\n"
}

fn subscription_line(subscription: &Subscription) -> String {
    let word = match subscription.api {
        Api::Telemetry => "TELEMETRY",
        Api::Logs => "LOGS",
    };
    let types = types_of(subscription).join(", ");
    format!("{word}\tName: {}\tState: Subscribed\tTypes: [{types}]\n", subscription.name)
}

fn types_of(subscription: &Subscription) -> Vec<&'static str> {
    subscription.streams.iter().copied().map(Stream::name).collect()
}

fn status_fields(status: &Status) -> String {
    match status {
        Status::Success => String::new(),
        Status::Timeout => "\tStatus: timeout".to_owned(),
        Status::Error(error) => format!("\tStatus: error\tError Type: {}", error.as_str()),
    }
}

fn hundredths(duration: Duration) -> String {
    format!("{:.2}", duration.as_secs_f64() * 1000.0)
}

fn phase(init: Init) -> &'static str {
    match init {
        Init::First => "init",
        Init::Suppressed => "invoke",
    }
}

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

fn level(record: &Record<'_>) -> SystemLogLevel {
    let unless_success = |status: &Status, success| match status {
        Status::Success => success,
        Status::Error(_) | Status::Timeout => SystemLogLevel::Warn,
    };
    match record {
        Record::InitStart(_) | Record::Start { .. } | Record::End { .. } => SystemLogLevel::Info,
        Record::InitReport { status, .. }
        | Record::InitRuntimeDone { status, .. }
        | Record::RuntimeDone(RuntimeDone { status, .. }) => unless_success(status, SystemLogLevel::Debug),
        Record::Report(report) => unless_success(&report.status, SystemLogLevel::Info),
        Record::Extension(Description { error: Some(_), .. }) => SystemLogLevel::Warn,
        Record::Extension(_) | Record::Subscribed(_) => SystemLogLevel::Info,
    }
}

pub(crate) fn envelope(time: Timestamp, kind: &str, record: &Value) -> String {
    format!(r#"{{"time":"{}","type":"{kind}","record":{record}}}"#, time.to_rfc3339_millis())
}

#[cfg(test)]
mod tests {
    use model::ErrorType;
    use model::function::LogLevel;

    use super::*;

    const ID: &str = "8f507cfc-0123-4697-b07a-ac58fc914c95";
    const JSON: LogFormat = LogFormat::Json { application: LogLevel::Info, system: SystemLogLevel::Info };

    fn report(status: Status, init: Option<Duration>) -> Report {
        let duration = Duration::from_micros(133_610);
        Report {
            request: ID.parse().unwrap(),
            status,
            duration,
            billed: billed(duration, init),
            memory_mib: 128,
            memory_peak_mib: 31,
            init,
            spans: vec![],
            tracing: TracingMode::PassThrough,
            trace: String::new(),
        }
    }

    fn line(record: &Record<'_>, format: LogFormat) -> Option<String> {
        render(record, format, Timestamp::from_millis(1_700_000_000_007))
    }

    #[test]
    fn a_cold_report_bills_init_and_ends_in_a_tab() {
        let report = report(Status::Success, Some(Duration::from_millis(80)));
        assert_eq!(
            line(&Record::Report(&report), LogFormat::Text).unwrap(),
            format!(
                "REPORT RequestId: {ID}\tDuration: 133.61 ms\tBilled Duration: 214 ms\tMemory Size: 128 MB\tMax Memory Used: 31 MB\tInit Duration: 80.00 ms\t\n"
            )
        );
    }

    #[test]
    fn a_failed_report_ends_in_its_status() {
        let end = |status| {
            let text = line(&Record::Report(&report(status, None)), LogFormat::Text).unwrap();
            text.split_once("31 MB").unwrap().1.to_owned()
        };
        assert_eq!(end(Status::Timeout), "\tStatus: timeout\n");
        assert_eq!(
            end(Status::Error(ErrorType::platform("Runtime.ExitError"))),
            "\tStatus: error\tError Type: Runtime.ExitError\n"
        );
    }

    #[test]
    fn a_traced_report_has_a_second_line() {
        let trace = "Root=1-5e34a614-10bdc0deb1fb44f07bc535a1;Parent=07f5a0b12d1f6f85;Sampled=1".to_owned();
        let report = Report { trace, ..report(Status::Timeout, None) };
        let text = line(&Record::Report(&report), LogFormat::Text).unwrap();
        assert!(text.ends_with("\tStatus: timeout\nXRAY TraceId: 1-5e34a614-10bdc0deb1fb44f07bc535a1\tSegmentId: 07f5a0b12d1f6f85\tSampled: true\t\n"), "{text}");
        let json = line(&Record::Report(&report), JSON).unwrap();
        assert!(json.contains(r#""tracing":{"type":"X-Amzn-Trace-Id","value":"Root=1-5e34a614-"#), "{json}");
    }

    #[test]
    fn start_has_blanks_and_end_only_the_id() {
        let request = ID.parse().unwrap();
        let start = Record::Start { request, version: "$LATEST", arn: "arn", trace: "" };
        assert_eq!(
            line(&start, LogFormat::Text).unwrap(),
            format!("START RequestId: {ID} Version: $LATEST\n")
        );
        assert_eq!(
            line(&Record::End { request }, LogFormat::Text).unwrap(),
            format!("END RequestId: {ID}\n")
        );
        assert_eq!(line(&Record::End { request }, JSON), None);
    }

    #[test]
    fn an_init_report_is_written_only_when_init_failed() {
        let record = |status| {
            line(
                &Record::InitReport { init: Init::First, status, duration: Duration::from_micros(80_490) },
                LogFormat::Text,
            )
        };
        assert_eq!(record(&Status::Success), None);
        assert_eq!(
            record(&Status::Error(ErrorType::platform("Runtime.ExitError"))).unwrap(),
            "INIT_REPORT Init Duration: 80.49 ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError\n"
        );
    }

    #[test]
    fn json_records_are_telemetry_envelopes_filtered_by_the_system_level() {
        let report = report(Status::Success, Some(Duration::from_millis(80)));
        assert_eq!(
            line(&Record::Report(&report), JSON).unwrap(),
            format!(
                r#"{{"time":"2023-11-14T22:13:20.007Z","type":"platform.report","record":{{"requestId":"{ID}","metrics":{{"durationMs":133.61,"billedDurationMs":214,"memorySizeMB":128,"maxMemoryUsedMB":31,"initDurationMs":80.0}},"status":"success"}}}}"#
            )
        );
        let warn = LogFormat::Json { application: LogLevel::Info, system: SystemLogLevel::Warn };
        assert_eq!(line(&Record::Report(&report), warn), None);
    }
}
