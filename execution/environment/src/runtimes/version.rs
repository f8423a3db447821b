//! Versions of interpreters, as they stand in paths and in what `--version` prints.

use std::fmt;

use model::Runtime;
use model::runtime::Language;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version {
    pub major: u32,
    /// Node's runtimes do not ask for one.
    pub minor: Option<u32>,
    pub patch: Option<u32>,
}

impl Version {
    /// What a runtime's name asks for.
    pub(super) fn wanted(runtime: Runtime) -> Version {
        // The table has a number for every language that has interpreters.
        Version::in_text(runtime.version()).unwrap_or(Version { major: 0, minor: None, patch: None })
    }

    /// The version that a text such as `v20.11.1`, `3.12` or `Python 3.11.2` ends in.
    pub(super) fn in_text(text: &str) -> Option<Version> {
        let word = text.trim().rsplit(' ').next()?;
        let mut numbers = word.strip_prefix('v').unwrap_or(word).split('.').map(str::parse::<u32>);
        let major = numbers.next()?.ok()?;
        let minor = numbers.next().transpose().ok()?;
        let patch = numbers.next().transpose().ok()?;
        numbers.next().is_none().then_some(Version { major, minor, patch })
    }

    /// The version in what an interpreter prints, such as `ruby 3.1.2p20 (2022-04-12)`.
    pub(super) fn printed(text: &str) -> Option<Version> {
        // Ruby writes its patch level behind the number.
        text.split_whitespace().find_map(|word| Version::in_text(word.split('p').next()?))
    }

    /// `17.0.15`, `25`, and `1.8.0_402`, which is 8.
    pub(super) fn of_java(text: &str) -> Option<Version> {
        let numbers = text.split(['.', '_', '+', '-']).map_while(|number| number.parse::<u32>().ok());
        let mut numbers = numbers.skip_while(|number| *number == 1 && text.starts_with("1."));
        let major = numbers.next()?;
        Some(Version { major, minor: numbers.next(), patch: numbers.next() })
    }

    /// Whether a runtime that wants `wanted` runs on this.
    pub(super) fn serves(self, wanted: Version) -> bool {
        self.major == wanted.major && (wanted.minor.is_none() || wanted.minor == self.minor)
    }

    /// How far this is from what is wanted; the smallest is nearest, and of two the older.
    pub(super) fn distance(self, wanted: Version) -> (u32, u32, Version) {
        let minor = |version: Version| version.minor.unwrap_or_default();
        let far = if wanted.minor.is_some() { minor(self).abs_diff(minor(wanted)) } else { 0 };
        (self.major.abs_diff(wanted.major), far, self)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.major)?;
        let rest = [self.minor, self.patch];
        rest.iter().map_while(|number| *number).try_for_each(|number| write!(f, ".{number}"))
    }
}

/// `python:3.12`, `nodejs:22`, `provided:al2023`: how log lines name a runtime.
pub(crate) fn log_name(runtime: Runtime) -> String {
    match runtime.language() {
        Language::Python => format!("python:{}", runtime.version()),
        Language::Node => format!("nodejs:{}", runtime.version()),
        Language::Ruby => format!("ruby:{}", runtime.version()),
        Language::Java => format!("java:{}", runtime.version()),
        Language::Dotnet => format!("dotnet:{}", runtime.version()),
        Language::Custom | Language::Go => runtime.identifier().replacen('.', ":", 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions_from_names_and_output() {
        let text = |text| Version::in_text(text).map(|version| version.to_string());
        assert_eq!(text("v20.11.1"), Some("20.11.1".to_owned()));
        assert_eq!(text("Python 3.11.2\n"), Some("3.11.2".to_owned()));
        assert_eq!(text("3.12"), Some("3.12".to_owned()));
        assert_eq!(text("3.13.0rc1"), None);
        assert_eq!(text("bin"), None);
    }

    #[test]
    fn ruby_and_java_have_ways_of_their_own_to_write_versions() {
        let printed = Version::printed("ruby 3.1.2p20 (2022-04-12 revision 4491bb740a) [x86_64-linux-gnu]");
        assert_eq!(printed.unwrap().to_string(), "3.1.2");
        let java = |text| Version::of_java(text).map(|version| version.to_string());
        assert_eq!(java("17.0.15"), Some("17.0.15".to_owned()));
        assert_eq!(java("25.0.1.2"), Some("25.0.1".to_owned()));
        assert_eq!(java("1.8.0_402"), Some("8.0.402".to_owned()));
        assert_eq!(java("21"), Some("21".to_owned()));
    }

    #[test]
    fn node_runtimes_take_any_minor_version() {
        let wanted = Version::wanted("nodejs20.x".parse().unwrap());
        assert!(Version::in_text("v20.11.1").unwrap().serves(wanted));
        assert!(!Version::in_text("v22.0.0").unwrap().serves(wanted));
    }

    #[test]
    fn log_lines_name_runtimes_as_aws_does() {
        let name = |text: &str| log_name(text.parse().unwrap());
        assert_eq!(name("python3.12"), "python:3.12");
        assert_eq!(name("nodejs22.x"), "nodejs:22");
        assert_eq!(name("dotnet8"), "dotnet:8");
        assert_eq!(name("provided.al2023"), "provided:al2023");
    }
}
