//! The root file system of each runtime, as binds of the host's files: what AWS has at `/var/lang` and
//! `/var/runtime`, and nothing else of an interpreter's installation.

use std::fs;
use std::path::{Path, PathBuf};

use sandbox::{Bind, Command, Template};

use super::{Host, Interpreter, Row, RuntimeEntry, folder, recognition};
use crate::parking;
use model::runtime::Language;

const LANGUAGE_ROOT: &str = "/var/lang";
const CLIENT_ROOT: &str = "/var/runtime";

/// Stands in for folders that functions must not see.
pub(super) fn empty_folder(dir: &Path) -> PathBuf {
    dir.join("empty")
}

pub(super) fn of(row: &Row, dir: &Path) -> Template {
    let name = row.runtime.identifier().to_owned();
    if let Host::Image(image) = &row.host {
        return Template { name, root: Some(image.folder.clone()), binds: vec![], zygote: None };
    }
    let mut binds = match (row.runtime.language(), row.host.interpreter()) {
        (Language::Python, Some(python)) => python_binds(python, &empty_folder(dir)),
        (Language::Node, Some(node)) => vec![program(&node.path, "node")],
        (Language::Ruby, Some(ruby)) => ruby_binds(ruby),
        (Language::Java, Some(java)) => java_binds(java),
        (Language::Dotnet, Some(dotnet)) => dotnet_binds(dotnet),
        _ => vec![],
    };
    binds.push(Bind { source: folder(dir, row.runtime), target: CLIENT_ROOT.into() });
    Template { name, root: None, binds, zygote: zygote(row) }
}

/// What starts a runtime ahead of its function starts the zygote, whose children show the command as theirs.
fn zygote(row: &Row) -> Option<Command> {
    parking::command(&row.entry().filter(RuntimeEntry::has_zygote)?, None)
}

fn program(source: &Path, name: &str) -> Bind {
    Bind { source: source.to_owned(), target: Path::new(LANGUAGE_ROOT).join("bin").join(name) }
}

fn python_binds(python: &Interpreter, empty: &Path) -> Vec<Bind> {
    let (Some(name), Some(library)) =
        (python.path.file_name().and_then(|name| name.to_str()), recognition::python_library(&python.path))
    else {
        return vec![];
    };
    let mut binds = vec![program(&python.path, name), program(&python.path, "python3")];
    binds.push(program(&python.path, "python"));
    // Python finds its library by its own place: `lib` stays `lib`, `lib64` stays `lib64`.
    let lib = library.parent().and_then(Path::file_name).unwrap_or_default();
    let target = Path::new(LANGUAGE_ROOT).join(lib).join(name);
    binds.push(Bind { source: library.clone(), target: target.clone() });
    // What the host installed for itself must not be importable.
    if library.join("site-packages").is_dir() {
        binds.push(Bind { source: empty.to_owned(), target: target.join("site-packages") });
    }
    binds.extend(shared_library(python, name));
    binds
}

/// Version managers link the interpreter to its `libpython` by the path where they installed it, so the file
/// appears there too; below `/usr` it is visible anyway.
fn shared_library(python: &Interpreter, name: &str) -> Vec<Bind> {
    let Some(lib) = python.path.parent().and_then(Path::parent).map(|prefix| prefix.join("lib")) else {
        return vec![];
    };
    // The name without a version behind it is for compilers.
    let prefix = format!("lib{name}.so.");
    let is_shared_library = |path: &PathBuf| {
        path.is_file() && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&prefix))
    };
    let files = fs::read_dir(lib).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path());
    let files = files.filter(is_shared_library).filter(|path| !path.starts_with("/usr"));
    files.map(|path| Bind { source: path.clone(), target: path }).collect()
}

/// Ruby knows its library by the path where it was installed; below `/usr` that is visible anyway.
fn ruby_binds(ruby: &Interpreter) -> Vec<Bind> {
    let mut binds = vec![program(&ruby.path, "ruby")];
    let prefix = ruby.path.parent().and_then(Path::parent).filter(|prefix| !prefix.starts_with("/usr"));
    if let Some(prefix) = prefix {
        binds.push(Bind { source: prefix.to_owned(), target: prefix.to_owned() });
    }
    binds
}

/// Java finds everything by its own place, so its whole home stands where AWS has it.
fn java_binds(java: &Interpreter) -> Vec<Bind> {
    let Some(home) = recognition::java_home(&java.path) else { return vec![] };
    let mut binds = vec![Bind { source: home.to_owned(), target: LANGUAGE_ROOT.into() }];
    binds.extend(java_settings(home).map(|folder| Bind { source: folder.clone(), target: folder }));
    binds
}

/// The program with the runtimes beside it, but not the compilers that may be there, too.
fn dotnet_binds(dotnet: &Interpreter) -> Vec<Bind> {
    let beside = |name: &str| Bind {
        source: dotnet.path.with_file_name(name),
        target: Path::new(LANGUAGE_ROOT).join("bin").join(name),
    };
    ["dotnet", "host", "shared"].map(beside).to_vec()
}

/// Distributions keep Java's settings in `/etc` and leave links to them.
fn java_settings(home: &Path) -> Option<PathBuf> {
    let target = fs::read_link(home.join("conf/logging.properties")).ok()?;
    let folder = target.parent().filter(|folder| folder.starts_with("/etc") && folder.is_dir());
    folder.map(Path::to_owned)
}
