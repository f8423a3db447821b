//! The file behind the audit log: appended to, and moved aside when it is full.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

/// Some 40,000 calls.
const FULL_AT_BYTES: u64 = 16 * 1024 * 1024;

/// `audit.log.1`, the youngest, to `audit.log.7`: with the one that is written, 128 MiB at most.
const KEPT: u32 = 7;

#[derive(Debug)]
pub(super) struct AuditFile {
    path: PathBuf,
    file: File,
    size_bytes: u64,
    full_at_bytes: u64,
}

impl AuditFile {
    pub(super) fn open(path: PathBuf) -> io::Result<AuditFile> {
        AuditFile::with_size(path, FULL_AT_BYTES)
    }

    fn with_size(path: PathBuf, full_at_bytes: u64) -> io::Result<AuditFile> {
        let file = append_to(&path)?;
        let size_bytes = file.metadata()?.len();
        Ok(AuditFile { path, file, size_bytes, full_at_bytes })
    }

    /// One write, so that a line is there whole or not at all.
    pub(super) fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if self.size_bytes > 0 && self.size_bytes + line.len() as u64 > self.full_at_bytes {
            self.move_aside()?;
        }
        self.file.write_all(line)?;
        self.size_bytes += line.len() as u64;
        Ok(())
    }

    fn move_aside(&mut self) -> io::Result<()> {
        for number in (1..KEPT).rev() {
            rename(&self.aside(number), &self.aside(number + 1))?;
        }
        rename(&self.path, &self.aside(1))?;
        self.file = append_to(&self.path)?;
        self.size_bytes = 0;
        Ok(())
    }

    fn aside(&self, number: u32) -> PathBuf {
        let mut path = self.path.clone().into_os_string();
        path.push(format!(".{number}"));
        path.into()
    }
}

/// Only its owner reads who did what.
fn append_to(path: &PathBuf) -> io::Result<File> {
    OpenOptions::new().append(true).create(true).mode(0o600).open(path)
}

/// An operator may have taken the old one away.
fn rename(from: &PathBuf, to: &PathBuf) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _moved_or_gone => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_full_file_is_moved_aside_and_the_oldest_goes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.log");
        let mut file = AuditFile::with_size(path.clone(), 10).unwrap();
        for number in 0..12 {
            file.append(format!("line {number:02}\n").as_bytes()).unwrap();
        }
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(
            (read("audit.log"), read("audit.log.1")),
            ("line 11\n".to_owned(), "line 10\n".to_owned())
        );
        assert_eq!(read("audit.log.7"), "line 04\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 8);
        assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_restart_goes_on_where_the_file_ends() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("audit.log");
        AuditFile::with_size(path.clone(), 20).unwrap().append(b"one\n").unwrap();
        let mut file = AuditFile::with_size(path.clone(), 20).unwrap();
        file.append(b"two\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        file.append(b"more than is left\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "more than is left\n");
    }
}
