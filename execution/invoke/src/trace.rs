//! The `X-Amzn-Trace-Id` of an invocation.

use model::Timestamp;

/// The caller's header, or a new one that samples nothing when it sent none that names a trace.
pub(crate) fn adopt_or_make(header: Option<&str>, now: Timestamp) -> String {
    match header {
        Some(header) if names_a_trace(header) => header.to_owned(),
        _ => make(now, random()),
    }
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

fn make(now: Timestamp, unique: [u8; 20]) -> String {
    let seconds = now.as_millis() / 1000;
    let (root, parent) = unique.split_at(12);
    format!("Root=1-{seconds:08x}-{};Parent={};Sampled=0", hex(root), hex(parent))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn random() -> [u8; 20] {
    let mut bytes = [0; 20];
    getrandom::fill(&mut bytes).expect("the kernel has randomness once it has booted");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_582_605_844_123);

    #[test]
    fn a_new_trace_starts_at_the_time_of_day_and_is_not_sampled() {
        let made = make(NOW, [0xab; 20]);
        assert_eq!(made, format!("Root=1-5e54a614-{};Parent={};Sampled=0", "ab".repeat(12), "ab".repeat(8)));
        assert!(names_a_trace(&made));
    }

    #[test]
    fn the_callers_trace_goes_on_as_it_is() {
        let header =
            "Sampled=1;Root=1-5e34a614-10bdc0deb1fb44f07bc535a1;Lineage=1:abc:0;Parent=07f5a0b12d1f6f85";
        assert_eq!(adopt_or_make(Some(header), NOW), header);
    }

    #[test]
    fn a_header_that_names_no_trace_is_replaced() {
        for header in ["", "Root=", "Root=1-5e34a614-10bd", "Root=2-5e34a614-10bdc0deb1fb44f07bc535a1", "x"] {
            assert!(adopt_or_make(Some(header), NOW).starts_with("Root=1-5e54a614-"), "{header}");
        }
        assert_ne!(adopt_or_make(None, NOW), adopt_or_make(None, NOW));
    }
}
