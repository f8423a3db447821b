//! The durable engine: documents with compare-and-set and a change feed, and blobs.
//!
//! An [`Engine`] owns one data folder: a lock file keeps a second server out, `format` names the layout, `state.db`
//! holds the documents and `blobs/` the packages. What [`Engine::commit`] has answered is on disk: one thread writes,
//! and gathers what waits into one transaction of the database with one fsync. Nothing but this crate knows SQL.

pub mod blobs;
mod database;
mod document;
mod folder;
mod handle;
mod writer;

pub use blobs::{BlobId, BlobWriter, Blobs};
pub use document::{Changed, Collection, Document, Expected, Key, Transaction, Version};
pub use folder::FolderError;
pub use handle::{Changes, CommitError, Engine, Missed, OpenError, ReadError};
