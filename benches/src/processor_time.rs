//! The processor time that invocations cost, by who spends it: a figure that other load on the machine hardly moves.

use std::io;
use std::path::Path;
use std::time::Duration;

use testkit::Server;

use crate::processes::{family, server, stat_fields};
use crate::table::Table;

/// What `times` in proc(5) are counted in, on every machine that Linux still runs on.
const TICK: Duration = Duration::from_millis(10);

/// Of user and of system time, behind the command's name.
const TIME_FIELDS: [usize; 2] = [11, 12];

/// Processor time since the processes were started.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spent {
    server: Duration,
    /// Runtimes, their inits, and the launcher.
    functions: Duration,
    client: Duration,
}

impl Spent {
    pub(crate) fn so_far(under_test: &Server) -> io::Result<Spent> {
        let server = server(under_test.pid())?;
        let all: Duration = family(under_test.pid())?.into_iter().map(time_of).sum();
        Ok(Spent {
            server: time_of(server),
            functions: all.saturating_sub(time_of(server)),
            client: time_of(std::process::id()),
        })
    }

    /// Writes down what each of so many invocations has cost since `before`.
    pub(crate) fn tell(self, before: Spent, invocations: usize, what: &str, table: &mut Table) {
        let each = |now: Duration, then: Duration| {
            let share = now.saturating_sub(then).as_secs_f64() / invocations as f64;
            format!("{:.0} µs", share * 1e6)
        };
        let server = each(self.server, before.server);
        let functions = each(self.functions, before.functions);
        let client = each(self.client, before.client);
        let figure = format!("server {server}, function {functions}, client {client}");
        table.figure(&format!("processor time of an invocation, {what}"), figure);
    }
}

/// None for a process that has gone meanwhile.
fn time_of(pid: u32) -> Duration {
    let fields = stat_fields(Path::new(&format!("/proc/{pid}"))).unwrap_or_default();
    let ticks = TIME_FIELDS.iter().filter_map(|field| fields.get(*field)?.parse::<u32>().ok());
    ticks.map(|ticks| TICK * ticks).sum()
}
