//! Reading one layer: its compression, and the entries of its tar archive.
//!
//! The library reads headers; what stretches over several (long names, records of PAX) is read here, where it has
//! bounds.

use std::cell::Cell;
use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use flate2::bufread::MultiGzDecoder;
use tar::{Archive, EntryType, PaxExtensions};

use super::rootfs::LayerError;

const GZIP: [u8; 2] = [0x1f, 0x8b];
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A path, a link's target and a few attributes need far less.
const EXTENSION_MAX_BYTES: u64 = 64 * 1024;

const BUFFER_BYTES: usize = 128 * 1024;

/// How many bytes all layers of an image may still unpack to.
#[derive(Debug)]
pub(crate) struct Budget {
    left: Cell<u64>,
    exceeded: Cell<bool>,
}

impl Budget {
    pub(crate) fn new(bytes: u64) -> Budget {
        Budget { left: Cell::new(bytes), exceeded: Cell::new(false) }
    }
}

/// Ends with an error where the budget does; nothing that a layer says of its own size is believed.
struct Bounded<'a, R> {
    inner: R,
    budget: &'a Budget,
}

impl<R: Read> Read for Bounded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        match self.budget.left.get().checked_sub(count as u64) {
            Some(left) => self.budget.left.set(left),
            None => {
                self.budget.exceeded.set(true);
                return Err(io::ErrorKind::FileTooLarge.into());
            }
        }
        Ok(count)
    }
}

/// One entry, as the archive has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
    pub(crate) mode: u32,
    pub(crate) modified_s: i64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    Directory,
    File,
    Symlink(PathBuf),
    HardLink(PathBuf),
    /// A device or a pipe.
    Special,
}

/// Hands every entry, with what a file holds, to `take`.
pub(crate) fn read(
    layer: impl Read,
    budget: &Budget,
    mut take: impl FnMut(&Entry, &mut dyn Read) -> Result<(), LayerError>,
) -> Result<(), LayerError> {
    let mut layer = BufReader::with_capacity(BUFFER_BYTES, layer);
    let start = layer.fill_buf().map_err(unreadable)?;
    let read = if start.starts_with(&GZIP) {
        entries(Bounded { inner: MultiGzDecoder::new(layer), budget }, &mut take)
    } else if start.starts_with(&ZSTD) {
        let decoder = zstd::Decoder::with_buffer(layer).map_err(unreadable)?;
        entries(Bounded { inner: decoder, budget }, &mut take)
    } else {
        entries(Bounded { inner: layer, budget }, &mut take)
    };
    if budget.exceeded.get() { Err(LayerError::TooLarge) } else { read }
}

/// What precedes an entry and says more of it.
#[derive(Default)]
struct Extensions {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    modified_s: Option<i64>,
}

fn entries(
    tar: impl Read,
    take: &mut impl FnMut(&Entry, &mut dyn Read) -> Result<(), LayerError>,
) -> Result<(), LayerError> {
    let mut archive = Archive::new(tar);
    let mut extensions = Extensions::default();
    for entry in archive.entries().map_err(unreadable)?.raw(true) {
        let mut entry = entry.map_err(unreadable)?;
        match entry.header().entry_type() {
            EntryType::GNULongName => extensions.path = Some(text(&mut entry)?),
            EntryType::GNULongLink => extensions.link = Some(text(&mut entry)?),
            EntryType::XHeader => extensions.read(&mut entry)?,
            EntryType::XGlobalHeader => {}
            kind => {
                let described = std::mem::take(&mut extensions).entry(kind, entry.header())?;
                take(&described, &mut entry)?;
            }
        }
    }
    Ok(())
}

impl Extensions {
    fn read(&mut self, entry: &mut impl Read) -> Result<(), LayerError> {
        let records = extension(entry)?;
        for record in PaxExtensions::new(&records) {
            let record = record.map_err(unreadable)?;
            let value = record.value_bytes().to_vec();
            match record.key_bytes() {
                b"path" => self.path = Some(value),
                b"linkpath" => self.link = Some(value),
                b"mtime" => self.modified_s = record.value().ok().and_then(seconds),
                // The header's size is the one that was read; one that only fits here is beyond any image.
                b"size" => return Err(LayerError::TooLarge),
                key if key.starts_with(b"GNU.sparse.") => return Err(LayerError::Sparse),
                _ => {}
            }
        }
        Ok(())
    }

    fn entry(self, kind: EntryType, header: &tar::Header) -> Result<Entry, LayerError> {
        let link = || {
            let link = self.link.clone().or_else(|| header.link_name_bytes().map(|name| name.into_owned()));
            PathBuf::from(OsString::from_vec(link.unwrap_or_default()))
        };
        let kind = match kind {
            EntryType::Directory => Kind::Directory,
            EntryType::Symlink => Kind::Symlink(link()),
            EntryType::Link => Kind::HardLink(link()),
            EntryType::Char | EntryType::Block | EntryType::Fifo => Kind::Special,
            EntryType::GNUSparse => return Err(LayerError::Sparse),
            // Archives older than POSIX tell a folder by its name.
            _ if header.path_bytes().ends_with(b"/") => Kind::Directory,
            _ => Kind::File,
        };
        let modified_s = || header.mtime().ok().and_then(|seconds| i64::try_from(seconds).ok());
        Ok(Entry {
            kind,
            mode: header.mode().map_err(unreadable)?,
            modified_s: self.modified_s.or_else(modified_s).unwrap_or_default(),
            path: OsString::from_vec(self.path.unwrap_or_else(|| header.path_bytes().into_owned())).into(),
        })
    }
}

/// Whole seconds of a number that may have a fraction.
fn seconds(text: &str) -> Option<i64> {
    text.split('.').next()?.parse().ok()
}

fn text(entry: &mut impl Read) -> Result<Vec<u8>, LayerError> {
    let mut text = extension(entry)?;
    while text.last() == Some(&0) {
        text.pop();
    }
    Ok(text)
}

fn extension(entry: &mut impl Read) -> Result<Vec<u8>, LayerError> {
    let mut bytes = Vec::new();
    entry.take(EXTENSION_MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > EXTENSION_MAX_BYTES {
        let endless = "an entry's description has no end";
        return Err(unreadable(io::Error::new(io::ErrorKind::InvalidData, endless)));
    }
    Ok(bytes)
}

pub(crate) fn unreadable(error: io::Error) -> LayerError {
    LayerError::Unreadable(error)
}
