//! `state.db`: the documents' table, and the statements on it.

use std::fs::{OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::document::{Collection, Document, Key, Version};

/// Only a checkpoint by a reader that closes can hold the writer up, and only briefly.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

const PRIVATE: u32 = 0o600;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS documents (
        collection TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, value BLOB NOT NULL,
        PRIMARY KEY (collection, id)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS sequence (last INTEGER NOT NULL);
    INSERT INTO sequence SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM sequence);
";

/// The connection that writes. FULL: a commit that has returned survives the machine's loss of power.
pub(crate) fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    make_private(path)
        .map_err(|error| rusqlite::Error::InvalidPath(format!("{}: {error}", path.display()).into()))?;
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

/// Functions' environment variables are nobody else's to read. SQLite gives its other files the same mode.
fn make_private(path: &Path) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(PRIVATE).open(path)?;
    file.set_permissions(Permissions::from_mode(PRIVATE))
}

pub(crate) fn last_version(connection: &Connection) -> rusqlite::Result<Version> {
    connection.query_row("SELECT last FROM sequence", [], |row| row.get(0).map(Version))
}

pub(crate) fn set_last_version(connection: &Connection, version: Version) -> rusqlite::Result<()> {
    connection.prepare_cached("UPDATE sequence SET last = ?1")?.execute([version.0])?;
    Ok(())
}

pub(crate) fn version_of(connection: &Connection, key: &Key) -> rusqlite::Result<Option<Version>> {
    connection
        .prepare_cached("SELECT version FROM documents WHERE collection = ?1 AND id = ?2")?
        .query_row(params![key.collection.name(), key.id], |row| row.get(0).map(Version))
        .optional()
}

pub(crate) fn put(
    connection: &Connection,
    key: &Key,
    version: Version,
    value: &[u8],
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO documents (collection, id, version, value) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![key.collection.name(), key.id, version.0, value])?;
    Ok(())
}

pub(crate) fn delete(connection: &Connection, key: &Key) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM documents WHERE collection = ?1 AND id = ?2")?
        .execute(params![key.collection.name(), key.id])?;
    Ok(())
}

/// Connections that only read; one is made whenever all are in use, and kept.
#[derive(Debug)]
pub(crate) struct Readers {
    path: PathBuf,
    /// Guards the list only: a connection is taken out while it is used.
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(crate) fn new(path: PathBuf) -> Readers {
        Readers { path, idle: Mutex::default() }
    }

    pub(crate) fn get(&self, key: &Key) -> rusqlite::Result<Option<Document>> {
        self.with(|connection| {
            connection
                .prepare_cached("SELECT version, value FROM documents WHERE collection = ?1 AND id = ?2")?
                .query_row(params![key.collection.name(), key.id], |row| document(row, 0))
                .optional()
        })
    }

    pub(crate) fn scan(
        &self,
        collection: Collection,
        prefix: &str,
    ) -> rusqlite::Result<Vec<(String, Document)>> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT id, version, value FROM documents WHERE collection = ?1 AND id >= ?2 ORDER BY id",
            )?;
            let rows = statement.query_map(params![collection.name(), prefix], |row| {
                Ok((row.get::<_, String>(0)?, document(row, 1)?))
            })?;
            rows.take_while(|row| row.as_ref().map_or(true, |(id, _)| id.starts_with(prefix))).collect()
        })
    }

    fn with<T>(&self, read: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open_reader(&self.path)?,
        };
        let result = read(&connection);
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        result
    }
}

fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    Ok(connection)
}

fn document(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<Document> {
    let value: Vec<u8> = row.get(first + 1)?;
    Ok(Document { version: Version(row.get(first)?), value: Bytes::from(value) })
}
