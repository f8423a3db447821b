//! One parked environment: a sandbox in which a runtime has started and waits to hear which function it is to serve.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use sandbox::{
    Demand, Launcher, Limits, Listeners, Output, Process, Sandbox, SandboxError, SpawnError, Spec,
};
use tokio::net::{TcpListener, UdpSocket};
use tokio::time::timeout;

use super::kind::ParkedKind;
use super::variables;
use crate::runtime_api::{OutOfTurn, RuntimeApi};
use crate::runtimes::RuntimeEntry;

/// A runtime starts in a tenth of a second; on a machine that is overloaded it takes its time.
const START_MAX: Duration = Duration::from_secs(30);

/// Enough for any interpreter until a function takes it.
const MEMORY_MIN_MIB: u32 = 128;

/// Half a processor: nobody waits for it.
const CPU_MILLIS: u32 = 500;

#[derive(Debug)]
pub(crate) struct Parked {
    pub(crate) sandbox: Sandbox,
    pub(crate) api: RuntimeApi,
    pub(crate) front: TcpListener,
    pub(crate) datagrams: UdpSocket,
    pub(crate) runtime: (Process, Output),
    /// By the zygote of its runtime, which so is known to live.
    pub(super) was_forked: bool,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ParkError {
    #[error("no sandbox: {0}")]
    Sandbox(#[from] SandboxError),
    #[error("the runtime does not start: {0}")]
    Spawn(#[from] SpawnError),
    #[error("the runtime ended before it had a function")]
    Exited,
    #[error("the runtime misbehaves: {0}")]
    OutOfTurn(#[from] OutOfTurn),
    #[error("the runtime is not ready after {} s", START_MAX.as_secs())]
    TimedOut,
    #[error("the runtime has no interpreter")]
    NoInterpreter,
}

impl Parked {
    pub(crate) async fn start(
        launcher: &Launcher,
        kind: ParkedKind,
        entry: &RuntimeEntry,
        demand: Demand,
    ) -> Result<Parked, ParkError> {
        let (sandbox, listeners) = launcher.create(Spec { kind: kind.sandbox, limits: limits(kind) }).await?;
        let forked = if entry.has_zygote() { fork(&sandbox, demand).await } else { None };
        let was_forked = forked.is_some();
        let runtime = match forked {
            Some(runtime) => runtime,
            None => spawn(&sandbox, kind, entry).await?,
        };
        let api = RuntimeApi::parked(listeners.runtime_api, listeners.runtime_api_unix);
        let Listeners { front, datagrams, .. } = listeners;
        let mut parked = Parked { sandbox, api, front, datagrams, runtime, was_forked };
        timeout(START_MAX, parked.become_ready()).await.map_err(|_elapsed| ParkError::TimedOut)??;
        Ok(parked)
    }

    async fn become_ready(&mut self) -> Result<(), ParkError> {
        let (process, _output) = &mut self.runtime;
        tokio::select! {
            asked = self.api.settings_asked() => Ok(asked?),
            _exit = process.wait() => Err(ParkError::Exited),
        }
    }

    pub(crate) fn is_alive(&mut self) -> bool {
        !has_resolved(self.sandbox.gone()) && !has_resolved(self.runtime.0.wait())
    }

    /// What it takes of the machine, in whole MiB. None where nobody counts.
    pub(crate) fn memory_mib(&self) -> Option<u64> {
        let usage = self.sandbox.usage().ok()?;
        let mib = usage.memory_current_bytes.div_ceil(1 << 20);
        (mib > 0).then_some(mib)
    }
}

/// What a zygote cannot do, its runtime can do for itself.
async fn fork(sandbox: &Sandbox, demand: Demand) -> Option<(Process, Output)> {
    sandbox.fork(demand).await.inspect_err(|error| tracing::warn!(%error, "no runtime was forked")).ok()
}

async fn spawn(
    sandbox: &Sandbox,
    kind: ParkedKind,
    entry: &RuntimeEntry,
) -> Result<(Process, Output), ParkError> {
    let command = variables::command_of(entry, kind).ok_or(ParkError::NoInterpreter)?;
    Ok(sandbox.spawn(command).await?)
}

fn limits(kind: ParkedKind) -> Limits {
    Limits {
        memory_bytes: u64::from(kind.heap_mib.unwrap_or_default().max(MEMORY_MIN_MIB)) << 20,
        cpu_millis: CPU_MILLIS,
        processes: model::limits::PROCESSES_MAX,
    }
}

fn has_resolved(future: impl Future) -> bool {
    pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_ready()
}
