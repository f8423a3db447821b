//! A function's code, named by what it contains.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;

use crate::name::InvalidName;

/// SHA-256 of the package as uploaded, or of an image's manifest; a package's is shown in base64 as `CodeSha256`, an
/// image's in hex.
#[derive(Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CodeSha256([u8; 32]);

impl CodeSha256 {
    pub const fn from_bytes(bytes: [u8; 32]) -> CodeSha256 {
        CodeSha256(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// As the API shows it.
    pub fn to_base64(&self) -> String {
        base64::engine::general_purpose::STANDARD.encode(self.0)
    }

    /// The unpacked tree of this package.
    pub fn tree(&self) -> TreeId {
        TreeId(self.0)
    }
}

/// Names an unpacked, read-only folder by the SHA-256 of what it was made from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TreeId([u8; 32]);

impl TreeId {
    pub const fn from_bytes(bytes: [u8; 32]) -> TreeId {
        TreeId(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// SHA-256 of something that an image consists of, as it is pulled.
#[derive(Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BlobSha256([u8; 32]);

impl BlobSha256 {
    pub const fn from_bytes(bytes: [u8; 32]) -> BlobSha256 {
        BlobSha256(bytes)
    }

    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Gives a 32-byte digest its hex form in both directions.
macro_rules! hex_digest {
    ($type:ident, $kind:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $type {
            type Err = InvalidName;

            fn from_str(text: &str) -> Result<$type, InvalidName> {
                decode_hex(text).map($type).ok_or_else(|| InvalidName { kind: $kind, value: text.to_owned() })
            }
        }

        impl TryFrom<String> for $type {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<$type, InvalidName> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(digest: $type) -> String {
                digest.to_string()
            }
        }
    };
}

hex_digest!(CodeSha256, "package digest");
hex_digest!(TreeId, "tree id");
hex_digest!(BlobSha256, "blob digest");

/// Only lower case, so that a digest has one spelling.
fn decode_hex(text: &str) -> Option<[u8; 32]> {
    let digits = text.as_bytes();
    if digits.len() != 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(bytes)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_has_one_spelling() {
        let digest = CodeSha256::from_bytes([0xab; 32]);
        assert_eq!(digest.to_string(), "ab".repeat(32));
        assert_eq!("ab".repeat(32).parse(), Ok(digest));
        assert!("AB".repeat(32).parse::<CodeSha256>().is_err());
        assert!("ab".parse::<TreeId>().is_err());
    }
}
