//! The log store on a temporary folder: what is written is read back, also after a restart or a crash.

use crate::fixture::{Store, event, messages};
use observability::logs::{GroupClass, Listed, LogsError, NewGroup, Options, PageStart, Retention, Tag};
use std::time::Duration;

#[tokio::test]
async fn a_line_is_readable_as_soon_as_it_is_appended() {
    let store = Store::open();
    let handle = store.logs.stream(store.stream("g", "s"));
    for round in 0..3 {
        handle.append(event(round, &format!("line {round}")));
        let page = store.page("g", "s", PageStart::Head, 10).await;
        assert_eq!(page.events.len(), usize::try_from(round).unwrap() + 1);
    }
    assert_eq!(messages(&store.page("g", "s", PageStart::Head, 10).await), ["line 0", "line 1", "line 2"]);
}

#[tokio::test]
async fn closing_stores_what_waits() {
    let store = Store::open();
    store.logs.stream(store.stream("g", "s")).append(event(5, "the last words"));
    store.logs.close().await;
    let late = store.logs.create_group(store.group("late"), NewGroup::default()).await;
    assert!(matches!(late, Err(LogsError::Closed)), "{late:?}");

    let store = store.reopen();
    let page = store.page("g", "s", PageStart::Head, 10).await;
    assert_eq!(messages(&page), ["the last words"]);
    assert_eq!(page.events[0].timestamp().as_millis(), 5);
}

#[tokio::test]
async fn dropping_the_last_handle_stores_what_waits() {
    let store = Store::open();
    store.logs.stream(store.stream("g", "s")).append(event(5, "the last words"));
    let store = store.reopen();
    store
        .wait_for("the line", async || {
            let found = store.filter("g", "").await;
            found.is_ok_and(|found| found.events.len() == 1)
        })
        .await;
}

#[tokio::test]
async fn a_crash_loses_nothing_that_was_flushed() {
    let store = Store::open();
    let handle = store.logs.stream(store.stream("g", "s"));
    handle.append(event(1, "flushed"));
    store.logs.flush().await.unwrap();
    // The files as they are now are what a killed process leaves behind.
    let crashed = store.copy_files();
    assert_eq!(messages(&crashed.page("g", "s", PageStart::Head, 10).await), ["flushed"]);
}

#[tokio::test]
async fn lines_reach_the_disk_without_being_asked_for() {
    let store = Store::open_with(Options { flush_interval: Duration::from_millis(1), ..Options::default() });
    store.logs.stream(store.stream("g", "s")).append(event(1, "line"));
    store
        .wait_for("the line", async || {
            let crashed = store.copy_files();
            crashed.filter("g", "").await.is_ok_and(|found| found.events.len() == 1)
        })
        .await;
}

#[tokio::test]
async fn the_count_of_dropped_lines_is_a_line() {
    let store = Store::open();
    let handle = store.logs.stream(store.stream("g", "s"));
    let line = "x".repeat(1024 * 1024);
    // Two of these fill the buffer, and storing one takes far longer than appending it.
    for time in 0..200 {
        handle.append(event(time, &line));
    }
    let found = store.filter("g", "LOGS_DROPPED").await.unwrap();
    let notice = String::from_utf8(found.events[0].event.message.to_vec()).unwrap();
    let fields = notice.trim_end().split('\t').collect::<Vec<_>>();
    let dropped = fields[1].strip_prefix("Records: ").unwrap().parse::<usize>().unwrap();
    let stored = store.filter("g", "xxx").await.unwrap();
    assert!(dropped > 0 && stored.events.len() == 1, "{notice}");
    assert_eq!(fields[2], format!("Bytes: {}", dropped * (1024 * 1024 - 26)));
}

#[tokio::test]
async fn many_small_flushes_leave_few_chunks() {
    let store = Store::open();
    let handle = store.logs.stream(store.stream("g", "s"));
    for time in 0..300 {
        handle.append(event(time, &format!("line {time}")));
        store.logs.flush().await.unwrap();
    }
    let page = store.page("g", "s", PageStart::Head, 1000).await;
    assert_eq!(messages(&page), (0..300).map(|time| format!("line {time}")).collect::<Vec<_>>());
    assert!(store.chunks() < 12, "{} chunks", store.chunks());
}

#[tokio::test]
async fn groups_are_made_once_and_seen_in_their_scope_only() {
    let store = Store::open();
    let new = NewGroup { class: GroupClass::InfrequentAccess, ..NewGroup::default() };
    store.logs.create_group(store.group("g"), new.clone()).await.unwrap();
    let again = store.logs.create_group(store.group("g"), new).await;
    assert!(matches!(again, Err(LogsError::GroupExists)), "{again:?}");

    let Listed { items, more } = store.logs.list_groups(store.all_groups()).await.unwrap();
    assert_eq!((items.len(), items[0].class, more), (1, GroupClass::InfrequentAccess, false));
    let mut elsewhere = store.all_groups();
    elsewhere.scope.region = "eu-west-1".parse().unwrap();
    assert_eq!(store.logs.list_groups(elsewhere).await.unwrap().items, []);
}

#[tokio::test]
async fn a_job_that_fails_undoes_only_itself() {
    let store = Store::open();
    let group = store.group("g");
    let tags = (0..51).map(|n| Tag { key: n.to_string(), value: String::new() }).collect::<Vec<_>>();
    let new = NewGroup { tags: tags.clone(), ..NewGroup::default() };
    let (failed, made) = tokio::join!(
        store.logs.create_group(group.clone(), new),
        store.logs.create_group(store.group("other"), NewGroup::default()),
    );
    assert!(matches!(failed, Err(LogsError::TooManyTags { limit: 50 })), "{failed:?}");
    made.unwrap();
    assert!(matches!(store.logs.tags(group).await, Err(LogsError::GroupNotFound)));
}

#[tokio::test]
async fn tags_come_and_go() {
    let store = Store::open();
    let group = store.group("g");
    let tag = |key: &str, value: &str| Tag { key: key.to_owned(), value: value.to_owned() };
    store
        .logs
        .create_group(group.clone(), NewGroup { tags: vec![tag("a", "1")], ..NewGroup::default() })
        .await
        .unwrap();
    store.logs.tag(group.clone(), vec![tag("a", "2"), tag("b", "3")]).await.unwrap();
    assert_eq!(store.logs.tags(group.clone()).await.unwrap(), [tag("a", "2"), tag("b", "3")]);
    store.logs.untag(group.clone(), vec!["a".to_owned(), "none".to_owned()]).await.unwrap();
    assert_eq!(store.logs.tags(group).await.unwrap(), [tag("b", "3")]);
}

#[tokio::test]
async fn a_deleted_group_is_gone_with_its_chunks() {
    let store = Store::open_with(Options { sweep_interval: Duration::from_millis(1), ..Options::default() });
    let handle = store.logs.stream(store.stream("g", "s"));
    handle.append(event(1, "old"));
    store.logs.flush().await.unwrap();
    store.logs.delete_group(store.group("g")).await.unwrap();
    assert!(matches!(store.filter("g", "").await, Err(LogsError::GroupNotFound)));
    store.wait_for("the sweep", async || store.chunks() == 0).await;

    handle.append(event(2, "new"));
    let page = store.page("g", "s", PageStart::Head, 10).await;
    assert_eq!(messages(&page), ["new"]);
}

#[tokio::test]
async fn a_protected_group_stays() {
    let store = Store::open();
    let new = NewGroup { deletion_protection: true, ..NewGroup::default() };
    store.logs.create_group(store.group("g"), new).await.unwrap();
    let refused = store.logs.delete_group(store.group("g")).await;
    assert!(matches!(refused, Err(LogsError::DeletionProtected)), "{refused:?}");
}

#[tokio::test]
async fn a_deleted_stream_is_not_seen_by_a_filter() {
    let store = Store::open();
    store.logs.stream(store.stream("g", "gone")).append(event(1, "gone"));
    store.logs.stream(store.stream("g", "stays")).append(event(2, "stays"));
    store.logs.flush().await.unwrap();
    store.logs.delete_stream(store.stream("g", "gone")).await.unwrap();
    let found = store.filter("g", "").await.unwrap();
    assert_eq!(found.events.len(), 1);
    assert_eq!(found.events[0].stream.as_str(), "stays");
    let again = store.logs.delete_stream(store.stream("g", "gone")).await;
    assert!(matches!(again, Err(LogsError::StreamNotFound)), "{again:?}");
}

#[tokio::test]
async fn expired_events_are_not_seen_and_are_removed() {
    let store = Store::open_with(Options { sweep_interval: Duration::from_millis(1), ..Options::default() });
    let now = store.clock.now().as_millis();
    let handle = store.logs.stream(store.stream("g", "s"));
    handle.append(event(now, "early"));
    store.logs.flush().await.unwrap();
    store.logs.retain(store.group("g"), Some(Retention { days: 1 })).await.unwrap();
    assert_eq!(messages(&store.page("g", "s", PageStart::Head, 10).await), ["early"]);

    store.clock.advance(Duration::from_secs(24 * 60 * 60 + 1));
    assert_eq!(messages(&store.page("g", "s", PageStart::Head, 10).await), [""; 0]);
    store.wait_for("the sweep", async || store.chunks() == 0).await;
    let groups = store.logs.list_groups(store.all_groups()).await.unwrap().items;
    assert_eq!((groups[0].retention, groups[0].stored_bytes), (Some(Retention { days: 1 }), 0));
}

#[tokio::test]
async fn a_batch_is_put_only_into_a_stream_that_exists() {
    let store = Store::open();
    let key = store.stream("g", "s");
    let now = store.clock.now().as_millis();
    let batch = vec![event(now, "a"), event(now + 1, "b")];
    assert!(matches!(store.logs.put(key.clone(), batch.clone()).await, Err(LogsError::GroupNotFound)));
    store.logs.create_group(store.group("g"), NewGroup::default()).await.unwrap();
    assert!(matches!(store.logs.put(key.clone(), batch.clone()).await, Err(LogsError::StreamNotFound)));
    store.logs.create_stream(key.clone()).await.unwrap();
    assert!(matches!(store.logs.create_stream(key.clone()).await, Err(LogsError::StreamExists)));
    let outcome = store.logs.put(key, batch).await.unwrap();
    assert_eq!(outcome.next_sequence, 3);
    assert_eq!(messages(&store.page("g", "s", PageStart::Head, 10).await), ["a", "b"]);
}
