//! Pages of events, and the tokens that lead from one to the next.

use std::fmt;
use std::str::FromStr;

use super::error::LogsError;
use super::event::{EventId, InvalidEventId, StoredEvent};
use super::names::StreamName;
use super::scan::{Direction, Range, Scan};

/// A page's events, counted with their overhead, fit in this, unless it is a single one.
const PAGE_MAX_BYTES: usize = 1024 * 1024;

/// What a filtering read looks at before it answers with what it has; the caller goes on with the token.
const EXAMINED_MAX_BYTES: usize = 32 * 1024 * 1024;

/// Where GetLogEvents goes on: behind or before an event that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageToken {
    Forward(EventId),
    Backward(EventId),
}

impl fmt::Display for PageToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PageToken::Forward(id) => write!(f, "f/{id}/s"),
            PageToken::Backward(id) => write!(f, "b/{id}/s"),
        }
    }
}

impl FromStr for PageToken {
    type Err = InvalidEventId;

    fn from_str(text: &str) -> Result<PageToken, InvalidEventId> {
        let text = text.strip_suffix("/s").unwrap_or(text);
        match text.split_once('/') {
            Some(("f", id)) => id.parse().map(PageToken::Forward),
            Some(("b", id)) => id.parse().map(PageToken::Backward),
            _ => Err(InvalidEventId),
        }
    }
}

/// Where a page of one stream begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PageStart {
    /// The oldest events of the range.
    Head,
    /// The newest ones.
    Tail,
    Token(PageToken),
}

impl PageStart {
    pub(super) fn direction(self) -> Direction {
        match self {
            PageStart::Head | PageStart::Token(PageToken::Forward(_)) => Direction::Forward,
            PageStart::Tail | PageStart::Token(PageToken::Backward(_)) => Direction::Backward,
        }
    }

    /// What of the range lies beyond the token.
    pub(super) fn narrow(self, range: Range) -> Range {
        match self {
            PageStart::Head | PageStart::Tail => range,
            PageStart::Token(PageToken::Forward(id)) => {
                Range { first: range.first.max(id.successor()), ..range }
            }
            PageStart::Token(PageToken::Backward(id)) => {
                Range { last: range.last.min(id.predecessor()), ..range }
            }
        }
    }
}

/// Events of one stream, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub events: Vec<StoredEvent>,
    /// Goes on behind the page; the token that was sent, when nothing is there yet.
    pub forward: PageToken,
    /// Goes on before the page; the token that was sent, when nothing is there.
    pub backward: PageToken,
}

impl Page {
    pub(super) fn read(
        scan: &mut Scan<'_>,
        start: PageStart,
        range: Range,
        limit: usize,
    ) -> Result<Page, LogsError> {
        let mut events = Vec::new();
        let mut bytes = 0;
        while events.len() < limit {
            let Some(event) = scan.next()? else { break };
            bytes += event.size();
            if bytes > PAGE_MAX_BYTES && !events.is_empty() {
                break;
            }
            events.push(event);
        }
        if start.direction() == Direction::Backward {
            events.reverse();
        }
        Ok(Page::around(events, start, range))
    }

    fn around(events: Vec<StoredEvent>, start: PageStart, range: Range) -> Page {
        let (forward, backward) = match (events.first(), events.last(), start) {
            (Some(first), Some(last), _) => (last.id, first.id),
            (_, _, PageStart::Token(PageToken::Forward(id))) => (id, id.successor()),
            (_, _, PageStart::Token(PageToken::Backward(id))) => (id.predecessor(), id),
            (_, _, PageStart::Head | PageStart::Tail) => (range.first.predecessor(), range.first),
        };
        Page { events, forward: PageToken::Forward(forward), backward: PageToken::Backward(backward) }
    }
}

/// An event that a filtering read found, and in which stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundEvent {
    pub stream: StreamName,
    pub event: StoredEvent,
}

/// What a filtering read found, in the order of the read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub events: Vec<FoundEvent>,
    /// The last event that was looked at, when there may be more behind it.
    pub next: Option<EventId>,
}

/// Collects what `takes` selects. Stops early, with a token, at a full page and after a bounded amount of reading.
pub(super) fn filter(
    scan: &mut Scan<'_>,
    limit: usize,
    takes: impl Fn(&StoredEvent) -> bool,
) -> Result<(Vec<StoredEvent>, Option<EventId>), LogsError> {
    let mut events = Vec::new();
    let (mut bytes, mut examined) = (0, 0);
    let mut last = None;
    while let Some(event) = scan.next()? {
        if events.len() == limit || examined >= EXAMINED_MAX_BYTES {
            return Ok((events, last));
        }
        let id = event.id;
        examined += event.size();
        if takes(&event) {
            if bytes + event.size() > PAGE_MAX_BYTES && !events.is_empty() {
                return Ok((events, last));
            }
            bytes += event.size();
            events.push(event);
        }
        last = Some(id);
    }
    Ok((events, None))
}
