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
pub enum SettingsError {
    #[error("cannot read the settings file {}: {source}", path.display())]
    Unreadable { path: PathBuf, source: std::io::Error },
    #[error("the settings file {} is not valid: {message}", path.display())]
    Malformed { path: PathBuf, message: String },
    #[error("'{value}' is not a valid {what}")]
    Invalid { what: &'static str, value: String },
    #[error("'{value}' is not an endpoint: write SERVICE=URL, for example s3=http://127.0.0.1:9000")]
    Endpoint { value: String },
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
pub struct Arguments {
    /// Address and port to listen on [default: 127.0.0.1:4566]
    #[arg(long, env = "MAYFLY_LISTEN", value_name = "ADDRESS:PORT")]
    pub listen: Option<String>,
    /// Folder for functions, logs and everything else that is kept
    /// [default: /var/lib/mayfly for root, else ~/.local/share/mayfly]
    #[arg(long, env = "MAYFLY_DATA_DIR", value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Settings file in TOML; its keys are named as these flags, with _ for -
    #[arg(long, env = "MAYFLY_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Whether requests must be signed; `off` only on a loopback address [default: sigv4]
    #[arg(long, env = "MAYFLY_AUTH", value_enum)]
    pub auth: Option<Auth>,
    /// Region of requests that name none [default: us-east-1]
    #[arg(long, env = "MAYFLY_REGION")]
    pub region: Option<String>,
    /// Account of the root key: twelve digits [default: 000000000000]
    #[arg(long, env = "MAYFLY_ACCOUNT")]
    pub account: Option<String>,
    /// Where requests for another service go, such as s3=http://127.0.0.1:9000 (may be repeated)
    #[arg(long = "endpoint", env = "MAYFLY_ENDPOINTS", value_name = "SERVICE=URL", value_delimiter = ',')]
    pub endpoints: Vec<String>,
    /// Environments that an account may have busy at once [default: 1000]
    #[arg(long, env = "MAYFLY_CONCURRENCY", value_name = "N")]
    pub concurrency: Option<u32>,
    /// Memory for all environments together, in MiB [default: three quarters of this machine's]
    #[arg(long, env = "MAYFLY_MEMORY_MIB", value_name = "MIB")]
    pub memory_mib: Option<u64>,
    /// What functions may reach: the internet, nothing, or (for development) also this host [default: internet]
    #[arg(long, env = "MAYFLY_EGRESS", value_enum)]
    pub egress: Option<Egress>,
    /// Folder of the prepared runtimes and their SDKs [default: runtimes in the data folder]
    #[arg(long, env = "MAYFLY_RUNTIMES_DIR", value_name = "DIR")]
    pub runtimes_dir: Option<PathBuf>,
    /// Whether a function may run on another minor version of its language when its own is not there [default: refuse]
    #[arg(long, env = "MAYFLY_RUNTIMES_FALLBACK", value_enum)]
    pub runtimes_fallback: Option<Fallback>,
    /// What a function's own credentials may do: invoke functions and write logs, or everything in its account
    /// [default: function]
    #[arg(long, env = "MAYFLY_FUNCTION_PERMISSIONS", value_enum)]
    pub function_permissions: Option<FunctionPermissions>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Auth {
    Sigv4,
    Off,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Egress {
    Internet,
    None,
    Host,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Fallback {
    Refuse,
    Nearest,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum FunctionPermissions {
    Function,
    Account,
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
    endpoint: BTreeMap<String, String>,
    concurrency: Option<u32>,
    memory_mib: Option<u64>,
    egress: Option<Egress>,
    #[serde(default)]
    runtimes: Runtimes,
    function_permissions: Option<FunctionPermissions>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Runtimes {
    dir: Option<PathBuf>,
    fallback: Option<Fallback>,
}

impl File {
    fn read(path: &Path) -> Result<File, SettingsError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| SettingsError::Unreadable { path: path.to_owned(), source })?;
        toml::from_str(&text)
            .map_err(|error| SettingsError::Malformed { path: path.to_owned(), message: error.to_string() })
    }
}

/// The root key, when it is preset.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RootKey {
    pub access_key_id: String,
    pub secret_access_key: String,
}

impl RootKey {
    pub fn from_environment() -> Result<Option<RootKey>, SettingsError> {
        let read = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        match (read("MAYFLY_ACCESS_KEY_ID"), read("MAYFLY_SECRET_ACCESS_KEY")) {
            (Some(access_key_id), Some(secret_access_key)) => Ok(Some(RootKey { access_key_id, secret_access_key })),
            (None, None) => Ok(None),
            _ => Err(SettingsError::HalfARootKey),
        }
    }
}

/// What the server runs by.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Settings {
    pub listen: SocketAddr,
    /// On the host; the server itself sees the folder elsewhere.
    pub data_dir: PathBuf,
    pub runtimes_dir: PathBuf,
    pub auth: Auth,
    pub region: Region,
    pub account: AccountId,
    pub endpoints: BTreeMap<String, String>,
    pub concurrency: u32,
    pub memory_mib: Option<u64>,
    pub egress: Egress,
    pub runtimes_fallback: Fallback,
    pub function_permissions: FunctionPermissions,
    pub root_key: Option<RootKey>,
}

impl Settings {
    /// Arguments over the settings file over defaults.
    pub fn resolve(arguments: Arguments, root_key: Option<RootKey>) -> Result<Settings, SettingsError> {
        let file = arguments.config.as_deref().map(File::read).transpose()?.unwrap_or_default();
        let data_dir = match arguments.data_dir.or(file.data_dir) {
            Some(folder) => absolute(folder),
            None => default_data_dir()?,
        };
        let runtimes_dir = arguments.runtimes_dir.or(file.runtimes.dir).map(absolute);
        let settings = Settings {
            listen: parse("address to listen on", arguments.listen.or(file.listen), DEFAULT_LISTEN)?,
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
            function_permissions: arguments
                .function_permissions
                .or(file.function_permissions)
                .unwrap_or(FunctionPermissions::Function),
            root_key,
        };
        settings.check()
    }

    fn check(self) -> Result<Settings, SettingsError> {
        if self.auth == Auth::Off && !self.listen.ip().is_loopback() {
            return Err(SettingsError::OpenToTheWorld { listen: self.listen });
        }
        Ok(self)
    }
}

fn parse<T: FromStr>(what: &'static str, given: Option<String>, default: &str) -> Result<T, SettingsError> {
    let value = given.unwrap_or_else(|| default.to_owned());
    value.parse().map_err(|_invalid| SettingsError::Invalid { what, value })
}

/// Flags replace the file's entries one by one.
fn endpoints(
    mut known: BTreeMap<String, String>,
    given: &[String],
) -> Result<BTreeMap<String, String>, SettingsError> {
    for value in given {
        let (service, url) =
            value.split_once('=').ok_or_else(|| SettingsError::Endpoint { value: value.clone() })?;
        known.insert(service.to_owned(), url.to_owned());
    }
    match known.iter().find(|(_, url)| !url.starts_with("http://") && !url.starts_with("https://")) {
        Some((service, url)) => Err(SettingsError::Endpoint { value: format!("{service}={url}") }),
        None => Ok(known),
    }
}

/// The launcher and the server have other working directories than the shell.
fn absolute(path: PathBuf) -> PathBuf {
    std::path::absolute(&path).unwrap_or(path)
}

pub fn default_data_dir() -> Result<PathBuf, SettingsError> {
    if rustix::process::geteuid().is_root() {
        return Ok(PathBuf::from("/var/lib/mayfly"));
    }
    let folder = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    folder("XDG_DATA_HOME")
        .or_else(|| Some(folder("HOME")?.join(".local/share")))
        .map(|base| base.join("mayfly"))
        .ok_or(SettingsError::NoDataFolder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolve(arguments: Arguments) -> Result<Settings, SettingsError> {
        let data_dir = arguments.data_dir.or(Some(PathBuf::from("/data")));
        Settings::resolve(Arguments { data_dir, ..arguments }, None)
    }

    fn with_file(text: &str, arguments: Arguments) -> Result<Settings, SettingsError> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        resolve(Arguments { config: Some(file.path().to_owned()), ..arguments })
    }

    #[test]
    fn defaults_are_loopback_and_signed() {
        let settings = resolve(Arguments::default()).unwrap();
        assert_eq!(settings.listen, "127.0.0.1:4566".parse().unwrap());
        assert_eq!(settings.auth, Auth::Sigv4);
        assert_eq!(settings.runtimes_dir, PathBuf::from("/data/runtimes"));
        assert_eq!(settings.concurrency, 1000);
    }

    #[test]
    fn a_flag_beats_the_file_which_beats_the_default() {
        let file = "region = 'eu-west-1'\nconcurrency = 5\n[endpoint]\ns3 = 'http://a'\nsqs = 'http://b'\n";
        let arguments = Arguments {
            region: Some("eu-north-1".to_owned()),
            endpoints: vec!["s3=http://c".to_owned()],
            ..Arguments::default()
        };
        let settings = with_file(file, arguments).unwrap();
        assert_eq!(settings.region.as_str(), "eu-north-1");
        assert_eq!(settings.concurrency, 5);
        assert_eq!(settings.endpoints["s3"], "http://c");
        assert_eq!(settings.endpoints["sqs"], "http://b");
    }

    #[test]
    fn an_unknown_key_in_the_file_is_named() {
        let error = with_file("lisen = 'x'", Arguments::default()).unwrap_err().to_string();
        assert!(error.contains("lisen"), "{error}");
    }

    #[test]
    fn authentication_is_off_only_on_loopback() {
        let open = |listen: &str| {
            resolve(Arguments { listen: Some(listen.to_owned()), auth: Some(Auth::Off), ..Arguments::default() })
        };
        assert!(open("127.0.0.1:1").is_ok());
        assert!(matches!(open("0.0.0.0:1"), Err(SettingsError::OpenToTheWorld { .. })));
    }

    #[test]
    fn an_endpoint_is_a_service_and_a_url() {
        let with = |text: &str| {
            resolve(Arguments { endpoints: vec![text.to_owned()], ..Arguments::default() })
        };
        assert!(with("s3=http://127.0.0.1:9000").is_ok());
        assert!(matches!(with("s3"), Err(SettingsError::Endpoint { .. })));
        assert!(matches!(with("s3=ftp://x"), Err(SettingsError::Endpoint { .. })));
    }
}
