//! Lists in pages.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::refusal::Refusal;

/// AWS gives no more items at once, whatever `MaxItems` says.
const PAGE_MAX: usize = 50;

/// The items of one page, and the marker of the next.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next_marker: Option<String>,
}

/// Takes a page from items that are sorted by their key. A marker is the key of the last item before the page, so
/// what comes and goes meanwhile neither doubles nor hides others.
pub(crate) fn page<K: Ord, T>(
    items: impl Iterator<Item = (K, T)>,
    after: Option<&K>,
    max_items: Option<i32>,
    text: impl Fn(&K) -> String,
) -> Page<T> {
    let size = max_items.and_then(|most| usize::try_from(most).ok()).unwrap_or(PAGE_MAX).min(PAGE_MAX);
    let mut items = items.filter(|(key, _)| after.is_none_or(|after| key > after)).peekable();
    let mut page = Page { items: Vec::new(), next_marker: None };
    let mut last = None;
    while let Some((key, item)) = items.next_if(|_| page.items.len() < size) {
        page.items.push(item);
        last = Some(key);
    }
    if items.peek().is_some() {
        page.next_marker = last.map(|key| URL_SAFE_NO_PAD.encode(text(&key)));
    }
    page
}

/// What a marker says; it is opaque to callers.
pub(crate) fn read_marker<K>(
    marker: Option<&str>,
    parse: impl Fn(&str) -> Option<K>,
) -> Result<Option<K>, Refusal> {
    let Some(marker) = marker else { return Ok(None) };
    let bytes = URL_SAFE_NO_PAD.decode(marker).ok();
    let key = bytes.and_then(|bytes| parse(std::str::from_utf8(&bytes).ok()?));
    key.map(Some).ok_or_else(|| Refusal::Marker(marker.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(after: Option<&u32>, max_items: Option<i32>) -> Page<u32> {
        page((1..=60).map(|number| (number, number)), after, max_items, u32::to_string)
    }

    #[test]
    fn pages_follow_each_other_without_gap() {
        let first = numbers(None, Some(25));
        assert_eq!(first.items, (1..=25).collect::<Vec<_>>());
        let marker = first.next_marker.as_deref();
        let after = read_marker(marker, |text| text.parse().ok()).unwrap_or_else(|_| panic!("{marker:?}"));
        assert_eq!(after, Some(25));
        let last = numbers(Some(&50), Some(10));
        assert_eq!(last.items, (51..=60).collect::<Vec<_>>());
        assert_eq!(last.next_marker, None);
    }

    #[test]
    fn a_page_never_holds_more_than_aws_gives() {
        assert_eq!(numbers(None, Some(10_000)).items.len(), 50);
        assert_eq!(numbers(None, None).items.len(), 50);
    }

    #[test]
    fn a_marker_that_was_never_given_is_refused() {
        assert!(read_marker(Some("!"), |text| text.parse::<u32>().ok()).is_err());
    }
}
