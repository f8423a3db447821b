//! The packages behind the functions: taken, kept while somebody may use them, and collected.
//!
//! A tree is in use while a function or a layer names it, while something [`Held`] is on its way into the catalog, and
//! while anyone holds an `Arc<FunctionVersion>` that the catalog has since replaced. All of it is looked at under one
//! lock, under which what nobody uses disappears; taking something in first says so under the same lock. A package is
//! in use while the tree is that it was unpacked to.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use arc_swap::ArcSwap;
use artifact::Trees;
use artifact::image::{PullError, Reference, Registries};
use bytes::Bytes;
use engine::{BlobId, Blobs};
use model::function::Code;
use model::{CodeSha256, FunctionVersion, TreeId};
use sha2::{Digest, Sha256};

use crate::error::PackageError;
use crate::layers::Layers;
use crate::snapshot::Snapshot;

#[derive(Debug)]
pub(crate) struct Packages {
    blobs: Blobs,
    trees: Trees,
    registries: Registries,
    snapshot: Arc<ArcSwap<Snapshot>>,
    layers: Arc<ArcSwap<Layers>>,
    /// Guards who uses what; held while a package disappears, never while one is written.
    uses: Mutex<Uses>,
}

#[derive(Debug, Default)]
struct Uses {
    /// How many [`Held`]s there are of each.
    held: HashMap<TreeId, usize>,
    /// Versions that the catalog has replaced or deleted.
    replaced: Vec<Weak<FunctionVersion>>,
}

/// A package that is stored and unpacked; it stays so while this value lives.
#[derive(Debug)]
pub struct Package {
    code: Code,
    _held: Held,
}

impl Package {
    pub fn code(&self) -> &Code {
        &self.code
    }
}

/// Keeps a tree while it lives.
#[derive(Debug)]
pub(crate) struct Held {
    tree: TreeId,
    packages: Arc<Packages>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.packages.uses().release(self.tree);
    }
}

impl Packages {
    pub(crate) fn new(
        blobs: Blobs,
        trees: Trees,
        registries: Registries,
        snapshot: Arc<ArcSwap<Snapshot>>,
        layers: Arc<ArcSwap<Layers>>,
    ) -> Packages {
        Packages { blobs, trees, registries, snapshot, layers, uses: Mutex::default() }
    }

    pub(crate) fn trees(&self) -> &Trees {
        &self.trees
    }

    pub(crate) fn registries(&self) -> &Registries {
        &self.registries
    }

    /// An image, of which nothing need be here yet.
    pub(crate) fn take_in(self: &Arc<Packages>, code: Code) -> Package {
        let held = self.uses().hold(self, code.tree);
        Package { code, _held: held }
    }

    /// Makes an image's tree. A function that names the image keeps it meanwhile.
    pub(crate) async fn pull(&self, reference: &Reference) -> Result<(), PullError> {
        self.registries.pull(reference, &self.trees, &self.blobs).await.map(drop)
    }

    /// Blocks. Nothing is stored of a package that does not unpack.
    pub(crate) fn store(self: Arc<Packages>, bytes: &Bytes) -> Result<Package, PackageError> {
        let sha256 = CodeSha256::from_bytes(Sha256::digest(bytes).into());
        let tree = sha256.tree();
        let held = self.uses().hold(&self, tree);
        let unzipped_bytes = self.trees.unpack(tree, io::Cursor::new(bytes))?;
        let takes_sdk = self.trees.takes_runtimes_sdk(tree);
        self.blobs.put(bytes)?;
        let size_bytes = bytes.len() as u64;
        let code = Code { sha256, size_bytes, unzipped_bytes, tree, image: None, takes_sdk };
        Ok(Package { code, _held: held })
    }

    /// The package as it was uploaded.
    pub(crate) fn open(&self, sha256: &CodeSha256) -> io::Result<Option<std::fs::File>> {
        self.blobs.open_blob(&BlobId::from_bytes(*sha256.as_bytes()))
    }

    /// Holds the trees that `choose` names besides its answer; what it finds cannot disappear before.
    pub(crate) fn hold<T, E>(
        self: &Arc<Packages>,
        choose: impl FnOnce(&Layers) -> Result<(T, Vec<TreeId>), E>,
    ) -> Result<(T, Vec<Held>), E> {
        let mut uses = self.uses();
        let (chosen, trees) = choose(&self.layers.load())?;
        Ok((chosen, trees.into_iter().map(|tree| uses.hold(self, tree)).collect()))
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
            let used = uses.all(&self.snapshot.load(), &self.layers.load());
            for blob in blobs.iter().filter(|blob| !used.contains(&TreeId::from_bytes(*blob.as_bytes()))) {
                self.blobs.remove(blob)?;
                count += 1;
            }
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
    fn hold(&mut self, packages: &Arc<Packages>, tree: TreeId) -> Held {
        *self.held.entry(tree).or_default() += 1;
        Held { tree, packages: packages.clone() }
    }

    fn release(&mut self, tree: TreeId) {
        if let Some(count) = self.held.get_mut(&tree) {
            *count -= 1;
            if *count == 0 {
                self.held.remove(&tree);
            }
        }
    }

    fn all(&self, snapshot: &Snapshot, layers: &Layers) -> HashSet<TreeId> {
        let stored =
            snapshot.all().flat_map(|(_, _, function)| function.in_use().flat_map(|it| trees_of(it)));
        let replaced = self.replaced.iter().filter_map(Weak::upgrade).flat_map(|version| trees_of(&version));
        let held = self.held.keys().copied();
        stored.chain(replaced).chain(held).chain(layers.trees()).collect()
    }
}

/// Code, and layers when it has some; what an image was pulled as counts like a tree.
fn trees_of(version: &FunctionVersion) -> impl Iterator<Item = TreeId> + use<> {
    let layers = version.config.layers.as_ref().map(|layers| layers.tree);
    let blobs = version.code.image.iter().flat_map(|image| &image.blobs);
    let blobs = blobs.map(|blob| TreeId::from_bytes(*blob.as_bytes())).collect::<Vec<_>>();
    std::iter::once(version.code.tree).chain(layers).chain(blobs)
}
