//! From a package's bytes to a folder.
//!
//! Links are made after everything else: while files are written there is none, so no write can follow one.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use zip::ZipArchive;
use zip::read::ZipFile;
use zip::result::ZipError;

use crate::entry::{self, EntryError, Kind};
use crate::sync::sync;

/// More than four times the largest `node_modules` folder seen in the wild; each entry costs an inode.
pub(crate) const ENTRIES_MAX: usize = 200_000;

const COPY_BUFFER_BYTES: usize = 128 * 1024;

pub(crate) const DIRECTORY_MODE: u32 = 0o755;

#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    #[error("the package is empty")]
    Empty,
    #[error("the package is not a zip file that can be read: {0}")]
    Unreadable(String),
    #[error(transparent)]
    Entry(#[from] EntryError),
    #[error("the package has {actual} entries, the limit is {ENTRIES_MAX}")]
    TooManyEntries { actual: usize },
    /// Found out while writing: what a package says of its own size is not believed. There is no limit on the ratio
    /// besides, because a bomb ends here too, and a package of zeros is a good package.
    #[error("the package holds more than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("the package could not be written: {0}")]
    Io(#[from] io::Error),
}

impl From<ZipError> for UnpackError {
    fn from(error: ZipError) -> UnpackError {
        UnpackError::Unreadable(error.to_string())
    }
}

/// Unpacks into the empty folder `root`, with everything on disk at the end. Returns how many bytes the files hold.
pub(crate) fn unpack(package: impl Read + Seek, root: &Path, limit_bytes: u64) -> Result<u64, UnpackError> {
    let mut archive = ZipArchive::new(package)?;
    match archive.len() {
        0 => return Err(UnpackError::Empty),
        actual if actual > ENTRIES_MAX => return Err(UnpackError::TooManyEntries { actual }),
        _ => {}
    }
    let mut unpacking = Unpacking::new(root, limit_bytes);
    for index in 0..archive.len() {
        unpacking.add(&mut archive.by_index(index)?)?;
    }
    unpacking.finish()
}

struct Unpacking<'a> {
    root: &'a Path,
    limit_bytes: u64,
    written_bytes: u64,
    files: Vec<PathBuf>,
    directories: Vec<PathBuf>,
    links: Vec<(PathBuf, PathBuf)>,
    buffer: Vec<u8>,
}

impl<'a> Unpacking<'a> {
    fn new(root: &'a Path, limit_bytes: u64) -> Unpacking<'a> {
        Unpacking {
            root,
            limit_bytes,
            written_bytes: 0,
            files: Vec::new(),
            directories: vec![PathBuf::new()],
            links: Vec::new(),
            buffer: vec![0; COPY_BUFFER_BYTES],
        }
    }

    fn add<R: Read>(&mut self, entry: &mut ZipFile<'_, R>) -> Result<(), UnpackError> {
        let name = entry::name(entry.name_raw(), entry.name());
        let path = entry::path(&name)?;
        match entry::kind(&name, entry.unix_mode())? {
            Kind::Directory => self.make_directory(&path),
            Kind::File { mode } => self.write_file(path, mode, entry),
            Kind::Link => self.keep_link(path, entry),
        }
    }

    /// Makes the folder and those above it, as far as they are not there.
    fn make_directory(&mut self, path: &Path) -> Result<(), UnpackError> {
        let full = self.root.join(path);
        if full.is_dir() {
            return Ok(());
        }
        if let Some(above) = path.parent() {
            self.make_directory(above)?;
        }
        fs::create_dir(&full).map_err(|error| refused(error, path))?;
        self.directories.push(path.to_owned());
        Ok(())
    }

    fn write_file(&mut self, path: PathBuf, mode: u32, content: &mut impl Read) -> Result<(), UnpackError> {
        self.make_room(&path)?;
        let full = self.root.join(&path);
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&full)
            .map_err(|error| refused(error, &path))?;
        self.copy(content, &mut file)?;
        // Past the process's umask.
        file.set_permissions(Permissions::from_mode(mode))?;
        self.files.push(path);
        Ok(())
    }

    /// What an entry needs above it; the root itself can be nothing but a directory.
    fn make_room(&mut self, path: &Path) -> Result<(), UnpackError> {
        match path.parent() {
            Some(above) => self.make_directory(above),
            None => Err(EntryError::Collision(String::new()).into()),
        }
    }

    fn copy(&mut self, from: &mut impl Read, to: &mut File) -> Result<(), UnpackError> {
        loop {
            let count = match from.read(&mut self.buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) => return Err(UnpackError::Unreadable(error.to_string())),
            };
            self.written_bytes += count as u64;
            if self.written_bytes > self.limit_bytes {
                return Err(UnpackError::TooLarge { limit: self.limit_bytes });
            }
            to.write_all(&self.buffer[..count])?;
        }
    }

    fn keep_link(&mut self, path: PathBuf, content: &mut impl Read) -> Result<(), UnpackError> {
        let mut target = String::new();
        let read = content.take(entry::PATH_MAX_BYTES as u64).read_to_string(&mut target);
        read.map_err(|error| UnpackError::Unreadable(error.to_string()))?;
        let leads_nowhere =
            target.is_empty() || target.len() == entry::PATH_MAX_BYTES || target.contains('\0');
        if leads_nowhere || !entry::stays_inside(&path, Path::new(&target)) {
            return Err(EntryError::EscapingLink { link: path.display().to_string(), target }.into());
        }
        self.make_room(&path)?;
        self.links.push((path, PathBuf::from(target)));
        Ok(())
    }

    fn finish(self) -> Result<u64, UnpackError> {
        for (path, target) in &self.links {
            symlink(target, self.root.join(path)).map_err(|error| refused(error, path))?;
        }
        for path in &self.directories {
            fs::set_permissions(self.root.join(path), Permissions::from_mode(DIRECTORY_MODE))?;
        }
        sync(self.root, &[self.files, self.directories].concat())?;
        Ok(self.written_bytes)
    }
}

/// A name that is taken, or that has a file above it, is the package's fault; anything else is ours.
fn refused(error: io::Error, path: &Path) -> UnpackError {
    let name = path.display().to_string();
    match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => EntryError::Collision(name).into(),
        io::ErrorKind::InvalidFilename => EntryError::ImpossibleName(name).into(),
        _ => UnpackError::Io(error),
    }
}
