//! Names that AWS keeps for itself, in whichever case they are written.

/// Of the key of a tag.
pub fn is_reserved_tag(key: &str) -> bool {
    starts_with(key, "aws:")
}

/// Of a log group that a caller names.
pub fn is_reserved_log_group(name: &str) -> bool {
    starts_with(name, "aws/")
}

fn starts_with(name: &str, prefix: &str) -> bool {
    name.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_reserves_in_any_case() {
        assert!(is_reserved_tag("aws:x") && is_reserved_tag("AWS:") && is_reserved_log_group("Aws/x"));
        assert!(!is_reserved_tag("awsome") && !is_reserved_tag("aw") && !is_reserved_tag("äws:"));
        assert!(!is_reserved_log_group("/aws/lambda/f"));
    }
}
