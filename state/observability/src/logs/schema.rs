//! The tables in `telemetry.db`, and how a connection to it is set up.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::segments;

/// A reader never waits for the writer in WAL mode; only recovery after a crash may take the file for a moment.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Prepared statements that a connection keeps.
const STATEMENTS_KEPT: usize = 64;

/// No id is used twice: `stream.id` is part of event ids and of `garbage`, and `chunk.previous` may outlive the chunk
/// that it names.
/// A chunk's `last_ms - first_ms` never exceeds `chunk::SPAN_MAX_MS`, which bounds every search by time.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS log_group (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    name TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    class TEXT NOT NULL,
    kms_key TEXT,
    deletion_protection INTEGER NOT NULL,
    retention_days INTEGER,
    stored_bytes INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account, region, name)
) STRICT;
CREATE TABLE IF NOT EXISTS tag (
    group_id INTEGER NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (group_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stream (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL,
    name TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    first_event_ms INTEGER,
    last_event_ms INTEGER,
    last_ingestion_ms INTEGER,
    next_sequence INTEGER NOT NULL DEFAULT 1,
    last_chunk INTEGER,
    UNIQUE (group_id, name)
) STRICT;
CREATE INDEX IF NOT EXISTS stream_by_last_event ON stream (group_id, coalesce(last_event_ms, 0), name);
CREATE TABLE IF NOT EXISTS chunk (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    group_id INTEGER NOT NULL,
    stream_id INTEGER NOT NULL,
    previous INTEGER,
    first_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    first_sequence INTEGER NOT NULL,
    raw_bytes INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS chunk_by_group_start ON chunk (group_id, first_ms);
CREATE INDEX IF NOT EXISTS chunk_by_group_end ON chunk (group_id, last_ms);
CREATE INDEX IF NOT EXISTS chunk_by_stream_start ON chunk (stream_id, first_ms);
CREATE INDEX IF NOT EXISTS chunk_by_stream_end ON chunk (stream_id, last_ms);
CREATE TABLE IF NOT EXISTS garbage (stream_id INTEGER PRIMARY KEY) STRICT;
";

pub(super) fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.execute_batch(TABLES)?;
    connection.execute_batch(segments::TABLES)?;
    Ok(connection)
}

pub(super) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(connection)
}

/// A transaction that holds the right to write from the start: one that reads first would fail when another
/// process, such as a server that is just ending, has written since.
pub(super) fn begin(connection: &mut Connection) -> rusqlite::Result<Transaction<'_>> {
    connection.transaction_with_behavior(TransactionBehavior::Immediate)
}
