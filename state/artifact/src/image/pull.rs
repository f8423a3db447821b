//! From a reference to a tree.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use engine::{BlobId, BlobWriter, Blobs};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use model::limits::IMAGE_MAX_BYTES;
use model::{BlobSha256, CodeSha256, Image, ImageSettings};
use sigv4::client::{Client, Options};
use tokio::sync::mpsc;

use super::access::Access;
use super::manifest::{Document, InvalidManifest, Manifest, Part};
use super::reference::Reference;
use super::registry::{READ_TIMEOUT, Registry};
use super::rootfs::{LayerError, Rootfs, has_program};
use crate::trees::Trees;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// An image of the greatest size at 12 MB/s.
const PULL_TIMEOUT: Duration = Duration::from_secs(15 * 60);

/// Where the functions of a runtime have their code and their layers, with what a dynamic linker looks for once.
const RUNTIME_FOLDERS: [&str; 2] = ["var/task/lib", "opt/lib"];

/// Pieces that have arrived and are not written yet.
const PIECES_MAX: usize = 16;

/// Why an image is not there.
#[derive(Debug, thiserror::Error)]
pub enum PullError {
    #[error("the registry refuses access to it")]
    Denied,
    #[error("the registry does not have it")]
    NotFound,
    #[error("the registry cannot be reached: {0}")]
    Unreachable(String),
    #[error("the registry is not understood: {0}")]
    Protocol(String),
    #[error("its media type {0} is not supported")]
    Unsupported(String),
    #[error("{0}")]
    Invalid(String),
    #[error("what the registry sent as {0} is something else")]
    Damaged(String),
    #[error(transparent)]
    Layer(LayerError),
    #[error("it did not arrive within {} minutes", PULL_TIMEOUT.as_secs() / 60)]
    TimedOut,
    #[error("it could not be stored: {0}")]
    Io(#[from] io::Error),
}

impl From<http::Error> for PullError {
    fn from(error: http::Error) -> PullError {
        PullError::Protocol(error.to_string())
    }
}

impl From<InvalidManifest> for PullError {
    fn from(error: InvalidManifest) -> PullError {
        match error {
            InvalidManifest::MediaType(kind) => PullError::Unsupported(kind),
            InvalidManifest::Content(text) => PullError::Invalid(text),
        }
    }
}

impl From<LayerError> for PullError {
    fn from(error: LayerError) -> PullError {
        match error {
            LayerError::Io(error) => PullError::Io(error),
            other => PullError::Layer(other),
        }
    }
}

/// An image that is known, though not here yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// Of the manifest for this machine.
    pub digest: CodeSha256,
    pub image: Image,
}

/// Every registry there is. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Registries {
    client: Client,
    access: Arc<Access>,
}

/// Asked without any credentials.
impl Default for Registries {
    fn default() -> Registries {
        Registries::new(Access::default())
    }
}

impl Registries {
    pub fn new(access: Access) -> Registries {
        let client = Client::new(Options {
            connect_timeout: CONNECT_TIMEOUT,
            request_timeout: READ_TIMEOUT,
            // Bodies are streamed, and bounded where they are read.
            response_max_bytes: 0,
        });
        Registries { client, access: Arc::new(access) }
    }

    /// What a tag or digest means now.
    pub async fn resolve(&self, reference: &Reference) -> Result<Resolved, PullError> {
        let mut registry = self.registry(reference);
        let (digest, manifest) = registry.image(&reference.manifest()).await?;
        let settings = registry.settings(&manifest).await?;
        let image = Image {
            uri: reference.to_string(),
            resolved_uri: reference.with_digest(digest).to_string(),
            settings,
            blobs: manifest.layers.iter().map(|layer| layer.digest).collect(),
        };
        Ok(Resolved { digest, image })
    }

    /// Makes an image's tree, unless it is there. `reference` has a digest. Returns the size of its files.
    pub async fn pull(&self, reference: &Reference, trees: &Trees, blobs: &Blobs) -> Result<u64, PullError> {
        let pulled = tokio::time::timeout(PULL_TIMEOUT, self.pull_now(reference, trees, blobs, &[])).await;
        pulled.map_err(|_elapsed| PullError::TimedOut)?
    }

    /// Makes an image the root of a runtime: a folder below `dir`, which is for such folders alone. Returns it with the
    /// image's exact name. One that lacks the `program` that the runtime is started with is refused, and not kept.
    pub async fn pull_runtime(
        &self,
        reference: &Reference,
        dir: &Path,
        program: Option<&str>,
    ) -> Result<(Reference, PathBuf), PullError> {
        let digest = self.resolve(reference).await?.digest;
        let exact = reference.with_digest(digest);
        let trees = Trees::open(dir)?;
        let pieces = tempfile::Builder::new().prefix(".incoming-pieces-").tempdir_in(dir)?;
        let blobs = Blobs::open(pieces.path())?;
        let is_new = trees.size(digest.tree())?.is_none();
        let pulled = self.pull_now(&exact, &trees, &blobs, &RUNTIME_FOLDERS);
        tokio::time::timeout(PULL_TIMEOUT, pulled).await.map_err(|_elapsed| PullError::TimedOut)??;
        let root = dir.join(digest.to_string());
        match program {
            Some(program) if !has_program(&root, Path::new(program))? => {
                if is_new {
                    drop(trees.take(digest.tree())?);
                }
                Err(PullError::Invalid(format!("it has no program {program}, with which the runtime starts")))
            }
            _ => Ok((exact, root)),
        }
    }

    async fn pull_now(
        &self,
        reference: &Reference,
        trees: &Trees,
        blobs: &Blobs,
        folders: &'static [&'static str],
    ) -> Result<u64, PullError> {
        let digest = reference.digest().ok_or(PullError::NotFound)?;
        if let Some(bytes) = blocking({
            let trees = trees.clone();
            move || trees.size(digest.tree())
        })
        .await??
        {
            return Ok(bytes);
        }
        let mut registry = self.registry(reference);
        let (_, manifest) = registry.image(&reference.manifest()).await?;
        for layer in &manifest.layers {
            registry.fetch(*layer, blobs).await?;
        }
        let (trees, blobs) = (trees.clone(), blobs.clone());
        blocking(move || unpack(digest, &manifest.layers, &trees, &blobs, folders)).await?
    }

    fn registry<'a>(&'a self, reference: &'a Reference) -> Registry<'a> {
        Registry { client: &self.client, access: &self.access, reference, authorization: None }
    }
}

impl Registry<'_> {
    async fn image(&mut self, named: &str) -> Result<(CodeSha256, Manifest), PullError> {
        match self.manifest(named).await? {
            (digest, Document::Manifest(manifest)) => Ok((digest, manifest)),
            (_, Document::Index(digest)) => match self.manifest(&format!("sha256:{digest}")).await? {
                (digest, Document::Manifest(manifest)) => Ok((digest, manifest)),
                (_, Document::Index(_)) => Err(PullError::Unsupported("an index in an index".to_owned())),
            },
        }
    }

    async fn settings(&mut self, manifest: &Manifest) -> Result<ImageSettings, PullError> {
        Ok(super::manifest::settings(&self.small_blob(manifest.config).await?)?)
    }

    /// Brings a layer here, unless another image has brought it already.
    async fn fetch(&mut self, layer: Part, blobs: &Blobs) -> Result<(), PullError> {
        let id = blob_id(&layer.digest);
        let known = blocking({
            let blobs = blobs.clone();
            move || blobs.open_blob(&id)
        })
        .await??;
        if known.is_some() {
            return Ok(());
        }
        let response = self.blob(&layer.digest).await?;
        let writer = blobs.writer()?;
        let (pieces, received) = mpsc::channel(PIECES_MAX);
        let written = tokio::task::spawn_blocking(move || write(writer, received, id));
        let sent = send(response.into_body(), layer, pieces).await;
        let written = written.await.map_err(io::Error::other)?;
        // What went wrong on the way says more than what is missing because of it.
        sent.and(written)
    }
}

/// Stops at the size that the manifest names: a body without end must not fill the disk.
async fn send(mut body: Incoming, layer: Part, pieces: mpsc::Sender<Bytes>) -> Result<(), PullError> {
    let mut left = layer.size_bytes;
    loop {
        let frame = tokio::time::timeout(READ_TIMEOUT, body.frame()).await;
        let frame = frame.map_err(|_elapsed| PullError::Unreachable("it has stopped sending".to_owned()))?;
        let Some(frame) = frame else { return Ok(()) };
        let frame = frame.map_err(|error| PullError::Unreachable(error.to_string()))?;
        let Ok(piece) = frame.into_data() else { continue };
        left = left
            .checked_sub(piece.len() as u64)
            .ok_or_else(|| PullError::Damaged(layer.digest.to_string()))?;
        if pieces.send(piece).await.is_err() {
            // The writer says why it has stopped.
            return Ok(());
        }
    }
}

/// Nothing is visible unless it is what it was asked for as.
fn write(mut writer: BlobWriter, mut pieces: mpsc::Receiver<Bytes>, id: BlobId) -> Result<(), PullError> {
    while let Some(piece) = pieces.blocking_recv() {
        writer.write_all(&piece)?;
    }
    if writer.finish_as(&id)? { Ok(()) } else { Err(PullError::Damaged(id.to_string())) }
}

fn unpack(
    digest: CodeSha256,
    layers: &[Part],
    trees: &Trees,
    blobs: &Blobs,
    folders: &[&str],
) -> Result<u64, PullError> {
    trees.make(digest.tree(), |folder| {
        let mut rootfs = Rootfs::new(folder, IMAGE_MAX_BYTES)?;
        for layer in layers {
            let gone = || io::Error::new(io::ErrorKind::NotFound, format!("layer {} is gone", layer.digest));
            rootfs.apply(blobs.open_blob(&blob_id(&layer.digest))?.ok_or_else(gone)?)?;
        }
        Ok(rootfs.finish(folders)?)
    })
}

fn blob_id(digest: &BlobSha256) -> BlobId {
    BlobId::from_bytes(*digest.as_bytes())
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PullError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| PullError::Io(io::Error::other(error)))
}
