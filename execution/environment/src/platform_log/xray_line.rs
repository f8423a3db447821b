//! The line below REPORT that says where an invocation's trace is.

use model::function::TracingMode;

/// For functions that are traced actively, and whatever their caller has sampled; none for other invocations. The
/// parent in the header that the runtime was given is the function's own segment.
pub(super) fn xray_line(mode: TracingMode, trace: &str) -> Option<String> {
    let part =
        |name: &str| trace.split(';').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    let sampled = part("Sampled") == Some("1");
    if mode == TracingMode::PassThrough && !sampled {
        return None;
    }
    let mut line = format!("XRAY TraceId: {}\t", part("Root")?);
    for (name, value) in [("SegmentId", part("Parent")), ("Sampled", sampled.then_some("true"))] {
        if let Some(value) = value {
            line.push_str(&format!("{name}: {value}\t"));
        }
    }
    Some(line + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT: &str = "1-5e34a614-10bdc0deb1fb44f07bc535a1";

    fn header(sampled: u8) -> String {
        format!("Root={ROOT};Parent=07f5a0b12d1f6f85;Sampled={sampled};Lineage=1:abc:0")
    }

    #[test]
    fn a_sampled_invocation_shows_trace_and_segment() {
        let line = format!("XRAY TraceId: {ROOT}\tSegmentId: 07f5a0b12d1f6f85\tSampled: true\t\n");
        for mode in [TracingMode::Active, TracingMode::PassThrough] {
            assert_eq!(xray_line(mode, &header(1)).as_deref(), Some(&*line));
        }
    }

    #[test]
    fn one_that_is_not_sampled_is_shown_only_where_tracing_is_on() {
        let line = format!("XRAY TraceId: {ROOT}\tSegmentId: 07f5a0b12d1f6f85\t\n");
        assert_eq!(xray_line(TracingMode::Active, &header(0)).as_deref(), Some(&*line));
        assert_eq!(xray_line(TracingMode::PassThrough, &header(0)), None);
        assert_eq!(xray_line(TracingMode::Active, ""), None);
    }
}
