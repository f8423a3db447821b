//! `mayfly logs`: what a function has logged, and with `--follow` what it logs.

use std::collections::HashMap;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use http::Method;
use model::{Clock, Timestamp};
use serde_json::{Value, json};

use crate::api::{Api, CallError, function_path};
use crate::failure::Failure;
use crate::print;
use crate::target::{TargetArguments, Variables};

/// How often new lines are asked for while following.
const FOLLOW_INTERVAL: Duration = Duration::from_millis(500);

/// A line may be stored a little after the time that it carries, so following looks back this far.
const OVERLAP: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mayfly logs hello                    the last hour
  mayfly logs hello --since 2d
  mayfly logs hello -f --filter ERROR  go on until Ctrl-C")]
pub struct Arguments {
    /// Name of the function
    #[arg(value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    function: String,
    /// Go on showing lines as they come
    #[arg(long, short)]
    follow: bool,
    /// How far back to begin: a number and s, m, h or d
    #[arg(long, default_value = "1h", value_name = "TIME", value_parser = duration)]
    since: Duration,
    /// Show only events that match this CloudWatch filter pattern
    #[arg(long, value_name = "PATTERN")]
    filter: Option<String>,
    /// Print each event as one line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: TargetArguments,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let api = Api::new(arguments.target.resolve(&Variables::of_process())?);
    let source = Source::find(&api, &arguments.function).await?;
    let start = Timestamp::from_millis(Clock::system().now().as_millis() - millis(arguments.since));
    let mut reader = Reader { api, source, filter: arguments.filter, start, seen: HashMap::new() };
    loop {
        for event in reader.read().await? {
            print::out(if arguments.json { format!("{event}\n") } else { line(&event) })?;
        }
        if !arguments.follow {
            return Ok(ExitCode::SUCCESS);
        }
        tokio::time::sleep(FOLLOW_INTERVAL).await;
    }
}

/// Where a function's lines are.
struct Source {
    group: String,
    /// Then a group that is not there only means that nothing has been logged yet.
    function_exists: bool,
}

impl Source {
    /// The logs of a deleted function stay in its usual group.
    async fn find(api: &Api, function: &str) -> Result<Source, CallError> {
        let path = function_path(function, "/configuration");
        let usual = format!("/aws/lambda/{function}");
        match api.lambda(Method::GET, &path, None).await {
            Ok(configuration) => {
                let group = configuration["LoggingConfig"]["LogGroup"].as_str().map_or(usual, str::to_owned);
                Ok(Source { group, function_exists: true })
            }
            Err(error) if error.is_not_found() => Ok(Source { group: usual, function_exists: false }),
            Err(error) => Err(error),
        }
    }
}

struct Reader {
    api: Api,
    source: Source,
    filter: Option<String>,
    /// Everything before has been read.
    start: Timestamp,
    /// What has been read of the time from `start` on, by its id.
    seen: HashMap<String, Timestamp>,
}

impl Reader {
    /// The events since the last read, in the order of their times.
    async fn read(&mut self) -> Result<Vec<Value>, CallError> {
        let mut events = Vec::new();
        let mut token = Value::Null;
        loop {
            let mut page = match self.api.logs("FilterLogEvents", &self.request(&token)).await {
                Err(error) if error.is_not_found() && self.source.function_exists => break,
                page => page?,
            };
            if let Value::Array(found) = page["events"].take() {
                events.extend(found.into_iter().filter(|event| self.is_new(event)));
            }
            token = page["nextToken"].take();
            if token.is_null() {
                break;
            }
        }
        self.advance();
        Ok(events)
    }

    fn is_new(&mut self, event: &Value) -> bool {
        let id = event["eventId"].as_str().unwrap_or_default().to_owned();
        self.seen.insert(id, time(event)).is_none()
    }

    fn request(&self, token: &Value) -> Value {
        let mut request = json!({ "logGroupName": self.source.group, "startTime": self.start.as_millis() });
        if let Some(filter) = &self.filter {
            request["filterPattern"] = filter.as_str().into();
        }
        if !token.is_null() {
            request["nextToken"] = token.clone();
        }
        request
    }

    /// The next read covers the last seconds again, and only for them ids are kept.
    fn advance(&mut self) {
        let Some(latest) = self.seen.values().max() else { return };
        let start = Timestamp::from_millis(latest.as_millis() - millis(OVERLAP));
        self.start = self.start.max(start);
        self.seen.retain(|_id, time| *time >= self.start);
    }
}

fn time(event: &Value) -> Timestamp {
    Timestamp::from_millis(event["timestamp"].as_i64().unwrap_or_default())
}

fn line(event: &Value) -> String {
    let time = time(event).to_rfc3339_millis();
    format!("{time}  {}\n", event["message"].as_str().unwrap_or_default().trim_end())
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// `90s`, `15m`, `2h`, `7d`.
fn duration(text: &str) -> Result<Duration, String> {
    let unit_s = match text.chars().last() {
        Some('s') => 1,
        Some('m') => 60,
        Some('h') => 60 * 60,
        Some('d') => 24 * 60 * 60,
        _ => return Err("write a number and s, m, h or d, such as 15m".to_owned()),
    };
    let number = text[..text.len() - 1].parse::<u32>().map_err(|error| error.to_string())?;
    Ok(Duration::from_secs(u64::from(number) * unit_s))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_back_are_a_number_and_a_unit() {
        assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(duration("2d"), Ok(Duration::from_secs(172_800)));
        for wrong in ["", "h", "5", "-1m", "1.5h", "5µ"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_event_is_a_line_with_its_time() {
        let event = json!({ "timestamp": 1_700_000_000_007_i64, "message": "START RequestId: x\n" });
        assert_eq!(line(&event), "2023-11-14T22:13:20.007Z  START RequestId: x\n");
    }
}
