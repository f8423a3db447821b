//! What a program is: its language by its file name, its version by the folders around it or by what it prints.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use model::runtime::Language;

use super::Version;
use super::printed::PrintedVersions;

/// The language of an interpreter of this name.
pub(super) fn language(program: &Path) -> Option<Language> {
    match program.file_name()?.to_str()? {
        "node" => Some(Language::Node),
        "ruby" => Some(Language::Ruby),
        "java" => Some(Language::Java),
        "dotnet" => Some(Language::Dotnet),
        name if python_minor(name).is_some() => Some(Language::Python),
        name if name.strip_prefix("ruby").and_then(Version::in_text).is_some() => Some(Language::Ruby),
        _ => None,
    }
}

/// The versions that the program at `path`, which no link leads to, can run: one, but for .NET's.
pub(super) fn versions(language: Language, path: &Path, printed: &mut PrintedVersions) -> Vec<Version> {
    let version = match language {
        Language::Python => python(path, printed),
        Language::Node => named_by_folder(path).or_else(|| printed.of(path)),
        Language::Ruby => named_by_folder(path).or_else(|| printed.of(path)),
        Language::Java => java(path),
        Language::Dotnet => return dotnet(path),
        Language::Custom | Language::Go => None,
    };
    version.into_iter().collect()
}

/// `12` of `python3.12`.
fn python_minor(name: &str) -> Option<u32> {
    name.strip_prefix("python3.")?.parse().ok()
}

/// A Python has its library beside it, in every installation.
fn python(path: &Path, printed: &mut PrintedVersions) -> Option<Version> {
    // Behind a link of that name may stand another version, or `python3`.
    let minor = python_minor(path.file_name()?.to_str()?)?;
    python_library(path)?;
    let exact = version_in(path.parent()?.parent()?).filter(|version| version.minor == Some(minor));
    exact.or_else(|| printed.of(path))
}

/// The folder of the standard library: `lib/python3.12` beside `bin`, `lib64` on some distributions.
pub(super) fn python_library(python: &Path) -> Option<PathBuf> {
    let prefix = python.parent()?.parent()?;
    let name = python.file_name()?;
    ["lib", "lib64"]
        .iter()
        .map(|lib| prefix.join(lib).join(name))
        .find(|folder| folder.join("os.py").is_file())
}

/// Version managers name a folder after the whole version.
fn named_by_folder(path: &Path) -> Option<Version> {
    let named = path.ancestors().skip(2).take(2).find_map(version_in);
    named.filter(|version| version.patch.is_some())
}

/// Every Java since 7 says in a file beside `bin` what it is.
fn java(path: &Path) -> Option<Version> {
    let release = fs::read_to_string(java_home(path)?.join("release")).ok()?;
    let line = release.lines().find_map(|line| line.strip_prefix("JAVA_VERSION="))?;
    Version::of_java(line.trim_matches('"'))
}

/// The program only chooses among the runtimes beside it, each in a folder of its version. Newest first.
fn dotnet(path: &Path) -> Vec<Version> {
    let frameworks = path.with_file_name("shared/Microsoft.NETCore.App");
    let folders = fs::read_dir(frameworks).into_iter().flatten().filter_map(Result::ok);
    // A preview has a word behind its number.
    let named = |name: &OsStr| name.to_str().and_then(Version::in_text);
    let mut versions = folders.filter_map(|folder| named(&folder.file_name())).collect::<Vec<_>>();
    versions.sort_by(|one, other| other.cmp(one));
    versions
}

pub(super) fn java_home(java: &Path) -> Option<&Path> {
    java.parent()?.parent()
}

/// The version that a folder is named after, such as `v20.11.1` or `cpython-3.12.4-linux-x86_64-gnu`.
pub(super) fn version_in(folder: &Path) -> Option<Version> {
    let name = folder.file_name()?.to_str()?;
    name.split('-').find_map(Version::in_text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_apart_by_their_names() {
        let of = |name: &str| language(Path::new(name));
        assert_eq!(of("/usr/bin/python3.12"), Some(Language::Python));
        assert_eq!(of("/usr/bin/ruby3.1"), Some(Language::Ruby));
        assert_eq!(of("/usr/bin/java"), Some(Language::Java));
        assert_eq!(of("/usr/bin/dotnet"), Some(Language::Dotnet));
        assert_eq!(of("/usr/bin/python3"), None);
        assert_eq!(of("/usr/bin/rubygems"), None);
        assert_eq!(of("/usr/bin/javac"), None);
    }
}
