//! The `mayfly` binary: one program that is the server's three processes and the commands of a shell.

mod banner;
mod environments;
mod payload;
mod program;
mod serve;
mod server;
mod services;
mod settings;

use std::process::ExitCode;

use sandbox::{Role, Seat};
use tikv_jemallocator::Jemalloc;

/// An invocation allocates a hundred times or so, and the C library's allocator keeps looking for what fits.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

fn main() -> ExitCode {
    // The launcher forks and the server gives up privileges: both before any thread exists.
    match Role::of_this_process() {
        Role::Launcher => sandbox::launcher::run(),
        Role::Server => server::run(Seat::take()),
        Role::Program => program::run(),
    }
}
