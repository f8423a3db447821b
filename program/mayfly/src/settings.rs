//! What `mayfly serve` is told: a flag, else its `MAYFLY_*` variable, else the settings file, else a default.
//!
//! Raw arguments come first ([`Arguments`], [`File`]); [`Settings`] is their validated sum. Only this module and `cli`
//! read flags, settings files and the process environment.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::Args;
use model::{AccountId, Region, limits};
use serde::{Deserialize, Serialize};

const DEFAULT_LISTEN: &str = "127.0.0.1:4566";
const DEFAULT_REGION: &str = "us-east-1";
const DEFAULT_ACCOUNT: &str = "000000000000";

/// A setting that cannot be used, said in one sentence.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    #[error("cannot read the settings file {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the settings file {} is not valid: {message}", path.display())]
    Malformed { path: PathBuf, message: String },
    #[error("'{value}' is not a valid {what}")]
    Invalid { what: &'static str, value: String },
    #[error("'{value}' is not an address to listen on: write ADDRESS:PORT, for example {DEFAULT_LISTEN}")]
    Listen { value: String },
    #[error("the concurrency must be 1 at least, or no function could run")]
    NoConcurrency,
    #[error(
        "{given} MiB of memory for all environments are too few: the smallest needs {} MiB",
        limits::MEMORY_DEFAULT_MIB
    )]
    TooLittleMemory { given: u64 },
    #[error("'{value}' is not an endpoint: write SERVICE=URL, for example s3=http://127.0.0.1:9000")]
    Endpoint { value: String },
    #[error(
        "'{value}' says of no registry where it is: write NAME=REGISTRY, for example a.example=127.0.0.1:5000"
    )]
    Registry { value: String },
    #[error(
        "authentication can be switched off only on a loopback address, and {listen} is not one; \
         listen on 127.0.0.1 or leave --auth at sigv4"
    )]
    OpenToTheWorld { listen: SocketAddr },
    #[error("set both MAYFLY_ACCESS_KEY_ID and MAYFLY_SECRET_ACCESS_KEY, or neither")]
    HalfARootKey,
    #[error("no folder for data: set --data-dir, or HOME")]
    NoDataFolder,
}

/// The flags of `mayfly serve`, with the variables that stand in for them.
#[derive(Debug, Default, Args)]
pub(crate) struct Arguments {
    /// Address and port to listen on [default: 127.0.0.1:4566]
    #[arg(long, env = "MAYFLY_LISTEN", value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<String>,
    /// Folder for functions, logs and everything else that is kept
    /// [default: /var/lib/mayfly for root, else ~/.local/share/mayfly]
    #[arg(long, env = "MAYFLY_DATA_DIR", value_name = "DIR")]
    pub(crate) data_dir: Option<PathBuf>,
    /// Settings file in TOML; its keys are named as these flags, with _ for -
    #[arg(long, env = "MAYFLY_CONFIG", value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// Whether requests must be signed; `off` only on a loopback address [default: sigv4]
    #[arg(long, env = "MAYFLY_AUTH", value_enum)]
    pub(crate) auth: Option<Auth>,
    /// Region of requests that name none [default: us-east-1]
    #[arg(long, env = "MAYFLY_REGION")]
    pub(crate) region: Option<String>,
    /// Account of the root key: twelve digits [default: 000000000000]
    #[arg(long, env = "MAYFLY_ACCOUNT")]
    pub(crate) account: Option<String>,
    /// Where requests for another service go, such as s3=http://127.0.0.1:9000 (may be repeated)
    #[arg(long = "endpoint", env = "MAYFLY_ENDPOINTS", value_name = "SERVICE=URL", value_delimiter = ',')]
    pub(crate) endpoints: Vec<String>,
    /// Environments that an account may have busy at once [default: 1000]
    #[arg(long, env = "MAYFLY_CONCURRENCY", value_name = "N")]
    pub(crate) concurrency: Option<u32>,
    /// Memory for all environments together, in MiB [default: three quarters of this machine's]
    #[arg(long, env = "MAYFLY_MEMORY_MIB", value_name = "MIB")]
    pub(crate) memory_mib: Option<u64>,
    /// What functions may reach: the internet, nothing, or (for development) also this host [default: internet]
    #[arg(long, env = "MAYFLY_EGRESS", value_enum)]
    pub(crate) egress: Option<Egress>,
    /// Folder of the prepared runtimes and their SDKs [default: runtimes in the data folder]
    #[arg(long, env = "MAYFLY_RUNTIMES_DIR", value_name = "DIR")]
    pub(crate) runtimes_dir: Option<PathBuf>,
    /// Whether a function may run on another minor version of its language when its own is not there [default: refuse]
    #[arg(long, env = "MAYFLY_RUNTIMES_FALLBACK", value_enum)]
    pub(crate) runtimes_fallback: Option<Fallback>,
    /// Where interpreters are looked for first: programs, or folders of them (may be repeated)
    #[arg(long = "interpreter", env = "MAYFLY_INTERPRETERS", value_name = "PATH", value_delimiter = ':')]
    pub(crate) interpreters: Vec<PathBuf>,
    /// Credentials of image registries, as Docker's config.json [default: that file, if it is there]
    #[arg(long, env = "MAYFLY_REGISTRY_CONFIG", value_name = "FILE")]
    pub(crate) registry_config: Option<PathBuf>,
    /// An image registry without TLS, as HOST:PORT; those on the loopback need not be named (may be repeated)
    #[arg(
        long = "registry-http",
        env = "MAYFLY_REGISTRIES_HTTP",
        value_name = "REGISTRY",
        value_delimiter = ','
    )]
    pub(crate) registries_http: Vec<String>,
    /// The registry that holds the images of another, such as *.dkr.ecr.us-east-1.amazonaws.com=127.0.0.1:5000 (may be
    /// repeated)
    #[arg(long = "registry", env = "MAYFLY_REGISTRIES", value_name = "NAME=REGISTRY", value_delimiter = ',')]
    pub(crate) registries: Vec<String>,
    /// What a function's own credentials may do: invoke functions and write logs, or everything in its account
    /// [default: function]
    #[arg(long, env = "MAYFLY_FUNCTION_PERMISSIONS", value_enum)]
    pub(crate) function_permissions: Option<FunctionPermissions>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Auth {
    Sigv4,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Egress {
    Internet,
    None,
    Host,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fallback {
    Refuse,
    Nearest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FunctionPermissions {
    Function,
    Account,
}

impl From<Auth> for front::Authentication {
    fn from(auth: Auth) -> front::Authentication {
        match auth {
            Auth::Sigv4 => front::Authentication::Sigv4,
            Auth::Off => front::Authentication::Off,
        }
    }
}

impl From<Egress> for sandbox::Egress {
    fn from(egress: Egress) -> sandbox::Egress {
        match egress {
            Egress::Internet => sandbox::Egress::Internet,
            Egress::None => sandbox::Egress::None,
            Egress::Host => sandbox::Egress::Host,
        }
    }
}

impl From<Fallback> for environment::runtimes::Fallback {
    fn from(fallback: Fallback) -> environment::runtimes::Fallback {
        match fallback {
            Fallback::Refuse => environment::runtimes::Fallback::Refuse,
            Fallback::Nearest => environment::runtimes::Fallback::Nearest,
        }
    }
}

impl From<FunctionPermissions> for model::FunctionPermissions {
    fn from(permissions: FunctionPermissions) -> model::FunctionPermissions {
        match permissions {
            FunctionPermissions::Function => model::FunctionPermissions::InvokeAndLog,
            FunctionPermissions::Account => model::FunctionPermissions::Account,
        }
    }
}

/// The settings file, as written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    listen: Option<String>,
    data_dir: Option<PathBuf>,
    auth: Option<Auth>,
    region: Option<String>,
    account: Option<String>,
    #[serde(default)]
    endpoint: BTreeMap<String, EndpointEntry>,
    concurrency: Option<u32>,
    memory_mib: Option<u64>,
    egress: Option<Egress>,
    #[serde(default)]
    runtimes: Runtimes,
    function_permissions: Option<FunctionPermissions>,
    registry_config: Option<PathBuf>,
    #[serde(default, rename = "registry_http")]
    registries_http: Vec<String>,
    #[serde(default, rename = "registry")]
    registries: BTreeMap<String, String>,
}

/// `s3 = "http://…"`, or a table that says more.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a URL, or a table with `url` and maybe `resign`")]
enum EndpointEntry {
    Url(String),
    Table(Endpoint),
}

/// Where another service's requests go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Endpoint {
    pub(crate) url: String,
    /// Sign anew with the operator's own key, as AWS itself needs; emulators take requests as they came.
    #[serde(default)]
    pub(crate) resign: bool,
}

impl From<EndpointEntry> for Endpoint {
    fn from(entry: EndpointEntry) -> Endpoint {
        match entry {
            EndpointEntry::Url(url) => Endpoint { url, resign: false },
            EndpointEntry::Table(endpoint) => endpoint,
        }
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Runtimes {
    dir: Option<PathBuf>,
    fallback: Option<Fallback>,
    #[serde(default)]
    interpreters: Vec<PathBuf>,
}

impl File {
    fn read(path: &Path) -> Result<File, SettingsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })?;
        toml::from_str(&text)
            .map_err(|error| SettingsError::Malformed { path: path.to_owned(), message: error.to_string() })
    }
}

/// A long-lived access key.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct AccessKey {
    pub(crate) access_key_id: String,
    pub(crate) secret_access_key: String,
    pub(crate) session_token: Option<String>,
}

impl std::fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AccessKey({})", self.access_key_id)
    }
}

/// The keys that come by the environment, and never by the command line, which others can read.
#[derive(Debug, Default)]
pub(crate) struct EnvironmentKeys {
    /// Presets the root key: `MAYFLY_ACCESS_KEY_ID` and `MAYFLY_SECRET_ACCESS_KEY`.
    root: Option<AccessKey>,
    /// Signs what is sent to other endpoints: the usual `AWS_*` variables.
    operator: Option<AccessKey>,
}

impl EnvironmentKeys {
    pub(crate) fn read() -> Result<EnvironmentKeys, SettingsError> {
        let variable = |name: String| std::env::var(name).ok().filter(|value| !value.is_empty());
        let key = |prefix: &str| {
            (variable(format!("{prefix}_ACCESS_KEY_ID")), variable(format!("{prefix}_SECRET_ACCESS_KEY")))
        };
        let root = match key("MAYFLY") {
            (Some(access_key_id), Some(secret_access_key)) => {
                Some(AccessKey { access_key_id, secret_access_key, session_token: None })
            }
            (None, None) => None,
            _ => return Err(SettingsError::HalfARootKey),
        };
        let (access_key_id, secret_access_key) = key("AWS");
        let session_token = variable("AWS_SESSION_TOKEN".to_owned());
        let operator = access_key_id.zip(secret_access_key).map(|(access_key_id, secret_access_key)| {
            AccessKey { access_key_id, secret_access_key, session_token }
        });
        Ok(EnvironmentKeys { root, operator })
    }
}

/// What the server runs by.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) listen: SocketAddr,
    /// On the host; the server itself sees the folder elsewhere.
    pub(crate) data_dir: PathBuf,
    pub(crate) runtimes_dir: PathBuf,
    pub(crate) auth: Auth,
    pub(crate) region: Region,
    pub(crate) account: AccountId,
    pub(crate) endpoints: BTreeMap<String, Endpoint>,
    pub(crate) concurrency: u32,
    pub(crate) memory_mib: Option<u64>,
    pub(crate) egress: Egress,
    pub(crate) runtimes_fallback: Fallback,
    pub(crate) interpreters: Vec<PathBuf>,
    pub(crate) function_permissions: FunctionPermissions,
    pub(crate) registry_config: Option<PathBuf>,
    pub(crate) registries_http: Vec<String>,
    /// By the name that images have.
    pub(crate) registries: BTreeMap<String, String>,
    pub(crate) root_key: Option<AccessKey>,
    pub(crate) operator_key: Option<AccessKey>,
}

impl Settings {
    /// Arguments over the settings file over defaults.
    pub(crate) fn resolve(arguments: Arguments, keys: EnvironmentKeys) -> Result<Settings, SettingsError> {
        let file = arguments.config.as_deref().map(File::read).transpose()?.unwrap_or_default();
        let data_dir = match arguments.data_dir.or(file.data_dir) {
            Some(folder) => absolute(folder),
            None => cli::default_data_dir().ok_or(SettingsError::NoDataFolder)?,
        };
        let runtimes_dir = arguments.runtimes_dir.or(file.runtimes.dir).map(absolute);
        let settings = Settings {
            listen: listen(arguments.listen.or(file.listen))?,
            runtimes_dir: runtimes_dir.unwrap_or_else(|| data_dir.join("runtimes")),
            data_dir,
            auth: arguments.auth.or(file.auth).unwrap_or(Auth::Sigv4),
            region: parse("region", arguments.region.or(file.region), DEFAULT_REGION)?,
            account: parse("account", arguments.account.or(file.account), DEFAULT_ACCOUNT)?,
            endpoints: endpoints(file.endpoint, &arguments.endpoints)?,
            concurrency: arguments.concurrency.or(file.concurrency).unwrap_or(limits::ACCOUNT_CONCURRENCY),
            memory_mib: arguments.memory_mib.or(file.memory_mib),
            egress: arguments.egress.or(file.egress).unwrap_or(Egress::Internet),
            runtimes_fallback: arguments
                .runtimes_fallback
                .or(file.runtimes.fallback)
                .unwrap_or(Fallback::Refuse),
            interpreters: arguments.interpreters.into_iter().chain(file.runtimes.interpreters).collect(),
            function_permissions: arguments
                .function_permissions
                .or(file.function_permissions)
                .unwrap_or(FunctionPermissions::Function),
            registry_config: arguments.registry_config.or(file.registry_config).map(absolute),
            registries_http: arguments.registries_http.into_iter().chain(file.registries_http).collect(),
            registries: registries(file.registries, &arguments.registries)?,
            root_key: keys.root,
            operator_key: keys.operator,
        };
        settings.check()
    }

    fn check(self) -> Result<Settings, SettingsError> {
        if self.auth == Auth::Off && !self.listen.ip().is_loopback() {
            return Err(SettingsError::OpenToTheWorld { listen: self.listen });
        }
        if self.concurrency == 0 {
            return Err(SettingsError::NoConcurrency);
        }
        if let Some(given) = self.memory_mib.filter(|given| *given < u64::from(limits::MEMORY_DEFAULT_MIB)) {
            return Err(SettingsError::TooLittleMemory { given });
        }
        Ok(self)
    }
}

/// `localhost` is the loopback that every client means by it.
fn listen(given: Option<String>) -> Result<SocketAddr, SettingsError> {
    let value = given.unwrap_or_else(|| DEFAULT_LISTEN.to_owned());
    let address = match value.strip_prefix("localhost:") {
        Some(port) => format!("127.0.0.1:{port}"),
        None => value.clone(),
    };
    address.parse().map_err(|_invalid| SettingsError::Listen { value })
}

fn parse<T: FromStr>(what: &'static str, given: Option<String>, default: &str) -> Result<T, SettingsError> {
    let value = given.unwrap_or_else(|| default.to_owned());
    value.parse().map_err(|_invalid| SettingsError::Invalid { what, value })
}

/// Flags replace the file's entries one by one.
fn endpoints(
    file: BTreeMap<String, EndpointEntry>,
    given: &[String],
) -> Result<BTreeMap<String, Endpoint>, SettingsError> {
    let mut known: BTreeMap<String, Endpoint> =
        file.into_iter().map(|(service, entry)| (service, entry.into())).collect();
    for value in given {
        let (service, url) =
            value.split_once('=').ok_or_else(|| SettingsError::Endpoint { value: value.clone() })?;
        known.insert(service.to_owned(), Endpoint { url: url.to_owned(), resign: false });
    }
    let is_web = |url: &str| url.starts_with("http://") || url.starts_with("https://");
    match known.iter().find(|(_, endpoint)| !is_web(&endpoint.url)) {
        Some((service, Endpoint { url, .. })) => {
            Err(SettingsError::Endpoint { value: format!("{service}={url}") })
        }
        None => Ok(known),
    }
}

/// Flags replace the file's entries one by one.
fn registries(
    file: BTreeMap<String, String>,
    given: &[String],
) -> Result<BTreeMap<String, String>, SettingsError> {
    let mut known = file;
    for value in given {
        let (name, registry) =
            value.split_once('=').ok_or_else(|| SettingsError::Registry { value: value.clone() })?;
        known.insert(name.to_owned(), registry.to_owned());
    }
    Ok(known)
}

/// The launcher and the server have other working directories than the shell.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

#[cfg(test)]
mod tests;
