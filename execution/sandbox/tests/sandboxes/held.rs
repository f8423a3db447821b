//! A server that does nothing but hold a few sandboxes with a process each, and says what it sees.

use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use sandbox::Demand;

use super::place::{Place, start};
use super::zygotes::{lingering_spec, zygote_spec};

pub(crate) const TASK: &str = "hold";
/// Instead of holding, has a zygote fork again and again.
pub(crate) const FORK: &str = "fork";
/// Has a zygote fork that is not done with it.
pub(crate) const LINGER: &str = "linger";
pub(crate) const READY: &str = "ready";
pub(crate) const GONE: &str = "gone";

const SANDBOXES: usize = 3;
const PAUSE: Duration = Duration::from_millis(200);

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

/// Says that a fork worked after others had not, that one failed after others had not, and then that a process which
/// was forked before goes on.
pub(crate) async fn fork(place: Place) -> ExitCode {
    let (sandbox, _listeners) = place.create(zygote_spec()).await;
    let (mut process, _output) = sandbox.fork(Demand::Ahead).await.expect("a first fork");
    say(READY);
    let mut works = true;
    loop {
        let worked = sandbox.fork(Demand::Ahead).await.is_ok();
        if worked != works {
            say(if worked { READY } else { GONE });
            let ended = tokio::time::timeout(PAUSE, process.wait()).await;
            assert!(ended.is_err(), "a process that had been forked has ended: {ended:?}");
        }
        works = worked;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Ends its sandbox when it is told to stop.
pub(crate) async fn linger(place: Place) -> ExitCode {
    let mut stop =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).expect("a signal");
    let (sandbox, _listeners) = place.create(lingering_spec()).await;
    let _forked = sandbox.fork(Demand::Ahead).await.expect("a fork");
    say(READY);
    stop.recv().await;
    sandbox.destroy().await;
    ExitCode::from(42)
}

fn say(word: &str) {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{word}").and_then(|()| stdout.flush()).expect("somebody listens");
}
