//! What the owner waits for.

use sandbox::{Exit, Process};
use tokio::sync::mpsc;

use super::{Command, Owner};
use crate::phase::{ExtensionId, Limit};
use crate::runtime_api::Asked;

/// Something that the task waits for.
pub(super) enum Heard {
    Command(Command),
    Asked(Asked),
    Exited(Exit),
    ExtensionExited(ExtensionId, Exit),
    Due(Limit),
    BurstDue,
    /// Nobody wants the environment any more.
    Retired,
    /// Its sandbox is dead.
    Dead,
}

impl Owner {
    pub(super) async fn hear(&mut self, commands: &mut mpsc::Receiver<Command>) -> Heard {
        let Owner { sandbox, api, log, process, externals, deadline, burst, ends_burst, is_retired, .. } =
            self;
        // Timers first, so that no runtime can keep itself from being timed out by asking; then what every invocation
        // waits for, so that the rest is looked at only when nothing else is to be done.
        tokio::select! {
            biased;
            limit = deadline.due() => Heard::Due(limit),
            command = commands.recv(), if !*is_retired => command.map_or(Heard::Retired, Heard::Command),
            asked = api.asked() => Heard::Asked(asked),
            () = log.pump() => Heard::Dead,
            () = std::future::ready(()), if *ends_burst => Heard::BurstDue,
            _burst = burst.due() => Heard::BurstDue,
            exit = exit_of(process) => Heard::Exited(exit),
            (id, exit) = externals.ended() => Heard::ExtensionExited(id, exit),
            () = sandbox.gone() => Heard::Dead,
        }
    }
}

/// Never resolves when there is no process.
async fn exit_of(process: &mut Option<Process>) -> Exit {
    match process {
        Some(process) => process.wait().await,
        None => std::future::pending().await,
    }
}
