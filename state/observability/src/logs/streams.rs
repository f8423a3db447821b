//! Log streams: made, listed, deleted.

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::error::LogsError;
use super::groups::{self, Listed};
use super::names::{GroupKey, StreamKey, StreamName};

/// A stream as it is listed. Times are absent until it has its first event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    pub name: StreamName,
    pub created: Timestamp,
    pub first_event: Option<Timestamp>,
    pub last_event: Option<Timestamp>,
    pub last_ingestion: Option<Timestamp>,
    /// The number of the event that comes next.
    pub next_sequence: u64,
}

/// Which streams of a group to list, and in which order.
#[derive(Debug, Clone)]
pub struct StreamListing {
    pub group: GroupKey,
    pub order: StreamOrder,
    pub descending: bool,
    /// Only streams after this one in the order: the last of the page before.
    pub after: Option<StreamCursor>,
    pub limit: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamOrder {
    /// All whose names begin with the prefix, sorted by name.
    Name { prefix: String },
    /// Sorted by the time of the last event; streams without one count as the oldest.
    LastEvent,
}

/// A place in either order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamCursor {
    pub last_event: Timestamp,
    pub name: StreamName,
}

impl Stream {
    pub fn cursor(&self) -> StreamCursor {
        StreamCursor { last_event: self.last_event.unwrap_or_default(), name: self.name.clone() }
    }
}

/// What the writer needs to know of a stream to append to it.
#[derive(Debug)]
pub(super) struct Tail {
    pub(super) id: i64,
    pub(super) group_id: i64,
    pub(super) next_sequence: u64,
    pub(super) last_chunk: Option<i64>,
}

pub(super) fn ensure(connection: &Connection, key: &StreamKey, now: Timestamp) -> Result<Tail, LogsError> {
    let group_id = groups::ensure(connection, &key.group, now)?;
    if let Some(tail) = find_tail(connection, group_id, &key.name)? {
        return Ok(tail);
    }
    let id = insert(connection, group_id, &key.name, now)?;
    Ok(Tail { id, group_id, next_sequence: 1, last_chunk: None })
}

pub(super) fn require(connection: &Connection, key: &StreamKey) -> Result<Tail, LogsError> {
    let group_id = groups::require(connection, &key.group)?;
    find_tail(connection, group_id, &key.name)?.ok_or(LogsError::StreamNotFound)
}

fn find_tail(connection: &Connection, group_id: i64, name: &StreamName) -> Result<Option<Tail>, LogsError> {
    let sql = "SELECT id, next_sequence, last_chunk FROM stream WHERE group_id = ?1 AND name = ?2";
    let read = |row: &Row<'_>| {
        let next_sequence = row.get::<_, i64>(1)?.cast_unsigned();
        Ok(Tail { id: row.get(0)?, group_id, next_sequence, last_chunk: row.get(2)? })
    };
    Ok(connection.prepare_cached(sql)?.query_row(params![group_id, name.as_str()], read).optional()?)
}

pub(super) fn create(connection: &Connection, key: &StreamKey, now: Timestamp) -> Result<(), LogsError> {
    let group_id = groups::require(connection, &key.group)?;
    if find_tail(connection, group_id, &key.name)?.is_some() {
        return Err(LogsError::StreamExists);
    }
    insert(connection, group_id, &key.name, now)?;
    Ok(())
}

fn insert(
    connection: &Connection,
    group_id: i64,
    name: &StreamName,
    now: Timestamp,
) -> Result<i64, LogsError> {
    let sql = "INSERT INTO stream (group_id, name, created_ms) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute(params![group_id, name.as_str(), now.as_millis()])?;
    Ok(connection.last_insert_rowid())
}

pub(super) fn delete(connection: &Connection, key: &StreamKey) -> Result<(), LogsError> {
    let Tail { id, .. } = require(connection, key)?;
    connection.prepare_cached("INSERT INTO garbage VALUES (?1)")?.execute([id])?;
    connection.prepare_cached("DELETE FROM stream WHERE id = ?1")?.execute([id])?;
    Ok(())
}

pub(super) fn name(connection: &Connection, id: i64) -> Result<StreamName, LogsError> {
    let sql = "SELECT name FROM stream WHERE id = ?1";
    let name = connection.prepare_cached(sql)?.query_row([id], |row| row.get::<_, String>(0))?;
    parse_name(&name)
}

/// The ids of a group's streams, all of which must be there.
pub(super) fn named(
    connection: &Connection,
    group_id: i64,
    names: &[StreamName],
) -> Result<Vec<i64>, LogsError> {
    let tails = names.iter().map(|name| find_tail(connection, group_id, name));
    tails.map(|tail| tail?.map(|tail| tail.id).ok_or(LogsError::StreamNotFound)).collect()
}

pub(super) fn with_prefix(
    connection: &Connection,
    group_id: i64,
    prefix: &str,
) -> Result<Vec<i64>, LogsError> {
    let sql = format!("SELECT id FROM stream WHERE group_id = ?1 AND {PREFIX}");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![group_id, prefix], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The upper bound is the prefix with the last of all characters behind it.
const PREFIX: &str = "name >= ?2 AND name < ?2 || char(1114111)";
const COLUMNS: &str = "name, created_ms, first_event_ms, last_event_ms, last_ingestion_ms, next_sequence";

pub(super) fn list(connection: &Connection, listing: &StreamListing) -> Result<Listed<Stream>, LogsError> {
    let group_id = groups::require(connection, &listing.group)?;
    let streams = match &listing.order {
        StreamOrder::Name { prefix } => list_by_name(connection, group_id, prefix, listing)?,
        StreamOrder::LastEvent => list_by_last_event(connection, group_id, listing)?,
    };
    Ok(Listed::cut(streams, listing.limit))
}

fn list_by_name(
    connection: &Connection,
    group_id: i64,
    prefix: &str,
    listing: &StreamListing,
) -> Result<Vec<Stream>, LogsError> {
    let (beyond, direction) = direction(listing);
    let sql = format!(
        "SELECT {COLUMNS} FROM stream WHERE group_id = ?1 AND {PREFIX} AND (?3 IS NULL OR name {beyond} ?3)
         ORDER BY name {direction} LIMIT ?4"
    );
    let after = listing.after.as_ref().map(|cursor| cursor.name.as_str());
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query(params![group_id, prefix, after, listing.limit as i64 + 1])?;
    collect(rows)
}

fn list_by_last_event(
    connection: &Connection,
    group_id: i64,
    listing: &StreamListing,
) -> Result<Vec<Stream>, LogsError> {
    let (beyond, direction) = direction(listing);
    let sql = format!(
        "SELECT {COLUMNS} FROM stream
         WHERE group_id = ?1 AND (?3 IS NULL OR (coalesce(last_event_ms, 0), name) {beyond} (?2, ?3))
         ORDER BY coalesce(last_event_ms, 0) {direction}, name {direction} LIMIT ?4"
    );
    let after = listing.after.as_ref();
    let after_time = after.map(|cursor| cursor.last_event.as_millis());
    let after_name = after.map(|cursor| cursor.name.as_str());
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query(params![group_id, after_time, after_name, listing.limit as i64 + 1])?;
    collect(rows)
}

fn direction(listing: &StreamListing) -> (&'static str, &'static str) {
    if listing.descending { ("<", "DESC") } else { (">", "ASC") }
}

fn collect(mut rows: rusqlite::Rows<'_>) -> Result<Vec<Stream>, LogsError> {
    let mut streams = Vec::new();
    while let Some(row) = rows.next()? {
        streams.push(read(row)?);
    }
    Ok(streams)
}

fn read(row: &Row<'_>) -> Result<Stream, LogsError> {
    let time =
        |index| -> Result<_, LogsError> { Ok(row.get::<_, Option<i64>>(index)?.map(Timestamp::from_millis)) };
    Ok(Stream {
        name: parse_name(&row.get::<_, String>(0)?)?,
        created: Timestamp::from_millis(row.get(1)?),
        first_event: time(2)?,
        last_event: time(3)?,
        last_ingestion: time(4)?,
        next_sequence: row.get::<_, i64>(5)?.cast_unsigned(),
    })
}

fn parse_name(name: &str) -> Result<StreamName, LogsError> {
    name.parse().map_err(|error| LogsError::Damaged(format!("{error}")))
}
