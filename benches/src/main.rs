//! Measures the release server against a baseline in the same run, and writes a table.
//!
//! The machine is noisy, so the absolute figure of one run proves nothing: what counts is the ratio to the baseline,
//! which is sampled in turns with Mayfly.

mod cold;
mod control_plane;
mod emulator;
mod footprint;
mod images;
mod layers;
mod registry;
mod samples;
mod table;
mod throughput;
mod warm;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use table::Table;
use testkit::Server;

/// Measures warm and cold invocations, throughput, control-plane calls and memory.
#[derive(Debug, Parser)]
struct Arguments {
    /// The program under test
    #[arg(long, env = "MAYFLY_BINARY", default_value = "target/release/mayfly")]
    binary: PathBuf,
    /// Folder that `benches/baselines` filled
    #[arg(long, default_value = "target/cache/baselines")]
    baselines: PathBuf,
    /// Where the table goes
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
    /// Python runtime of the measured functions
    #[arg(long, default_value = "python3.11")]
    python: String,
    /// Node runtime of the measured functions
    #[arg(long, default_value = "nodejs20.x")]
    node: String,
}

/// The functions that are measured, by language.
#[derive(Debug)]
struct Runtimes {
    python: String,
    node: String,
}

fn main() -> ExitCode {
    match measure(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: &Arguments) -> io::Result<()> {
    let runtimes = Runtimes { python: arguments.python.clone(), node: arguments.node.clone() };
    let server = Server::start(&arguments.binary)?;
    let mut table = Table::new();
    footprint::measure(&server, &mut table)?;
    warm::measure(&server, &runtimes, &arguments.baselines, &mut table)?;
    cold::measure(&server, &runtimes, &mut table)?;
    layers::measure(&server, &runtimes, &mut table)?;
    images::measure(&server, &mut table)?;
    throughput::measure(&server, &runtimes, &mut table)?;
    control_plane::measure(&server, &runtimes, &mut table)?;
    table.write(&arguments.out)
}
