//! Records as lines for people.

use std::time::Duration;

use super::{Record, Report, phase, types_of, xray_line};
use crate::failure::Status;
use crate::phase::Init;
use crate::runtime_api::Description;
use crate::telemetry::{Api, Subscription};

/// Nothing when the format does not show the record.
pub(super) fn text(record: &Record<'_>) -> Option<String> {
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
