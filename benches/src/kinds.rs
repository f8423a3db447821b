//! Kinds of parked environments: each size of `/tmp` is one, so a bench can have as many as it likes, each as fresh as a
//! new server's.

use std::io;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use testkit::Server;

use crate::subjects::Subject;

/// AWS's smallest, which every other function has.
const SMALLEST_TMP_MIB: usize = 512;

/// An interpreter starts in a fraction of it.
const PARKED_WITHIN: Duration = Duration::from_secs(10);
const POLL_EVERY: Duration = Duration::from_millis(20);
/// For what has just been parked to come to rest.
const SETTLE: Duration = Duration::from_millis(500);

/// Creates a function of the kind of that number, of which there may be any number.
pub(crate) fn create(server: &Server, subject: &Subject, name: &str, kind: usize) -> io::Result<()> {
    let mut settings = subject.settings.clone();
    settings["EphemeralStorage"] = json!({ "Size": tmp_mib(kind) });
    server.create_function_with(name, &subject.runtime, 1769, &subject.package, &settings)
}

fn tmp_mib(kind: usize) -> usize {
    SMALLEST_TMP_MIB + 1 + kind
}

/// What is parked of a kind once nothing is being started any more; none where the server parks none in time.
pub(crate) fn parked(server: &Server, subject: &Subject, kind: usize) -> io::Result<Option<Value>> {
    let suffix = format!("/tmp {} MiB", tmp_mib(kind));
    let deadline = Instant::now() + PARKED_WITHIN;
    while Instant::now() < deadline {
        let environments = server.environments()?;
        let kinds = environments["parked"].as_array().map(Vec::as_slice).unwrap_or_default();
        let at_rest = kinds.iter().all(|kind| kind["starting"] == 0);
        let found = kinds.iter().find(|kind| {
            kind["runtime"] == subject.runtime.as_str()
                && kind["kind"].as_str().is_some_and(|name| name.ends_with(&suffix))
        });
        match found {
            Some(kind) if at_rest && kind["parked"] != 0 => return Ok(Some(kind.clone())),
            _ => thread::sleep(POLL_EVERY),
        }
    }
    Ok(None)
}

/// Until so many are parked of any kind of a runtime. Returns in any case: how many there were is told by the marks.
pub(crate) fn await_parked(server: &Server, runtime: &str, count: usize) -> io::Result<()> {
    let deadline = Instant::now() + PARKED_WITHIN;
    while Instant::now() < deadline {
        let environments = server.environments()?;
        let kinds = environments["parked"].as_array().map(Vec::as_slice).unwrap_or_default();
        let is_full = |kind: &Value| kind["parked"].as_u64().is_some_and(|parked| parked >= count as u64);
        if kinds.iter().any(|kind| kind["runtime"] == runtime && is_full(kind)) {
            break;
        }
        thread::sleep(POLL_EVERY);
    }
    thread::sleep(SETTLE);
    Ok(())
}
