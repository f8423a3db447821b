//! Mayfly's own runtime clients: their files, how they are started, and where interpreters for them come from.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::slice;
use std::sync::LazyLock;

use model::Runtime;
use model::runtime::Language;
use sha2::{Digest, Sha256};

use super::image;
use super::version::{Version, log_name};
use super::{Interpreter, RuntimeEntry, pull_command};

struct File {
    name: &'static str,
    content: &'static [u8],
}

macro_rules! client_files {
    ($language:literal: $($name:literal),+ $(,)?) => {
        &[$(File {
            name: $name,
            content: include_bytes!(concat!("../../../../runtimes/", $language, "/", $name)),
        }),+]
    };
}

static PYTHON: &[File] = client_files!("python":
    "bootstrap.py",
    "mayfly_lambda/__init__.py",
    "mayfly_lambda/api.py",
    "mayfly_lambda/context.py",
    "mayfly_lambda/failure.py",
    "mayfly_lambda/handler.py",
    "mayfly_lambda/loop.py",
    "mayfly_lambda/marshal.py",
    "mayfly_lambda/output.py",
    "mayfly_lambda/place.py",
    "mayfly_lambda/rehearsal.py",
    "mayfly_lambda/shelf.py",
    "mayfly_lambda/stage/index.py",
    "mayfly_lambda/zygote.py",
);
static NODE: &[File] = client_files!("nodejs":
    "index.mjs",
    "client/api.mjs",
    "client/context.mjs",
    "client/errors.mjs",
    "client/handler.mjs",
    "client/invocation.mjs",
    "client/loop.mjs",
    "client/node_path.mjs",
    "client/output.mjs",
    "client/place.mjs",
    "client/rehearsal.mjs",
    "client/sdk.mjs",
    "client/streaming.mjs",
    "rehearsal/index.js",
    "rehearsal/module.mjs",
);

static RUBY: &[File] = client_files!("ruby":
    "bootstrap.rb",
    "mayfly_lambda/ahead.rb",
    "mayfly_lambda/api.rb",
    "mayfly_lambda/context.rb",
    "mayfly_lambda/failure.rb",
    "mayfly_lambda/handler.rb",
    "mayfly_lambda/loaded.rb",
    "mayfly_lambda/loop.rb",
    "mayfly_lambda/marshaller.rb",
    "mayfly_lambda/namesakes.rb",
    "mayfly_lambda/output.rb",
    "mayfly_lambda/place.rb",
    "mayfly_lambda/rehearsal.rb",
    "mayfly_lambda/zygote.rb",
);
/// Compiled from the sources beside it by `cargo xtask java`, so that nobody needs a compiler.
static JAVA: &[File] = client_files!("java":
    "client.jar",
    "core.jar",
    "stage/Greeter$Bean.class",
    "stage/Greeter.class",
    "stage/Hello.class",
);
/// Compiled with this crate.
static JAVA_LIBRARY: File =
    File { name: "place.so", content: include_bytes!(concat!(env!("OUT_DIR"), "/place.so")) };

/// Compiled from the sources beside it by `cargo xtask dotnet`.
static DOTNET: &[File] = client_files!("dotnet":
    "bootstrap.sh",
    "client.dll",
);

fn files(language: Language) -> impl Iterator<Item = &'static File> {
    let libraries = if language == Language::Java { slice::from_ref(&JAVA_LIBRARY) } else { &[] };
    texts(language).iter().chain(libraries)
}

/// Of a language's files. Every cold start shows it, so it is computed once.
fn fingerprint(language: Language) -> [u8; 32] {
    static OF_CLIENTS: LazyLock<HashMap<Language, [u8; 32]>> = LazyLock::new(|| {
        let clients = [Language::Dotnet, Language::Java, Language::Node, Language::Python, Language::Ruby];
        clients.into_iter().map(|language| (language, digest(language))).collect()
    });
    // Who brings a client along has no files of Mayfly's.
    OF_CLIENTS.get(&language).copied().unwrap_or_default()
}

fn digest(language: Language) -> [u8; 32] {
    let digest = files(language).fold(Sha256::new(), |digest, file| digest.chain_update(file.content));
    digest.finalize().into()
}

fn texts(language: Language) -> &'static [File] {
    match language {
        Language::Python => PYTHON,
        Language::Node => NODE,
        Language::Ruby => RUBY,
        Language::Java => JAVA,
        Language::Dotnet => DOTNET,
        Language::Custom | Language::Go => &[],
    }
}

/// The modules that this runtime loads ahead, where they are there: what its client lists as `PRELOADED`.
pub(super) fn preloaded(runtime: Runtime) -> Vec<&'static str> {
    let files = texts(runtime.language()).iter();
    let texts = files.filter_map(|file| std::str::from_utf8(file.content).ok());
    let mut lists = texts.filter_map(|text| text.split_once("PRELOADED = ")?.1.split([')', ']']).next());
    let list = lists.next().unwrap_or_default().split(|c: char| "([\"',".contains(c) || c.is_whitespace());
    list.filter(|word| !word.is_empty()).collect()
}

/// Writes what differs; true when anything did. A file is replaced in one step, so a runtime that starts meanwhile
/// reads one or the other.
pub(super) fn write(runtime: Runtime, folder: &Path) -> io::Result<bool> {
    fs::create_dir_all(folder)?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    let mut changed = false;
    for file in files(runtime.language()) {
        let path = folder.join(file.name);
        if fs::read(&path).is_ok_and(|present| present == file.content) {
            continue;
        }
        replace(&path, file.content)?;
        changed = true;
    }
    Ok(changed)
}

/// Functions run under another user than the one that writes, whatever that one's umask.
fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    let incoming = path.with_extension("incoming");
    fs::write(&incoming, content)?;
    fs::set_permissions(&incoming, fs::Permissions::from_mode(0o644))?;
    fs::rename(&incoming, path)
}

/// Compiles Python's client once, since sandboxes cannot write beside it. Without this a start takes some
/// milliseconds longer, so a failure is no reason to stop.
pub(super) fn compile(interpreter: &Interpreter, folder: &Path) {
    // Not what is below: the rehearsal's function is found as a function's own code is.
    let arguments = ["-I", "-m", "compileall", "-q", "-f", "-l", "--invalidation-mode", "checked-hash"];
    let compiled = Command::new(&interpreter.path).args(arguments).arg(folder.join("mayfly_lambda")).output();
    match compiled {
        Ok(output) if output.status.success() => {}
        Ok(output) => tracing::warn!(status = %output.status, "a runtime client was not compiled"),
        Err(error) => tracing::warn!(%error, "a runtime client was not compiled"),
    }
}

/// How to get what a runtime needs.
pub(super) fn remedy(runtime: Runtime) -> String {
    let version = runtime.version();
    let image = || format!("as an image with `{}`", pull_command(runtime));
    let install = match runtime.language() {
        Language::Python => format!("`pyenv install {version}` or `uv python install {version}`"),
        Language::Node => format!("`mayfly runtimes prepare {runtime}` or `nvm install {version}`"),
        Language::Ruby => format!("`rbenv install {version}`"),
        Language::Java => format!("`mayfly runtimes prepare {runtime}` or as a package of the distribution"),
        Language::Dotnet => format!("the package `dotnet-runtime-{version}.0` or {}", image()),
        Language::Custom | Language::Go => image(),
    };
    format!("Install it with {install} and start Mayfly again, or set runtimes.fallback = \"nearest\".")
}

impl RuntimeEntry {
    /// The interpreter and its arguments; none when the function brings its own `bootstrap`.
    pub(crate) fn interpreter_command(&self, memory_mib: u32) -> Option<Vec<String>> {
        let version = self.interpreter?;
        if self.image {
            return image::program(self.runtime).map(|program| vec![program.to_owned()]);
        }
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        match self.runtime.language() {
            Language::Python => {
                let python = format!("/var/lang/bin/python{}.{}", version.major, version.minor?);
                Some(words(&[&python, "/var/runtime/bootstrap.py"]))
            }
            Language::Node => {
                // AWS's shares of the function's memory: the heap must hit its own limit before the kernel's.
                let old = format!("--max-old-space-size={}", memory_mib * 9 / 10);
                let semi = format!("--max-semi-space-size={}", (memory_mib / 20).max(1));
                Some(words(&["/var/lang/bin/node", "--expose-gc", &semi, &old, "/var/runtime/index.mjs"]))
            }
            Language::Ruby => Some(words(&["/var/lang/bin/ruby", "/var/runtime/bootstrap.rb"])),
            Language::Java => Some(java_command(version, memory_mib)),
            Language::Dotnet => Some(words(&["/bin/sh", "/var/runtime/bootstrap.sh"])),
            Language::Custom | Language::Go => None,
        }
    }

    /// Whether Mayfly's client can be loaded once and forked for each environment.
    pub(crate) fn has_zygote(&self) -> bool {
        !self.image && matches!(self.runtime.language(), Language::Python | Language::Ruby)
    }

    /// `python:3.12.v1`, as INIT_START shows it.
    pub(crate) fn version_text(&self) -> String {
        format!("{}.v1", log_name(self.runtime))
    }

    /// Changes with the interpreter and with Mayfly's client.
    pub fn version_arn(&self, region: &model::Region) -> String {
        let mut digest = Sha256::new();
        digest.update(self.runtime.identifier());
        digest.update(self.interpreter.map(|version| version.to_string()).unwrap_or_default());
        digest.update(fingerprint(self.runtime.language()));
        format!("arn:aws:lambda:{region}::runtime:{}", hex::encode(digest.finalize()))
    }
}

/// AWS's choices: a fixed share of the function's memory for the heap, the collector and compiler that start
/// fastest, and Java's own classes from its archive.
///
/// Java makes the heap's first size of the machine's memory, which on AWS is the function's.
///
/// By default the archive lies at a random address since Java 17, so that each process has pages of its own for all
/// pointers in it. At the address that it was made for, processes share them.
fn java_command(version: Version, memory_mib: u32) -> Vec<String> {
    const ARCHIVE_MOVES_SINCE: u32 = 17;
    const HEAP_PERCENT: u32 = 85;
    const FIRST_HEAP_SHARE: u32 = 64;
    const FIRST_HEAP_MIN_MIB: u32 = 8;
    let heap = format!("-XX:MaxHeapSize={}k", memory_mib * 1024 / 100 * HEAP_PERCENT);
    let first = format!("-XX:InitialHeapSize={}m", (memory_mib / FIRST_HEAP_SHARE).max(FIRST_HEAP_MIN_MIB));
    let options = [
        "-agentpath:/var/runtime/place.so",
        &heap,
        &first,
        "-XX:+UseSerialGC",
        "-XX:+TieredCompilation",
        "-XX:TieredStopAtLevel=1",
        "-Xshare:auto",
        "-Djava.net.preferIPv4Stack=true",
    ];
    let archive_in_place: &[&str] = if version.major >= ARCHIVE_MOVES_SINCE {
        &["-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0"]
    } else {
        &[]
    };
    let client = ["-cp", "/var/runtime/client.jar", "mayfly.lambda.Main"];
    let words = [&["/var/lang/bin/java"], &options[..], archive_in_place, &client].concat();
    words.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_loaded_ahead_is_what_the_client_lists() {
        let modules = preloaded("python3.12".parse().unwrap());
        assert_eq!(modules.first(), Some(&"asyncio"));
        assert_eq!(modules.last(), Some(&"boto3"));
        assert!(modules.contains(&"concurrent.futures.thread"));
        assert_eq!(preloaded("ruby3.3".parse().unwrap()), ["json", "logger", "net/http", "stringio"]);
        assert_eq!(preloaded("provided.al2023".parse().unwrap()), [""; 0]);
    }

    #[test]
    fn java_that_would_move_its_archive_is_told_to_leave_it() {
        let is_kept = |major| {
            let command = java_command(Version { major, minor: None, patch: None }, 512);
            command.iter().any(|word| word == "-XX:ArchiveRelocationMode=0")
        };
        assert_eq!([11, 17, 25].map(is_kept), [false, true, true]);
    }

    #[test]
    fn writes_a_client_once_and_again_when_it_differs() {
        let folder = tempfile::tempdir().unwrap();
        let runtime = "python3.12".parse().unwrap();
        let file = folder.path().join("bootstrap.py");
        assert!(write(runtime, folder.path()).unwrap());
        let written = fs::metadata(&file).unwrap().modified().unwrap();
        assert!(!write(runtime, folder.path()).unwrap());
        assert_eq!(fs::metadata(&file).unwrap().modified().unwrap(), written);
        fs::write(&file, "old").unwrap();
        assert!(write(runtime, folder.path()).unwrap());
        assert_eq!(fs::read(&file).unwrap(), PYTHON[0].content);
    }
}
