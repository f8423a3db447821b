//! Sixteen clients on sixteen environments, all on the same cores as the server.

use std::io;
use std::time::{Duration, Instant};

use testkit::{Server, package};

use crate::Bench;
use crate::processor_time::Spent;
use crate::table::Table;
use crate::target::Bound;
use crate::warm::{PYTHON_ECHO, call, invocations};

const CLIENTS: usize = 16;
/// Sixteen of them fit into the default budget of a small machine.
const MEMORY_MIB: u32 = 512;
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(5);

pub(crate) fn measure(bench: &Bench, table: &mut Table) -> io::Result<()> {
    let server = bench.start()?;
    let python = &bench.runtimes.need("python")?.name;
    server.create_function("throughput", python, MEMORY_MIB, &package(&[("index.py", PYTHON_ECHO)]))?;
    invoke_for(&server, WARM_UP)?;
    let before = Spent::so_far(&server)?;
    let answered = invoke_for(&server, MEASURED)?;
    let after = Spent::so_far(&server)?;
    let per_second = answered as f64 / MEASURED.as_secs_f64();
    table.number("throughput, 16 clients, python", per_second, "/s", Bound::AtLeast(25_000.0));
    after.tell(before, answered, "16 clients, python", table);
    Ok(())
}

fn invoke_for(server: &Server, period: Duration) -> io::Result<usize> {
    let deadline = Instant::now() + period;
    std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(|| invoke_until(server, deadline))).collect();
        clients.into_iter().map(|client| client.join().expect("a client does not panic")).sum()
    })
}

fn invoke_until(server: &Server, deadline: Instant) -> io::Result<usize> {
    let mut connection = server.connect()?;
    let path = invocations("throughput");
    let mut answered = 0;
    while Instant::now() < deadline {
        call(&mut connection, &path)?;
        answered += 1;
    }
    Ok(answered)
}
