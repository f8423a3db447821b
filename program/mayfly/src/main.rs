//! The `mayfly` binary: one program that is the server's three processes and the commands of a shell.

mod banner;
mod payload;
mod program;
mod serve;
mod server;
mod services;
mod settings;

use std::process::ExitCode;

use sandbox::{Role, Seat};

fn main() -> ExitCode {
    // The launcher forks and the server gives up privileges: both before any thread exists.
    match Role::of_this_process() {
        Role::Launcher => sandbox::launcher::run(),
        Role::Server => server::run(Seat::take()),
        Role::Program => program::run(),
    }
}
