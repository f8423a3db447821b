//! `mayfly serve` up to the point where the warden takes over: what can fail plainly fails here, in one sentence.

use std::fs::DirBuilder;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use artifact::image::{Access, InvalidAccess};
use environment::RuntimeTable;
use environment::runtimes::Search;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use sandbox::warden::{self, Config};

use crate::payload::Payload;
use crate::settings::{Arguments, EnvironmentKeys, Settings, SettingsError};

/// A busy environment holds about a dozen descriptors of the server's, a connection one.
const DESCRIPTORS_MIN: u64 = 4096;

/// The server of a warden that was just killed dies with it, but not within the same instant, and its port with it.
const PORT_PATIENCE: Duration = Duration::from_secs(1);

const PORT_RETRY_INTERVAL: Duration = Duration::from_millis(20);

#[derive(Debug, thiserror::Error)]
enum ServeError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error("{address} is already in use; stop what listens there, or choose another port with --listen")]
    PortInUse { address: SocketAddr },
    #[error("cannot listen on {address}: {source}")]
    Listen { address: SocketAddr, source: io::Error },
    #[error("cannot use {} as the data folder: {source}", path.display())]
    DataFolder { path: PathBuf, source: io::Error },
    #[error("cannot write the runtime clients below {}: {source}", path.display())]
    Clients { path: PathBuf, source: io::Error },
    #[error("cannot read the registries' credentials in {}: {source}", path.display())]
    RegistryConfig { path: PathBuf, source: io::Error },
    #[error("the registries' credentials in {} cannot be used: {source}", path.display())]
    RegistryAccess { path: PathBuf, source: InvalidAccess },
    #[error(transparent)]
    Registry(#[from] InvalidAccess),
    #[error(
        "this shell allows only {allowed} open files and the server needs {DESCRIPTORS_MIN}; \
         raise the limit with: ulimit -Hn {DESCRIPTORS_MIN}"
    )]
    TooFewDescriptors { allowed: u64 },
    #[error("the settings cannot be handed to the server: {0}")]
    Payload(#[from] serde_json::Error),
}

pub(crate) fn run(arguments: Arguments) -> ExitCode {
    match prepare(arguments) {
        Ok(config) => warden::run(config),
        Err(error) => {
            eprintln!("mayfly: {error}");
            ExitCode::FAILURE
        }
    }
}

fn prepare(arguments: Arguments) -> Result<Config, ServeError> {
    let settings = Settings::resolve(arguments, EnvironmentKeys::read()?)?;
    raise_descriptor_limit()?;
    let listener = listen(settings.listen)?;
    create_data_dir(&settings.data_dir)?;
    let runtimes = find_runtimes(&settings)?;
    let access = registry_access(&settings)?;
    Ok(Config {
        data_dir: settings.data_dir.clone(),
        templates: runtimes.templates(),
        payload: Payload { settings, runtimes, access }.encode()?,
        descriptors: vec![listener.into()],
        parking: sandbox::Parking::default(),
    })
}

fn raise_descriptor_limit() -> Result<(), ServeError> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let allowed = maximum.unwrap_or(u64::MAX);
    if allowed < DESCRIPTORS_MIN {
        return Err(ServeError::TooFewDescriptors { allowed });
    }
    if current != maximum {
        // Every process may raise its limit to its maximum; if not, the current one has to do.
        setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }).ok();
    }
    Ok(())
}

fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    let refused = |source: io::Error| match source.kind() {
        io::ErrorKind::AddrInUse => ServeError::PortInUse { address },
        _ => ServeError::Listen { address, source },
    };
    let listener = bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    Ok(listener)
}

/// Waits a moment for a port that is in use.
fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let deadline = Instant::now() + PORT_PATIENCE;
    loop {
        match TcpListener::bind(address) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && Instant::now() < deadline => {
                thread::sleep(PORT_RETRY_INTERVAL);
            }
            bound => return bound,
        }
    }
}

/// Others have no business in it: it holds keys and code.
fn create_data_dir(path: &Path) -> Result<(), ServeError> {
    let created = DirBuilder::new().recursive(true).mode(0o711).create(path);
    created.map_err(|source| ServeError::DataFolder { path: path.to_owned(), source })
}

fn find_runtimes(settings: &Settings) -> Result<RuntimeTable, ServeError> {
    let search = Search {
        configured: settings.interpreters.clone(),
        path: std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default(),
        home: std::env::var_os("HOME").map(PathBuf::from),
    };
    let table = RuntimeTable::discover(&search, settings.runtimes_fallback.into(), &settings.runtimes_dir);
    let failed = |source| ServeError::Clients { path: settings.runtimes_dir.clone(), source };
    table.write_clients().map_err(failed)?;
    Ok(table)
}

/// Docker's own file is taken when it is there; one that is named must be.
fn registry_access(settings: &Settings) -> Result<Access, ServeError> {
    let docker = std::env::var_os("DOCKER_CONFIG").map(PathBuf::from);
    let docker = docker.or_else(|| Some(Path::new(&std::env::var_os("HOME")?).join(".docker")));
    let path = settings.registry_config.clone().or_else(|| Some(docker?.join("config.json")));
    let access = match path {
        Some(path) => read_access(path, settings.registry_config.is_some())?,
        None => Access::default(),
    };
    let access = access.with_plain_http(settings.registries_http.clone());
    Ok(access.with_stand_ins(settings.registries.clone())?)
}

fn read_access(path: PathBuf, must_exist: bool) -> Result<Access, ServeError> {
    let text = match std::fs::read(&path) {
        Ok(text) => text,
        Err(_not_there) if !must_exist => return Ok(Access::default()),
        Err(source) => return Err(ServeError::RegistryConfig { path, source }),
    };
    match Access::from_docker_config(&text) {
        // Whatever is wrong with a file that nobody named, functions can do without.
        Err(_) if !must_exist => Ok(Access::default()),
        access => access.map_err(|source| ServeError::RegistryAccess { path, source }),
    }
}
