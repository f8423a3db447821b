//! Fetches interpreters that the host lacks, and the SDKs that AWS ships inside its runtimes, with the host's own
//! `pip` and `npm`.
//!
//! Both are installed into a folder beside and moved in whole, so that a broken download leaves nothing behind, and
//! a marker says what is there.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use model::Runtime;
use model::runtime::Language;

use super::{Interpreter, MissingRuntime, RuntimeTable};

mod interpreter;

/// AWS's Python runtimes have boto3 and what it needs.
const PYTHON_PACKAGES: [&str; 1] = ["boto3"];

/// AWS's Node runtimes have every `@aws-sdk` client. These are what functions use most; a package may bring others.
const NODE_PACKAGES: [&str; 16] = [
    "@aws-sdk/client-cloudwatch",
    "@aws-sdk/client-cloudwatch-logs",
    "@aws-sdk/client-dynamodb",
    "@aws-sdk/client-eventbridge",
    "@aws-sdk/client-kinesis",
    "@aws-sdk/client-lambda",
    "@aws-sdk/client-s3",
    "@aws-sdk/client-secrets-manager",
    "@aws-sdk/client-sfn",
    "@aws-sdk/client-sns",
    "@aws-sdk/client-sqs",
    "@aws-sdk/client-ssm",
    "@aws-sdk/client-sts",
    "@aws-sdk/credential-providers",
    "@aws-sdk/lib-dynamodb",
    "@aws-sdk/s3-request-presigner",
];

/// Releases from this one on are for Node 18 and newer.
const NODE_16_RELEASES: &str = "<3.723.0";

const MARKER: &str = ".prepared";

#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    #[error("{0}")]
    NoInterpreter(MissingRuntime),
    #[error("{program} is not installed; install it and try again")]
    NoInstaller { program: String },
    #[error("{program} failed:\n{output}")]
    InstallerFailed { program: String, output: String },
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
}

/// Whether a runtime has SDKs to fetch, and whether they are there. True for those that ship none.
pub(super) fn is_prepared(folder: &Path, runtime: Runtime) -> bool {
    match packages(runtime) {
        Some(wanted) => {
            fs::read_to_string(folder.join(MARKER)).is_ok_and(|marker| marker == wanted.join("\n"))
        }
        None => true,
    }
}

fn packages(runtime: Runtime) -> Option<Vec<String>> {
    match runtime.language() {
        Language::Python => Some(PYTHON_PACKAGES.map(str::to_owned).to_vec()),
        Language::Node if runtime.version() == "16" => {
            Some(NODE_PACKAGES.map(|name| format!("{name}@{NODE_16_RELEASES}")).to_vec())
        }
        Language::Node => Some(NODE_PACKAGES.map(str::to_owned).to_vec()),
        Language::Custom | Language::Dotnet | Language::Go | Language::Java | Language::Ruby => None,
    }
}

/// Fetches a runtime's interpreter and SDKs unless they are there. Takes as long as the network does; `progress` is
/// told each step.
pub fn prepare(
    table: &RuntimeTable,
    runtime: Runtime,
    progress: &mut dyn FnMut(&str),
) -> Result<(), PrepareError> {
    if runtime.language() != Language::Custom && table.interpreter(runtime).is_none() {
        interpreter::fetch(table, runtime, progress)?;
    }
    prepare_sdk(table, runtime, progress)
}

fn prepare_sdk(
    table: &RuntimeTable,
    runtime: Runtime,
    progress: &mut dyn FnMut(&str),
) -> Result<(), PrepareError> {
    let folder = table.folder(runtime);
    let Some(packages) = packages(runtime).filter(|_| !is_prepared(&folder, runtime)) else {
        progress(&format!("{runtime}: nothing to fetch"));
        return Ok(());
    };
    let staging = folder.with_file_name(format!(".incoming-{runtime}"));
    clear(&staging)?;
    create(&folder)?;
    create(&staging)?;
    progress(&format!("{runtime}: fetching {}", packages.join(" ")));
    match runtime.language() {
        Language::Node => npm(&staging, &packages)?,
        _ => {
            let missing = || PrepareError::NoInterpreter(table.missing(runtime));
            pip(table.interpreter(runtime).ok_or_else(missing)?, &staging, &packages)?;
        }
    }
    for name in contents(&staging)? {
        let (from, to) = (staging.join(&name), folder.join(&name));
        clear(&to)?;
        fs::rename(&from, &to).map_err(at(&from))?;
    }
    clear(&staging)?;
    let marker = folder.join(MARKER);
    fs::write(&marker, packages.join("\n")).map_err(at(&marker))?;
    progress(&format!("{runtime}: ready"));
    Ok(())
}

/// The interpreter's own pip, else any: the packages are pure Python, and the version is named.
fn pip(interpreter: &Interpreter, target: &Path, packages: &[String]) -> Result<(), PrepareError> {
    let version = format!("{}.{}", interpreter.version.major, interpreter.version.minor.unwrap_or_default());
    let own = interpreter.path.display().to_string();
    let has_own = Command::new(&own).args(["-m", "pip", "--version"]).output();
    let pip = if has_own.is_ok_and(|output| output.status.success()) {
        vec![own, "-m".to_owned(), "pip".to_owned()]
    } else {
        vec!["pip3".to_owned()]
    };
    let options = ["install", "--quiet", "--no-input", "--only-binary=:all:", "--python-version"];
    let target = ["--target".to_owned(), target.display().to_string()];
    let options = options.map(str::to_owned).into_iter().chain([version]).chain(target);
    run(pip.into_iter().chain(options).chain(packages.iter().cloned()))
}

fn npm(target: &Path, packages: &[String]) -> Result<(), PrepareError> {
    let options =
        ["npm", "install", "--loglevel=error", "--no-audit", "--no-fund", "--no-package-lock", "--no-save"];
    let target = ["--prefix".to_owned(), target.display().to_string()];
    run(options.map(str::to_owned).into_iter().chain(target).chain(packages.iter().cloned()))
}

/// Functions read what is installed under another user, whatever this one's umask.
const READABLE: &str = "umask 022; exec \"$@\"";

/// The shell's status for a program that it cannot find.
const NOT_FOUND: i32 = 127;

fn run(words: impl Iterator<Item = String>) -> Result<(), PrepareError> {
    let words = words.collect::<Vec<_>>();
    let program = words.first().cloned().unwrap_or_default();
    let output = Command::new("/bin/sh")
        .args(["-c", READABLE, "sh"])
        .args(&words)
        .output()
        .map_err(at(Path::new("/bin/sh")))?;
    match output.status.code() {
        Some(0) => Ok(()),
        Some(NOT_FOUND) => Err(PrepareError::NoInstaller { program }),
        _ => Err(PrepareError::InstallerFailed { program, output: both(&output) }),
    }
}

fn both(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&text).trim().to_owned()
}

fn contents(folder: &Path) -> Result<Vec<std::ffi::OsString>, PrepareError> {
    let entries = fs::read_dir(folder).map_err(at(folder))?;
    entries.map(|entry| entry.map(|entry| entry.file_name()).map_err(at(folder))).collect()
}

fn create(folder: &Path) -> Result<(), PrepareError> {
    fs::create_dir_all(folder).map_err(at(folder))
}

fn clear(path: &Path) -> Result<(), PrepareError> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

fn at(path: &Path) -> impl Fn(io::Error) -> PrepareError {
    let path = path.to_owned();
    move |source| PrepareError::Io { path: path.clone(), source }
}
