//! A server that does nothing but hold a few sandboxes with a process each, and says what it sees.

use std::io::Write;
use std::process::ExitCode;

use super::place::{Place, start};

pub(crate) const TASK: &str = "hold";
pub(crate) const READY: &str = "ready";
pub(crate) const GONE: &str = "gone";

const SANDBOXES: usize = 3;

pub(crate) async fn run(place: Place) -> ExitCode {
    let mut stop =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).expect("a signal");
    loop {
        let mut held = Vec::new();
        for _ in 0..SANDBOXES {
            let sandbox = place.sandbox().await;
            // One that leaves its session, and one that is frozen in the middle of its work.
            let process = start(&sandbox, "setsid sleep 600 & exec sleep 600").await;
            held.push((sandbox, process));
        }
        held[0].0.freeze().expect("a freeze");
        say(READY);
        tokio::select! {
            () = held[1].0.gone() => say(GONE),
            _ = stop.recv() => return ExitCode::from(42),
        }
    }
}

fn say(word: &str) {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{word}").and_then(|()| stdout.flush()).expect("somebody listens");
}
