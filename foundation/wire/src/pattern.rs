//! The model's regular expressions, which AWS's servers run with Java's `Matcher.matches`.

use std::sync::OnceLock;

use fancy_regex::Regex;

/// A pattern of the model, compiled when it is first used.
#[derive(Debug)]
pub(crate) struct Pattern {
    source: &'static str,
    compiled: OnceLock<Regex>,
}

impl Pattern {
    pub(crate) const fn new(source: &'static str) -> Self {
        Self { source, compiled: OnceLock::new() }
    }

    pub(crate) fn source(&self) -> &'static str {
        self.source
    }

    /// Whether the whole text matches. A text on which the matcher gives up (its backtracking is bounded)
    /// does not match.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.regex().is_match(text).unwrap_or(false)
    }

    fn regex(&self) -> &Regex {
        self.compiled.get_or_init(|| {
            let whole = format!(r"\A(?:{})\z", ascii_classes(self.source));
            // A test compiles every pattern of every table.
            Regex::new(&whole).unwrap_or_else(|error| panic!("pattern {}: {error}", self.source))
        })
    }
}

/// Java's `\d`, `\w`, `\s` and `\S` are ASCII; the regex crate's are Unicode.
fn ascii_classes(source: &str) -> String {
    let mut translated = String::with_capacity(source.len());
    let mut in_class = false;
    let mut characters = source.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let escaped = characters.next().unwrap_or('\\');
                translated.push_str(&ascii_escape(escaped, in_class));
            }
            '[' if in_class => translated.push_str(r"\["),
            _ => {
                in_class = (in_class || character == '[') && character != ']';
                translated.push(character);
            }
        }
    }
    translated
}

fn ascii_escape(escaped: char, in_class: bool) -> String {
    let set = match escaped {
        'd' => "0-9",
        'w' => "0-9A-Z_a-z",
        's' => r"\t\n\x0B\f\r ",
        'S' if !in_class => return r"[^\t\n\x0B\f\r ]".to_owned(),
        _ => return format!("\\{escaped}"),
    };
    if in_class { set.to_owned() } else { format!("[{set}]") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_the_whole_text_without_anchors() {
        let pattern = Pattern::new("a|ab");
        assert!(pattern.matches("ab"));
        assert!(!pattern.matches("abc"));
        assert!(!pattern.matches("ab\n"));
    }

    #[test]
    fn digits_are_ascii_as_in_java() {
        assert!(Pattern::new(r"\d{2}").matches("12"));
        assert!(!Pattern::new(r"\d{2}").matches("١٢"));
        assert!(!Pattern::new(r"[\d_]+").matches("١"));
    }

    #[test]
    fn looks_around() {
        let alias = Pattern::new("(?!^[0-9]+$)([a-zA-Z0-9-_]+)");
        assert!(alias.matches("v1"));
        assert!(!alias.matches("12"));
    }
}
