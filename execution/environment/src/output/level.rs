//! Which of a function's records its log level lets through.
//!
//! With the JSON log format a line that is a JSON object says its level itself; everything else passes.

use model::function::{LogFormat, LogLevel};
use serde::Deserialize;

use super::records::Record;

#[derive(Deserialize)]
struct Leveled<'a> {
    #[serde(borrow, default)]
    level: Option<std::borrow::Cow<'a, str>>,
}

pub(super) fn is_shown(record: &Record, format: LogFormat) -> bool {
    let LogFormat::Json { application, .. } = format else { return true };
    let level = record.level.or_else(|| level_in(&record.message));
    level.is_none_or(|level| level >= application)
}

/// None for what is no JSON object; a level that is missing or unknown counts as INFO.
fn level_in(message: &[u8]) -> Option<LogLevel> {
    if message.first() != Some(&b'{') {
        return None;
    }
    let leveled = serde_json::from_slice::<Leveled<'_>>(message).ok()?;
    let word = leveled.level.unwrap_or_default();
    let known = LEVELS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name));
    Some(known.map_or(LogLevel::Info, |(_, level)| *level))
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
        assert!(!is_shown_at_warn(r#"{"level":"info","message":"x"}"#));
        assert!(is_shown_at_warn(r#"{"level":"error","message":"x"}"#));
    }

    #[test]
    fn a_record_without_a_known_level_counts_as_info() {
        assert!(!is_shown_at_warn(r#"{"message":"x"}"#));
        assert!(!is_shown_at_warn(r#"{"level":"loud"}"#));
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
