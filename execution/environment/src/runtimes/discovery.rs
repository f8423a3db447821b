//! Finds interpreters by looking at file names, where distributions and version managers put them.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use model::runtime::Language;

use super::printed::PrintedVersions;
use super::{Interpreter, Version, recognition};

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
pub(super) struct Found(Vec<(Language, Interpreter)>);

/// Below the home folder; `*` stands for any one name.
const MANAGERS: [&str; 21] = [
    ".pyenv/versions/*/bin",
    ".local/share/uv/python/*/bin",
    ".local/share/mise/installs/python/*/bin",
    ".local/share/mise/installs/node/*/bin",
    ".local/share/mise/installs/ruby/*/bin",
    ".local/share/mise/installs/java/*/bin",
    ".asdf/installs/python/*/bin",
    ".asdf/installs/nodejs/*/bin",
    ".asdf/installs/ruby/*/bin",
    ".asdf/installs/java/*/bin",
    ".nvm/versions/node/*/bin",
    ".local/share/fnm/node-versions/*/installation/bin",
    ".volta/tools/image/node/*/bin",
    ".rbenv/versions/*/bin",
    ".rubies/*/bin",
    ".rvm/rubies/*/bin",
    ".sdkman/candidates/java/*/bin",
    ".jdks/*/bin",
    ".jenv/versions/*/bin",
    ".dotnet",
    ".local/share/mise/dotnet-root",
];

const SYSTEM: [&str; 9] = [
    "usr/local/bin",
    "usr/bin",
    "usr/local/n/versions/node/*/bin",
    "usr/lib/jvm/*/bin",
    "usr/java/*/bin",
    "opt/*/bin",
    "usr/share/dotnet",
    "usr/lib/dotnet",
    "usr/lib64/dotnet",
];

/// Where in the folder of the runtimes `prepare` puts interpreters, each in a folder of its own.
pub(super) const PREPARED_FOLDER: &str = "interpreters";

impl Search {
    /// `dir` is the folder of the runtimes.
    pub(super) fn interpreters(&self, dir: &Path, printed: &mut PrintedVersions) -> Found {
        let mut found = Found::default();
        self.programs(dir).iter().for_each(|program| found.look_at(program, printed));
        found.0.sort_by_key(|(_, interpreter)| interpreter.version);
        found
    }

    /// Files whose names an interpreter could have, in order of preference.
    fn programs(&self, dir: &Path) -> Vec<PathBuf> {
        let configured = self.configured.iter().flat_map(|path| [path.clone(), path.join("bin")]);
        let managers = self.home.iter().flat_map(|home| MANAGERS.map(|pattern| expand(home, pattern)));
        let system = SYSTEM.map(|pattern| expand(Path::new("/"), pattern));
        let folders = configured.chain(self.path.iter().cloned()).chain(managers.chain(system).flatten());
        let prepared = expand(dir, &format!("{PREPARED_FOLDER}/*/bin"));
        folders.chain(prepared).flat_map(|path| candidates(&path)).collect()
    }
}

/// The folders that a pattern names, newest name first.
fn expand(root: &Path, pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once("/*/") else {
        return vec![root.join(pattern)];
    };
    let mut names = entries(&root.join(before));
    names.sort_by_key(|path| std::cmp::Reverse(recognition::version_in(path)));
    names.into_iter().map(|path| path.join(after)).collect()
}

/// What could be an interpreter in a folder, or the path itself when it is a file.
fn candidates(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_owned()];
    }
    // Folders of programs have thousands of other entries.
    let mut candidates = entries(path);
    candidates.retain(|path| recognition::language(path).is_some());
    candidates.sort();
    candidates
}

/// Empty for what is not a folder that can be read: a search passes over such things.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.filter_map(Result::ok).map(|entry| entry.path()).collect()
}

impl FromIterator<(Language, Interpreter)> for Found {
    fn from_iter<I: IntoIterator<Item = (Language, Interpreter)>>(interpreters: I) -> Found {
        Found(interpreters.into_iter().collect())
    }
}

impl Found {
    pub(super) fn of(&self, language: Language) -> impl Iterator<Item = &Interpreter> {
        self.0.iter().filter(move |(of, _)| *of == language).map(|(_, interpreter)| interpreter)
    }

    /// Adds an interpreter unless its minor version is there already. Most files are told apart by their names;
    /// running one costs milliseconds, so none is run twice.
    fn look_at(&mut self, program: &Path, printed: &mut PrintedVersions) {
        let Some(language) = recognition::language(program) else { return };
        let Some(path) = program_file(program) else { return };
        if self.of(language).any(|known| known.path == path) {
            return;
        }
        let line = |version: Version| (version.major, version.minor);
        for version in recognition::versions(language, &path, printed) {
            if !self.of(language).any(|known| line(known.version) == line(version)) {
                self.0.push((language, Interpreter { path: path.clone(), version }));
            }
        }
    }
}

/// The file behind links, unless it is a script: version managers put such shims on `PATH`.
fn program_file(program: &Path) -> Option<PathBuf> {
    const ELF: [u8; 4] = *b"\x7fELF";
    let path = program.canonicalize().ok()?;
    let mut magic = [0; 4];
    fs::File::open(&path).ok()?.read_exact(&mut magic).ok()?;
    (magic == ELF).then_some(path)
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

    fn versions(found: &Found, language: Language) -> Vec<String> {
        found.of(language).map(|interpreter| interpreter.version.to_string()).collect()
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
        assert_eq!(versions(&search(&home), Language::Python), ["3.12.10", "3.13.2"]);
    }

    #[test]
    fn a_python_without_its_library_is_none() {
        let home = home(&[".pyenv/versions/3.12.1/bin/python3.12"]);
        assert_eq!(versions(&search(&home), Language::Python), Vec::<String>::new());
    }

    #[test]
    fn node_is_known_by_the_folder_of_its_version() {
        let home = home(&[
            ".nvm/versions/node/v20.11.1/bin/node",
            ".local/share/fnm/node-versions/v22.3.0/installation/bin/node",
        ]);
        assert_eq!(versions(&search(&home), Language::Node), ["20.11.1", "22.3.0"]);
    }

    #[test]
    fn a_shim_is_not_an_interpreter() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("python3.12"), "#!/bin/sh\n").unwrap();
        assert_eq!(program_file(&folder.path().join("python3.12")), None);
    }

    #[test]
    fn ruby_is_known_by_the_folder_of_its_version_and_java_by_its_release_file() {
        let home = home(&[
            ".rbenv/versions/3.3.4/bin/ruby",
            ".rubies/ruby-3.4.1/bin/ruby",
            ".jdks/some-jdk/bin/java",
        ]);
        let release = "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"21.0.4\"\n";
        fs::write(home.path().join(".jdks/some-jdk/release"), release).unwrap();
        assert_eq!(versions(&search(&home), Language::Ruby), ["3.3.4", "3.4.1"]);
        assert_eq!(versions(&search(&home), Language::Java), ["21.0.4"]);
    }

    #[test]
    fn a_dotnet_has_each_version_that_lies_beside_it() {
        let framework =
            |version| format!(".dotnet/shared/Microsoft.NETCore.App/{version}/System.Runtime.dll");
        let files =
            [".dotnet/dotnet".to_owned(), framework("8.0.11"), framework("8.0.2"), framework("10.0.0")];
        let home = home(&files.each_ref().map(String::as_str));
        assert_eq!(versions(&search(&home), Language::Dotnet), ["10.0.0", "8.0.11"]);
    }

    #[test]
    fn what_was_prepared_is_found_after_what_the_host_has() {
        let home = home(&[
            "runtimes/interpreters/node-22.9.0/bin/node",
            "runtimes/interpreters/node-24.1.0/bin/node",
            "opt/node-v22.9.1/bin/node",
        ]);
        let search = Search { configured: vec![home.path().join("opt/node-v22.9.1")], ..Search::default() };
        let found = search.programs(&home.path().join("runtimes"));
        let place = |name: &str| found.iter().position(|path| path.to_string_lossy().contains(name)).unwrap();
        assert!(place("node-v22.9.1") < place("node-24.1.0"));
        assert!(place("node-24.1.0") < place("node-22.9.0"));
    }
}
