//! The platform's own records in a function's log: INIT_START, START, END, REPORT and their JSON forms.
//!
//! Pure: from numbers to bytes. The page to follow is AWS's on log formats; success REPORT lines end in a TAB,
//! failed ones do not.

mod structured;
mod text;
mod xray_line;

use std::time::Duration;

use model::function::{LogFormat, SystemLogLevel, TracingMode};
use model::{RequestId, Timestamp};
use serde_json::Value;

use crate::failure::Status;
use crate::phase::Init;
use crate::runtime_api::Description;
use crate::telemetry::{Stream, Subscription};

pub(crate) use structured::structured;

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
        LogFormat::Text => text::text(record),
        // The JSON format has no such record.
        LogFormat::Json { .. } if matches!(record, Record::End { .. }) => None,
        LogFormat::Json { system, .. } => (level(record) >= system).then(|| {
            let (kind, value) = structured(record);
            envelope(time, kind, &value)
        }),
    }
}

fn types_of(subscription: &Subscription) -> Vec<&'static str> {
    subscription.streams.iter().copied().map(Stream::name).collect()
}

fn phase(init: Init) -> &'static str {
    match init {
        Init::First => "init",
        Init::Suppressed => "invoke",
    }
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
