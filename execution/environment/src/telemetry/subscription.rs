//! What an extension asks for when it subscribes, and what is said of what it may not ask.

use std::time::Duration;

use serde::Deserialize;

use super::buffer::Buffering;
use super::destination::Destination;
use super::document::Stream;
use crate::json_body::{self, Object};

/// The port of the API itself.
const RESERVED_PORT: u16 = 9001;

/// Which of the two APIs a call came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Api {
    Telemetry,
    Logs,
}

/// In the order of their dates, each API's on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Schema {
    Logs20200815,
    Logs20210318,
    Telemetry20220701,
    Telemetry20221213,
    Telemetry20250129,
}

impl Schema {
    fn of(api: Api, word: &str) -> Option<Schema> {
        match (api, word) {
            (Api::Logs, "2020-08-15") => Some(Schema::Logs20200815),
            (Api::Logs, "2021-03-18") => Some(Schema::Logs20210318),
            (Api::Telemetry, "2022-07-01") => Some(Schema::Telemetry20220701),
            (Api::Telemetry, "2022-12-13") => Some(Schema::Telemetry20221213),
            (Api::Telemetry, "2025-01-29") => Some(Schema::Telemetry20250129),
            _ => None,
        }
    }

    pub(super) fn is_of_logs_api(self) -> bool {
        self <= Schema::Logs20210318
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Subscription {
    /// The extension's.
    pub(crate) name: String,
    pub(crate) api: Api,
    pub(super) schema: Schema,
    pub(crate) streams: Vec<Stream>,
    pub(super) buffering: Buffering,
    pub(super) destination: Destination,
}

/// Why a subscription is refused: everything that is wrong with it, as AWS lists it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.join("; "))]
pub(crate) struct Invalid(Vec<String>);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    schema_version: Option<String>,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default)]
    buffering: Object<RawBuffering>,
    destination: Option<Object<RawDestination>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawBuffering {
    max_items: Option<u64>,
    max_bytes: Option<u64>,
    timeout_ms: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct RawDestination {
    protocol: Option<String>,
    #[serde(rename = "URI", alias = "uri")]
    uri: Option<String>,
    port: Option<u16>,
}

impl Subscription {
    pub(crate) fn parse(api: Api, name: &str, body: &[u8]) -> Result<Subscription, Invalid> {
        let raw = json_body::read::<Raw>(body, "subscription").map_err(|problem| Invalid(vec![problem]))?;
        let mut problems = vec![];
        let schema = note(&mut problems, schema(api, raw.schema_version.as_deref()));
        let destination = note(&mut problems, destination(raw.destination.map(|Object(raw)| raw)));
        let streams = note(&mut problems, streams(&raw.types));
        let buffering = note(&mut problems, buffering(&raw.buffering.0));
        match (schema, destination, streams, buffering) {
            (Some(schema), Some(destination), Some(streams), Some(buffering)) => {
                Ok(Subscription { name: name.to_owned(), api, schema, streams, buffering, destination })
            }
            _ => Err(Invalid(problems)),
        }
    }
}

fn note<T>(problems: &mut Vec<String>, result: Result<T, String>) -> Option<T> {
    result.map_err(|problem| problems.push(problem)).ok()
}

fn schema(api: Api, word: Option<&str>) -> Result<Schema, String> {
    // The oldest is what subscribers meant who did not say.
    let default = match api {
        Api::Logs => "2020-08-15",
        Api::Telemetry => "2022-07-01",
    };
    let word = word.unwrap_or(default);
    Schema::of(api, word).ok_or_else(|| format!("schemaVersion {word} is not supported"))
}

fn streams(words: &[String]) -> Result<Vec<Stream>, String> {
    if words.is_empty() {
        return Err("types should not be empty".to_owned());
    }
    let stream = |word: &String| Stream::of(word).ok_or_else(|| format!("type {word} is not supported"));
    json_body::distinct(words.iter().map(stream))
}

fn buffering(raw: &RawBuffering) -> Result<Buffering, String> {
    Ok(Buffering {
        max_items: size("maxItems", raw.max_items, 10_000, 1_000, 10_000)?,
        max_bytes: size("maxBytes", raw.max_bytes, 262_144, 262_144, 1_048_576)?,
        timeout: Duration::from_millis(within("timeoutMs", raw.timeout_ms, 1_000, 25, 30_000)?),
    })
}

fn size(name: &str, value: Option<u64>, default: u64, least: u64, most: u64) -> Result<usize, String> {
    let value = within(name, value, default, least, most)?;
    usize::try_from(value).map_err(|error| error.to_string())
}

fn within(name: &str, value: Option<u64>, default: u64, least: u64, most: u64) -> Result<u64, String> {
    let value = value.unwrap_or(default);
    if (least..=most).contains(&value) {
        Ok(value)
    } else {
        Err(format!("{name} should be between {least} and {most}"))
    }
}

fn destination(raw: Option<RawDestination>) -> Result<Destination, String> {
    let Some(RawDestination { protocol, uri, port }) = raw else {
        return Err("destination is not provided".to_owned());
    };
    match protocol.as_deref() {
        Some("HTTP") => http(&uri.unwrap_or_default()),
        Some("TCP") => {
            let port = port.ok_or_else(|| "port is not provided".to_owned())?;
            Ok(Destination::Tcp { port: usable(port)? })
        }
        _ => Err("protocol should be HTTP or TCP".to_owned()),
    }
}

fn http(uri: &str) -> Result<Destination, String> {
    let rest = uri.strip_prefix("http://").ok_or_else(|| "URI is not valid".to_owned())?;
    let (authority, path) = match rest.find('/') {
        Some(slash) => rest.split_at(slash),
        None => (rest, "/"),
    };
    if path.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err("URI is not valid".to_owned());
    }
    let (host, port) = authority.split_once(':').ok_or_else(|| "URI port is not provided".to_owned())?;
    if !matches!(host, "sandbox" | "sandbox.localdomain") {
        return Err("URI host should be sandbox or sandbox.localdomain".to_owned());
    }
    let port = usable(port.parse().map_err(|_| "URI port is not valid".to_owned())?)?;
    Ok(Destination::Http { port, authority: authority.to_owned(), path: path.to_owned() })
}

fn usable(port: u16) -> Result<u16, String> {
    match port {
        0 => Err("port 0 is not valid".to_owned()),
        RESERVED_PORT => Err(format!("port {RESERVED_PORT} is reserved")),
        port => Ok(port),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> Result<Subscription, String> {
        Subscription::parse(Api::Telemetry, "ext", body.as_bytes()).map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn what_is_left_out_has_aws_s_defaults() {
        let body = r#"{"types":["platform","function"],"destination":{"protocol":"HTTP","URI":"http://sandbox:8080/x"}}"#;
        let subscription = parse(body).unwrap();
        let timeout = Duration::from_secs(1);
        assert_eq!(subscription.buffering, Buffering { max_items: 10_000, max_bytes: 262_144, timeout });
        assert_eq!(subscription.streams, [Stream::Platform, Stream::Function]);
        let (authority, path) = ("sandbox:8080".to_owned(), "/x".to_owned());
        assert_eq!(subscription.destination, Destination::Http { port: 8080, authority, path });
    }

    #[test]
    fn everything_that_is_wrong_is_listed() {
        let body = r#"{"types":[],"destination":{"protocol":"HTTP","URI":"http://sandbox.localdomain"}}"#;
        assert_eq!(parse(body).unwrap_err(), "URI port is not provided; types should not be empty");
    }

    #[test]
    fn a_body_that_cannot_be_read_is_refused_in_plain_words() {
        for body in ["no json", "", r#"{"types":["#, "{} {}"] {
            assert_eq!(parse(body).unwrap_err(), "The body is not JSON", "{body}");
        }
        let deep = format!(r#"{{"types":{}{}}}"#, "[".repeat(1000), "]".repeat(1000));
        for body in [
            "1",
            r#"{"types":"platform"}"#,
            r#"{"destination":{"port":65536}}"#,
            r#"{"types":[],"types":[]}"#,
            r#"["2022-12-13",["platform"],{},["HTTP","http://sandbox:8080",null]]"#,
            r#"{"types":["platform"],"destination":["TCP",null,8080]}"#,
            r#"{"types":["platform"],"buffering":[1000,262144,25],"destination":{"protocol":"TCP","port":8080}}"#,
            &deep,
        ] {
            assert_eq!(parse(body).unwrap_err(), "The body cannot be read as a subscription", "{body}");
        }
    }

    #[test]
    fn a_type_that_is_named_twice_is_one() {
        let words = ["platform", "function", "platform"].map(str::to_owned);
        assert_eq!(streams(&words), Ok(vec![Stream::Platform, Stream::Function]));
    }

    #[test]
    fn limits_of_buffering_are_aws_s() {
        let with = |buffering: &str| {
            let destination = r#""destination":{"protocol":"TCP","port":8080}"#;
            parse(&format!(r#"{{"types":["platform"],"buffering":{{{buffering}}},{destination}}}"#)).map(drop)
        };
        for good in ["\"maxItems\":1000", "\"maxBytes\":1048576", "\"timeoutMs\":25", "\"timeoutMs\":30000"] {
            assert_eq!(with(good), Ok(()), "{good}");
        }
        for bad in ["\"maxItems\":999", "\"maxBytes\":262143", "\"timeoutMs\":24", "\"timeoutMs\":30001"] {
            assert!(with(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn only_the_sandbox_itself_is_a_destination_and_not_its_api() {
        let to = |uri: &str| http(uri).map(drop);
        assert!(to("http://example.com:80/").is_err());
        assert!(to("http://sandbox:9001/").is_err());
        assert!(to("http://sandbox:0/").is_err());
        assert!(to("https://sandbox:8080/").is_err());
        assert!(to("http://sandbox:8080/a\r\nX: y").is_err());
        assert_eq!(to("http://sandbox:8080"), Ok(()));
    }

    #[test]
    fn each_api_has_its_own_schemas() {
        assert_eq!(schema(Api::Logs, Some("2021-03-18")), Ok(Schema::Logs20210318));
        assert!(schema(Api::Logs, Some("2022-07-01")).is_err());
        assert!(schema(Api::Telemetry, Some("2020-08-15")).is_err());
    }
}
