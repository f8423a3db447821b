//! Merging layers into one folder, which becomes the root of sandboxes.
//!
//! Links in an image lead wherever they like, for inside a sandbox that is nowhere else but the image. While it is
//! unpacked they must lead nowhere else either: the kernel resolves every folder as if ours were the root, and the
//! last part of a path is never followed. Nobody but the unpacking process writes here.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, ResolveFlags, Timespec, Timestamps};

use super::layer::{self, Budget, Entry, Kind};
use crate::entry::PATH_MAX_BYTES;

/// Linux's limit for one name.
const NAME_MAX_BYTES: usize = 255;

/// Ten times the largest images seen in the wild; each entry costs an inode.
const ENTRIES_MAX: usize = 1_000_000;

const COPY_BUFFER_BYTES: usize = 128 * 1024;

/// Before a name: what the layers below have under it is gone.
const WHITEOUT: &[u8] = b".wh.";
/// In a folder: what the layers below have in it is gone.
const OPAQUE: &[u8] = b".wh..wh..opq";
/// Other names that begin so are notes of an old file system.
const WHITEOUT_NOTE: &[u8] = b".wh..wh.";

/// Where sandboxes mount what is their own.
const FOLDERS: [&str; 5] = ["proc", "dev", "tmp", "run", "etc"];
const FILES: [&str; 2] = ["etc/hosts", "etc/resolv.conf"];

const DIRECTORY_MODE: u32 = 0o755;

/// Why a layer cannot become part of a folder.
#[derive(Debug, thiserror::Error)]
pub enum LayerError {
    #[error("a layer cannot be read: {0}")]
    Unreadable(io::Error),
    #[error("entry '{0}' leaves the image")]
    OutsideImage(String),
    #[error("entry '{0}' has a name that no file can have")]
    ImpossibleName(String),
    #[error("entry '{0}' stands below what is no folder")]
    Collision(String),
    #[error("entry '{link}' is a second name of '{target}', which is no file of the image")]
    MissingTarget { link: String, target: String },
    #[error("files with holes are not supported")]
    Sparse,
    #[error("the image holds more than {} bytes", model::limits::IMAGE_MAX_BYTES)]
    TooLarge,
    #[error("the image has more than {ENTRIES_MAX} entries")]
    TooManyEntries,
    #[error("the image could not be written: {0}")]
    Io(#[from] io::Error),
}

/// A root file system in the making.
#[derive(Debug)]
pub(crate) struct Rootfs {
    root: OwnedFd,
    budget: Budget,
    entries: usize,
    written_bytes: u64,
    buffer: Vec<u8>,
}

/// The folder of an entry, and its name in there.
struct Place<'a> {
    folder: OwnedFd,
    name: &'a OsStr,
}

impl Rootfs {
    /// In an empty folder.
    pub(crate) fn new(folder: &Path, limit_bytes: u64) -> io::Result<Rootfs> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let root = rustix::fs::open(folder, flags, Mode::empty())?;
        rustix::fs::fchmod(&root, Mode::from_raw_mode(DIRECTORY_MODE))?;
        let buffer = vec![0; COPY_BUFFER_BYTES];
        Ok(Rootfs { root, budget: Budget::new(limit_bytes), entries: 0, written_bytes: 0, buffer })
    }

    /// Puts a layer, compressed or not, over those that are there.
    pub(crate) fn apply(&mut self, layer: impl Read) -> Result<(), LayerError> {
        let budget = std::mem::replace(&mut self.budget, Budget::new(0));
        // What this layer brought, with the folders above it, which its own whiteouts do not remove.
        let mut added = HashSet::new();
        let applied = layer::read(layer, &budget, |entry, content| self.add(entry, content, &mut added));
        self.budget = budget;
        applied
    }

    /// With a place for everything that sandboxes mount and for what else is named, and on disk. Returns how many bytes the files hold.
    pub(crate) fn finish(self, more_folders: &[&str]) -> Result<u64, LayerError> {
        for folder in FOLDERS.iter().chain(more_folders) {
            self.ensure_folder(Path::new(folder))?;
        }
        for file in FILES {
            self.ensure_file(Path::new(file))?;
        }
        rustix::fs::syncfs(&self.root).map_err(io::Error::from)?;
        Ok(self.written_bytes)
    }

    fn add(
        &mut self,
        entry: &Entry,
        content: &mut dyn Read,
        added: &mut HashSet<PathBuf>,
    ) -> Result<(), LayerError> {
        self.entries += 1;
        if self.entries > ENTRIES_MAX {
            return Err(LayerError::TooManyEntries);
        }
        let path = inside(&entry.path)?;
        let Some(name) = path.file_name().map(OsStr::as_bytes) else {
            return Ok(());
        };
        if name == OPAQUE {
            return self.clear(path.parent().unwrap_or(Path::new("")), added);
        }
        if name.starts_with(WHITEOUT_NOTE) {
            return Ok(());
        }
        if let Some(hidden) = name.strip_prefix(WHITEOUT) {
            return self.hide(&path.with_file_name(OsStr::from_bytes(hidden)), added);
        }
        self.write(&path, entry, content)?;
        for path in path.ancestors() {
            if !added.insert(path.to_owned()) {
                break;
            }
        }
        Ok(())
    }

    fn write(&mut self, path: &Path, entry: &Entry, content: &mut dyn Read) -> Result<(), LayerError> {
        let place = self.place(path)?;
        match &entry.kind {
            Kind::Directory => make_directory(&place, entry.mode)?,
            Kind::File => self.write_file(&place, entry, content)?,
            Kind::Symlink(target) => {
                check_target(path, target)?;
                remove(&place.folder, place.name)?;
                rustix::fs::symlinkat(target, &place.folder, place.name).map_err(io::Error::from)?;
            }
            Kind::HardLink(target) => self.link(path, &place, target)?,
            // Sandboxes make the devices that they show, and mount the image without any.
            Kind::Special => remove(&place.folder, place.name)?,
        }
        Ok(())
    }

    fn write_file(
        &mut self,
        place: &Place<'_>,
        entry: &Entry,
        content: &mut dyn Read,
    ) -> Result<(), LayerError> {
        remove(&place.folder, place.name)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let file = rustix::fs::openat(&place.folder, place.name, flags, Mode::RUSR);
        let mut file = File::from(file.map_err(io::Error::from)?);
        loop {
            let count = content.read(&mut self.buffer).map_err(layer::unreadable)?;
            if count == 0 {
                break;
            }
            file.write_all(&self.buffer[..count])?;
            self.written_bytes += count as u64;
        }
        // Interpreters trust what they have compiled by the source's time.
        let modified = Timespec { tv_sec: entry.modified_s, tv_nsec: 0 };
        let times = Timestamps { last_access: modified, last_modification: modified };
        rustix::fs::futimens(&file, &times).map_err(io::Error::from)?;
        rustix::fs::fchmod(&file, Mode::from_raw_mode(entry.mode & 0o755)).map_err(io::Error::from)?;
        Ok(())
    }

    fn link(&self, path: &Path, place: &Place<'_>, target: &Path) -> Result<(), LayerError> {
        let missing = || LayerError::MissingTarget {
            link: path.display().to_string(),
            target: target.display().to_string(),
        };
        let source = inside(target)?;
        let name = source.file_name().ok_or_else(missing)?;
        let folder = self.open_folder(source.parent().unwrap_or(Path::new("")))?.ok_or_else(missing)?;
        if kind_of(&folder, name)?.is_none_or(|kind| kind == FileType::Directory) {
            return Err(missing());
        }
        // The second name of itself.
        if path == source {
            return Ok(());
        }
        remove(&place.folder, place.name)?;
        rustix::fs::linkat(&folder, name, &place.folder, place.name, AtFlags::empty())
            .map_err(|_gone_or_too_many| missing())
    }

    /// Removes what the layers below have under this name.
    fn hide(&self, path: &Path, added: &HashSet<PathBuf>) -> Result<(), LayerError> {
        let path = inside(path)?;
        match self.open_folder(path.parent().unwrap_or(Path::new("")))? {
            Some(folder) => self.uncover(&folder, &path, added),
            None => Ok(()),
        }
    }

    /// Removes what the layers below have in this folder.
    fn clear(&self, path: &Path, added: &HashSet<PathBuf>) -> Result<(), LayerError> {
        let Some(folder) = self.open_folder(path)? else { return Ok(()) };
        names(&folder)?.iter().try_for_each(|name| self.uncover(&folder, &path.join(name), added))
    }

    /// Leaves of what stands at this path in `folder` no more than this layer brought.
    fn uncover(&self, folder: &OwnedFd, path: &Path, added: &HashSet<PathBuf>) -> Result<(), LayerError> {
        let Some(name) = path.file_name() else { return Ok(()) };
        if !added.contains(path) {
            return Ok(remove(folder, name)?);
        }
        match kind_of(folder, name)? {
            Some(FileType::Directory) => self.clear(path, added),
            _ => Ok(()),
        }
    }

    /// Where an entry goes, with the folders above it made as far as they are not there.
    fn place<'a>(&self, path: &'a Path) -> Result<Place<'a>, LayerError> {
        let collision = || LayerError::Collision(path.display().to_string());
        let name = path.file_name().ok_or_else(collision)?;
        let above = path.parent().unwrap_or(Path::new(""));
        if let Some(folder) = self.open_folder(above)? {
            return Ok(Place { folder, name });
        }
        let mut made = PathBuf::new();
        let mut folder = self.open_folder(&made)?.ok_or_else(collision)?;
        for part in above {
            made.push(part);
            folder = match self.open_folder(&made)? {
                Some(there) => there,
                None => {
                    let mode = Mode::from_raw_mode(DIRECTORY_MODE);
                    rustix::fs::mkdirat(&folder, part, mode).map_err(|_taken| collision())?;
                    self.open_folder(&made)?.ok_or_else(collision)?
                }
            };
        }
        Ok(Place { folder, name })
    }

    /// Resolved as if the image were everything there is; None when there is no such folder.
    fn open_folder(&self, path: &Path) -> Result<Option<OwnedFd>, LayerError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
        let opened = rustix::fs::openat2(&self.root, path, flags, Mode::empty(), resolve);
        match opened.map_err(io::Error::from) {
            Ok(folder) => Ok(Some(folder)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) if is_of_the_image(&error) => Err(LayerError::Collision(path.display().to_string())),
            Err(error) => Err(error.into()),
        }
    }

    /// A real folder, whatever the image has there.
    fn ensure_folder(&self, path: &Path) -> Result<(), LayerError> {
        let place = self.place(path)?;
        if kind_of(&place.folder, place.name)? == Some(FileType::Directory) {
            return Ok(());
        }
        remove(&place.folder, place.name)?;
        make_directory(&place, DIRECTORY_MODE)
    }

    /// A real file, whatever the image has there.
    fn ensure_file(&self, path: &Path) -> Result<(), LayerError> {
        let place = self.place(path)?;
        if kind_of(&place.folder, place.name)? == Some(FileType::RegularFile) {
            return Ok(());
        }
        remove(&place.folder, place.name)?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(0o644);
        rustix::fs::openat(&place.folder, place.name, flags, mode).map_err(io::Error::from)?;
        Ok(())
    }
}

/// A folder that is there stays, with another mode.
fn make_directory(place: &Place<'_>, mode: u32) -> Result<(), LayerError> {
    // The owner must be able to write below it, and to remove it.
    let mode = Mode::from_raw_mode(mode & 0o755 | 0o700);
    if kind_of(&place.folder, place.name)? != Some(FileType::Directory) {
        remove(&place.folder, place.name)?;
        rustix::fs::mkdirat(&place.folder, place.name, mode).map_err(io::Error::from)?;
    }
    // Past the process's umask. It is no link, so nothing is followed.
    rustix::fs::chmodat(&place.folder, place.name, mode, AtFlags::empty()).map_err(io::Error::from)?;
    Ok(())
}

/// None when nothing is there. Links are not followed.
fn kind_of(folder: &OwnedFd, name: &OsStr) -> io::Result<Option<FileType>> {
    match rustix::fs::statat(folder, name, AtFlags::SYMLINK_NOFOLLOW).map_err(io::Error::from) {
        Ok(status) => Ok(Some(FileType::from_raw_mode(status.st_mode))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes whatever has this name, if anything has. Links are not followed.
fn remove(folder: &OwnedFd, name: &OsStr) -> io::Result<()> {
    let flags = match kind_of(folder, name)? {
        None => return Ok(()),
        Some(FileType::Directory) => {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let inner = rustix::fs::openat(folder, name, flags, Mode::empty())?;
            names(&inner)?.iter().try_for_each(|name| remove(&inner, name))?;
            AtFlags::REMOVEDIR
        }
        Some(_) => AtFlags::empty(),
    };
    Ok(rustix::fs::unlinkat(folder, name, flags)?)
}

/// Whether the process of a sandbox would find a program there.
pub(crate) fn has_program(root: &Path, path: &Path) -> io::Result<bool> {
    let root = File::open(root)?;
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let resolve = ResolveFlags::IN_ROOT | ResolveFlags::NO_MAGICLINKS;
    match rustix::fs::openat2(&root, path, flags, Mode::empty(), resolve).map_err(io::Error::from) {
        Ok(found) => {
            let mode = rustix::fs::fstat(&found)?.st_mode;
            Ok(FileType::from_raw_mode(mode) == FileType::RegularFile && mode & 0o111 != 0)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound || is_of_the_image(&error) => Ok(false),
        Err(error) => Err(error),
    }
}

fn names(folder: &OwnedFd) -> io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in rustix::fs::Dir::read_from(folder)? {
        let name = OsStr::from_bytes(entry?.file_name().to_bytes()).to_owned();
        if name != "." && name != ".." {
            names.push(name);
        }
    }
    Ok(names)
}

/// Below the image's root. A slash at the front means no more than that.
fn inside(path: &Path) -> Result<PathBuf, LayerError> {
    let shown = || path.display().to_string();
    let mut below = PathBuf::new();
    for part in path.as_os_str().as_bytes().split(|byte| *byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => return Err(LayerError::OutsideImage(shown())),
            _ if part.len() > NAME_MAX_BYTES || part.contains(&0) => {
                return Err(LayerError::ImpossibleName(shown()));
            }
            _ => below.push(OsStr::from_bytes(part)),
        }
    }
    if below.as_os_str().len() >= PATH_MAX_BYTES {
        return Err(LayerError::ImpossibleName(shown()));
    }
    Ok(below)
}

fn check_target(link: &Path, target: &Path) -> Result<(), LayerError> {
    let bytes = target.as_os_str().as_bytes();
    if bytes.is_empty() || bytes.len() >= PATH_MAX_BYTES || bytes.contains(&0) {
        return Err(LayerError::ImpossibleName(link.display().to_string()));
    }
    Ok(())
}

/// A file where a folder should be, or links that lead in a circle.
fn is_of_the_image(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotADirectory)
        || error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

#[cfg(test)]
mod tests;
