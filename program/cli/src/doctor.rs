//! `mayfly doctor`: what this machine lacks for full isolation, and how to get it.

use std::process::ExitCode;

use clap::Args;
use sandbox::host::{Finding, State, report};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::print;

#[derive(Debug, Args)]
#[command(after_help = "The exit status is 1 when something is missing without which no function runs.")]
pub struct Arguments {
    /// Print the findings as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let findings = report();
    if arguments.json {
        print::json(&json!({ "findings": findings.iter().map(object).collect::<Vec<_>>() }))?;
    } else {
        print::out(findings.iter().map(paragraph).collect::<String>())?;
    }
    let missing = findings.iter().any(|finding| matches!(finding.state, State::Missing));
    Ok(if missing { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn paragraph(finding: &Finding) -> String {
    let mark = match finding.state {
        State::Good => "good   ",
        State::Weaker => "weaker ",
        State::Missing => "missing",
    };
    let remedy = finding.remedy.as_ref().map(|remedy| format!("         to do: {remedy}\n"));
    format!("{mark}  {}: {}\n{}", finding.subject, finding.detail, remedy.unwrap_or_default())
}

fn object(finding: &Finding) -> Value {
    let state = match finding.state {
        State::Good => "good",
        State::Weaker => "weaker",
        State::Missing => "missing",
    };
    json!({ "subject": finding.subject, "state": state, "detail": finding.detail, "remedy": finding.remedy })
}
