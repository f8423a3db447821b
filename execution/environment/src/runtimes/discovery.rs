//! Finds interpreters by looking at file names, where distributions and version managers put them.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::printed::PrintedVersions;
use super::{Interpreter, Version};

/// Where to look.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// The operator's own choice comes first: programs, folders of programs, or folders with a `bin`.
    pub configured: Vec<PathBuf>,
    /// The folders of `PATH`.
    pub path: Vec<PathBuf>,
    /// Where version managers keep what they installed.
    pub home: Option<PathBuf>,
}

/// What was found: the preferred one of each minor version, oldest first.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) python: Vec<Interpreter>,
    pub(super) node: Vec<Interpreter>,
}

/// Below the home folder; `*` stands for any one name.
const MANAGERS: [&str; 9] = [
    ".pyenv/versions/*/bin",
    ".local/share/uv/python/*/bin",
    ".local/share/mise/installs/python/*/bin",
    ".local/share/mise/installs/node/*/bin",
    ".asdf/installs/python/*/bin",
    ".asdf/installs/nodejs/*/bin",
    ".nvm/versions/node/*/bin",
    ".local/share/fnm/node-versions/*/installation/bin",
    ".volta/tools/image/node/*/bin",
];

const SYSTEM: [&str; 4] = ["usr/local/bin", "usr/bin", "usr/local/n/versions/node/*/bin", "opt/*/bin"];

impl Search {
    pub(super) fn interpreters(&self, printed: &mut PrintedVersions) -> Found {
        let mut found = Found::default();
        self.programs().iter().for_each(|program| found.look_at(program, printed));
        found.python.sort_by_key(|interpreter| interpreter.version);
        found.node.sort_by_key(|interpreter| interpreter.version);
        found
    }

    /// Files whose names an interpreter could have, in order of preference.
    fn programs(&self) -> Vec<PathBuf> {
        let configured = self.configured.iter().flat_map(|path| [path.clone(), path.join("bin")]);
        let managers = self.home.iter().flat_map(|home| MANAGERS.map(|pattern| expand(home, pattern)));
        let system = SYSTEM.map(|pattern| expand(Path::new("/"), pattern));
        let folders = configured.chain(self.path.iter().cloned());
        folders.chain(managers.chain(system).flatten()).flat_map(|path| candidates(&path)).collect()
    }
}

/// The folders that a pattern names, newest name first.
fn expand(root: &Path, pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once("/*/") else {
        return vec![root.join(pattern)];
    };
    let mut names = entries(&root.join(before));
    names.sort_by_key(|path| std::cmp::Reverse(version_in(path)));
    names.into_iter().map(|path| path.join(after)).collect()
}

/// What could be an interpreter in a folder, or the path itself when it is a file.
fn candidates(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    // Folders of programs have thousands of other entries.
    let mut candidates = entries(path);
    candidates.retain(|path| path.file_name().and_then(|name| name.to_str()).is_some_and(is_interpreter));
    candidates.sort();
    candidates
}

fn is_interpreter(name: &str) -> bool {
    name == "node" || python_minor(name).is_some()
}

/// Empty for what is not a folder that can be read: a search passes over such things.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(Result::ok).map(|entry| entry.path()).collect()
}

impl Found {
    /// Adds an interpreter unless its minor version is there already. Most files are told apart by their names;
    /// running one costs milliseconds, so none is run twice.
    fn look_at(&mut self, program: &Path, printed: &mut PrintedVersions) {
        let Some(name) = program.file_name().and_then(|name| name.to_str()) else { return };
        let is_new = |path: &PathBuf, found: &[Interpreter]| !found.iter().any(|known| known.path == *path);
        if name == "node" {
            let path = program_file(program).filter(|path| is_new(path, &self.node));
            add(&mut self.node, path.and_then(|path| node(path, printed)));
        } else if python_minor(name).is_some() {
            let path = program_file(program).filter(|path| is_new(path, &self.python));
            add(&mut self.python, path.and_then(|path| python(path, printed)));
        }
    }
}

fn add(found: &mut Vec<Interpreter>, interpreter: Option<Interpreter>) {
    let Some(interpreter) = interpreter else { return };
    let line = |version: Version| (version.major, version.minor);
    if !found.iter().any(|known| line(known.version) == line(interpreter.version)) {
        found.push(interpreter);
    }
}

/// `12` of `python3.12`.
fn python_minor(name: &str) -> Option<u32> {
    name.strip_prefix("python3.")?.parse().ok()
}

/// A Python with its library beside it, as every installation has it.
fn python(path: PathBuf, printed: &mut PrintedVersions) -> Option<Interpreter> {
    // Behind a link of that name may stand another version, or `python3`.
    let minor = python_minor(path.file_name()?.to_str()?)?;
    library(&path)?;
    let exact = version_in(path.parent()?.parent()?).filter(|version| version.minor == Some(minor));
    let version = exact.or_else(|| printed.of(&path))?;
    Some(Interpreter { path, version })
}

/// The folder of the standard library: `lib/python3.12` beside `bin`, `lib64` on some distributions.
pub(super) fn library(python: &Path) -> Option<PathBuf> {
    let prefix = python.parent()?.parent()?;
    let name = python.file_name()?;
    ["lib", "lib64"]
        .iter()
        .map(|lib| prefix.join(lib).join(name))
        .find(|folder| folder.join("os.py").is_file())
}

fn node(path: PathBuf, printed: &mut PrintedVersions) -> Option<Interpreter> {
    let in_path = path.ancestors().skip(2).take(2).find_map(version_in);
    let version = in_path.filter(|version| version.patch.is_some()).or_else(|| printed.of(&path))?;
    Some(Interpreter { path, version })
}

/// The file behind links, unless it is a script: version managers put such shims on `PATH`.
fn program_file(program: &Path) -> Option<PathBuf> {
    const ELF: [u8; 4] = *b"\x7fELF";
    let path = program.canonicalize().ok()?;
    let mut magic = [0; 4];
    fs::File::open(&path).ok()?.read_exact(&mut magic).ok()?;
    (magic == ELF).then_some(path)
}

/// The version that a folder is named after, such as `v20.11.1` or `cpython-3.12.4-linux-x86_64-gnu`.
fn version_in(folder: &Path) -> Option<Version> {
    let name = folder.file_name()?.to_str()?;
    name.split('-').find_map(Version::in_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder that looks like a version manager's, with programs that are no programs.
    fn home(files: &[&str]) -> tempfile::TempDir {
        let home = tempfile::tempdir().unwrap();
        for file in files {
            let path = home.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, b"\x7fELF").unwrap();
        }
        home
    }

    fn search(home: &tempfile::TempDir) -> Found {
        let in_home = |pattern: &&str| expand(home.path(), pattern);
        let mut found = Found::default();
        let programs = MANAGERS.iter().flat_map(in_home).flat_map(|folder| candidates(&folder));
        let mut printed = PrintedVersions::default();
        programs.for_each(|program| found.look_at(&program, &mut printed));
        found
    }

    fn versions(found: &[Interpreter]) -> Vec<String> {
        found.iter().map(|interpreter| interpreter.version.to_string()).collect()
    }

    #[test]
    fn takes_the_newest_patch_of_each_minor_version() {
        let home = home(&[
            ".pyenv/versions/3.12.1/bin/python3.12",
            ".pyenv/versions/3.12.1/lib/python3.12/os.py",
            ".pyenv/versions/3.12.10/bin/python3.12",
            ".pyenv/versions/3.12.10/lib/python3.12/os.py",
            ".local/share/uv/python/cpython-3.13.2-linux-x86_64-gnu/bin/python3.13",
            ".local/share/uv/python/cpython-3.13.2-linux-x86_64-gnu/lib/python3.13/os.py",
        ]);
        assert_eq!(versions(&search(&home).python), ["3.12.10", "3.13.2"]);
    }

    #[test]
    fn a_python_without_its_library_is_none() {
        let home = home(&[".pyenv/versions/3.12.1/bin/python3.12"]);
        assert_eq!(versions(&search(&home).python), Vec::<String>::new());
    }

    #[test]
    fn node_is_known_by_the_folder_of_its_version() {
        let home = home(&[
            ".nvm/versions/node/v20.11.1/bin/node",
            ".local/share/fnm/node-versions/v22.3.0/installation/bin/node",
        ]);
        assert_eq!(versions(&search(&home).node), ["20.11.1", "22.3.0"]);
    }

    #[test]
    fn a_shim_is_not_an_interpreter() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("python3.12"), "#!/bin/sh\n").unwrap();
        assert_eq!(program_file(&folder.path().join("python3.12")), None);
    }
}
