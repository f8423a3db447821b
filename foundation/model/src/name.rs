//! Names that users and AWS give to things, each checked once when it is made.

use std::fmt;
use std::str::FromStr;

/// A name that breaks its rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{value}' is not a valid {kind}")]
pub struct InvalidName {
    pub kind: &'static str,
    pub value: String,
}

/// Declares a string newtype whose only constructor is `FromStr` with the given rule.
macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $kind:literal, $rule:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(std::sync::Arc<str>);

        impl $type {
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = InvalidName;

            fn from_str(value: &str) -> Result<Self, InvalidName> {
                let rule: fn(&str) -> bool = $rule;
                if rule(value) {
                    Ok(Self(value.into()))
                } else {
                    Err(InvalidName { kind: $kind, value: value.to_owned() })
                }
            }
        }

        impl TryFrom<String> for $type {
            type Error = InvalidName;

            fn try_from(value: String) -> Result<Self, InvalidName> {
                value.parse()
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> String {
                name.as_str().to_owned()
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:?}", self.as_str())
            }
        }
    };
}

name!(
    /// Twelve digits.
    AccountId,
    "account id",
    |value| value.len() == 12 && value.bytes().all(|byte| byte.is_ascii_digit())
);

name!(
    /// A region's code, such as `us-east-1`.
    Region,
    "region",
    |value| (1..=32).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
);

name!(
    /// A function's bare name: 1 to 140 of `[a-zA-Z0-9-_.]`.
    ///
    /// Creation allows only 64 characters and no dot; reading allows more, so that a long name is "not found"
    /// rather than invalid, as on AWS.
    FunctionName,
    "function name",
    |value| (1..=140).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
);

name!(
    /// An alias: 1 to 128 of `[a-zA-Z0-9-_]`, not all digits.
    AliasName,
    "alias name",
    |value| (1..=128).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        && !value.bytes().all(|byte| byte.is_ascii_digit())
);

name!(
    /// A layer's bare name: 1 to 140 of `[a-zA-Z0-9-_]`.
    LayerName,
    "layer name",
    |value| (1..=140).contains(&value.len())
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_twelve_digits() {
        assert_eq!("000000000000".parse::<AccountId>().unwrap().as_str(), "000000000000");
        assert!("00000000000".parse::<AccountId>().is_err());
        assert!("00000000000a".parse::<AccountId>().is_err());
    }

    #[test]
    fn an_alias_is_not_a_number() {
        assert!("live-2".parse::<AliasName>().is_ok());
        assert_eq!(
            "42".parse::<AliasName>().unwrap_err(),
            InvalidName { kind: "alias name", value: "42".to_owned() }
        );
    }
}
