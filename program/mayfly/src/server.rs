//! The server process: puts the floors together, serves, and takes them apart again in order.
//!
//! Order of ending: the front takes nothing new and lets its calls finish; then nobody asks the scheduler, and it
//! shuts the environments down; then nobody writes logs, and the store flushes them.

use std::io::{self, IsTerminal};
use std::net::TcpListener as StdListener;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use artifact::Trees;
use artifact::image::{Access, Registries};
use catalog::{Catalog, Secrets};
use engine::Engine;
use environment::{Parking, ParkingBounds, RuntimeTable, ServeFront};
use front::{Audit, Drained, Front, Keys, Place};
use invoke::Invoker;
use model::Clock;
use observability::Logs;
use sandbox::{Isolation, Launcher, Seat, SeatError};
use scheduler::Launchpad;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

use crate::banner;
use crate::payload::Payload;
use crate::services::{self, Backends};
use crate::settings::Settings;

/// Whoever supervises a machine waits 30 s or more before it kills.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(20);

/// Opens the environment variables that the database holds.
const ENVIRONMENT_KEY_FILE: &str = "environment-key";

/// What the operator can mend, in one sentence each.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ServerError {
    #[error("the server was not started by its warden: {0}")]
    Seat(#[from] SeatError),
    #[error("the warden and the server do not understand each other: {0}")]
    Payload(#[from] serde_json::Error),
    #[error("the warden handed over no listener")]
    NoListener,
    #[error("the server cannot be set up: {0}")]
    Setup(#[from] io::Error),
    #[error("{error} (data folder {})", folder.display())]
    State { folder: PathBuf, error: engine::OpenError },
    #[error(transparent)]
    Catalog(#[from] catalog::OpenError),
    #[error(transparent)]
    Secrets(#[from] catalog::SecretsError),
    #[error(transparent)]
    Logs(#[from] observability::logs::OpenError),
    #[error(transparent)]
    RootKey(#[from] front::RootKeyError),
    #[error("the endpoint of {service} is not a URL: {url}")]
    Endpoint { service: String, url: String },
}

pub(crate) fn run(seat: Result<Seat, SeatError>) -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal() && wants_colour())
        .with_env_filter(
            EnvFilter::try_from_env("MAYFLY_LOG").unwrap_or_else(|_unset| EnvFilter::new("warn")),
        )
        .init();
    match seat.map_err(ServerError::from).and_then(serve) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("mayfly: {error}");
            ExitCode::FAILURE
        }
    }
}

/// See no-color.org.
fn wants_colour() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

fn serve(seat: Seat) -> Result<(), ServerError> {
    let Payload { settings, runtimes, access } = Payload::decode(&seat.payload)?;
    let listener = seat.descriptors.into_iter().next().ok_or(ServerError::NoListener)?;
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(workers()).enable_all().build()?;
    runtime.block_on(async {
        let launcher = seat.connection.launcher()?;
        let start = Start {
            data_dir: seat.data_dir,
            settings,
            runtimes: Arc::new(runtimes),
            access,
            launcher,
            isolation: seat.isolation,
        };
        start.run(listener).await
    })
}

/// Everything that the server is given.
struct Start {
    /// As this process sees it.
    data_dir: PathBuf,
    settings: Settings,
    runtimes: Arc<RuntimeTable>,
    /// To the registries of images.
    access: Access,
    launcher: Launcher,
    isolation: Isolation,
}

impl Start {
    async fn run(self, listener: OwnedFd) -> Result<(), ServerError> {
        let mut stop = Stop::listen()?;
        let server = self.assemble().await?;
        let listener = TcpListener::from_std(StdListener::from(listener))?;
        let front = server.front.clone();
        let accepting = tokio::spawn(async move { front.serve_listener(listener, Place::Host).await });
        banner::print(&self.settings, &self.isolation);
        stop.requested().await;
        server.drain().await;
        accepting.abort();
        Ok(())
    }

    async fn assemble(&self) -> Result<Server, ServerError> {
        let clock = Clock::system();
        let engine = Engine::open(&self.data_dir)
            .map_err(|error| ServerError::State { folder: self.settings.data_dir.clone(), error })?;
        let keys = services::keys(&self.settings, &self.data_dir)?;
        let logs = Logs::open(&self.data_dir, clock.clone(), observability::logs::Options::default())?;
        let (catalog, keeping) = Catalog::open(catalog::Options {
            engine: engine.clone(),
            trees: Trees::open(&self.data_dir.join("trees"))?,
            registries: Registries::new(self.access.clone()),
            clock: clock.clone(),
            secrets: Secrets::load_or_create(&self.data_dir.join(ENVIRONMENT_KEY_FILE))?,
            settle_after: catalog::Options::SETTLE_AFTER,
        })
        .await?;
        tokio::spawn(keeping.run());

        let inner = InnerFront::default();
        let options = self.scheduling()?;
        let parking = Parking::new(self.launcher.clone(), parking_bounds(options.memory_mib));
        let launchpad = self.launchpad(parking, keys.clone(), logs.clone(), &inner, clock.clone());
        let (service, scheduler) = scheduler::Service::new(&options, catalog.clone(), launchpad);
        let retire = CancellationToken::new();
        let scheduling = tokio::spawn(service.run(retire.clone().cancelled_owned()));

        let invoker = Invoker::new(catalog.clone(), scheduler.clone(), clock.clone());
        let runtimes = Arc::clone(&self.runtimes);
        let backends =
            Backends { catalog, engine, logs: logs.clone(), invoker, scheduler, runtimes, keys, clock };
        let front = backends.front(&self.settings, Audit::open(&self.data_dir)?)?;
        inner.open(front.clone());
        Ok(Server { front, retire, scheduling, logs })
    }

    fn scheduling(&self) -> Result<scheduler::Options, ServerError> {
        let memory_mib = match self.settings.memory_mib {
            Some(memory_mib) => memory_mib,
            None => default_memory_mib()?,
        };
        Ok(scheduler::Options {
            account_concurrency: self.settings.concurrency,
            drain_timeout: DRAIN_TIMEOUT,
            ..scheduler::Options::with_memory_mib(memory_mib)
        })
    }

    fn launchpad(
        &self,
        parking: Parking,
        keys: Keys,
        logs: Logs,
        inner: &InnerFront,
        clock: Clock,
    ) -> Launchpad {
        Launchpad {
            parking,
            runtimes: Arc::clone(&self.runtimes),
            logs,
            credentials: services::credentials(keys, clock.clone()),
            egress: self.settings.egress.into(),
            front: inner.serve(),
            endpoint_url: true,
            clock,
        }
    }
}

/// Half of the processors: functions and callers need the others. An invocation passes through five tasks, and each
/// that is handed to another thread costs a wake-up, which is dearer than what the task does.
fn workers() -> usize {
    (processors() / 2).max(1)
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Three quarters of the machine's: the rest is for the system, its caches, and the server itself.
fn default_memory_mib() -> Result<u64, ServerError> {
    let text = std::fs::read_to_string("/proc/meminfo")?;
    let total = text.lines().find_map(|line| line.strip_prefix("MemTotal:")?.trim().strip_suffix(" kB"));
    let kib: Option<u64> = total.and_then(|number| number.parse().ok());
    let unreadable = || io::Error::new(io::ErrorKind::InvalidData, "/proc/meminfo tells no MemTotal");
    Ok(kib.ok_or_else(unreadable)? / 1024 * 3 / 4)
}

/// An eighth of the functions' memory, while they do not need it. Starting an interpreter keeps a processor busy, so
/// half of them may do that.
fn parking_bounds(memory_mib: u64) -> ParkingBounds {
    ParkingBounds { memory_mib: memory_mib / 8, making: (processors() / 2).max(1) }
}

/// The front as environments see it. Environments serve the front, and the front invokes into environments: this
/// door is made before both, and opened when both are there.
#[derive(Default)]
struct InnerFront(Arc<OnceLock<Front>>);

impl InnerFront {
    fn open(&self, front: Front) {
        // Nobody else opens it.
        self.0.set(front).ok();
    }

    fn serve(&self) -> ServeFront {
        let door = Arc::clone(&self.0);
        Arc::new(move |listener| {
            let front = door.get().cloned();
            Box::pin(async move {
                if let Some(front) = front {
                    front.serve_listener(listener, Place::Sandbox).await;
                }
            })
        })
    }
}

struct Server {
    front: Front,
    retire: CancellationToken,
    scheduling: JoinHandle<()>,
    logs: Logs,
}

impl Server {
    async fn drain(self) {
        if let Drained::Cut { unfinished } = self.front.drain(DRAIN_TIMEOUT).await {
            tracing::warn!(unfinished, "what was under way was given up");
        }
        self.retire.cancel();
        if let Err(error) = self.scheduling.await {
            tracing::error!(%error, "the scheduler failed");
        }
        self.logs.close().await;
    }
}

/// The signals that ask the server to end.
struct Stop {
    terminate: Signal,
    interrupt: Signal,
}

impl Stop {
    fn listen() -> io::Result<Stop> {
        Ok(Stop { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn requested(&mut self) {
        tokio::select! {
            _signal = self.terminate.recv() => {}
            _signal = self.interrupt.recv() => {}
        }
    }
}
