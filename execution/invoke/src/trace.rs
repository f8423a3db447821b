//! The `X-Amzn-Trace-Id` of an invocation.

use model::Timestamp;

/// What the function is told, of a function that only passes traces on: the caller's header, or a new one that samples
/// nothing when it sent none that names a trace.
pub(crate) fn passed_through(header: Option<&str>, now: Timestamp) -> String {
    match header {
        Some(header) if names_a_trace(header) => header.to_owned(),
        _ => make(now, rand::random(), false),
    }
}

/// The same, of a function that is traced actively: the parent is the function's own segment, and where the caller has
/// not decided whether the trace is sampled, `decide` does.
pub(crate) fn active(header: Option<&str>, now: Timestamp, decide: impl FnOnce() -> bool) -> String {
    match header {
        Some(header) if names_a_trace(header) => continued(header, decide),
        _ => make(now, rand::random(), decide()),
    }
}

/// Whose segment it is and whether it is sampled are said anew; the rest stays as it is.
fn continued(header: &str, decide: impl FnOnce() -> bool) -> String {
    let parts = || header.split(';').map(str::trim).filter(|part| !part.is_empty());
    let sampled = match parts().find_map(|part| part.strip_prefix("Sampled=")) {
        Some("1") => true,
        Some("0") => false,
        _ => decide(),
    };
    let (_, parent): Unique = rand::random();
    let kept = parts().filter(|part| !part.starts_with("Parent=") && !part.starts_with("Sampled="));
    let (root, others): (Vec<_>, Vec<_>) = kept.partition(|part| part.starts_with("Root="));
    let own = [format!("Parent={}", hex::encode(parent)), format!("Sampled={}", u8::from(sampled))];
    let all = root.into_iter().map(str::to_owned).chain(own).chain(others.into_iter().map(str::to_owned));
    all.collect::<Vec<_>>().join(";")
}

/// `Root=1-<8 hex>-<24 hex>` stands among the header's parts, whose order is free.
fn names_a_trace(header: &str) -> bool {
    header.split(';').any(|part| part.trim().strip_prefix("Root=").is_some_and(is_root))
}

fn is_root(root: &str) -> bool {
    let digits =
        |text: &str, length| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let mut parts = root.split('-');
    parts.next() == Some("1")
        && parts.next().is_some_and(|seconds| digits(seconds, 8))
        && parts.next().is_some_and(|unique| digits(unique, 24))
        && parts.next().is_none()
}

fn make(now: Timestamp, (root, parent): Unique, sampled: bool) -> String {
    let seconds = now.as_millis() / 1000;
    format!(
        "Root=1-{seconds:08x}-{};Parent={};Sampled={}",
        hex::encode(root),
        hex::encode(parent),
        u8::from(sampled)
    )
}

/// What tells one trace and one segment from all others.
type Unique = ([u8; 12], [u8; 8]);

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_582_605_844_123);

    const CALLERS: &str =
        "Sampled=1;Root=1-5e34a614-10bdc0deb1fb44f07bc535a1;Lineage=1:abc:0;Parent=07f5a0b12d1f6f85";

    #[test]
    fn a_new_trace_starts_at_the_time_of_day() {
        let made = |sampled| make(NOW, ([0xab; 12], [0xcd; 8]), sampled);
        let root = "ab".repeat(12);
        assert_eq!(made(false), format!("Root=1-5e54a614-{root};Parent=cdcdcdcdcdcdcdcd;Sampled=0"));
        assert_eq!(made(true), format!("Root=1-5e54a614-{root};Parent=cdcdcdcdcdcdcdcd;Sampled=1"));
        assert!(names_a_trace(&made(true)));
    }

    #[test]
    fn the_callers_trace_goes_on_as_it_is() {
        assert_eq!(passed_through(Some(CALLERS), NOW), CALLERS);
        assert!(passed_through(None, NOW).ends_with(";Sampled=0"));
    }

    #[test]
    fn a_header_that_names_no_trace_is_replaced() {
        for header in ["", "Root=", "Root=1-5e34a614-10bd", "Root=2-5e34a614-10bdc0deb1fb44f07bc535a1", "x"] {
            assert!(passed_through(Some(header), NOW).starts_with("Root=1-5e54a614-"), "{header}");
            assert!(active(Some(header), NOW, || true).ends_with(";Sampled=1"), "{header}");
        }
        assert_ne!(passed_through(None, NOW), passed_through(None, NOW));
    }

    #[test]
    fn a_traced_function_has_a_segment_of_its_own_in_the_callers_trace() {
        let told = active(Some(CALLERS), NOW, || panic!("the caller has decided"));
        let parts = told.split(';').collect::<Vec<_>>();
        assert_eq!(parts[0], "Root=1-5e34a614-10bdc0deb1fb44f07bc535a1");
        assert!(parts[1].starts_with("Parent=") && parts[1].len() == 23 && !parts[1].ends_with("6f85"));
        assert_eq!(parts[2..], ["Sampled=1", "Lineage=1:abc:0"]);
    }

    #[test]
    fn a_decision_is_asked_for_only_where_the_caller_made_none() {
        let root = "Root=1-5e34a614-10bdc0deb1fb44f07bc535a1";
        for undecided in [root.to_owned(), format!("{root};Sampled=?")] {
            assert!(active(Some(&undecided), NOW, || true).ends_with(";Sampled=1"));
            assert!(active(Some(&undecided), NOW, || false).ends_with(";Sampled=0"));
        }
        let declined = format!("{root};Sampled=0");
        assert!(active(Some(&declined), NOW, || true).ends_with(";Sampled=0"));
    }
}
