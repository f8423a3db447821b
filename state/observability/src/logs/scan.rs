//! Reads events of one stream or of a whole group in the order of their ids, forwards or backwards.
//!
//! Chunks are opened in the order of the bound that the scan meets first. Those whose times overlap are open
//! together and merged, so that only what overlaps is in memory.

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::vec;

use rusqlite::{Connection, Row, named_params};

use super::chunk::{self, SPAN_MAX_MS};
use super::error::LogsError;
use super::event::{EventId, StoredEvent};

/// Chunk places read from the index at once.
const PLACES_PER_READ: i64 = 64;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Forward,
    Backward,
}

/// Where a scan looks.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Group(i64),
    /// Ids of streams.
    Streams(Vec<i64>),
}

/// Both ends belong to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) first: EventId,
    pub(super) last: EventId,
}

impl Range {
    fn contains(self, id: EventId) -> bool {
        (self.first..=self.last).contains(&id)
    }
}

pub(super) struct Scan<'c> {
    connection: &'c Connection,
    direction: Direction,
    source: Source,
    range: Range,
    /// Chunks that are known but not opened yet, and where to look for further ones.
    places: vec::IntoIter<Place>,
    next_place: Option<Place>,
    reached: Option<(i64, i64)>,
    exhausted: bool,
    open: BinaryHeap<OpenChunk>,
}

/// A chunk in the index.
#[derive(Debug, Clone, Copy)]
struct Place {
    id: i64,
    /// The chunk's first time when the scan goes forward, else its last.
    bound_ms: i64,
}

/// Its next event decides its rank; the greatest in a heap is the one to read first.
struct OpenChunk {
    direction: Direction,
    next: StoredEvent,
    rest: vec::IntoIter<StoredEvent>,
}

impl<'c> Scan<'c> {
    pub(super) fn new(
        connection: &'c Connection,
        source: Source,
        range: Range,
        direction: Direction,
    ) -> Scan<'c> {
        Scan {
            connection,
            direction,
            source,
            range,
            places: Vec::new().into_iter(),
            next_place: None,
            reached: None,
            exhausted: false,
            open: BinaryHeap::new(),
        }
    }

    pub(super) fn next(&mut self) -> Result<Option<StoredEvent>, LogsError> {
        self.open_what_overlaps()?;
        let Some(mut chunk) = self.open.pop() else { return Ok(None) };
        let Some(following) = chunk.rest.next() else { return Ok(Some(chunk.next)) };
        let event = std::mem::replace(&mut chunk.next, following);
        self.open.push(chunk);
        Ok(Some(event))
    }

    fn open_what_overlaps(&mut self) -> Result<(), LogsError> {
        while let Some(place) = self.peek_place()? {
            if self.open.peek().is_some_and(|chunk| self.is_beyond(place, &chunk.next)) {
                break;
            }
            self.next_place = None;
            self.open_chunk(place.id)?;
        }
        Ok(())
    }

    fn is_beyond(&self, place: Place, event: &StoredEvent) -> bool {
        let time = event.timestamp().as_millis();
        match self.direction {
            Direction::Forward => place.bound_ms > time,
            Direction::Backward => place.bound_ms < time,
        }
    }

    fn open_chunk(&mut self, id: i64) -> Result<(), LogsError> {
        let sql = "SELECT stream_id, first_sequence, raw_bytes, data FROM chunk WHERE id = ?1";
        let read = |row: &Row<'_>| {
            let stream = row.get::<_, i64>(0)?.cast_unsigned();
            let first_sequence = row.get::<_, i64>(1)?.cast_unsigned();
            Ok((stream, first_sequence, row.get::<_, u32>(2)?, row.get::<_, Vec<u8>>(3)?))
        };
        let (stream, first_sequence, raw_bytes, data) =
            self.connection.prepare_cached(sql)?.query_row([id], read)?;
        let raw = chunk::decompress(&data, raw_bytes as usize)?;
        let mut events = chunk::decode(raw, stream, first_sequence)?;
        events.retain(|event| self.range.contains(event.id));
        events.sort_unstable_by_key(|event| event.id);
        if self.direction == Direction::Backward {
            events.reverse();
        }
        let mut rest = events.into_iter();
        if let Some(next) = rest.next() {
            self.open.push(OpenChunk { direction: self.direction, next, rest });
        }
        Ok(())
    }

    fn peek_place(&mut self) -> Result<Option<Place>, LogsError> {
        if self.next_place.is_none() {
            self.next_place = self.places.next();
        }
        if self.next_place.is_none() && !self.exhausted {
            self.read_places()?;
            self.next_place = self.places.next();
        }
        Ok(self.next_place)
    }

    fn read_places(&mut self) -> Result<(), LogsError> {
        let sql = places_query(&self.source, self.direction);
        let first_ms = self.range.first.time.as_millis();
        let last_ms = self.range.last.time.as_millis();
        let (bound, id) = self.reached.unwrap_or(match self.direction {
            Direction::Forward => (first_ms.saturating_sub(SPAN_MAX_MS), i64::MIN),
            Direction::Backward => (last_ms.saturating_add(SPAN_MAX_MS), i64::MAX),
        });
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map(
            named_params! {
                ":bound": bound,
                ":id": id,
                ":first": first_ms,
                ":last": last_ms,
                ":source": self.source.parameter(),
                ":limit": PLACES_PER_READ,
            },
            |row| Ok(Place { id: row.get(0)?, bound_ms: row.get(1)? }),
        )?;
        let places = rows.collect::<Result<Vec<_>, _>>()?;
        self.exhausted = places.len() < PLACES_PER_READ as usize;
        self.reached = places.last().map(|place| (place.bound_ms, place.id));
        self.places = places.into_iter();
        Ok(())
    }
}

impl Source {
    fn condition(&self) -> &'static str {
        match self {
            // What was deleted is not seen, though its chunks are still there.
            Source::Group(_) => "group_id = :source AND stream_id NOT IN (SELECT stream_id FROM garbage)",
            Source::Streams(ids) if ids.len() == 1 => "stream_id = :source",
            Source::Streams(_) => "stream_id IN (SELECT value FROM json_each(:source))",
        }
    }

    fn parameter(&self) -> rusqlite::types::Value {
        match self {
            Source::Group(id) => (*id).into(),
            Source::Streams(ids) => match ids.as_slice() {
                [id] => (*id).into(),
                ids => format!("{ids:?}").into(),
            },
        }
    }
}

/// A chunk may begin up to `SPAN_MAX_MS` before the range and still reach into it.
fn places_query(source: &Source, direction: Direction) -> String {
    let (bound, beyond, order) = match direction {
        Direction::Forward => ("first_ms", ">", "ASC"),
        Direction::Backward => ("last_ms", "<", "DESC"),
    };
    format!(
        "SELECT id, {bound} FROM chunk
         WHERE {} AND {bound} {beyond}= :bound AND ({bound}, id) {beyond} (:bound, :id)
           AND first_ms <= :last AND last_ms >= :first
         ORDER BY {bound} {order}, id {order} LIMIT :limit",
        source.condition()
    )
}

impl Ord for OpenChunk {
    fn cmp(&self, other: &OpenChunk) -> Ordering {
        match self.direction {
            Direction::Forward => other.next.id.cmp(&self.next.id),
            Direction::Backward => self.next.id.cmp(&other.next.id),
        }
    }
}

impl PartialOrd for OpenChunk {
    fn partial_cmp(&self, other: &OpenChunk) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for OpenChunk {
    fn eq(&self, other: &OpenChunk) -> bool {
        self.next.id == other.next.id
    }
}

impl Eq for OpenChunk {}
