//! Real sandboxes by a real launcher, as root.
//!
//! This program is all of Mayfly's processes: the tests run in the server, which the warden starts from this very file,
//! so there is no harness but this `main`.

mod sandboxes {
    pub(crate) mod life;
    pub(crate) mod place;
}

use std::process::ExitCode;

use sandbox::{Parking, Role, Seat, Template, TemplateTable, launcher, warden};
use sandboxes::place::Place;

fn main() -> ExitCode {
    match Role::of_this_process() {
        Role::Launcher => launcher::run(),
        Role::Server => serve(),
        Role::Program => start(),
    }
}

fn start() -> ExitCode {
    let folder = tempfile::tempdir().expect("a temporary folder");
    warden::run(warden::Config {
        data_dir: folder.path().to_owned(),
        templates: TemplateTable { templates: vec![Template { name: "bare".into(), binds: Vec::new() }] },
        payload: std::env::args().nth(1).unwrap_or_default().into_bytes(),
        descriptors: Vec::new(),
        parking: Parking { per_kind: 2, total: 4 },
    })
}

fn serve() -> ExitCode {
    let seat = Seat::take().expect("a seat");
    let wanted = String::from_utf8(seat.payload.clone()).expect("a name");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let place = Place::new(seat).expect("a place");
        sandboxes::life::run(&place, &wanted).await
    })
}
