//! A store on a temporary folder, and short ways to ask it.

use std::time::{Duration, Instant};

use bytes::Bytes;
use model::{Clock, Timestamp};
use observability::logs::{
    Event, FilterEvents, Found, GetEvents, GroupKey, GroupListing, Logs, LogsError, NameFilter, Options,
    Page, PageStart, Scope, StreamKey, StreamSelection, TimeRange,
};
use observability::pattern::Pattern;

const START: Timestamp = Timestamp::from_millis(1_800_000_000_000);
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Store {
    pub(crate) logs: Logs,
    pub(crate) clock: Clock,
    folder: tempfile::TempDir,
}

impl Store {
    pub(crate) fn open() -> Store {
        Store::open_with(Options::default())
    }

    pub(crate) fn open_with(options: Options) -> Store {
        Store::at(tempfile::tempdir().unwrap(), options)
    }

    fn at(folder: tempfile::TempDir, options: Options) -> Store {
        let clock = Clock::manual(START);
        let logs = Logs::open(folder.path(), clock.clone(), options).unwrap();
        Store { logs, clock, folder }
    }

    pub(crate) fn reopen(self) -> Store {
        let Store { logs, folder, .. } = self;
        drop(logs);
        Store::at(folder, Options::default())
    }

    /// Another store on a copy of this one's files.
    pub(crate) fn copy_files(&self) -> Store {
        let copy = tempfile::tempdir().unwrap();
        for file in ["telemetry.db", "telemetry.db-wal"] {
            std::fs::copy(self.folder.path().join(file), copy.path().join(file)).unwrap();
        }
        Store::at(copy, Options::default())
    }

    pub(crate) fn scope(&self) -> Scope {
        Scope { account: "000000000000".parse().unwrap(), region: "us-east-1".parse().unwrap() }
    }

    pub(crate) fn group(&self, name: &str) -> GroupKey {
        GroupKey { scope: self.scope(), name: name.parse().unwrap() }
    }

    pub(crate) fn stream(&self, group: &str, name: &str) -> StreamKey {
        StreamKey { group: self.group(group), name: name.parse().unwrap() }
    }

    pub(crate) fn all_groups(&self) -> GroupListing {
        GroupListing { scope: self.scope(), name: NameFilter::Any, class: None, after: None, limit: 50 }
    }

    pub(crate) async fn page(&self, group: &str, stream: &str, start: PageStart, limit: usize) -> Page {
        let stream = self.stream(group, stream);
        self.logs.get_events(GetEvents { stream, time: TimeRange::default(), start, limit }).await.unwrap()
    }

    pub(crate) fn filtering(&self, group: &str, pattern: &str) -> FilterEvents {
        FilterEvents {
            group: self.group(group),
            streams: StreamSelection::All,
            time: TimeRange::default(),
            pattern: Pattern::parse(pattern).unwrap(),
            newest_first: false,
            after: None,
            limit: 10_000,
        }
    }

    pub(crate) async fn filter(&self, group: &str, pattern: &str) -> Result<Found, LogsError> {
        self.logs.filter_events(self.filtering(group, pattern)).await
    }

    pub(crate) fn chunks(&self) -> u64 {
        let connection = rusqlite::Connection::open(self.folder.path().join("telemetry.db")).unwrap();
        connection.query_row("SELECT count(*) FROM chunk", [], |row| row.get(0)).unwrap()
    }

    pub(crate) async fn wait_for(&self, what: &str, mut condition: impl AsyncFnMut() -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !condition().await {
            assert!(Instant::now() < deadline, "{what} did not come");
            tokio::task::yield_now().await;
        }
    }
}

pub(crate) fn event(time: i64, message: &str) -> Event {
    Event { timestamp: Timestamp::from_millis(time), message: Bytes::copy_from_slice(message.as_bytes()) }
}

pub(crate) fn messages(page: &Page) -> Vec<String> {
    page.events.iter().map(|event| String::from_utf8(event.message.to_vec()).unwrap()).collect()
}
