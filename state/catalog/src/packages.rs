//! The packages behind the functions: taken, kept while somebody may use them, and collected.
//!
//! A package is in use while the snapshot names it, while a [`Package`] is on its way into the catalog, and while
//! anyone holds an `Arc<FunctionVersion>` that the catalog has since replaced. All three are looked at under one
//! lock, under which a package that nobody uses disappears; taking a package in first says so under the same lock.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use arc_swap::ArcSwap;
use artifact::Trees;
use bytes::Bytes;
use engine::{BlobId, Blobs};
use model::function::Code;
use model::{CodeSha256, FunctionVersion};
use sha2::{Digest, Sha256};

use crate::error::PackageError;
use crate::snapshot::Snapshot;

#[derive(Debug)]
pub(crate) struct Packages {
    blobs: Blobs,
    trees: Trees,
    snapshot: Arc<ArcSwap<Snapshot>>,
    /// Guards who uses what; held while a package disappears, never while one is written.
    uses: Mutex<Uses>,
}

#[derive(Debug, Default)]
struct Uses {
    /// How many [`Package`]s there are of each.
    incoming: HashMap<CodeSha256, usize>,
    /// Versions that the catalog has replaced or deleted.
    replaced: Vec<Weak<FunctionVersion>>,
}

/// A package that is stored and unpacked; it stays so while this value lives.
#[derive(Debug)]
pub struct Package {
    code: Code,
    packages: Arc<Packages>,
}

impl Package {
    pub fn code(&self) -> &Code {
        &self.code
    }
}

impl Drop for Package {
    fn drop(&mut self) {
        self.packages.release(&self.code.sha256);
    }
}

impl Packages {
    pub(crate) fn new(blobs: Blobs, trees: Trees, snapshot: Arc<ArcSwap<Snapshot>>) -> Packages {
        Packages { blobs, trees, snapshot, uses: Mutex::default() }
    }

    /// Blocks. Nothing is stored of a package that does not unpack.
    pub(crate) fn store(self: Arc<Packages>, bytes: &Bytes) -> Result<Package, PackageError> {
        let sha256 = CodeSha256::from_bytes(Sha256::digest(bytes).into());
        let tree = sha256.tree();
        *self.uses().incoming.entry(sha256).or_default() += 1;
        let code = Code { sha256, size_bytes: bytes.len() as u64, unzipped_bytes: 0, tree };
        let mut package = Package { code, packages: self };
        package.code.unzipped_bytes = package.packages.trees.unpack(tree, io::Cursor::new(bytes))?;
        package.packages.blobs.put(bytes)?;
        Ok(package)
    }

    /// The package as it was uploaded.
    pub(crate) fn open(&self, sha256: &CodeSha256) -> io::Result<Option<std::fs::File>> {
        self.blobs.open_blob(&BlobId::from_bytes(*sha256.as_bytes()))
    }

    fn release(&self, sha256: &CodeSha256) {
        let mut uses = self.uses();
        if let Some(count) = uses.incoming.get_mut(sha256) {
            *count -= 1;
            if *count == 0 {
                uses.incoming.remove(sha256);
            }
        }
    }

    /// Says so before the snapshot stops naming them.
    pub(crate) fn replaced<'a>(&self, versions: impl Iterator<Item = &'a Arc<FunctionVersion>>) {
        let mut uses = self.uses();
        uses.replaced.retain(|version| version.strong_count() > 0);
        uses.replaced.extend(versions.map(Arc::downgrade));
    }

    /// Blocks. Removes every package that nobody uses and returns how many there were.
    pub(crate) fn collect(&self) -> io::Result<usize> {
        let trees = self.trees.list()?;
        let blobs = self.blobs.list()?;
        let mut removed = Vec::new();
        let mut count = 0;
        {
            let uses = self.uses();
            let used = uses.all(&self.snapshot.load());
            for blob in blobs.iter().filter(|blob| !used.contains(blob.as_bytes())) {
                self.blobs.remove(blob)?;
                count += 1;
            }
            let used =
                used.iter().map(|sha256| CodeSha256::from_bytes(*sha256).tree()).collect::<HashSet<_>>();
            for tree in trees.into_iter().filter(|tree| !used.contains(tree)) {
                removed.extend(self.trees.take(tree)?);
            }
        }
        Ok(count.max(removed.len()))
    }

    fn uses(&self) -> MutexGuard<'_, Uses> {
        self.uses.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Uses {
    fn all(&self, snapshot: &Snapshot) -> HashSet<[u8; 32]> {
        let stored =
            snapshot.all().flat_map(|(_, _, function)| function.in_use().map(|version| version.code.sha256));
        let replaced = self.replaced.iter().filter_map(|version| Some(version.upgrade()?.code.sha256));
        let incoming = self.incoming.keys().copied();
        stored.chain(replaced).chain(incoming).map(|sha256| *sha256.as_bytes()).collect()
    }
}
