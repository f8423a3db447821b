//! Names of log groups and streams, and the keys that place them in an account and a region.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use model::{AccountId, Region};

/// Both names may have at most this many characters.
const NAME_MAX_CHARS: usize = 512;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidName {
    #[error("'{0}' is not a valid log group name")]
    Group(String),
    #[error("'{0}' is not a valid log stream name")]
    Stream(String),
}

/// 1 to 512 of `[.\-_/#A-Za-z0-9]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct GroupName(Arc<str>);

impl GroupName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for GroupName {
    type Err = InvalidName;

    fn from_str(name: &str) -> Result<GroupName, InvalidName> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_/#".contains(&byte);
        if (1..=NAME_MAX_CHARS).contains(&name.len()) && name.bytes().all(allowed) {
            Ok(GroupName(name.into()))
        } else {
            Err(InvalidName::Group(name.to_owned()))
        }
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// 1 to 512 characters without `:` and `*`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StreamName(Arc<str>);

impl StreamName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for StreamName {
    type Err = InvalidName;

    fn from_str(name: &str) -> Result<StreamName, InvalidName> {
        if (1..=NAME_MAX_CHARS).contains(&name.chars().count()) && !name.contains([':', '*']) {
            Ok(StreamName(name.into()))
        } else {
            Err(InvalidName::Stream(name.to_owned()))
        }
    }
}

impl fmt::Display for StreamName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where groups live: nothing is ever looked up across scopes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Scope {
    pub account: AccountId,
    pub region: Region,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct GroupKey {
    pub scope: Scope,
    pub name: GroupName,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StreamKey {
    pub group: GroupKey,
    pub name: StreamName,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_name_takes_only_its_alphabet() {
        assert_eq!("/aws/lambda/f-1_#.x".parse::<GroupName>().unwrap().as_str(), "/aws/lambda/f-1_#.x");
        assert_eq!("a b".parse::<GroupName>(), Err(InvalidName::Group("a b".to_owned())));
        assert_eq!("".parse::<GroupName>(), Err(InvalidName::Group(String::new())));
        assert!("g".repeat(513).parse::<GroupName>().is_err());
    }

    #[test]
    fn a_stream_name_refuses_colons_and_asterisks() {
        assert_eq!(
            "2026/11/23/[$LATEST]ab".parse::<StreamName>().unwrap().as_str(),
            "2026/11/23/[$LATEST]ab"
        );
        assert_eq!("a:b".parse::<StreamName>(), Err(InvalidName::Stream("a:b".to_owned())));
        assert!("a*".parse::<StreamName>().is_err());
    }
}
