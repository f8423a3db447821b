//! The two ways to read events: pages of one stream, and what a pattern selects from a group.

use std::collections::HashMap;

use model::Timestamp;
use rusqlite::Connection;

use super::error::LogsError;
use super::event::{EventId, StoredEvent};
use super::names::{GroupKey, StreamKey, StreamName};
use super::page::{self, Found, FoundEvent, Page, PageStart};
use super::scan::{Direction, Range, Scan, Source};
use super::{groups, streams};
use crate::pattern::Pattern;

/// A span of time from `start` to before `end`; without a bound on either side where it is `None`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TimeRange {
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
}

impl TimeRange {
    /// The ids in it, less what has expired. When it is empty the first is behind the last.
    fn ids(self, horizon: Option<Timestamp>) -> Range {
        let first = EventId::at(self.start.max(horizon).unwrap_or_default());
        let last = self.end.map_or(EventId::LAST, |end| EventId::at(end).predecessor());
        Range { first, last }
    }
}

/// A page of one stream.
#[derive(Debug, Clone)]
pub struct GetEvents {
    pub stream: StreamKey,
    pub time: TimeRange,
    pub start: PageStart,
    pub limit: usize,
}

pub(super) fn get(connection: &Connection, query: &GetEvents, now: Timestamp) -> Result<Page, LogsError> {
    let tail = streams::require(connection, &query.stream)?;
    let range = query.time.ids(horizon(connection, tail.group_id, now)?);
    let narrowed = query.start.narrow(range);
    let source = Source::Streams(vec![tail.id]);
    let mut scan = Scan::new(connection, source, narrowed, query.start.direction());
    Page::read(&mut scan, query.start, range, query.limit)
}

/// What a pattern selects from a group.
#[derive(Debug, Clone)]
pub struct FilterEvents {
    pub group: GroupKey,
    pub streams: StreamSelection,
    pub time: TimeRange,
    pub pattern: Pattern,
    pub newest_first: bool,
    /// Only events behind this one, in the order of the read.
    pub after: Option<EventId>,
    pub limit: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamSelection {
    All,
    Named(Vec<StreamName>),
    Prefix(String),
}

pub(super) fn filter(
    connection: &Connection,
    query: &FilterEvents,
    now: Timestamp,
) -> Result<Found, LogsError> {
    let group_id = groups::require(connection, &query.group)?;
    let source = match &query.streams {
        StreamSelection::All => Source::Group(group_id),
        StreamSelection::Named(names) => Source::Streams(streams::named(connection, group_id, names)?),
        StreamSelection::Prefix(prefix) => {
            Source::Streams(streams::with_prefix(connection, group_id, prefix)?)
        }
    };
    let range = query.behind_token(query.time.ids(horizon(connection, group_id, now)?));
    let mut scan = Scan::new(connection, source, range, query.direction());
    let takes = |event: &StoredEvent| query.pattern.matches(&event.message);
    let (events, next) = page::filter(&mut scan, query.limit, takes)?;
    Ok(Found { events: name_streams(connection, events)?, next })
}

impl FilterEvents {
    fn direction(&self) -> Direction {
        if self.newest_first { Direction::Backward } else { Direction::Forward }
    }

    fn behind_token(&self, range: Range) -> Range {
        match (self.after, self.direction()) {
            (None, _) => range,
            (Some(id), Direction::Forward) => Range { first: range.first.max(id.successor()), ..range },
            (Some(id), Direction::Backward) => Range { last: range.last.min(id.predecessor()), ..range },
        }
    }
}

fn horizon(connection: &Connection, group_id: i64, now: Timestamp) -> Result<Option<Timestamp>, LogsError> {
    Ok(groups::retention(connection, group_id)?.map(|retention| retention.horizon(now)))
}

fn name_streams(connection: &Connection, events: Vec<StoredEvent>) -> Result<Vec<FoundEvent>, LogsError> {
    let mut names = HashMap::<u64, StreamName>::new();
    let mut found = Vec::with_capacity(events.len());
    for event in events {
        let id = event.id.stream;
        let stream = match names.get(&id) {
            Some(name) => name.clone(),
            None => {
                let name = streams::name(connection, id.cast_signed())?;
                names.insert(id, name.clone());
                name
            }
        };
        found.push(FoundEvent { stream, event });
    }
    Ok(found)
}
