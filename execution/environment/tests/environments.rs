//! Real functions in real sandboxes, as root, on every Python and Node that the host has.
//!
//! This program is all of Mayfly's processes: the tests run in the server, which the warden starts from this very
//! file, so there is no harness but this `main`. An argument selects the tests whose names contain it.

mod environments {
    pub(crate) mod custom;
    pub(crate) mod extensions;
    pub(crate) mod failures;
    pub(crate) mod life;
    pub(crate) mod logs;
    pub(crate) mod node;
    pub(crate) mod place;
    pub(crate) mod python;
    pub(crate) mod resources;
    pub(crate) mod telemetry;
    pub(crate) mod xray;
}

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use environment::RuntimeTable;
use environment::runtimes::{Fallback, Search};
use environments::place::{Place, Test};
use sandbox::{Parking, Role, Seat, launcher, warden};

/// What a test may take, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    match Role::of_this_process() {
        Role::Launcher => launcher::run(),
        Role::Server => serve(),
        Role::Program => start(),
    }
}

fn start() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let table = RuntimeTable::discover(&search(), Fallback::Refuse, folder.path());
    table.write_clients().expect("the clients' files");
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-')).unwrap_or_default();
    warden::run(warden::Config {
        data_dir: folder.path().to_owned(),
        templates: table.templates(),
        payload: serde_json::to_vec(&(table, wanted)).expect("a payload"),
        descriptors: Vec::new(),
        parking: Parking { per_kind: 1, total: 4 },
    })
}

fn search() -> Search {
    let path = std::env::var_os("PATH").unwrap_or_default();
    Search {
        configured: vec![],
        path: std::env::split_paths(&path).collect(),
        home: std::env::var_os("HOME").map(PathBuf::from),
    }
}

fn serve() -> ExitCode {
    let seat = Seat::take().expect("a seat");
    let (table, wanted): (RuntimeTable, String) = serde_json::from_slice(&seat.payload).expect("a payload");
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let place = Place::new(seat, table).expect("a place");
        run(&place, &wanted).await
    })
}

async fn run(place: &Place, wanted: &str) -> ExitCode {
    let tests = [
        life::tests(),
        failures::tests(),
        logs::tests(),
        python::tests(),
        node::tests(),
        custom::tests(),
        resources::tests(),
        extensions::tests(),
        telemetry::tests(),
        xray::tests(),
    ];
    let mut failed = 0;
    for test in tests.into_iter().flatten().filter(|test| test.name.contains(wanted)) {
        failed += usize::from(!passes(place, test).await);
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

async fn passes(place: &Place, test: Test) -> bool {
    let began = Instant::now();
    let body = tokio::spawn((test.body)(place.clone()));
    let outcome = tokio::time::timeout(PATIENCE, body).await;
    let passed = matches!(outcome, Ok(Ok(())));
    println!("test {} ... {} ({:?})", test.name, if passed { "ok" } else { "FAILED" }, began.elapsed());
    passed
}

use environments::{custom, extensions, failures, life, logs, node, python, resources, telemetry, xray};
