//! Documents as their users see them: compare-and-set, durability, the change feed.

use std::os::unix::fs::PermissionsExt;

use engine::{Collection, CommitError, Engine, Expected, Key, OpenError, Transaction};

const THINGS: Collection = Collection::new("things");

fn key(id: &str) -> Key {
    Key { collection: THINGS, id: id.to_owned() }
}

fn put(id: &str, expected: Expected, value: &'static str) -> Transaction {
    let mut transaction = Transaction::default();
    transaction.put(key(id), expected, value);
    transaction
}

async fn value(engine: &Engine, id: &str) -> Option<String> {
    let document = engine.get(key(id)).await.unwrap()?;
    Some(String::from_utf8(document.value.to_vec()).unwrap())
}

#[tokio::test]
async fn a_commit_survives_the_engine() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::open(dir.path()).unwrap();
    engine.commit(put("a", Expected::Absent, "1")).await.unwrap();
    drop(engine);
    let engine = Engine::open(dir.path()).unwrap();
    assert_eq!(value(&engine, "a").await.as_deref(), Some("1"));
}

#[tokio::test]
async fn a_changed_document_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::open(dir.path()).unwrap();
    let first = engine.commit(put("a", Expected::Absent, "1")).await.unwrap();
    engine.commit(put("a", Expected::Version(first), "2")).await.unwrap();
    let stale = engine.commit(put("a", Expected::Version(first), "3")).await.unwrap_err();
    assert!(matches!(stale, CommitError::Conflict { key: conflict } if conflict == key("a")));
    assert_eq!(value(&engine, "a").await.as_deref(), Some("2"));
}

#[tokio::test]
async fn a_transaction_happens_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::open(dir.path()).unwrap();
    engine.commit(put("b", Expected::Absent, "old")).await.unwrap();
    let mut both = put("a", Expected::Absent, "new");
    both.put(key("b"), Expected::Absent, "new");
    assert!(matches!(engine.commit(both).await, Err(CommitError::Conflict { .. })));
    assert_eq!(value(&engine, "a").await, None);
    assert_eq!(value(&engine, "b").await.as_deref(), Some("old"));
}

#[tokio::test]
async fn versions_grow_across_deletion_and_restart() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::open(dir.path()).unwrap();
    let first = engine.commit(put("a", Expected::Absent, "1")).await.unwrap();
    let mut deletion = Transaction::default();
    deletion.delete(key("a"), Expected::Version(first));
    let deleted = engine.commit(deletion).await.unwrap();
    drop(engine);
    let engine = Engine::open(dir.path()).unwrap();
    let again = engine.commit(put("a", Expected::Absent, "1")).await.unwrap();
    assert!(first < deleted && deleted < again);
}

#[tokio::test]
async fn a_scan_reads_what_begins_alike_in_order() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::open(dir.path()).unwrap();
    for id in ["x/2", "x/1", "xy/1", "w/1"] {
        engine.commit(put(id, Expected::Absent, "v")).await.unwrap();
    }
    let found = engine.scan(THINGS, "x/".to_owned()).await.unwrap();
    assert_eq!(found.into_iter().map(|(id, _)| id).collect::<Vec<_>>(), ["x/1", "x/2"]);
}

#[tokio::test]
async fn many_writers_at_once_all_count() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::open(dir.path()).unwrap();
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..500 {
        let engine = engine.clone();
        writers
            .spawn(async move { engine.commit(put(&format!("{number:03}"), Expected::Absent, "v")).await });
    }
    let mut versions = writers.join_all().await.into_iter().collect::<Result<Vec<_>, _>>().unwrap();
    versions.sort();
    versions.dedup();
    assert_eq!(versions.len(), 500);
    assert_eq!(engine.scan(THINGS, String::new()).await.unwrap().len(), 500);
}

#[tokio::test]
async fn the_feed_tells_of_commits_in_order_and_not_of_conflicts() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::open(dir.path()).unwrap();
    let mut changes = engine.changes();
    let first = engine.commit(put("a", Expected::Absent, "1")).await.unwrap();
    engine.commit(put("a", Expected::Absent, "2")).await.unwrap_err();
    let second = engine.commit(put("b", Expected::Anything, "3")).await.unwrap();
    let seen = [changes.next().await.unwrap().unwrap(), changes.next().await.unwrap().unwrap()];
    assert_eq!(
        seen.map(|change| (change.key.id, change.version)),
        [("a".to_owned(), first), ("b".to_owned(), second)]
    );
}

#[tokio::test]
async fn a_folder_in_use_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let _engine = Engine::open(dir.path()).unwrap();
    let refused = Engine::open(dir.path()).unwrap_err();
    assert!(matches!(refused, OpenError::Folder(engine::FolderError::Locked(_))), "{refused}");
}

#[tokio::test]
async fn nobody_else_can_read_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let engine = Engine::open(dir.path()).unwrap();
    engine.commit(put("a", Expected::Absent, "secret")).await.unwrap();
    for file in ["state.db", "state.db-wal"] {
        let mode = std::fs::metadata(dir.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
