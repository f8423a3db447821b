//! The handle of one execution environment.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use model::{Clock, FunctionVersion, Invocation, Outcome, SessionCredentials};
use observability::{Segments, StreamHandle};
use sandbox::{Egress, Kind, Limits, Root, TreeId};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::failure::Status;
use crate::owner::{Command, Owner};
use crate::parking::Parking;
use crate::place::Place;
use crate::response_stream::ResponseSink;
use crate::runtime_api::Metadata;
use crate::runtimes::RuntimeEntry;

/// One invocation runs at a time; one more may wait while the runtime finishes the last.
const WAITING_COMMANDS: usize = 4;

/// Observed on AWS, whatever the function's size.
const INIT_CPU_MILLIS: u32 = 2000;

/// Serves Mayfly's own front on the listener that stands inside the sandbox. The future is dropped with the
/// environment, so what it spawns must end with it.
pub type ServeFront = Arc<dyn Fn(TcpListener) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// What an environment is made from.
#[derive(Clone)]
pub struct Launch {
    pub version: Arc<FunctionVersion>,
    /// None for a function that is an image.
    pub runtime: Option<Arc<RuntimeEntry>>,
    pub credentials: SessionCredentials,
    /// The stream is [`log_stream_name`](crate::log_stream_name)'s.
    pub log: StreamHandle,
    /// Where the trace segments go that the function sends.
    pub segments: Segments,
    pub metadata: Metadata,
    pub egress: Egress,
    pub front: ServeFront,
    /// Whether the SDKs inside find Mayfly without being told: `AWS_ENDPOINT_URL` as a default.
    pub endpoint_url: bool,
    pub clock: Clock,
}

impl std::fmt::Debug for Launch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Launch { version, runtime, egress, .. } = self;
        let runtime = runtime.as_ref().map_or("its own image", |runtime| runtime.runtime.identifier());
        write!(f, "Launch({} {} on {runtime}, {egress:?})", version.arn, version.version)
    }
}

/// What a version needs of the sandboxes that are parked for it.
pub fn kind(version: &FunctionVersion, runtime: Option<&RuntimeEntry>, egress: Egress) -> Kind {
    let tmp_bytes = u64::from(version.config.ephemeral_storage_mib) << 20;
    let image = || Root::Image(TreeId::from_bytes(*version.code.tree.as_bytes()));
    Kind { root: runtime.map_or_else(image, |runtime| Root::Template(runtime.template)), tmp_bytes, egress }
}

/// What the function may use while it serves.
pub(crate) fn limits(version: &FunctionVersion) -> Limits {
    Limits {
        memory_bytes: u64::from(version.config.memory_mib) << 20,
        cpu_millis: version.config.cpu_millis(),
        processes: model::limits::PROCESSES_MAX,
    }
}

/// What it may use while it starts: small functions have more processor time then than their size gives them.
pub(crate) fn init_limits(version: &FunctionVersion) -> Limits {
    let own = limits(version);
    Limits { cpu_millis: own.cpu_millis.max(INIT_CPU_MILLIS), ..own }
}

/// The host could not make the environment. The function is not to blame.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("no sandbox: {0}")]
    Sandbox(#[from] sandbox::SandboxError),
}

/// The sandbox died under the invocation. Whether the handler ran is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the execution environment is gone")]
pub struct EnvironmentGone;

/// When an invocation passed which point.
#[derive(Debug, Clone, Copy)]
pub struct Marks {
    /// The runtime could take the event.
    pub ready: Instant,
    /// The event was handed to it.
    pub sent: Instant,
    /// Its answer was there.
    pub answered: Instant,
    /// What the function wrote before it is in the log; what follows is the caller's.
    pub returned: Instant,
}

/// What the function answered, or what the platform answers for it. Logs are complete up to here; the invocation
/// itself may go on.
#[derive(Debug)]
pub struct Answered {
    pub outcome: Outcome,
    pub marks: Marks,
    /// False when the runtime failed to come up inside the invocation, having failed before: a new environment is
    /// more likely to work than a third try in this one.
    pub reusable: bool,
    /// Extensions still work on the invocation: the environment is not free before its end.
    pub extensions_work: bool,
    pub ending: Ending,
}

/// The end of an invocation that is answered.
#[derive(Debug)]
pub struct Ending(oneshot::Receiver<Ended>);

impl Ending {
    pub(crate) fn new(receiver: oneshot::Receiver<Ended>) -> Ending {
        Ending(receiver)
    }

    /// Resolves when the log has its REPORT.
    pub async fn ended(self) -> Result<Ended, EnvironmentGone> {
        self.0.await.map_err(|_dropped| EnvironmentGone)
    }
}

/// An invocation that is over, whichever way.
#[derive(Debug, Clone)]
pub struct Ended {
    pub status: Status,
    /// Of the init before the first invocation; none in later ones, and none for an init inside an invocation.
    pub init: Option<Duration>,
    pub duration: Duration,
    /// Whole milliseconds.
    pub billed: Duration,
    /// How much longer than the runtime the extensions worked: AWS's metric `PostRuntimeExtensionsDuration`.
    pub post_runtime_extensions: Duration,
    /// Processor time of everything in the environment, from the end of the invocation before, or of init.
    pub cpu: Duration,
    pub memory_peak_mib: u32,
    /// The last 4 KiB of this invocation's log, START to REPORT.
    pub log_tail: Bytes,
}

/// Sandbox, runtime and their log: serves one function version, one invocation at a time.
///
/// Dropping it removes the sandbox.
#[derive(Debug)]
pub struct Environment {
    commands: mpsc::Sender<Command>,
    gone: watch::Receiver<bool>,
    owner: JoinHandle<()>,
}

impl Environment {
    /// Returns once the sandbox holds the code and init is under way.
    pub async fn start(parking: &Parking, launch: Launch) -> Result<Environment, StartError> {
        let place = Place::take(parking, &launch).await?;
        let (commands, received) = mpsc::channel(WAITING_COMMANDS);
        let (ended, gone) = watch::channel(false);
        let owner = Owner::new(place, launch);
        let owner = tokio::spawn(async move {
            // Held until the end of the task, however it ends.
            let _ended = ended;
            owner.run(received).await;
        });
        Ok(Environment { commands, gone, owner })
    }

    /// Runs one event, waiting for init where it has not ended, and for the end of the event before. Callers run one
    /// at a time.
    ///
    /// The invocation goes on when the caller stops waiting.
    pub async fn invoke(&self, invocation: Invocation) -> Result<Answered, EnvironmentGone> {
        self.run(invocation, None).await
    }

    /// As [`Environment::invoke`], but a response that the runtime streams goes to `sink` while it comes; the
    /// outcome's payload is then what was not streamed: nothing, or the error that ended the response.
    pub async fn invoke_streaming(
        &self,
        invocation: Invocation,
        sink: ResponseSink,
    ) -> Result<Answered, EnvironmentGone> {
        self.run(invocation, Some(sink)).await
    }

    async fn run(
        &self,
        invocation: Invocation,
        sink: Option<ResponseSink>,
    ) -> Result<Answered, EnvironmentGone> {
        let (caller, received) = oneshot::channel();
        let command = Command::Invoke { invocation, sink, caller };
        self.commands.send(command).await.map_err(|_closed| EnvironmentGone)?;
        received.await.map_err(|_dropped| EnvironmentGone)
    }

    /// Resolves when the environment has ended by itself.
    pub async fn gone(&self) {
        // The value never changes; the sender goes away with the owner.
        let _closed = self.gone.clone().changed().await;
    }

    /// Resolves when nothing of the sandbox is left.
    pub async fn shutdown(self) {
        drop(self.commands);
        if let Err(error) = self.owner.await {
            tracing::error!(%error, "an environment's task failed");
        }
    }
}
