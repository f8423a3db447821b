//! Pages, filters and lists: order, bounds, tokens.

use crate::fixture::{Store, event, messages};
use model::Timestamp;
use observability::logs::{
    FilterEvents, GetEvents, LogsError, NameFilter, NewGroup, PageStart, PageToken, StreamListing,
    StreamOrder, StreamSelection, TimeRange,
};
use proptest::prelude::*;

const NOTHING: [&str; 0] = [];

fn times(range: std::ops::RangeInclusive<i64>) -> Vec<String> {
    range.map(|time| time.to_string()).collect()
}

async fn store_with(count: i64) -> Store {
    let store = Store::open();
    let handle = store.logs.stream(store.stream("g", "s"));
    for time in 1..=count {
        handle.append(event(time, &time.to_string()));
    }
    store.logs.flush().await.unwrap();
    store
}

#[tokio::test]
async fn pages_go_forward_from_the_head_and_end_with_the_token_that_was_sent() {
    let store = store_with(5).await;
    let first = store.page("g", "s", PageStart::Head, 3).await;
    assert_eq!(messages(&first), times(1..=3));
    let second = store.page("g", "s", PageStart::Token(first.forward), 3).await;
    assert_eq!(messages(&second), times(4..=5));
    let end = store.page("g", "s", PageStart::Token(second.forward), 3).await;
    assert_eq!(messages(&end), NOTHING);
    assert_eq!(end.forward, second.forward);

    store.logs.stream(store.stream("g", "s")).append(event(6, "6"));
    assert_eq!(messages(&store.page("g", "s", PageStart::Token(end.forward), 3).await), times(6..=6));
}

#[tokio::test]
async fn pages_go_backward_from_the_tail_each_in_ascending_order() {
    let store = store_with(5).await;
    let last = store.page("g", "s", PageStart::Tail, 3).await;
    assert_eq!(messages(&last), times(3..=5));
    let before = store.page("g", "s", PageStart::Token(last.backward), 3).await;
    assert_eq!(messages(&before), times(1..=2));
    let end = store.page("g", "s", PageStart::Token(before.backward), 3).await;
    assert_eq!((messages(&end).len(), end.backward), (0, before.backward));
    assert_eq!(messages(&store.page("g", "s", PageStart::Token(end.forward), 9).await), times(1..=5));
}

#[tokio::test]
async fn an_empty_stream_has_tokens_from_which_later_events_are_found() {
    let store = Store::open();
    store.logs.create_group(store.group("g"), NewGroup::default()).await.unwrap();
    store.logs.create_stream(store.stream("g", "s")).await.unwrap();
    let empty = store.page("g", "s", PageStart::Tail, 3).await;
    store.logs.stream(store.stream("g", "s")).append(event(1, "1"));
    assert_eq!(messages(&store.page("g", "s", PageStart::Token(empty.forward), 3).await), times(1..=1));
}

#[tokio::test]
async fn the_start_of_a_time_range_belongs_to_it_and_its_end_does_not() {
    let store = store_with(5).await;
    let at = |millis| Some(Timestamp::from_millis(millis));
    let page = |start, end| {
        let (stream, time) = (store.stream("g", "s"), TimeRange { start, end });
        store.logs.get_events(GetEvents { stream, time, start: PageStart::Head, limit: 10 })
    };
    assert_eq!(messages(&page(at(2), at(4)).await.unwrap()), times(2..=3));
    assert_eq!(messages(&page(at(4), None).await.unwrap()), times(4..=5));
    assert_eq!(messages(&page(at(4), at(2)).await.unwrap()), NOTHING);
}

#[tokio::test]
async fn a_page_holds_no_more_than_a_mebibyte() {
    let store = Store::open();
    let handle = store.logs.stream(store.stream("g", "s"));
    for time in 0..3 {
        handle.append(event(time, &"x".repeat(600 * 1024)));
    }
    let first = store.page("g", "s", PageStart::Head, 10).await;
    assert_eq!(first.events.len(), 1);
    assert_eq!(store.page("g", "s", PageStart::Token(first.forward), 10).await.events.len(), 1);
}

#[tokio::test]
async fn late_lines_are_sorted_in() {
    let store = Store::open();
    let handle = store.logs.stream(store.stream("g", "s"));
    for time in [5, 1, 4, 2, 3] {
        handle.append(event(time, &time.to_string()));
        store.logs.flush().await.unwrap();
    }
    assert_eq!(messages(&store.page("g", "s", PageStart::Head, 10).await), times(1..=5));
    assert_eq!(messages(&store.page("g", "s", PageStart::Tail, 2).await), times(4..=5));
}

/// Reads with a filter to its end; answers what was found, page by page.
async fn read_all(store: &Store, mut query: FilterEvents) -> Vec<Vec<String>> {
    let mut pages = Vec::new();
    loop {
        let found = store.logs.filter_events(query.clone()).await.unwrap();
        let texts = found.events.iter().map(|it| String::from_utf8(it.event.message.to_vec()).unwrap());
        pages.push(texts.collect());
        match found.next {
            Some(next) => query.after = Some(next),
            None => return pages,
        }
    }
}

fn three_streams() -> Store {
    let store = Store::open();
    for time in 0..9 {
        let name = ["a/1", "a/2", "b"][usize::try_from(time % 3).unwrap()];
        store.logs.stream(store.stream("g", name)).append(event(time, &time.to_string()));
    }
    store.logs.stream(store.stream("other", "a/1")).append(event(1, "other"));
    store
}

#[tokio::test]
async fn a_filter_interleaves_the_streams_of_its_group() {
    let store = three_streams();
    assert_eq!(read_all(&store, store.filtering("g", "")).await, [times(0..=8)]);
    let newest_first = FilterEvents { newest_first: true, limit: 5, ..store.filtering("g", "") };
    assert_eq!(
        read_all(&store, newest_first).await,
        [["8", "7", "6", "5", "4"].as_slice(), &["3", "2", "1", "0"]]
    );
}

#[tokio::test]
async fn a_filter_may_select_streams() {
    let store = three_streams();
    let named = |names: &[&str]| names.iter().map(|name| name.parse().unwrap()).collect();
    let select = |streams| FilterEvents { streams, ..store.filtering("g", "") };
    let of_b = select(StreamSelection::Named(named(&["b"])));
    assert_eq!(read_all(&store, of_b).await, [["2", "5", "8"]]);
    let with_unknown = select(StreamSelection::Named(named(&["b", "none"])));
    let refused = store.logs.filter_events(with_unknown).await;
    assert!(matches!(refused, Err(LogsError::StreamNotFound)), "{refused:?}");
    let of_a = select(StreamSelection::Prefix("a/".to_owned()));
    assert_eq!(read_all(&store, of_a).await, [["0", "1", "3", "4", "6", "7"]]);
    let of_none = select(StreamSelection::Prefix("c".to_owned()));
    assert_eq!(read_all(&store, of_none).await, [NOTHING]);
}

#[tokio::test]
async fn a_filter_that_stops_at_its_limit_goes_on_behind_it() {
    let store = three_streams();
    let limited = FilterEvents { limit: 2, ..store.filtering("g", "?1 ?4 ?7") };
    assert_eq!(read_all(&store, limited).await, [["1", "4"].as_slice(), &["7"]]);
}

#[tokio::test]
async fn event_ids_are_unique_in_their_group() {
    let store = Store::open();
    for name in ["a", "b"] {
        let handle = store.logs.stream(store.stream("g", name));
        handle.append(event(1, "x"));
        handle.append(event(1, "x"));
    }
    let found = store.filter("g", "").await.unwrap().events;
    let ids = found.iter().map(|it| it.event.id.to_string()).collect::<std::collections::BTreeSet<_>>();
    assert_eq!(ids.len(), 4);
}

#[tokio::test]
async fn groups_are_listed_by_name_page_by_page() {
    let store = Store::open();
    for name in ["b/2", "a", "b/1", "c", "b"] {
        store.logs.create_group(store.group(name), NewGroup::default()).await.unwrap();
    }
    let names = async |name: NameFilter, after: Option<&str>, limit| {
        let mut listing = store.all_groups();
        (listing.name, listing.after, listing.limit) = (name, after.map(|name| name.parse().unwrap()), limit);
        let listed = store.logs.list_groups(listing).await.unwrap();
        (listed.items.iter().map(|group| group.name.to_string()).collect::<Vec<_>>().join(" "), listed.more)
    };
    let prefix = || NameFilter::Prefix("b".to_owned());
    assert_eq!(names(NameFilter::Any, None, 50).await, ("a b b/1 b/2 c".to_owned(), false));
    assert_eq!(names(prefix(), None, 2).await, ("b b/1".to_owned(), true));
    assert_eq!(names(prefix(), Some("b/1"), 2).await, ("b/2".to_owned(), false));
    assert_eq!(names(NameFilter::Contains("/".to_owned()), None, 2).await, ("b/1 b/2".to_owned(), false));
    let two = NameFilter::OneOf(vec!["c".parse().unwrap(), "a".parse().unwrap()]);
    assert_eq!(names(two, None, 50).await, ("a c".to_owned(), false));
}

#[tokio::test]
async fn streams_are_listed_by_name_or_by_their_last_event() {
    let store = Store::open();
    for (name, time) in [("x1", 30), ("x2", 10), ("y", 20)] {
        store.logs.stream(store.stream("g", name)).append(event(time, "line"));
    }
    store.logs.flush().await.unwrap();
    store.logs.create_stream(store.stream("g", "x3")).await.unwrap();
    let pages = async |order: StreamOrder, descending| {
        let mut listing = StreamListing { group: store.group("g"), order, descending, after: None, limit: 2 };
        let mut pages = Vec::new();
        loop {
            let listed = store.logs.list_streams(listing.clone()).await.unwrap();
            let names = listed.items.iter().map(|stream| stream.name.as_str()).collect::<Vec<_>>();
            pages.push(names.join(" "));
            listing.after = listed.items.last().map(|stream| stream.cursor());
            if !listed.more {
                return pages.join(" | ");
            }
        }
    };
    let prefix = |prefix: &str| StreamOrder::Name { prefix: prefix.to_owned() };
    assert_eq!(pages(prefix(""), false).await, "x1 x2 | x3 y");
    assert_eq!(pages(prefix("x"), true).await, "x3 x2 | x1");
    assert_eq!(pages(StreamOrder::LastEvent, true).await, "x1 y | x2 x3");
    assert_eq!(pages(StreamOrder::LastEvent, false).await, "x3 x2 | y x1");
}

#[tokio::test]
async fn a_stream_shows_when_its_events_were() {
    let store = Store::open();
    let handle = store.logs.stream(store.stream("g", "s"));
    for time in [20, 10, 30] {
        handle.append(event(time, "line"));
    }
    let order = StreamOrder::Name { prefix: String::new() };
    let listing = StreamListing { group: store.group("g"), order, descending: false, after: None, limit: 1 };
    let stream = store.logs.list_streams(listing).await.unwrap().items.remove(0);
    assert_eq!(stream.first_event, Some(Timestamp::from_millis(10)));
    assert_eq!(stream.last_event, Some(Timestamp::from_millis(30)));
    assert_eq!(stream.last_ingestion, Some(store.clock.now()));
    assert_eq!(stream.next_sequence, 4);
}

#[test]
fn tokens_read_as_they_print() {
    for text in ["f/00000000000000000000000000000000000000000000000000000007/s", "b/12345/s", "f/9"] {
        let token = text.parse::<PageToken>().unwrap();
        assert_eq!(token.to_string().parse(), Ok(token), "{text}");
    }
    for text in ["", "f", "f/", "x/1/s", "f/1x/s", "1"] {
        assert!(text.parse::<PageToken>().is_err(), "{text}");
    }
}

/// Lines of three streams at times over an hour, in the order of their coming, with flushes in between.
fn lines() -> impl Strategy<Value = Vec<(usize, i64, bool)>> {
    proptest::collection::vec((0..3_usize, 0..3_600_000_i64, any::<bool>()), 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn paging_in_either_direction_shows_every_event_once_in_order(lines in lines(), limit in 1..7_usize) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let store = Store::open();
            for (number, (stream, time, flush)) in lines.iter().enumerate() {
                let name = ["a", "b", "c"][*stream];
                store.logs.stream(store.stream("g", name)).append(event(*time, &number.to_string()));
                if *flush {
                    store.logs.flush().await.unwrap();
                }
            }
            let mut expected = lines.iter().enumerate().map(|(n, line)| (line.1, line.0, n)).collect::<Vec<_>>();
            expected.sort_unstable();
            let in_stream = |stream| {
                let lines = expected.iter().filter(move |line| line.1 == stream);
                lines.map(|line| line.2.to_string()).collect::<Vec<_>>()
            };

            let stream = lines[0].0;
            let name = ["a", "b", "c"][stream];
            let mut forward = Vec::new();
            let mut start = PageStart::Head;
            loop {
                let page = store.page("g", name, start, limit).await;
                if page.events.is_empty() { break }
                forward.extend(messages(&page));
                start = PageStart::Token(page.forward);
            }
            assert_eq!(forward, in_stream(stream));

            let mut backward = Vec::new();
            let mut start = PageStart::Tail;
            loop {
                let page = store.page("g", name, start, limit).await;
                if page.events.is_empty() { break }
                backward.extend(messages(&page).into_iter().rev());
                start = PageStart::Token(page.backward);
            }
            backward.reverse();
            assert_eq!(backward, in_stream(stream));

            let limited = FilterEvents { limit, ..store.filtering("g", "") };
            let mut found = read_all(&store, limited).await.concat();
            // Which of two streams comes first at the same millisecond depends on which was made first.
            let time_of = |number: &String| lines[number.parse::<usize>().unwrap()].1;
            assert!(found.is_sorted_by_key(time_of));
            let mut all = expected.iter().map(|line| line.2.to_string()).collect::<Vec<_>>();
            found.sort_unstable();
            all.sort_unstable();
            assert_eq!(found, all);
        });
    }
}
