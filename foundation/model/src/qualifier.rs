//! Qualifiers, as callers write them, and the versions that they resolve to.

use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

use crate::name::{AliasName, InvalidName};

pub const LATEST: &str = "$LATEST";

/// The number of a published version; the first is 1, and none is ever used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct VersionNumber(NonZeroU64);

impl VersionNumber {
    pub const FIRST: VersionNumber = VersionNumber(NonZeroU64::MIN);

    pub fn new(number: u64) -> Option<VersionNumber> {
        NonZeroU64::new(number).map(VersionNumber)
    }

    pub fn get(self) -> u64 {
        self.0.get()
    }

    #[must_use]
    pub fn next(self) -> VersionNumber {
        VersionNumber(self.0.saturating_add(1))
    }
}

impl fmt::Display for VersionNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A version that exists: `$LATEST` or a published number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum VersionRef {
    Latest,
    Published(VersionNumber),
}

impl fmt::Display for VersionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VersionRef::Latest => f.write_str(LATEST),
            VersionRef::Published(number) => number.fmt(f),
        }
    }
}

/// What a caller wrote behind a function's name: a version or an alias that may or may not exist.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Qualifier {
    Version(VersionRef),
    Alias(AliasName),
    /// Allowed by AWS's pattern but never the name of anything, such as `$latest` or a number beyond all versions.
    Unknown(String),
}

impl FromStr for Qualifier {
    type Err = InvalidName;

    /// The pattern's characters are `[a-zA-Z0-9-_$]`, with `$LATEST.PUBLISHED` besides.
    fn from_str(value: &str) -> Result<Qualifier, InvalidName> {
        if value == LATEST {
            return Ok(Qualifier::Version(VersionRef::Latest));
        }
        if let Some(number) = value.parse().ok().and_then(VersionNumber::new) {
            return Ok(Qualifier::Version(VersionRef::Published(number)));
        }
        if let Ok(alias) = value.parse() {
            return Ok(Qualifier::Alias(alias));
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'$' | b'.');
        if (1..=128).contains(&value.len()) && value.bytes().all(allowed) {
            return Ok(Qualifier::Unknown(value.to_owned()));
        }
        Err(InvalidName { kind: "qualifier", value: value.to_owned() })
    }
}

impl fmt::Display for Qualifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Qualifier::Version(version) => version.fmt(f),
            Qualifier::Alias(alias) => alias.fmt(f),
            Qualifier::Unknown(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_versions_aliases_and_what_is_neither() {
        assert_eq!("$LATEST".parse(), Ok(Qualifier::Version(VersionRef::Latest)));
        assert_eq!(
            "7".parse(),
            Ok(Qualifier::Version(VersionRef::Published(VersionNumber::new(7).unwrap())))
        );
        assert_eq!("live".parse(), Ok(Qualifier::Alias("live".parse().unwrap())));
        assert_eq!("$latest".parse(), Ok(Qualifier::Unknown("$latest".to_owned())));
        assert_eq!("0".parse(), Ok(Qualifier::Unknown("0".to_owned())));
        assert!("a:b".parse::<Qualifier>().is_err());
    }

    #[test]
    fn prints_what_it_read() {
        for text in ["$LATEST", "12", "prod", "$LATEST.PUBLISHED"] {
            assert_eq!(text.parse::<Qualifier>().unwrap().to_string(), text);
        }
    }
}
