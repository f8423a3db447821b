//! `mayfly invoke`: one synchronous invocation. The answer goes to standard output, everything about it to standard
//! error, so that pipes get the answer alone.

use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use http::{HeaderMap, HeaderValue, Response};
use serde_json::{Value, json};

use crate::api::{Api, function_path, query_value};
use crate::failure::Failure;
use crate::print;
use crate::target::{TargetArguments, Variables};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mayfly invoke hello
  mayfly invoke hello --payload '{\"name\":\"you\"}' --log
  mayfly invoke hello:live --payload @event.json
  generate-event | mayfly invoke hello --payload - | jq .

The exit status is 1 when the function failed.")]
pub struct Arguments {
    /// Name or ARN of the function, with :VERSION or :ALIAS if wanted
    #[arg(value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    function: String,
    /// The event, as JSON; @FILE reads it from a file, - from standard input [default: {}]
    #[arg(long, short, value_name = "JSON")]
    payload: Option<String>,
    /// Version or alias to run
    #[arg(long)]
    qualifier: Option<String>,
    /// Show the end of this invocation's log
    #[arg(long, short)]
    log: bool,
    /// Print one JSON object with the answer and all that is known about it
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: TargetArguments,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let api = Api::new(arguments.target.resolve(&Variables::of_process())?);
    let payload = payload(arguments.payload.as_deref())?;
    let response = api.invoke(&path(&arguments), headers(&arguments), payload).await?;
    let answer = Answer::read(&response);
    if arguments.json {
        print::json(&answer.to_json())?;
    } else {
        answer.show()?;
    }
    Ok(if answer.error.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn path(arguments: &Arguments) -> String {
    let query = arguments.qualifier.as_deref().map(|it| format!("?Qualifier={}", query_value(it)));
    function_path(&arguments.function, "/invocations") + &query.unwrap_or_default()
}

fn headers(arguments: &Arguments) -> HeaderMap {
    let log_type = if arguments.log || arguments.json { "Tail" } else { "None" };
    HeaderMap::from_iter([(
        http::HeaderName::from_static("x-amz-log-type"),
        HeaderValue::from_static(log_type),
    )])
}

fn payload(argument: Option<&str>) -> Result<Bytes, Failure> {
    match argument {
        None => Ok(Bytes::new()),
        Some("-") => {
            let mut input = Vec::new();
            std::io::stdin().read_to_end(&mut input)?;
            Ok(input.into())
        }
        Some(argument) => match argument.strip_prefix('@') {
            Some(file) => read_file(Path::new(file)),
            None => Ok(Bytes::copy_from_slice(argument.as_bytes())),
        },
    }
}

fn read_file(path: &Path) -> Result<Bytes, Failure> {
    let read = std::fs::read(path);
    read.map(Bytes::from).map_err(|source| Failure::File { path: path.to_owned(), source })
}

struct Answer {
    payload: Bytes,
    error: Option<String>,
    version: Option<String>,
    request_id: Option<String>,
    log: Option<String>,
}

impl Answer {
    fn read(response: &Response<Bytes>) -> Answer {
        let header = |name| Some(response.headers().get(name)?.to_str().ok()?.to_owned());
        let log = header("x-amz-log-result").and_then(|log| BASE64.decode(log).ok());
        Answer {
            payload: response.body().clone(),
            error: header("x-amz-function-error"),
            version: header("x-amz-executed-version"),
            request_id: header("x-amzn-requestid"),
            log: log.map(|log| String::from_utf8_lossy(&log).into_owned()),
        }
    }

    fn show(&self) -> Result<(), Failure> {
        if let Some(log) = &self.log {
            eprint!("{log}");
        }
        if let Some(error) = &self.error {
            eprintln!("The function failed ({error}):");
        }
        Ok(print::out([&self.payload[..], b"\n"].concat())?)
    }

    fn to_json(&self) -> Value {
        let payload = serde_json::from_slice::<Value>(&self.payload);
        json!({
            "ExecutedVersion": self.version,
            "FunctionError": self.error,
            "Log": self.log,
            "Payload": payload.unwrap_or_else(|_| String::from_utf8_lossy(&self.payload).into()),
            "RequestId": self.request_id,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(headers: &[(&str, &str)], payload: &'static str) -> Answer {
        let response = headers
            .iter()
            .fold(Response::builder(), |response, (name, value)| response.header(*name, *value));
        Answer::read(&response.body(Bytes::from(payload)).unwrap())
    }

    #[test]
    fn an_answer_is_one_object_for_programs() {
        let headers = [
            ("x-amz-executed-version", "7"),
            ("x-amz-function-error", "Unhandled"),
            ("x-amz-log-result", "U1RBUlQK"),
        ];
        let object = answer(&headers, r#"{"errorType":"E"}"#).to_json();
        assert_eq!(object["ExecutedVersion"], "7");
        assert_eq!(object["FunctionError"], "Unhandled");
        assert_eq!(object["Log"], "START\n");
        assert_eq!(object["Payload"]["errorType"], "E");
        assert_eq!(object["RequestId"], Value::Null);
    }

    #[test]
    fn what_is_not_json_is_shown_as_text() {
        assert_eq!(answer(&[], "plain").to_json()["Payload"], "plain");
    }

    #[test]
    fn a_payload_is_given_in_place_or_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("event.json");
        std::fs::write(&file, "[1]").unwrap();
        assert_eq!(payload(None).unwrap(), "");
        assert_eq!(payload(Some("{}")).unwrap(), "{}");
        assert_eq!(payload(Some(&format!("@{}", file.display()))).unwrap(), "[1]");
        assert!(matches!(payload(Some("@/nowhere")), Err(Failure::File { .. })));
    }
}
