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
mod processes;
mod processor_time;
mod registry;
mod samples;
mod table;
mod throughput;
mod warm;

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
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
    /// What is measured; everything if it is left out
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
}

/// A part of the bench that can be run alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    Footprint,
    Warm,
    Cold,
    Layers,
    Images,
    Throughput,
    ControlPlane,
}

impl Part {
    fn measure(
        self,
        server: &Server,
        runtimes: &Runtimes,
        baselines: &Path,
        table: &mut Table,
    ) -> io::Result<()> {
        match self {
            Part::Footprint => footprint::measure(server, table),
            Part::Warm => warm::measure(server, runtimes, baselines, table),
            Part::Cold => cold::measure(server, runtimes, table),
            Part::Layers => layers::measure(server, runtimes, table),
            Part::Images => images::measure(server, table),
            Part::Throughput => throughput::measure(server, runtimes, table),
            Part::ControlPlane => control_plane::measure(server, runtimes, table),
        }
    }
}

impl Arguments {
    fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
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
    for part in Part::value_variants() {
        if arguments.wants(*part) {
            part.measure(&server, &runtimes, &arguments.baselines, &mut table)?;
        }
    }
    table.write(&arguments.out)
}
