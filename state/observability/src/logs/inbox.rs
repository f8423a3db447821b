//! Where appended lines wait for the writer: one bounded buffer per handle, and the list of those that hold something.
//!
//! Appending takes a mutex that is only ever held for a push or a swap, never across I/O or an await, so it neither
//! waits for the disk nor for readers. When a buffer or all buffers together are full, the line is dropped and
//! counted, and the writer stores the count as a line of the stream.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use model::Timestamp;
use tokio::sync::Notify;

use super::chunk;
use super::event::{Event, MESSAGE_MAX_BYTES};
use super::names::StreamKey;

/// What one handle may have waiting: two of the largest messages.
const STREAM_WAITING_MAX_BYTES: usize = 2 * 1024 * 1024;

/// What all handles together may have waiting.
const WAITING_MAX_BYTES: usize = 32 * 1024 * 1024;

/// Memory that a waiting line takes beside its message.
const LINE_OVERHEAD_BYTES: usize = 64;

/// Writes lines to one stream. Cheap to clone; clones keep the order of their lines.
#[derive(Debug, Clone)]
pub struct StreamHandle(Arc<Buffer>);

impl StreamHandle {
    pub(super) fn new(key: StreamKey, inbox: Arc<Inbox>) -> StreamHandle {
        StreamHandle(Arc::new(Buffer { key, inbox, waiting: Mutex::default() }))
    }

    pub fn key(&self) -> &StreamKey {
        &self.0.key
    }

    /// Hands a line to the store and returns at once. The first line creates the group and the stream if they are
    /// not there yet. A message over 1 MiB is cut.
    pub fn append(&self, mut event: Event) {
        event.message.truncate(MESSAGE_MAX_BYTES);
        let inbox = &self.0.inbox;
        // Listed under the buffer's own lock: no clone of this handle can return before its line is findable.
        let mut waiting = lock(&self.0.waiting);
        match waiting.push(event, inbox) {
            Pushed::First => inbox.mark(Arc::clone(&self.0)),
            Pushed::ChunkFilled => inbox.hurry.notify_one(),
            Pushed::Quietly => {}
        }
    }
}

#[derive(Debug)]
pub(super) struct Buffer {
    key: StreamKey,
    inbox: Arc<Inbox>,
    /// Guards the lines between the handle and the writer.
    waiting: Mutex<Waiting>,
}

#[derive(Debug, Default)]
struct Waiting {
    events: Vec<Event>,
    bytes: usize,
    dropped: Dropped,
    /// The inbox lists this buffer already.
    listed: bool,
}

enum Pushed {
    First,
    ChunkFilled,
    Quietly,
}

impl Waiting {
    fn push(&mut self, event: Event, inbox: &Inbox) -> Pushed {
        let cost = event.message.len() + LINE_OVERHEAD_BYTES;
        let before = self.bytes;
        if before + cost <= STREAM_WAITING_MAX_BYTES && inbox.reserve(cost) {
            self.bytes += cost;
            self.events.push(event);
        } else {
            self.dropped.count(1, event.message.len());
        }
        if !std::mem::replace(&mut self.listed, true) {
            Pushed::First
        } else if before < chunk::RAW_MAX_BYTES && self.bytes >= chunk::RAW_MAX_BYTES {
            Pushed::ChunkFilled
        } else {
            Pushed::Quietly
        }
    }
}

/// Lines that did not fit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Dropped {
    pub(super) records: u64,
    pub(super) bytes: u64,
}

impl Dropped {
    fn count(&mut self, records: u64, bytes: usize) {
        self.records += records;
        self.bytes += bytes as u64;
    }

    /// The line that tells the stream's readers, in the form of Lambda's own platform lines.
    fn notice(self, now: Timestamp) -> Event {
        let Dropped { records, bytes } = self;
        let text = format!(
            "LOGS_DROPPED\tRecords: {records}\tBytes: {bytes}\tReason: lines came faster than they can be stored\n"
        );
        Event { timestamp: now, message: Bytes::from(text) }
    }
}

/// What one buffer held when the writer came.
#[derive(Debug)]
pub(super) struct Batch {
    buffer: Arc<Buffer>,
    pub(super) events: Vec<Event>,
    bytes: usize,
}

impl Batch {
    pub(super) fn key(&self) -> &StreamKey {
        &self.buffer.key
    }

    /// The lines are stored: others may take their room.
    pub(super) fn stored(self) {
        self.buffer.inbox.waiting_bytes.fetch_sub(self.bytes, Ordering::AcqRel);
    }

    /// The lines could not be stored: the stream will say so.
    pub(super) fn lost(self) {
        let bytes = self.events.iter().map(|event| event.message.len()).sum();
        let mut waiting = lock(&self.buffer.waiting);
        waiting.dropped.count(self.events.len() as u64, bytes);
        if !std::mem::replace(&mut waiting.listed, true) {
            self.buffer.inbox.mark(Arc::clone(&self.buffer));
        }
        drop(waiting);
        self.stored();
    }
}

/// Shared by all handles and the writer.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    /// Guards the list of buffers that hold something.
    listed: Mutex<Vec<Arc<Buffer>>>,
    /// Lines that are appended but not stored yet, over all buffers.
    waiting_bytes: AtomicUsize,
    /// Something is listed or being stored.
    unsettled: AtomicBool,
    filled: Notify,
    hurry: Notify,
}

impl Inbox {
    fn reserve(&self, cost: usize) -> bool {
        let before = self.waiting_bytes.fetch_add(cost, Ordering::AcqRel);
        let fits = before + cost <= WAITING_MAX_BYTES;
        if !fits {
            self.waiting_bytes.fetch_sub(cost, Ordering::AcqRel);
        }
        fits
    }

    fn mark(&self, buffer: Arc<Buffer>) {
        let mut listed = lock(&self.listed);
        self.unsettled.store(true, Ordering::Release);
        listed.push(buffer);
        if listed.len() == 1 {
            self.filled.notify_one();
        }
    }

    /// Whether a reader would miss lines if it read the file now.
    pub(super) fn unsettled(&self) -> bool {
        self.unsettled.load(Ordering::Acquire)
    }

    /// Everything that waits, with a notice wherever lines were dropped.
    pub(super) fn take(&self, now: Timestamp) -> Vec<Batch> {
        let buffers = std::mem::take(&mut *lock(&self.listed));
        buffers.into_iter().map(|buffer| take_from(buffer, now)).collect()
    }

    /// What was taken is stored or given up.
    pub(super) fn settle(&self) {
        let listed = lock(&self.listed);
        self.unsettled.store(!listed.is_empty(), Ordering::Release);
    }

    /// Waits until something is listed that the writer does not know of.
    pub(super) async fn filled(&self) {
        self.filled.notified().await;
    }

    /// Waits until a chunk's worth of lines has gathered in one buffer.
    pub(super) async fn chunk_filled(&self) {
        self.hurry.notified().await;
    }
}

fn take_from(buffer: Arc<Buffer>, now: Timestamp) -> Batch {
    let Waiting { mut events, bytes, dropped, .. } = std::mem::take(&mut *lock(&buffer.waiting));
    if dropped.records > 0 {
        events.push(dropped.notice(now));
    }
    Batch { buffer, events, bytes }
}

/// A panic while the mutex is held cannot leave the lists half-changed, so poisoning says nothing.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
