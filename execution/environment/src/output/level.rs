//! Which of a function's records its log level lets through.
//!
//! With the JSON log format a line that is a JSON object says its level itself; everything else passes.

use std::borrow::Cow;

use model::function::{LogFormat, LogLevel};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::records::Record;

/// Of whatever type they are: a line is not less an object for it.
#[derive(Deserialize)]
struct Leveled<'a> {
    #[serde(borrow, default)]
    level: Option<&'a RawValue>,
    #[serde(borrow, default)]
    timestamp: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

pub(super) fn is_shown(record: &Record, format: LogFormat) -> bool {
    let LogFormat::Json { application, .. } = format else { return true };
    let level = record.level.or_else(|| level_in(&record.message));
    level.is_none_or(|level| level >= application)
}

/// None for what is no JSON object. A level that is missing or unknown counts as INFO, and so does one without a valid
/// timestamp.
fn level_in(message: &[u8]) -> Option<LogLevel> {
    if !message.trim_ascii_start().starts_with(b"{") {
        return None;
    }
    let Leveled { level, timestamp } = serde_json::from_slice(message).ok()?;
    let known = known(&text(level)).filter(|_| is_time(&text(timestamp)));
    Some(known.unwrap_or(LogLevel::Info))
}

/// Empty for what is no text.
fn text(value: Option<&RawValue>) -> Cow<'_, str> {
    let text = value.and_then(|value| serde_json::from_str::<Text<'_>>(value.get()).ok());
    text.unwrap_or_default().0
}

fn known(word: &str) -> Option<LogLevel> {
    let known = LEVELS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name));
    known.map(|(_, level)| *level)
}

/// RFC 3339.
fn is_time(text: &str) -> bool {
    text.parse::<jiff::Timestamp>().is_ok()
}

const LEVELS: [(&str, LogLevel); 6] = [
    ("TRACE", LogLevel::Trace),
    ("DEBUG", LogLevel::Debug),
    ("INFO", LogLevel::Info),
    ("WARN", LogLevel::Warn),
    ("ERROR", LogLevel::Error),
    ("FATAL", LogLevel::Fatal),
];

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use model::function::SystemLogLevel;

    use super::*;

    const WARN: LogFormat = LogFormat::Json { application: LogLevel::Warn, system: SystemLogLevel::Info };

    fn is_shown_at_warn(message: &'static str) -> bool {
        let message = Bytes::from_static(message.as_bytes());
        is_shown(&Record { time: None, level: None, message, ends_init: false }, WARN)
    }

    #[test]
    fn drops_json_records_below_the_level() {
        assert!(!is_shown_at_warn(r#"{"level":"info","timestamp":"2026-11-23T12:00:00Z"}"#));
        assert!(is_shown_at_warn(r#"{"level":"error","timestamp":"2026-11-23T12:00:00Z"}"#));
        assert!(!is_shown_at_warn(" \t{\"message\":\"x\"}\n"));
    }

    #[test]
    fn a_record_without_a_known_level_counts_as_info() {
        let level = |level: &str| {
            level_in(format!(r#"{{"timestamp":"2026-11-23T12:00:00Z","level":{level}}}"#).as_bytes())
        };
        for unknown in ["\"loud\"", "5", "[]", "{\"a\":[1]}", "null"] {
            assert_eq!(level(unknown), Some(LogLevel::Info), "{unknown}");
        }
        assert_eq!(level_in(b"{\"message\":\"x\"}"), Some(LogLevel::Info));
        assert_eq!(level("\"F\\u0041TAL\""), Some(LogLevel::Fatal));
    }

    #[test]
    fn a_level_without_a_valid_timestamp_counts_as_info() {
        let level = |time: &str| level_in(format!(r#"{{"level":"DEBUG","timestamp":{time}}}"#).as_bytes());
        for bad in ["\"junk\"", "\"2026-11-23T12:00:00\"", "\"2026-02-30T12:00:00Z\"", "1795435200", "null"] {
            assert_eq!(level(bad), Some(LogLevel::Info), "{bad}");
        }
        for good in ["\"2026-11-23T12:00:00.123456Z\"", r#""2026-11-23T13:00:00\u002B01:00""#] {
            assert_eq!(level(good), Some(LogLevel::Debug), "{good}");
        }
        assert_eq!(level_in(b"{\"level\":\"DEBUG\",\"m\":1}"), Some(LogLevel::Info));
    }

    #[test]
    fn text_passes() {
        assert!(is_shown_at_warn("plain"));
        assert!(is_shown_at_warn("{ not json"));
    }

    #[test]
    fn a_frame_s_level_counts_without_a_look_inside() {
        let message = Bytes::from_static(b"x");
        let record = Record { time: None, level: Some(LogLevel::Info), message, ends_init: false };
        assert!(!is_shown(&record, WARN));
    }
}
