//! X-Ray segments as they were sent: kept in the order in which they came, the oldest given up for the newest.

use bytes::Bytes;
use model::Timestamp;
use rusqlite::{Connection, params};

use crate::logs::{Logs, LogsError, Scope};

/// Segments of all accounts together. Each is at most a datagram.
const SEGMENTS_MAX: i64 = 100_000;

pub(crate) const TABLE: &str = "
CREATE TABLE IF NOT EXISTS segment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    document BLOB NOT NULL
) STRICT;
";

/// One segment document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub received: Timestamp,
    /// JSON, if its sender kept to the protocol; nobody has looked.
    pub document: Bytes,
}

/// The store of segments, a part of the log store's. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Segments(Logs);

impl Segments {
    pub(crate) fn of(logs: Logs) -> Segments {
        Segments(logs)
    }

    /// Resolves when they are stored.
    pub async fn keep(&self, scope: Scope, documents: Vec<Bytes>) -> Result<(), LogsError> {
        self.0.write(move |connection, now| keep(connection, &scope, &documents, now)).await
    }

    /// The newest of an account in a region, oldest first.
    pub async fn newest(&self, scope: Scope, limit: u32) -> Result<Vec<Segment>, LogsError> {
        self.0.read(move |connection| newest(connection, &scope, limit)).await
    }
}

fn keep(
    connection: &Connection,
    scope: &Scope,
    documents: &[Bytes],
    now: Timestamp,
) -> Result<(), LogsError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO segment (account, region, received_ms, document) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let (account, region) = (scope.account.to_string(), scope.region.as_str());
    for document in documents {
        insert.execute(params![account, region, now.as_millis(), document.as_ref()])?;
    }
    let oldest = connection.last_insert_rowid() - SEGMENTS_MAX;
    connection.prepare_cached("DELETE FROM segment WHERE id <= ?1")?.execute([oldest])?;
    Ok(())
}

fn newest(connection: &Connection, scope: &Scope, limit: u32) -> Result<Vec<Segment>, LogsError> {
    let mut select = connection.prepare_cached(
        "SELECT received_ms, document FROM segment WHERE account = ?1 AND region = ?2 ORDER BY id DESC LIMIT ?3",
    )?;
    let (account, region) = (scope.account.to_string(), scope.region.as_str());
    let rows = select.query_map(params![account, region, limit], |row| {
        let received = Timestamp::from_millis(row.get(0)?);
        Ok(Segment { received, document: row.get::<_, Vec<u8>>(1)?.into() })
    })?;
    let mut segments = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    segments.reverse();
    Ok(segments)
}

#[cfg(test)]
mod tests {
    use model::Clock;

    use super::*;

    fn scope(region: &str) -> Scope {
        Scope { account: "000000000000".parse().unwrap(), region: region.parse().unwrap() }
    }

    #[tokio::test]
    async fn the_newest_of_a_scope_are_read_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let logs = Logs::open(folder.path(), Clock::system(), Default::default()).unwrap();
        let segments = logs.segments();
        let documents = ["1", "2", "3"].map(|text| Bytes::from_static(text.as_bytes())).to_vec();
        segments.keep(scope("us-east-1"), documents).await.unwrap();
        segments.keep(scope("eu-west-1"), vec![Bytes::from_static(b"other")]).await.unwrap();
        let newest = segments.newest(scope("us-east-1"), 2).await.unwrap();
        assert_eq!(newest.into_iter().map(|segment| segment.document).collect::<Vec<_>>(), ["2", "3"]);
    }
}
