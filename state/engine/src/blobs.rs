//! Packages and other large values as files, named by the SHA-256 of what they contain.
//!
//! A blob is written to a temporary file, synced and renamed, so one that has its name is whole. All functions
//! block; callers on a runtime use `spawn_blocking`.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// Temporary files live in one folder, so that finding what a crash left behind is one listing.
const INCOMING: &str = "incoming";

/// SHA-256 of a blob's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlobId([u8; 32]);

impl BlobId {
    pub const fn from_bytes(bytes: [u8; 32]) -> BlobId {
        BlobId(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for BlobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl FromStr for BlobId {
    type Err = hex::FromHexError;

    fn from_str(text: &str) -> Result<BlobId, hex::FromHexError> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes)?;
        Ok(BlobId(bytes))
    }
}

/// The folder `blobs/<first two hex digits>/<hex digits>`.
#[derive(Debug, Clone)]
pub struct Blobs {
    dir: PathBuf,
}

impl Blobs {
    /// Removes what an interrupted write left.
    pub fn open(dir: &Path) -> io::Result<Blobs> {
        let incoming = dir.join(INCOMING);
        if incoming.exists() {
            fs::remove_dir_all(&incoming)?;
        }
        fs::create_dir_all(&incoming)?;
        Ok(Blobs { dir: dir.to_owned() })
    }

    pub fn put(&self, bytes: &[u8]) -> io::Result<BlobId> {
        let mut writer = self.writer()?;
        writer.write_all(bytes)?;
        writer.finish()
    }

    /// For what does not fit into memory or is not known whole; nothing is visible before [`BlobWriter::finish`].
    pub fn writer(&self) -> io::Result<BlobWriter> {
        let file = tempfile::NamedTempFile::new_in(self.dir.join(INCOMING))?;
        Ok(BlobWriter { file, hash: Sha256::new(), dir: self.dir.clone() })
    }

    pub fn open_blob(&self, id: &BlobId) -> io::Result<Option<File>> {
        match File::open(path(&self.dir, id)) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn list(&self) -> io::Result<Vec<BlobId>> {
        let mut ids = Vec::new();
        for shard in fs::read_dir(&self.dir)? {
            let shard = shard?;
            if shard.file_name() == INCOMING {
                continue;
            }
            for entry in fs::read_dir(shard.path())? {
                ids.extend(entry?.file_name().to_str().and_then(|name| name.parse::<BlobId>().ok()));
            }
        }
        Ok(ids)
    }

    /// Whoever holds the blob open can go on reading it; an absent one is no error.
    pub fn remove(&self, id: &BlobId) -> io::Result<()> {
        match fs::remove_file(path(&self.dir, id)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

fn path(dir: &Path, id: &BlobId) -> PathBuf {
    let name = id.to_string();
    dir.join(&name[..2]).join(name)
}

/// A blob in the making; dropping it leaves nothing.
#[derive(Debug)]
pub struct BlobWriter {
    file: tempfile::NamedTempFile,
    hash: Sha256,
    dir: PathBuf,
}

impl BlobWriter {
    /// As [`BlobWriter::finish`], but leaves nothing and returns false when what was written is not `expected`.
    pub fn finish_as(self, expected: &BlobId) -> io::Result<bool> {
        if self.hash.clone().finalize()[..] != expected.as_bytes()[..] {
            return Ok(false);
        }
        self.finish().map(|_expected| true)
    }

    /// On disk under its name when this returns.
    pub fn finish(self) -> io::Result<BlobId> {
        let id = BlobId(self.hash.finalize().into());
        let target = path(&self.dir, &id);
        if target.exists() {
            // Its writer may not have come to that yet.
            sync_dir(parent(&target))?;
            return Ok(id);
        }
        self.file.as_file().sync_all()?;
        make_shard(&self.dir, &target)?;
        self.file.persist(&target).map_err(|error| error.error)?;
        sync_dir(parent(&target))?;
        Ok(id)
    }
}

impl Write for BlobWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn make_shard(dir: &Path, target: &Path) -> io::Result<()> {
    match fs::create_dir(parent(target)) {
        Ok(()) => sync_dir(dir),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error),
    }
}

/// A blob's path always has its shard above it.
fn parent(target: &Path) -> &Path {
    target.parent().unwrap_or(target)
}

fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn blobs(dir: &tempfile::TempDir) -> Blobs {
        Blobs::open(&dir.path().join("blobs")).unwrap()
    }

    #[test]
    fn a_blob_is_named_by_its_content() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = blobs(&dir);
        let id = blobs.put(b"abc").unwrap();
        assert_eq!(id.to_string(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(blobs.put(b"abc").unwrap(), id);
        let mut read = String::new();
        blobs.open_blob(&id).unwrap().unwrap().read_to_string(&mut read).unwrap();
        assert_eq!(read, "abc");
        assert_eq!(blobs.list().unwrap(), [id]);
    }

    #[test]
    fn an_interrupted_write_is_never_seen_and_is_cleared_at_the_next_start() {
        let dir = tempfile::tempdir().unwrap();
        let first = blobs(&dir);
        let mut writer = first.writer().unwrap();
        writer.write_all(b"half").unwrap();
        assert_eq!(first.list().unwrap(), []);
        // As after a crash: the file stays because nobody drops it.
        let (_file, left) = writer.file.keep().unwrap();
        assert!(left.exists());
        assert_eq!(blobs(&dir).list().unwrap(), []);
        assert!(!left.exists());
    }

    #[test]
    fn removing_twice_is_no_error() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = blobs(&dir);
        let id = blobs.put(b"x").unwrap();
        blobs.remove(&id).unwrap();
        blobs.remove(&id).unwrap();
        assert!(blobs.open_blob(&id).unwrap().is_none());
    }
}
