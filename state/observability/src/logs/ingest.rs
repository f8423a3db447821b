//! Appends events to a stream: cuts them into chunks and lets new chunks absorb small older ones.

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::chunk::{self, Raw};
use super::error::LogsError;
use super::event::Event;
use super::names::StreamKey;
use super::streams::{self, Tail};

/// Appends to the stream, which is made, with its group, if it is not there.
pub(super) fn append(
    connection: &Connection,
    key: &StreamKey,
    events: &[Event],
    now: Timestamp,
) -> Result<(), LogsError> {
    let tail = streams::ensure(connection, key, now)?;
    append_to(connection, tail, events, now)
}

pub(super) fn append_to(
    connection: &Connection,
    tail: Tail,
    events: &[Event],
    now: Timestamp,
) -> Result<(), LogsError> {
    let times = events.iter().map(|event| event.timestamp);
    let (Some(first), Some(last)) = (times.clone().min(), times.max()) else {
        return Ok(());
    };
    let mut writer = ChunkWriter { connection, tail, stored_bytes: 0 };
    for raw in cut(events, writer.tail.next_sequence, now) {
        writer.write(raw)?;
    }
    let sql = "UPDATE stream SET next_sequence = :next, last_chunk = :chunk, last_ingestion_ms = :now,
        first_event_ms = min(coalesce(first_event_ms, :first), :first),
        last_event_ms = max(coalesce(last_event_ms, :last), :last) WHERE id = :id";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":id": writer.tail.id,
        ":next": writer.tail.next_sequence.cast_signed() + events.len() as i64,
        ":chunk": writer.tail.last_chunk,
        ":now": now.as_millis(),
        ":first": first.as_millis(),
        ":last": last.as_millis(),
    })?;
    let sql = "UPDATE log_group SET stored_bytes = stored_bytes + ?2 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![writer.tail.group_id, writer.stored_bytes])?;
    Ok(())
}

fn cut(events: &[Event], first_sequence: u64, now: Timestamp) -> Vec<Raw> {
    let mut chunks = Vec::<Raw>::new();
    for (sequence, event) in (first_sequence..).zip(events) {
        match chunks.last_mut() {
            Some(open) if open.takes(event) => open.push(event, now),
            _ => chunks.push(Raw::begin(sequence, event, now)),
        }
    }
    chunks
}

struct ChunkWriter<'c> {
    connection: &'c Connection,
    tail: Tail,
    /// By how much the group has grown on disk.
    stored_bytes: i64,
}

impl ChunkWriter<'_> {
    fn write(&mut self, mut raw: Raw) -> Result<(), LogsError> {
        let mut previous = self.tail.last_chunk;
        while let Some((id, earlier)) = self.absorbable(previous, &raw)? {
            previous = self.remove(id)?;
            raw.absorb(earlier);
        }
        self.insert(&raw, previous)
    }

    fn absorbable(&self, id: Option<i64>, raw: &Raw) -> Result<Option<(i64, Raw)>, LogsError> {
        let Some(id) = id else { return Ok(None) };
        // Comparing sizes first spares reading and decompressing chunks that stay.
        let sql = "SELECT first_sequence, first_ms, last_ms, raw_bytes, data FROM chunk
            WHERE id = ?1 AND raw_bytes <= ?2";
        let read = |row: &Row<'_>| {
            let raw_bytes = row.get::<_, u32>(3)? as usize;
            let data = row.get_ref(4)?.as_blob()?.to_vec();
            let first_sequence = row.get::<_, i64>(0)?.cast_unsigned();
            let earlier =
                Raw { first_sequence, first_ms: row.get(1)?, last_ms: row.get(2)?, bytes: Vec::new() };
            Ok((earlier, raw_bytes, data))
        };
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_row(params![id, raw.bytes.len() as i64], read).optional()?;
        let Some((mut earlier, raw_bytes, data)) = found else { return Ok(None) };
        earlier.bytes = chunk::decompress(&data, raw_bytes)?;
        Ok(raw.absorbs(&earlier).then_some((id, earlier)))
    }

    /// Answers the chunk that came before the removed one.
    fn remove(&mut self, id: i64) -> Result<Option<i64>, LogsError> {
        let sql = "DELETE FROM chunk WHERE id = ?1 RETURNING length(data), previous";
        let read = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?));
        let (bytes, previous) = self.connection.prepare_cached(sql)?.query_row([id], read)?;
        self.stored_bytes -= bytes;
        Ok(previous)
    }

    fn insert(&mut self, raw: &Raw, previous: Option<i64>) -> Result<(), LogsError> {
        let data = chunk::compress(&raw.bytes)?;
        let sql = "INSERT INTO chunk
            (group_id, stream_id, previous, first_ms, last_ms, first_sequence, raw_bytes, data)
            VALUES (:group_id, :stream_id, :previous, :first_ms, :last_ms, :first_sequence, :raw_bytes, :data)";
        self.connection.prepare_cached(sql)?.execute(named_params! {
            ":group_id": self.tail.group_id,
            ":stream_id": self.tail.id,
            ":previous": previous,
            ":first_ms": raw.first_ms,
            ":last_ms": raw.last_ms,
            ":first_sequence": raw.first_sequence.cast_signed(),
            ":raw_bytes": raw.bytes.len() as i64,
            ":data": data,
        })?;
        self.stored_bytes += data.len() as i64;
        self.tail.last_chunk = Some(self.connection.last_insert_rowid());
        Ok(())
    }
}
