//! The command line.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::serve;
use crate::settings::Arguments;

/// AWS Lambda as open software that anyone can run.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true, after_help = EXAMPLES)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  mayfly serve                          start the server on 127.0.0.1:4566
  eval \"$(mayfly env)\"                  point this shell's AWS clients at it
  aws lambda list-functions
  mayfly deploy ./my-function           create a function from a folder, or update it
  mayfly invoke my-function --log       run it and show its log";

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the server
    Serve(Box<Arguments>),
    #[command(flatten)]
    Shell(Box<cli::Command>),
}

pub(crate) fn run() -> ExitCode {
    match Program::parse().command {
        Command::Serve(arguments) => serve::run(*arguments),
        Command::Shell(command) => cli::run(*command),
    }
}
