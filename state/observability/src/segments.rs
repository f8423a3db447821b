//! X-Ray segments as they were sent: kept in the order in which they came, the oldest given up for the newest.

use bytes::Bytes;
use model::Timestamp;
use rusqlite::{Connection, params};

use crate::logs::{Logs, LogsError, Scope};

/// Segments of all accounts together. Each is at most a datagram.
const SEGMENTS_MAX: i64 = 100_000;

/// Their documents together: the largest datagrams alone would come to 6.5 GB of the host's disk.
const BYTES_MAX: i64 = 256 * 1024 * 1024;

/// The triggers keep the sum of the documents' lengths, so that no write has to add them up. They come before the
/// sum's one row, which a store from before there was a sum gets here: what is written in between is in it.
pub(crate) const TABLES: &str = "
CREATE TABLE IF NOT EXISTS segment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    region TEXT NOT NULL,
    received_ms INTEGER NOT NULL,
    document BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS segment_sum (bytes INTEGER NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS segment_added AFTER INSERT ON segment BEGIN
    UPDATE segment_sum SET bytes = bytes + length(NEW.document);
END;
CREATE TRIGGER IF NOT EXISTS segment_removed AFTER DELETE ON segment BEGIN
    UPDATE segment_sum SET bytes = bytes - length(OLD.document);
END;
INSERT INTO segment_sum SELECT (SELECT coalesce(sum(length(document)), 0) FROM segment)
    WHERE NOT EXISTS (SELECT 1 FROM segment_sum);
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
        self.0.write(move |connection, now| keep(connection, &scope, &documents, now, BYTES_MAX)).await
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
    bytes_max: i64,
) -> Result<(), LogsError> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO segment (account, region, received_ms, document) VALUES (?1, ?2, ?3, ?4)",
    )?;
    let (account, region) = (scope.account.to_string(), scope.region.as_str());
    for document in documents {
        insert.execute(params![account, region, now.as_millis(), document.as_ref()])?;
    }
    let beyond_count = connection.last_insert_rowid() - SEGMENTS_MAX;
    let last = beyond_bytes(connection, bytes_max)?.map_or(beyond_count, |id| id.max(beyond_count));
    connection.prepare_cached("DELETE FROM segment WHERE id <= ?1")?.execute([last])?;
    Ok(())
}

/// The last of the oldest segments without which the rest has at most `bytes_max`.
fn beyond_bytes(connection: &Connection, bytes_max: i64) -> Result<Option<i64>, LogsError> {
    let mut sum = connection.prepare_cached("SELECT bytes FROM segment_sum")?;
    let mut excess = sum.query_row([], |row| row.get::<_, i64>(0))? - bytes_max;
    let mut oldest = connection.prepare_cached("SELECT id, length(document) FROM segment ORDER BY id")?;
    let mut rows = oldest.query([])?;
    let mut last = None;
    while excess > 0
        && let Some(row) = rows.next()?
    {
        last = Some(row.get(0)?);
        excess -= row.get::<_, i64>(1)?;
    }
    Ok(last)
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
    use std::path::Path;

    use model::Clock;

    use super::*;

    fn scope(region: &str) -> Scope {
        Scope { account: "000000000000".parse().unwrap(), region: region.parse().unwrap() }
    }

    fn open(folder: &Path) -> Logs {
        Logs::open(folder, Clock::system(), Default::default()).unwrap()
    }

    /// Keeps the texts, each in a write of its own, and answers what is left.
    async fn keep_each(logs: &Logs, texts: &[&'static str], bytes_max: i64) -> Vec<Bytes> {
        for text in texts {
            let document = [Bytes::from_static(text.as_bytes())];
            logs.write(move |connection, now| {
                keep(connection, &scope("us-east-1"), &document, now, bytes_max)
            })
            .await
            .unwrap();
        }
        let newest = logs.segments().newest(scope("us-east-1"), 10).await.unwrap();
        newest.into_iter().map(|segment| segment.document).collect()
    }

    #[tokio::test]
    async fn the_oldest_go_when_all_together_are_too_large_also_after_reopening() {
        let folder = tempfile::tempdir().unwrap();
        let logs = open(folder.path());
        assert_eq!(keep_each(&logs, &["aaaa", "bb", "cccc"], 10).await, ["aaaa", "bb", "cccc"]);
        assert_eq!(keep_each(&logs, &["d"], 10).await, ["bb", "cccc", "d"]);
        logs.close().await;
        let logs = open(folder.path());
        assert_eq!(keep_each(&logs, &["eee"], 10).await, ["bb", "cccc", "d", "eee"]);
        assert_eq!(keep_each(&logs, &["ffffff"], 10).await, ["d", "eee", "ffffff"]);
    }

    #[tokio::test]
    async fn segments_from_before_there_was_a_sum_count_too() {
        let folder = tempfile::tempdir().unwrap();
        let logs = open(folder.path());
        keep_each(&logs, &["aaaa", "bbbb"], 10).await;
        let forget = "DROP TRIGGER segment_added; DROP TRIGGER segment_removed; DROP TABLE segment_sum;";
        logs.write(move |connection, _now| Ok(connection.execute_batch(forget)?)).await.unwrap();
        logs.close().await;
        assert_eq!(keep_each(&open(folder.path()), &["ccc"], 10).await, ["bbbb", "ccc"]);
    }

    #[tokio::test]
    async fn the_newest_of_a_scope_are_read_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let segments = open(folder.path()).segments();
        let documents = ["1", "2", "3"].map(|text| Bytes::from_static(text.as_bytes())).to_vec();
        segments.keep(scope("us-east-1"), documents).await.unwrap();
        segments.keep(scope("eu-west-1"), vec![Bytes::from_static(b"other")]).await.unwrap();
        let newest = segments.newest(scope("us-east-1"), 2).await.unwrap();
        assert_eq!(newest.into_iter().map(|segment| segment.document).collect::<Vec<_>>(), ["2", "3"]);
    }
}
