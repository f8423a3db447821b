//! The versions that interpreters print, kept from one start to the next: asking Node takes tens of milliseconds.
//!
//! A program's answer is kept for as long as its file is the same.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::{Deserialize, Serialize};

use super::Version;

const FILE: &str = "versions.json";

#[derive(Debug, Default)]
pub(super) struct PrintedVersions {
    file: Option<PathBuf>,
    known: HashMap<PathBuf, Answer>,
    changed: bool,
}

#[derive(Debug, Serialize, Deserialize)]
struct Answer {
    file: FileState,
    version: Version,
}

/// What changes when a program is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct FileState {
    inode: u64,
    size: u64,
    changed_s: i64,
    changed_ns: i64,
}

impl PrintedVersions {
    /// What `dir` holds of earlier answers. A file that cannot be read only costs the time to ask again.
    pub(super) fn open(dir: &Path) -> PrintedVersions {
        let file = dir.join(FILE);
        let known = fs::read(&file).ok().and_then(|text| serde_json::from_slice(&text).ok());
        PrintedVersions { file: Some(file), known: known.unwrap_or_default(), changed: false }
    }

    pub(super) fn of(&mut self, program: &Path) -> Option<Version> {
        let file = FileState::of(program)?;
        if let Some(answer) = self.known.get(program).filter(|answer| answer.file == file) {
            return Some(answer.version);
        }
        let version = ask(program)?;
        self.known.insert(program.to_owned(), Answer { file, version });
        self.changed = true;
        Some(version)
    }

    /// Writes what is new.
    pub(super) fn save(&self) -> io::Result<()> {
        let (Some(file), true) = (&self.file, self.changed) else { return Ok(()) };
        fs::create_dir_all(file.parent().unwrap_or(Path::new(".")))?;
        let incoming = file.with_extension("incoming");
        fs::write(&incoming, serde_json::to_vec(&self.known)?)?;
        fs::rename(incoming, file)
    }
}

impl FileState {
    fn of(program: &Path) -> Option<FileState> {
        let file = fs::metadata(program).ok()?;
        let (inode, size) = (file.ino(), file.size());
        Some(FileState { inode, size, changed_s: file.ctime(), changed_ns: file.ctime_nsec() })
    }
}

fn ask(program: &Path) -> Option<Version> {
    let output = Command::new(program).arg("--version").env_clear().output().ok()?;
    Version::printed(std::str::from_utf8(&output.stdout).ok()?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A program that counts how often it is run.
    fn program(folder: &Path, version: &str) -> PathBuf {
        let path = folder.join("node");
        let calls = folder.join("calls");
        fs::write(&path, format!("#!/bin/sh\necho run >> {}\necho {version}\n", calls.display())).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn calls(folder: &Path) -> usize {
        fs::read_to_string(folder.join("calls")).unwrap_or_default().lines().count()
    }

    #[test]
    fn a_program_is_asked_once_until_it_changes() {
        let folder = tempfile::tempdir().unwrap();
        let path = program(folder.path(), "v20.1.2");
        let mut first = PrintedVersions::open(folder.path());
        assert_eq!(first.of(&path).unwrap().to_string(), "20.1.2");
        first.save().unwrap();
        let mut second = PrintedVersions::open(folder.path());
        assert_eq!(second.of(&path).unwrap().to_string(), "20.1.2");
        assert_eq!(calls(folder.path()), 1);
        program(folder.path(), "v22.10.0");
        assert_eq!(second.of(&path).unwrap().to_string(), "22.10.0");
        assert_eq!(calls(folder.path()), 2);
    }

    #[test]
    fn a_damaged_file_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "{").unwrap();
        let path = program(folder.path(), "v20.1.2");
        assert!(PrintedVersions::open(folder.path()).of(&path).is_some());
    }
}
