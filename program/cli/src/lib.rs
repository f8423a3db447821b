//! Mayfly's commands: what a shell needs, and the everyday operations as plain signed API calls.
//!
//! Nothing here knows more of the server than an AWS client does, but `environments`, which asks for what AWS does not
//! show. `runtimes` and `doctor` look at this machine instead, and work without a server.

mod api;
mod data_folder;
mod deploy;
mod doctor;
mod env;
mod environments;
mod failure;
mod invoke;
mod list;
mod logs;
mod print;
mod runtimes;
mod table;
mod target;

use std::io::ErrorKind;
use std::process::ExitCode;

use clap::Subcommand;

pub use data_folder::default_data_dir;
use failure::Failure;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print what points a shell's AWS clients at Mayfly
    Env(env::Arguments),
    /// Show which runtimes this machine has, or fetch their SDKs
    Runtimes(runtimes::Arguments),
    /// Create a function from a folder, a file, a zip or an image, or update it
    Deploy(deploy::Arguments),
    /// Run a function and show what it answers
    Invoke(invoke::Arguments),
    /// Show what a function has logged
    Logs(logs::Arguments),
    /// List the functions
    Ls(list::Arguments),
    /// Show the environments that functions have, and those that wait for one
    Environments(environments::Arguments),
    /// Say what this machine lacks for full isolation, and how to get it
    Doctor(doctor::Arguments),
}

/// Runs one command to its end; what went wrong is on standard error.
pub fn run(command: Command) -> ExitCode {
    match dispatch(command) {
        Ok(code) => code,
        // Whoever read the output, such as `head`, has seen enough.
        Err(Failure::Stream(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Env(arguments) => env::run(&arguments),
        Command::Runtimes(arguments) => runtimes::run(arguments),
        Command::Deploy(arguments) => wait_for(deploy::run(arguments)),
        Command::Invoke(arguments) => wait_for(invoke::run(arguments)),
        Command::Logs(arguments) => wait_for(logs::run(arguments)),
        Command::Ls(arguments) => wait_for(list::run(arguments)),
        Command::Environments(arguments) => wait_for(environments::run(arguments)),
        Command::Doctor(arguments) => doctor::run(&arguments),
    }
}

/// One thread is enough to make one call after the other.
fn wait_for(work: impl Future<Output = Result<ExitCode, Failure>>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(Failure::Runtime)?.block_on(work)
}
