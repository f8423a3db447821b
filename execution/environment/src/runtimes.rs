//! Which runtime names this host can serve, and with what.
//!
//! [`RuntimeTable::discover`] looks for interpreters once, in the process that still has its privileges. The table
//! then gives the sandbox's templates, the entries that environments start from, and the rows that people read.
//! Nothing here guesses at run time: a name either has an entry or an error that says how to get one.

mod client;
mod discovery;
mod image;
mod prepare;
mod printed;
mod recognition;
mod template;
mod version;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use model::Runtime;
use model::runtime::Language;
use sandbox::{TemplateId, TemplateTable};
use serde::{Deserialize, Serialize};

use printed::PrintedVersions;

pub use discovery::Search;
pub use image::{RootImage, images_dir, program as program_of_image};
pub use prepare::{PrepareError, prepare};
pub use version::Version;

/// What to do with a runtime whose exact version is not on the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fallback {
    Refuse,
    /// Take the version that is closest, and say so.
    Nearest,
}

/// Every runtime name that can be created, with what the host has for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RuntimeTable {
    rows: Vec<Row>,
    /// Of the runtimes' folders, as the process that made the table sees it.
    dir: PathBuf,
}

/// One runtime name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Row {
    pub runtime: Runtime,
    pub host: Host,
    /// Index of the template that its sandboxes have.
    template: Option<u16>,
}

/// What the host has for a runtime name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Host {
    /// The interpreter that the name asks for.
    Exact(Interpreter),
    /// Another version of it, accepted because [`Fallback::Nearest`] is set.
    Nearest(Interpreter),
    /// Nothing is needed: the function brings its own `bootstrap`.
    OwnBootstrap,
    /// An image was pulled to be the runtime's root, with interpreter and client.
    Image(RootImage),
    /// Only these versions of the language, if any.
    Missing { found: Vec<Version> },
}

/// A program on the host that runs a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interpreter {
    /// The program itself, no link and no shim.
    pub path: PathBuf,
    pub version: Version,
}

/// What an environment is started from.
#[derive(Debug, Clone)]
pub struct RuntimeEntry {
    pub runtime: Runtime,
    pub template: TemplateId,
    /// None for a runtime whose functions bring their own `bootstrap`.
    pub interpreter: Option<Version>,
    /// Whether the root is an image, which brings its own client.
    pub image: bool,
    /// What a function's `StateReason` and log say when its runtime is not quite the one asked for.
    pub notice: Option<String>,
}

/// The host cannot run functions of this runtime.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct MissingRuntime {
    pub runtime: Runtime,
    pub found: Vec<Version>,
}

impl fmt::Display for MissingRuntime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let MissingRuntime { runtime, found } = self;
        let (found, remedy) = (list(found), client::remedy(*runtime));
        write!(f, "The runtime {runtime} is not installed on this host. Found: {found}. {remedy}")
    }
}

/// How to get AWS's own image of a runtime.
fn pull_command(runtime: Runtime) -> String {
    let version = runtime.version();
    let name = runtime.identifier().trim_end_matches(version);
    format!("mayfly runtimes pull {runtime} public.ecr.aws/lambda/{name}:{version}")
}

fn list(found: &[Version]) -> String {
    if found.is_empty() {
        return "none".to_owned();
    }
    found.iter().map(Version::to_string).collect::<Vec<_>>().join(", ")
}

impl RuntimeTable {
    /// Looks through the host's folders; runs an interpreter only when no name tells its version. `dir` is where each
    /// runtime has its folder.
    pub fn discover(search: &Search, fallback: Fallback, dir: &Path) -> RuntimeTable {
        let mut printed = PrintedVersions::open(dir);
        let found = search.interpreters(dir, &mut printed);
        if let Err(error) = printed.save() {
            tracing::debug!(%error, "the versions of interpreters are not kept");
        }
        let mut rows = Runtime::all()
            .filter(|runtime| !runtime.is_blocked())
            .map(|runtime| {
                let image = RootImage::of(dir, runtime).map(Host::Image);
                let host = image.unwrap_or_else(|| on_host(runtime, &found, fallback));
                Row { runtime, host, template: None }
            })
            .collect::<Vec<_>>();
        for (index, row) in rows.iter_mut().filter(|row| row.host.is_served()).enumerate() {
            row.template = u16::try_from(index).ok();
        }
        RuntimeTable { rows, dir: dir.to_owned() }
    }

    /// Of the runtimes' folders.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The folder that sandboxes of this runtime see at `/var/runtime`.
    pub fn folder(&self, runtime: Runtime) -> PathBuf {
        folder(&self.dir, runtime)
    }

    /// Whether `prepare` has fetched the SDKs that AWS ships in this runtime.
    pub fn has_sdk(&self, runtime: Runtime) -> bool {
        prepare::is_prepared(&self.folder(runtime), runtime)
    }

    /// What is loaded ahead of the runtime's functions, where it is there, with all that it imports: by its zygote, or
    /// where it is parked `with_sdk`.
    pub fn preloaded(&self, runtime: Runtime, with_sdk: bool) -> Vec<&'static str> {
        let entry = self.row(runtime).and_then(Row::entry);
        let entry = entry.filter(|entry| with_sdk || entry.has_zygote());
        entry.map(|_loads_ahead| client::preloaded(runtime)).unwrap_or_default()
    }

    pub fn templates(&self) -> TemplateTable {
        let templates = self.rows.iter().filter(|row| row.template.is_some());
        TemplateTable { templates: templates.map(|row| template::of(row, &self.dir)).collect() }
    }

    /// Brings the files of Mayfly's own runtime clients to where the templates bind them from.
    pub fn write_clients(&self) -> io::Result<()> {
        std::fs::create_dir_all(template::empty_folder(&self.dir))?;
        for row in self.rows.iter().filter(|row| row.template.is_some()) {
            let folder = self.folder(row.runtime);
            let changed = client::write(row.runtime, &folder)?;
            if let (true, Language::Python, Some(python)) =
                (changed, row.runtime.language(), row.host.interpreter())
            {
                client::compile(python, &folder);
            }
        }
        Ok(())
    }

    pub fn entry(&self, runtime: Runtime) -> Result<Arc<RuntimeEntry>, MissingRuntime> {
        let entry = self.row(runtime).and_then(Row::entry).map(Arc::new);
        entry.ok_or_else(|| self.missing(runtime))
    }

    fn missing(&self, runtime: Runtime) -> MissingRuntime {
        MissingRuntime { runtime, found: self.row(runtime).map_or_else(Vec::new, Row::found) }
    }

    fn row(&self, runtime: Runtime) -> Option<&Row> {
        self.rows.iter().find(|row| row.runtime == runtime)
    }

    fn interpreter(&self, runtime: Runtime) -> Option<&Interpreter> {
        self.row(runtime)?.host.interpreter()
    }
}

fn folder(dir: &Path, runtime: Runtime) -> PathBuf {
    dir.join(runtime.identifier())
}

impl Row {
    fn entry(&self) -> Option<RuntimeEntry> {
        let image = matches!(self.host, Host::Image(_));
        let interpreter = match &self.host {
            Host::Image(_) => image::program(self.runtime).map(|_| Version::wanted(self.runtime)),
            host => host.interpreter().map(|interpreter| interpreter.version),
        };
        let template = TemplateId(self.template?);
        let notice = match &self.host {
            Host::Nearest(nearest) => Some(format!(
                "The runtime {} is not installed on this host; its functions run on {}.",
                self.runtime, nearest.version
            )),
            Host::Exact(_) | Host::OwnBootstrap | Host::Image(_) | Host::Missing { .. } => None,
        };
        Some(RuntimeEntry { runtime: self.runtime, template, interpreter, image, notice })
    }

    fn found(&self) -> Vec<Version> {
        match &self.host {
            Host::Missing { found } => found.clone(),
            Host::Exact(_) | Host::Nearest(_) | Host::OwnBootstrap | Host::Image(_) => vec![],
        }
    }
}

impl Host {
    pub fn interpreter(&self) -> Option<&Interpreter> {
        match self {
            Host::Exact(interpreter) | Host::Nearest(interpreter) => Some(interpreter),
            Host::OwnBootstrap | Host::Image(_) | Host::Missing { .. } => None,
        }
    }

    fn is_served(&self) -> bool {
        match self {
            Host::Exact(_) | Host::Nearest(_) | Host::OwnBootstrap | Host::Image(_) => true,
            Host::Missing { .. } => false,
        }
    }
}

fn on_host(runtime: Runtime, found: &discovery::Found, fallback: Fallback) -> Host {
    let language = runtime.language();
    if language == Language::Custom {
        return Host::OwnBootstrap;
    }
    let wanted = Version::wanted(runtime);
    if let Some(exact) = found.of(language).find(|candidate| candidate.version.serves(wanted)) {
        return Host::Exact(exact.clone());
    }
    let nearest = found.of(language).min_by_key(|candidate| candidate.version.distance(wanted));
    match (nearest, fallback) {
        (Some(nearest), Fallback::Nearest) => Host::Nearest(nearest.clone()),
        _ => Host::Missing { found: found.of(language).map(|candidate| candidate.version).collect() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn python(version: &str) -> Interpreter {
        let path = PathBuf::from(format!("/usr/bin/python{version}"));
        Interpreter { path, version: Version::in_text(version).unwrap() }
    }

    fn host(runtime: &str, fallback: Fallback) -> Host {
        let found = ["3.11.2", "3.13.0"].map(|version| (Language::Python, python(version)));
        let found = found.into_iter().collect::<discovery::Found>();
        on_host(runtime.parse().unwrap(), &found, fallback)
    }

    #[test]
    fn a_name_gets_its_own_minor_version_or_nothing() {
        assert_eq!(host("python3.11", Fallback::Refuse), Host::Exact(python("3.11.2")));
        let found = vec![Version::in_text("3.11.2").unwrap(), Version::in_text("3.13.0").unwrap()];
        assert_eq!(host("python3.14", Fallback::Refuse), Host::Missing { found });
        assert_eq!(host("nodejs22.x", Fallback::Nearest), Host::Missing { found: vec![] });
    }

    #[test]
    fn the_nearest_version_is_taken_when_that_is_allowed() {
        assert_eq!(host("python3.14", Fallback::Nearest), Host::Nearest(python("3.13.0")));
        assert_eq!(host("python3.8", Fallback::Nearest), Host::Nearest(python("3.11.2")));
    }

    #[test]
    fn an_own_bootstrap_needs_nothing() {
        assert_eq!(host("provided.al2023", Fallback::Refuse), Host::OwnBootstrap);
    }

    #[test]
    fn dotnet_is_a_package_or_an_image() {
        let missing = MissingRuntime { runtime: "dotnet8".parse().unwrap(), found: vec![] };
        assert_eq!(
            missing.to_string(),
            "The runtime dotnet8 is not installed on this host. Found: none. Install it with the package \
             `dotnet-runtime-8.0` or as an image with `mayfly runtimes pull dotnet8 \
             public.ecr.aws/lambda/dotnet:8` and start Mayfly again, or set runtimes.fallback = \"nearest\"."
        );
    }

    #[test]
    fn a_missing_runtime_says_what_is_there_and_how_to_get_the_rest() {
        let found = vec![Version::in_text("3.11.2").unwrap()];
        let missing = MissingRuntime { runtime: "python3.14".parse().unwrap(), found };
        assert_eq!(
            missing.to_string(),
            "The runtime python3.14 is not installed on this host. Found: 3.11.2. \
             Install it with `pyenv install 3.14` or `uv python install 3.14` and start Mayfly again, \
             or set runtimes.fallback = \"nearest\"."
        );
    }
}
