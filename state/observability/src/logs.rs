//! Log groups, streams and events of every account and region, in `telemetry.db`.
//!
//! ```text
//! StreamHandle::append ─→ inbox (bounded, in memory) ─→ writer thread ─→ chunks (SQLite)
//! create, delete, put  ─→ jobs (bounded) ─────────────↗                    │
//! get, filter, list    ←─ readers (a connection each) ←────────────────────┘
//! ```
//!
//! Appending never waits; a line is in the file after a second at most, and at once when somebody reads. What
//! changes anything else answers after its transaction. Every read first has the writer store what waits, so a
//! line that was appended before the read began is part of it.

mod admission;
mod chunk;
mod error;
mod event;
mod expiry;
mod groups;
mod inbox;
mod ingest;
mod names;
mod page;
mod query;
mod readers;
mod scan;
mod schema;
mod streams;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use model::{Clock, Timestamp};
use rusqlite::Connection;

pub use admission::{PutOutcome, Rejected};
pub use error::LogsError;
pub use event::{EVENT_OVERHEAD_BYTES, Event, EventId, InvalidEventId, MESSAGE_MAX_BYTES, StoredEvent};
pub use groups::{Group, GroupClass, GroupListing, Listed, NameFilter, NewGroup, Retention, TAGS_MAX, Tag};
pub use inbox::StreamHandle;
pub use names::{GroupKey, GroupName, InvalidName, Scope, StreamKey, StreamName};
pub use page::{Found, FoundEvent, Page, PageStart, PageToken};
pub use query::{FilterEvents, GetEvents, StreamSelection, TimeRange};
pub use streams::{Stream, StreamCursor, StreamListing, StreamOrder};

use crate::segments::Segments;
use inbox::Inbox;
use readers::Readers;
use writer::{Intervals, WriterHandle};

/// The store's file in the data folder.
const FILE: &str = "telemetry.db";

#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How long a line may wait in memory: what a crash can lose.
    pub flush_interval: Duration,
    /// How often expired events are looked for.
    pub sweep_interval: Duration,
}

impl Default for Options {
    fn default() -> Options {
        Options { flush_interval: Duration::from_secs(1), sweep_interval: Duration::from_secs(60) }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the log store cannot be opened: {0}")]
    Storage(#[from] rusqlite::Error),
    #[error("the log store's thread cannot be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// The log store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Logs {
    inbox: Arc<Inbox>,
    writer: WriterHandle,
    readers: Readers,
    clock: Clock,
}

impl Logs {
    /// Opens or makes the store in the data folder `dir`.
    pub fn open(dir: &Path, clock: Clock, options: Options) -> Result<Logs, OpenError> {
        let path = dir.join(FILE);
        let connection = schema::open_writer(&path)?;
        let inbox = Arc::new(Inbox::default());
        let intervals = Intervals { flush: options.flush_interval, sweep: options.sweep_interval };
        let writer = writer::start(connection, Arc::clone(&inbox), clock.clone(), intervals)?;
        Ok(Logs { inbox, writer, readers: Readers::new(path), clock })
    }

    /// A handle to append to that stream; neither it nor its group need exist yet.
    pub fn stream(&self, key: StreamKey) -> StreamHandle {
        StreamHandle::new(key, Arc::clone(&self.inbox))
    }

    /// The store of trace segments, which shares this one's file and thread.
    pub fn segments(&self) -> Segments {
        Segments::of(self.clone())
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, Timestamp) -> Result<T, LogsError> + Send + 'static,
    ) -> Result<T, LogsError> {
        self.writer.run(work).await
    }

    /// Stores what was appended before the call.
    pub async fn flush(&self) -> Result<(), LogsError> {
        if self.inbox.unsettled() {
            self.writer.run(|_connection, _now| Ok(())).await?;
        }
        Ok(())
    }

    /// Stores what waits and stops. Later changes answer [`LogsError::Closed`]; later lines are lost.
    pub async fn close(&self) {
        self.writer.close().await;
    }

    pub async fn create_group(&self, key: GroupKey, new: NewGroup) -> Result<(), LogsError> {
        self.writer.run(move |connection, now| groups::create(connection, &key, &new, now)).await
    }

    pub async fn delete_group(&self, key: GroupKey) -> Result<(), LogsError> {
        self.writer.run(move |connection, _now| groups::delete(connection, &key)).await
    }

    /// `None` keeps events for ever.
    pub async fn retain(&self, key: GroupKey, retention: Option<Retention>) -> Result<(), LogsError> {
        self.writer.run(move |connection, _now| groups::retain(connection, &key, retention)).await
    }

    pub async fn tag(&self, key: GroupKey, tags: Vec<Tag>) -> Result<(), LogsError> {
        self.writer.run(move |connection, _now| groups::tag(connection, &key, &tags)).await
    }

    pub async fn untag(&self, key: GroupKey, keys: Vec<String>) -> Result<(), LogsError> {
        self.writer.run(move |connection, _now| groups::untag(connection, &key, &keys)).await
    }

    pub async fn create_stream(&self, key: StreamKey) -> Result<(), LogsError> {
        self.writer.run(move |connection, now| streams::create(connection, &key, now)).await
    }

    pub async fn delete_stream(&self, key: StreamKey) -> Result<(), LogsError> {
        self.writer.run(move |connection, _now| streams::delete(connection, &key)).await
    }

    /// Stores a batch that is sorted by time in a stream that exists, but for events that are too old or too new.
    pub async fn put(&self, key: StreamKey, events: Vec<Event>) -> Result<PutOutcome, LogsError> {
        self.writer.run(move |connection, now| admission::put(connection, &key, &events, now)).await
    }

    pub async fn tags(&self, key: GroupKey) -> Result<Vec<Tag>, LogsError> {
        self.read(move |connection| groups::tags(connection, &key)).await
    }

    pub async fn list_groups(&self, listing: GroupListing) -> Result<Listed<Group>, LogsError> {
        self.read(move |connection| groups::list(connection, &listing)).await
    }

    pub async fn list_streams(&self, listing: StreamListing) -> Result<Listed<Stream>, LogsError> {
        self.read(move |connection| streams::list(connection, &listing)).await
    }

    pub async fn get_events(&self, query: GetEvents) -> Result<Page, LogsError> {
        let now = self.clock.now();
        self.read(move |connection| query::get(connection, &query, now)).await
    }

    pub async fn filter_events(&self, query: FilterEvents) -> Result<Found, LogsError> {
        let now = self.clock.now();
        self.read(move |connection| query::filter(connection, &query, now)).await
    }

    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, LogsError> + Send + 'static,
    ) -> Result<T, LogsError> {
        self.flush().await?;
        self.readers.read(work).await
    }
}
