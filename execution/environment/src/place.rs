//! Where a function's runtime is to run: a sandbox that shows its code, in which its runtime may wait already.

use std::sync::LazyLock;
use std::time::{Duration, Instant};

use model::FunctionVersion;
use sandbox::{Launcher, Listeners, MountPoint, Output, Process, Sandbox, SandboxError, Spec, TreeId};
use tokio::net::{TcpListener, UdpSocket};

use crate::environment::{Launch, StartError, init_limits, kind};
use crate::parking::{self, Parked, Parking};
use crate::runtime_api::RuntimeApi;

#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) sandbox: Sandbox,
    pub(crate) api: RuntimeApi,
    pub(crate) front: TcpListener,
    pub(crate) datagrams: UdpSocket,
    /// It has been told its function, but not that its code is there where there may be extensions: they come first.
    pub(crate) parked: Option<(Process, Output)>,
}

impl Place {
    pub(crate) async fn take(parking: &Parking, launch: &Launch) -> Result<Place, StartError> {
        match Place::parked(parking, launch).await {
            Some(place) => Ok(place),
            None => Place::new(parking.launcher(), launch).await,
        }
    }

    /// One that dies while it is furnished is as good as none: nothing of the function has run in it.
    async fn parked(parking: &Parking, launch: &Launch) -> Option<Place> {
        let mut marks = Marks::begin();
        let Parked { sandbox, mut api, front, datagrams, runtime, .. } = parking.take(launch).await?;
        marks.taken = marks.began.elapsed();
        // The runtime takes on its variables while the launcher mounts and the server writes the limits.
        api.give_settings(parking::settings(launch));
        marks.told = marks.began.elapsed();
        let limited = async {
            limit_processors(&sandbox, &launch.version);
            let limited = sandbox.set_limits(&init_limits(&launch.version));
            marks.limited = marks.began.elapsed();
            Ok(limited.map_err(SandboxError::from)?)
        };
        let mounted = mount_code(&sandbox, &launch.version);
        tokio::try_join!(mounted, limited).map_err(|_error: StartError| ()).ok()?;
        // The owner has things to do first that need not be done first, unless there may be extensions to wait for.
        if !has_opt(&launch.version) {
            api.release();
        }
        marks.trace();
        Some(Place { sandbox, api, front, datagrams, parked: Some(runtime) })
    }

    async fn new(launcher: &Launcher, launch: &Launch) -> Result<Place, StartError> {
        let kind = kind(&launch.version, launch.runtime.as_deref(), launch.egress);
        let spec = Spec { kind, limits: init_limits(&launch.version) };
        let (sandbox, listeners) = launcher.create(spec).await?;
        let api = RuntimeApi::new(listeners.runtime_api, listeners.runtime_api_unix);
        let Listeners { front, datagrams, .. } = listeners;
        limit_processors(&sandbox, &launch.version);
        mount_code(&sandbox, &launch.version).await?;
        Ok(Place { sandbox, api, front, datagrams, parked: None })
    }
}

/// Whether anything can be in `/opt`. Looking takes time that most functions need not spend.
pub(crate) fn has_opt(version: &FunctionVersion) -> bool {
    version.config.layers.is_some() || version.code.image.is_some()
}

/// A function sees as many processors as its size gives it on AWS, where the machine has more.
fn limit_processors(sandbox: &Sandbox, version: &FunctionVersion) {
    static OF_THE_MACHINE: LazyLock<usize> =
        LazyLock::new(|| std::thread::available_parallelism().map_or(1, usize::from));
    let count = version.config.processors();
    if *OF_THE_MACHINE <= count {
        return;
    }
    if let Err(error) = sandbox.limit_processors(count) {
        tracing::warn!(%error, "a sandbox's processors were not limited");
    }
}

/// Both requests are on their way before the first is answered.
async fn mount_code(sandbox: &Sandbox, version: &FunctionVersion) -> Result<(), StartError> {
    let code = version.code.image.is_none().then(|| *version.code.tree.as_bytes());
    let layers = version.config.layers.as_ref().map(|layers| *layers.tree.as_bytes());
    tokio::try_join!(mount(sandbox, MountPoint::Task, code), mount(sandbox, MountPoint::Opt, layers))?;
    Ok(())
}

async fn mount(sandbox: &Sandbox, at: MountPoint, tree: Option<[u8; 32]>) -> Result<(), SandboxError> {
    match tree {
        Some(tree) => sandbox.mount(at, &TreeId::from_bytes(tree)).await,
        None => Ok(()),
    }
}

/// When the furnishing of a parked environment passed which point. `MAYFLY_LOG=mayfly::marks=debug` shows each one's.
struct Marks {
    began: Instant,
    taken: Duration,
    told: Duration,
    limited: Duration,
}

impl Marks {
    fn begin() -> Marks {
        Marks { began: Instant::now(), taken: Duration::ZERO, told: Duration::ZERO, limited: Duration::ZERO }
    }

    /// One line, in microseconds since the beginning.
    fn trace(&self) {
        tracing::debug!(
            target: "mayfly::marks",
            taken = whole_micros(self.taken),
            told = whole_micros(self.told),
            limited = whole_micros(self.limited),
            mounted = whole_micros(self.began.elapsed()),
            "furnished"
        );
    }
}

fn whole_micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
