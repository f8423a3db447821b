//! Measures the release server against a baseline in the same run, and writes a table.
//!
//! The machine is noisy, so the absolute figure of one run proves nothing: what counts is the ratio to the baseline,
//! which is sampled in turns with Mayfly.

mod burst;
mod cold;
mod control_plane;
mod emulator;
mod footprint;
mod images;
mod in_a_row;
mod kinds;
mod layers;
mod missed;
mod parked;
mod processes;
mod processor_time;
mod profile;
mod registry;
mod relay;
mod runtimes;
mod samples;
mod sandboxes;
mod subjects;
mod table;
mod target;
mod throughput;
mod waiting;
mod warm;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use runtimes::{FALLBACK, Runtimes};
use table::Table;
use testkit::Server;

/// Measures warm and cold invocations, sandboxes, throughput, control-plane calls and memory.
#[derive(Debug, Parser)]
struct Arguments {
    /// The program under test
    #[arg(long, env = "MAYFLY_BINARY", default_value = "target/release/mayfly")]
    binary: PathBuf,
    /// The sandbox crate's example `latency`
    #[arg(long, default_value = "target/release/examples/latency")]
    sandboxes: PathBuf,
    /// Folder that `benches/baselines` filled
    #[arg(long, default_value = "target/cache/baselines")]
    baselines: PathBuf,
    /// Where the table goes
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
    /// Runtimes to measure instead of the newest of their languages
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    runtimes: Vec<String>,
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
    InARow,
    Missed,
    Burst,
    Parked,
    Sandboxes,
    Layers,
    Images,
    Throughput,
    ControlPlane,
}

impl Part {
    fn measure(self, bench: &Bench, table: &mut Table) -> io::Result<()> {
        match self {
            Part::Footprint => footprint::measure(bench, table),
            Part::Warm => warm::measure(bench, table),
            Part::Cold => cold::measure(bench, table),
            Part::InARow => in_a_row::measure(bench, table),
            Part::Missed => missed::measure(bench, table),
            Part::Burst => burst::measure(bench, table),
            Part::Parked => parked::measure(bench, table),
            Part::Sandboxes => sandboxes::measure(bench, table),
            Part::Layers => layers::measure(bench, table),
            Part::Images => images::measure(bench, table),
            Part::Throughput => throughput::measure(bench, table),
            Part::ControlPlane => control_plane::measure(bench, table),
        }
    }
}

impl Arguments {
    fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

/// What is measured, and against what.
#[derive(Debug)]
struct Bench {
    binary: PathBuf,
    sandboxes: PathBuf,
    baselines: PathBuf,
    runtimes: Runtimes,
}

impl Bench {
    /// A server of its own for each part, so that none measures what another has left.
    fn start(&self) -> io::Result<Server> {
        self.start_with(&[])
    }

    fn start_with(&self, variables: &[(&str, &str)]) -> io::Result<Server> {
        Server::start(&self.binary, &[variables, &[FALLBACK]].concat())
    }
}

fn main() -> ExitCode {
    match measure(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn measure(arguments: Arguments) -> io::Result<()> {
    let parts = Part::value_variants().iter().filter(|part| arguments.wants(**part));
    let parts = Vec::from_iter(parts.copied());
    let runtimes = Runtimes::found_by(&arguments.binary, &arguments.runtimes)?;
    let Arguments { binary, sandboxes, baselines, out, .. } = arguments;
    let bench = Bench { binary, sandboxes, baselines, runtimes };
    let mut table = Table::new();
    parts.into_iter().try_for_each(|part| part.measure(&bench, &mut table))?;
    table.write(&out)
}
