//! One thing that happened, in the shape that each schema version gives it.

use model::Timestamp;
use model::function::LogFormat;
use serde_json::{Value, json};

use super::subscription::Schema;
use crate::platform_log::{self, Record};

/// What a subscriber chooses from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Platform,
    Function,
    Extension,
}

impl Stream {
    /// AWS's word in a subscription.
    pub(super) fn of(word: &str) -> Option<Stream> {
        let all = [Stream::Platform, Stream::Function, Stream::Extension];
        all.into_iter().find(|stream| stream.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Stream::Platform => "platform",
            Stream::Function => "function",
            Stream::Extension => "extension",
        }
    }

    /// As log lines and records show it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Stream::Platform => "Platform",
            Stream::Function => "Function",
            Stream::Extension => "Extension",
        }
    }
}

#[derive(Debug)]
pub(super) enum Document {
    Platform { time: Timestamp, kind: &'static str, record: Value },
    Line { time: Timestamp, stream: Stream, text: String },
}

impl Document {
    pub(super) fn platform(time: Timestamp, record: &Record<'_>) -> Document {
        let (kind, record) = platform_log::structured(record);
        Document::Platform { time, kind, record }
    }

    pub(super) fn line(stream: Stream, time: Timestamp, line: &[u8]) -> Document {
        Document::Line { time, stream, text: String::from_utf8_lossy(line).into_owned() }
    }

    /// About what it takes of memory.
    pub(super) fn size(&self) -> usize {
        /// Of a platform record, and of a line beside its text.
        const OVERHEAD_BYTES: usize = 512;
        match self {
            Document::Platform { .. } => OVERHEAD_BYTES,
            Document::Line { text, .. } => OVERHEAD_BYTES + text.len(),
        }
    }

    pub(super) fn stream(&self) -> Stream {
        match self {
            Document::Platform { .. } => Stream::Platform,
            Document::Line { stream, .. } => *stream,
        }
    }

    /// Nothing where the schema does not have such a document.
    pub(super) fn render(&self, schema: Schema, format: LogFormat) -> Option<String> {
        match self {
            Document::Platform { time, kind, record } => {
                let record = for_schema(kind, record, schema)?;
                Some(envelope(*time, kind, &record))
            }
            Document::Line { time, stream, text } => {
                Some(envelope(*time, stream.word(), &line(text, schema, format)))
            }
        }
    }
}

/// A line that is a JSON object is one for subscribers too, since there has been a JSON log format.
fn line(text: &str, schema: Schema, format: LogFormat) -> Value {
    let structured = matches!(format, LogFormat::Json { .. }) && schema >= Schema::Telemetry20221213;
    let parsed = structured.then(|| serde_json::from_str::<Value>(text).ok()).flatten();
    parsed.filter(Value::is_object).unwrap_or_else(|| Value::from(text))
}

fn for_schema(kind: &str, record: &Value, schema: Schema) -> Option<Value> {
    /// What the Logs API has of the platform's records.
    const OLD: [&str; 6] = [
        "platform.start",
        "platform.end",
        "platform.report",
        "platform.extension",
        "platform.logsSubscription",
        "platform.logsDropped",
    ];
    match (schema.is_of_logs_api(), kind) {
        (false, "platform.end" | "platform.logsSubscription") => None,
        (false, _) => Some(record.clone()),
        (true, "platform.runtimeDone") if schema == Schema::Logs20210318 => {
            // It had no other word for what went wrong.
            let status = if record["status"] == "error" { &json!("failure") } else { &record["status"] };
            Some(json!({ "requestId": record["requestId"], "status": status }))
        }
        (true, "platform.start") => Some(only(record, &["requestId", "version"])),
        (true, "platform.report") => Some(only(record, &["requestId", "metrics", "tracing"])),
        (true, _) => OLD.contains(&kind).then(|| record.clone()),
    }
}

fn only(record: &Value, fields: &[&str]) -> Value {
    fields.iter().filter_map(|field| Some((*field, record.get(field)?.clone()))).collect()
}

pub(super) fn envelope(time: Timestamp, kind: &str, record: &Value) -> String {
    platform_log::envelope(time, kind, record)
}

#[cfg(test)]
mod tests {
    use model::function::{LogLevel, SystemLogLevel};

    use super::*;

    const JSON: LogFormat = LogFormat::Json { application: LogLevel::Info, system: SystemLogLevel::Info };
    const TIME: Timestamp = Timestamp::from_millis(1_700_000_000_007);

    fn rendered(text: &str, schema: Schema, format: LogFormat) -> Value {
        let document = Document::line(Stream::Function, TIME, text.as_bytes());
        serde_json::from_str(&document.render(schema, format).unwrap()).unwrap()
    }

    #[test]
    fn a_line_is_a_string_with_its_time_and_its_stream() {
        assert_eq!(
            rendered("a \"b\"\n", Schema::Telemetry20220701, LogFormat::Text),
            json!({ "time": "2023-11-14T22:13:20.007Z", "type": "function", "record": "a \"b\"\n" })
        );
    }

    #[test]
    fn an_object_stays_one_where_format_and_schema_have_it() {
        let text = "{\"level\":\"INFO\"}\n";
        let object = json!({ "level": "INFO" });
        assert_eq!(rendered(text, Schema::Telemetry20221213, JSON)["record"], object);
        assert_eq!(rendered(text, Schema::Telemetry20220701, JSON)["record"], json!(text));
        assert_eq!(rendered(text, Schema::Telemetry20250129, LogFormat::Text)["record"], json!(text));
        assert_eq!(rendered("[1]", Schema::Telemetry20250129, JSON)["record"], json!("[1]"));
    }

    #[test]
    fn the_logs_api_knows_fewer_fields() {
        let start = json!({ "requestId": "id", "functionArn": "arn", "version": "1" });
        let old = for_schema("platform.start", &start, Schema::Logs20210318);
        assert_eq!(old, Some(json!({ "requestId": "id", "version": "1" })));
        assert_eq!(for_schema("platform.start", &start, Schema::Telemetry20220701), Some(start));
        let report = json!({ "requestId": "id", "metrics": {}, "status": "success", "spans": [] });
        let old = for_schema("platform.report", &report, Schema::Logs20200815);
        assert_eq!(old, Some(json!({ "requestId": "id", "metrics": {} })));
    }

    #[test]
    fn the_end_of_an_invocation_is_told_by_each_api_in_its_way() {
        let request = "8f507cfc-0123-4697-b07a-ac58fc914c95".parse().unwrap();
        let document = Document::platform(TIME, &Record::End { request });
        assert!(document.render(Schema::Logs20200815, LogFormat::Text).is_some());
        assert_eq!(document.render(Schema::Telemetry20221213, LogFormat::Text), None);
    }
}
