//! `mayfly environments`: what runs and what waits on the server, and within which memory.

use std::process::ExitCode;

use clap::Args;
use serde_json::Value;

use crate::api::Api;
use crate::failure::Failure;
use crate::print;
use crate::table::Table;
use crate::target::{TargetArguments, Variables};

#[derive(Debug, Args)]
#[command(after_help = "\
A parked environment has started its runtime and waits for a function. Of each kind that functions
have one is parked, and as many more as were lately started within a second, while there is memory.

Examples:
  mayfly environments
  mayfly environments --json | jq '.parked[] | {kind, parked, wanted}'")]
pub struct Arguments {
    /// Print the same as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: TargetArguments,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let api = Api::new(arguments.target.resolve(&Variables::of_process())?);
    let census = api.own("/environments").await?;
    if arguments.json {
        print::json(&census)?;
    } else {
        print::out(shown(&census))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(census: &Value) -> String {
    let number = |member: &str| number(census, member);
    let parked_mib = rows(&census["parked"]).iter().map(|kind| self::number(kind, "memory_mib")).sum::<u64>();
    format!(
        "{}\n{}\nFunctions have {} of {} MiB, parked environments {parked_mib} of {} MiB.\n{}",
        functions(census).render(),
        parked(census).render(),
        number("memory_mib"),
        number("memory_max_mib"),
        number("parked_memory_max_mib"),
        preloaded(census),
    )
}

fn functions(census: &Value) -> Table<5> {
    let mut table = Table::new(["FUNCTION", "VERSION", "STARTING", "BUSY", "IDLE"]);
    for pool in rows(&census["functions"]) {
        let count = |member: &str| number(pool, member).to_string();
        table.push([
            text(pool, "name"),
            text(pool, "version"),
            count("starting"),
            count("busy"),
            count("idle"),
        ]);
    }
    table
}

fn parked(census: &Value) -> Table<5> {
    let mut table = Table::new(["PARKED FOR", "STARTING", "WAITING", "WANTED", "MEMORY"]);
    for kind in rows(&census["parked"]) {
        let count = |member: &str| number(kind, member).to_string();
        let memory = format!("{} MiB", number(kind, "memory_mib"));
        table.push([text(kind, "kind"), count("starting"), count("parked"), count("wanted"), memory]);
    }
    table
}

fn preloaded(census: &Value) -> String {
    let runtimes = census["preloaded"].as_object().into_iter().flatten();
    let lines = runtimes.map(|(runtime, modules)| {
        let modules = rows(modules).iter().filter_map(Value::as_str).collect::<Vec<_>>();
        format!("Loaded ahead for {runtime}, where it is there: {}.\n", modules.join(" "))
    });
    lines.collect()
}

fn rows(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text(object: &Value, member: &str) -> String {
    object[member].as_str().unwrap_or("-").to_owned()
}

fn number(object: &Value, member: &str) -> u64 {
    object[member].as_u64().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_runs_and_what_waits_is_a_line_each() {
        let census = json!({
            "functions": [{ "name": "hello", "version": "$LATEST", "starting": 0, "busy": 1, "idle": 2 }],
            "memory_mib": 384,
            "memory_max_mib": 4096,
            "parked": [{
                "kind": "python3.12, /tmp 512 MiB", "runtime": "python3.12",
                "parked": 2, "starting": 1, "wanted": 3, "memory_mib": 9,
            }],
            "parked_memory_max_mib": 512,
            "preloaded": { "python3.12": ["json", "boto3"] },
        });
        assert_eq!(
            shown(&census),
            "FUNCTION  VERSION  STARTING  BUSY  IDLE\n\
             hello     $LATEST  0         1     2\n\
             \n\
             PARKED FOR                STARTING  WAITING  WANTED  MEMORY\n\
             python3.12, /tmp 512 MiB  1         2        3       9 MiB\n\
             \n\
             Functions have 384 of 4096 MiB, parked environments 9 of 512 MiB.\n\
             Loaded ahead for python3.12, where it is there: json boto3.\n"
        );
    }
}
