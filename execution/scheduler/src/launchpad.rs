//! What every environment is started with.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use environment::runtimes::{MissingRuntime, RuntimeTable};
use environment::{Environment, Launch, Metadata, Parking, ParkingCensus, ServeFront, StartError};
use model::{Clock, FunctionVersion, SessionCredentials};
use observability::logs::{GroupKey, InvalidName, Logs, Scope, StreamHandle, StreamKey};
use sandbox::Egress;
use tokio::time::timeout;

/// A replacement of a launcher that died is there within a second, and a sandbox is made in milliseconds. Init is not
/// part of it.
const START_MAX: Duration = Duration::from_secs(10);

/// Makes the session credentials of an environment that is about to start.
#[derive(Clone)]
pub struct CredentialSource(Arc<dyn Fn(&FunctionVersion) -> SessionCredentials + Send + Sync>);

impl CredentialSource {
    pub fn new(
        mint: impl Fn(&FunctionVersion) -> SessionCredentials + Send + Sync + 'static,
    ) -> CredentialSource {
        CredentialSource(Arc::new(mint))
    }
}

impl fmt::Debug for CredentialSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialSource")
    }
}

pub struct Launchpad {
    pub parking: Parking,
    pub runtimes: Arc<RuntimeTable>,
    pub logs: Logs,
    pub credentials: CredentialSource,
    pub egress: Egress,
    /// Serves Mayfly's own APIs inside an environment.
    pub front: ServeFront,
    /// Point the SDKs of functions at Mayfly.
    pub endpoint_url: bool,
    pub clock: Clock,
}

impl fmt::Debug for Launchpad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Launchpad").field("egress", &self.egress).finish_non_exhaustive()
    }
}

/// Why an environment could not be started. None of these is the function's fault.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    #[error(transparent)]
    Runtime(#[from] MissingRuntime),
    #[error("the log stream cannot have its name: {0}")]
    Log(#[from] InvalidName),
    #[error(transparent)]
    Environment(#[from] StartError),
    /// Try again; when that fails as well, the server must be restarted.
    #[error("no sandbox was there within {} s; the launcher is gone, or the machine is overloaded", START_MAX.as_secs())]
    TimedOut,
}

impl Launchpad {
    pub(crate) async fn start(&self, version: Arc<FunctionVersion>) -> Result<Environment, LaunchError> {
        let launch = self.launch(version)?;
        let started = timeout(START_MAX, Environment::start(&self.parking, launch)).await;
        Ok(started.map_err(|_elapsed| LaunchError::TimedOut)??)
    }

    /// This version may be invoked: its first environment can be prepared.
    pub(crate) fn expect(&self, version: &FunctionVersion) {
        let runtime = version.config.runtime().map(|runtime| self.runtimes.entry(runtime));
        if let Some(Ok(runtime)) = runtime {
            self.parking.expect(version, &runtime, self.egress);
        }
    }

    /// Leaves this much memory to environments without a function.
    pub(crate) fn leave_to_parking(&self, memory_mib: u64) {
        self.parking.allow(memory_mib);
    }

    pub(crate) fn parked(&self) -> ParkingCensus {
        self.parking.census()
    }

    fn launch(&self, version: Arc<FunctionVersion>) -> Result<Launch, LaunchError> {
        Ok(Launch {
            runtime: version.config.runtime().map(|runtime| self.runtimes.entry(runtime)).transpose()?,
            credentials: self.credentials.0(&version),
            log: self.log(&version)?,
            segments: self.logs.segments(),
            metadata: Metadata::new(&version.arn.region),
            egress: self.egress,
            front: Arc::clone(&self.front),
            endpoint_url: self.endpoint_url,
            clock: self.clock.clone(),
            version,
        })
    }

    /// A new stream: each environment has its own.
    fn log(&self, version: &FunctionVersion) -> Result<StreamHandle, InvalidName> {
        let scope = Scope { account: version.arn.account.clone(), region: version.arn.region.clone() };
        let group = GroupKey { scope, name: version.config.logging.group.parse()? };
        let name = environment::log_stream_name(version, self.clock.now()).parse()?;
        Ok(self.logs.stream(StreamKey { group, name }))
    }
}
