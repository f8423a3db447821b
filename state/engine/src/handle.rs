//! The handle by which other crates use the engine.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::thread;

use tokio::sync::{broadcast, mpsc, oneshot};

use crate::blobs::Blobs;
use crate::database::{self, Readers};
use crate::document::{Changed, Collection, Document, Key, Transaction, Version};
use crate::folder::{Folder, FolderError};
use crate::writer::{Command, Writer};

/// Callers beyond these wait for a place; the writer takes up to 256 at a time.
const COMMANDS_MAX: usize = 1024;

/// A listener further behind than this has [`Missed`] changes and must read afresh.
const CHANGES_MAX: usize = 4096;

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("the state database cannot be opened: {0}")]
    Database(String),
    #[error("the data folder cannot be prepared: {0}")]
    Io(#[from] io::Error),
}

#[derive(Debug, Clone, thiserror::Error)]
pub enum CommitError {
    /// Read the document again and decide anew.
    #[error("the document {} has changed meanwhile", key.id)]
    Conflict { key: Key },
    /// Nothing was written.
    #[error("the state database failed: {0}")]
    Storage(String),
    #[error("the engine is closed")]
    Closed,
}

#[derive(Debug, thiserror::Error)]
#[error("the state database cannot be read: {0}")]
pub struct ReadError(String);

/// Cheap to clone; the data folder is released when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// None only while dropping.
    commands: Option<mpsc::Sender<Command>>,
    writer: Option<thread::JoinHandle<()>>,
    feed: broadcast::Sender<Changed>,
    readers: Arc<Readers>,
    blobs: Blobs,
    _folder: Folder,
}

impl Engine {
    /// Takes the data folder, makes it when it is not there, and refuses one that another server uses. Blocking, but
    /// short.
    pub fn open(dir: &Path) -> Result<Engine, OpenError> {
        let folder = Folder::open(dir)?;
        let blobs = Blobs::open(&dir.join("blobs"))?;
        let path = dir.join("state.db");
        let (feed, _) = broadcast::channel(CHANGES_MAX);
        let writer = database::open_writer(&path)
            .and_then(|connection| Writer::new(connection, feed.clone()))
            .map_err(|error| OpenError::Database(error.to_string()))?;
        let (commands, received) = mpsc::channel(COMMANDS_MAX);
        let writer =
            thread::Builder::new().name("state-writer".to_owned()).spawn(move || writer.run(received))?;
        Ok(Engine {
            inner: Arc::new(Inner {
                commands: Some(commands),
                writer: Some(writer),
                feed,
                readers: Arc::new(Readers::new(path)),
                blobs,
                _folder: folder,
            }),
        })
    }

    /// Returns when the transaction is on disk, or with the first expectation that does not hold.
    pub async fn commit(&self, transaction: Transaction) -> Result<Version, CommitError> {
        let (reply, received) = oneshot::channel();
        let commands = self.inner.commands.as_ref().ok_or(CommitError::Closed)?;
        commands.send(Command { transaction, reply }).await.map_err(|_closed| CommitError::Closed)?;
        received.await.map_err(|_dropped| CommitError::Closed)?
    }

    pub async fn get(&self, key: Key) -> Result<Option<Document>, ReadError> {
        self.read(move |readers| readers.get(&key)).await
    }

    /// All documents whose id begins with `prefix`, in the order of their ids.
    pub async fn scan(
        &self,
        collection: Collection,
        prefix: String,
    ) -> Result<Vec<(String, Document)>, ReadError> {
        self.read(move |readers| readers.scan(collection, &prefix)).await
    }

    /// Every change committed from now on, in order.
    pub fn changes(&self) -> Changes {
        Changes(self.inner.feed.subscribe())
    }

    pub fn blobs(&self) -> &Blobs {
        &self.inner.blobs
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Readers) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, ReadError> {
        let readers = self.inner.readers.clone();
        let done = tokio::task::spawn_blocking(move || read(&readers)).await;
        done.map_err(|error| ReadError(error.to_string()))?.map_err(|error| ReadError(error.to_string()))
    }
}

impl Drop for Inner {
    /// The lock is released only after the last write, so whoever takes the folder next sees everything.
    fn drop(&mut self) {
        drop(self.commands.take());
        if let Some(Err(_panic)) = self.writer.take().map(thread::JoinHandle::join) {
            tracing::error!("the state writer had panicked");
        }
    }
}

/// Changes were dropped because the listener was too slow; it must read what it needs afresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} changes were missed")]
pub struct Missed(pub u64);

/// A listener on committed changes.
#[derive(Debug)]
pub struct Changes(broadcast::Receiver<Changed>);

impl Changes {
    /// None when the engine is closed.
    pub async fn next(&mut self) -> Option<Result<Changed, Missed>> {
        match self.0.recv().await {
            Ok(change) => Some(Ok(change)),
            Err(broadcast::error::RecvError::Lagged(count)) => Some(Err(Missed(count))),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
