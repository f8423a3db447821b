//! Calls of the control plane: reading a function, and the whole of creating one.

use std::io;

use http::Method;
use testkit::package;

use crate::Bench;
use crate::samples::Samples;
use crate::table::Table;
use crate::warm::PYTHON_ECHO;

const READS: usize = 1000;
const CREATIONS: usize = 50;

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> io::Result<()> {
    let server = bench.start()?;
    let python = &bench.runtimes.need("python")?.name;
    let mut connection = server.connect()?;
    let archive = package(&[("index.py", PYTHON_ECHO)]);
    let mut creations = Samples::default();
    for number in 0..CREATIONS {
        let name = format!("created-{number}");
        creations.time(|| server.create_function(&name, python, 128, &archive))?;
    }
    let mut reads = Samples::default();
    for _ in 0..READS {
        reads
            .time(|| connection.call(&Method::GET, "/2015-03-31/functions/created-0", b""))?
            .expect_success();
    }
    table.alone("GetFunction", &reads, None);
    table.alone("CreateFunction until Active", &creations, None);
    Ok(())
}
