//! `mayfly ls`: the functions that there are.

use std::process::ExitCode;

use clap::Args;
use http::Method;
use serde_json::{Value, json};

use crate::api::{Api, CallError, FUNCTIONS, query_value};
use crate::failure::Failure;
use crate::print;
use crate::table::Table;
use crate::target::{TargetArguments, Variables};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  mayfly ls
  mayfly ls --json | jq -r '.Functions[].FunctionName'")]
pub struct Arguments {
    /// Print the functions' configurations as JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    target: TargetArguments,
}

pub(crate) async fn run(arguments: Arguments) -> Result<ExitCode, Failure> {
    let api = Api::new(arguments.target.resolve(&Variables::of_process())?);
    let functions = functions(&api).await?;
    if arguments.json {
        print::json(&json!({ "Functions": functions }))?;
    } else if functions.is_empty() {
        print::out("No functions yet. `mayfly deploy PATH` makes one.\n")?;
    } else {
        print::out(table(&functions).render())?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn functions(api: &Api) -> Result<Vec<Value>, CallError> {
    let mut functions = Vec::new();
    let mut marker = String::new();
    loop {
        let mut page = api.lambda(Method::GET, &format!("{FUNCTIONS}/{marker}"), None).await?;
        if let Value::Array(found) = page["Functions"].take() {
            functions.extend(found);
        }
        let Some(next) = page["NextMarker"].as_str() else { return Ok(functions) };
        marker = format!("?Marker={}", query_value(next));
    }
}

fn table(functions: &[Value]) -> Table<6> {
    let mut table = Table::new(["NAME", "RUNTIME", "HANDLER", "MEMORY", "CODE", "MODIFIED"]);
    for function in functions {
        let text = |member: &str| function[member].as_str().unwrap_or("-").to_owned();
        table.push([
            text("FunctionName"),
            runtime(function),
            text("Handler"),
            format!("{} MB", function["MemorySize"].as_u64().unwrap_or_default()),
            size(function["CodeSize"].as_u64().unwrap_or_default()),
            text("LastModified"),
        ]);
    }
    table
}

fn runtime(function: &Value) -> String {
    match function["PackageType"].as_str() {
        Some("Image") => "image".to_owned(),
        _ => function["Runtime"].as_str().unwrap_or("-").to_owned(),
    }
}

/// In the largest unit that leaves a whole number.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} kB", bytes / 1024),
        _ => format!("{} MB", bytes / 1_048_576),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_a_line() {
        let function = json!({
            "FunctionName": "hello", "Runtime": "python3.12", "Handler": "index.handler", "MemorySize": 128,
            "CodeSize": 2050, "LastModified": "2026-11-23T12:00:00.000+0000",
        });
        let text = table(&[function]).render();
        let line = text.lines().nth(1).unwrap();
        assert_eq!(
            line.split("  ").filter(|cell| !cell.is_empty()).map(str::trim).collect::<Vec<_>>(),
            ["hello", "python3.12", "index.handler", "128 MB", "2 kB", "2026-11-23T12:00:00.000+0000"]
        );
    }
}
