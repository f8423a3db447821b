//! Values whose JSON form is AWS's own: base64 blobs and timestamps.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes that are a base64 string in JSON.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Blob(pub Bytes);

impl fmt::Debug for Blob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Blob({} bytes)", self.0.len())
    }
}

impl Blob {
    pub(crate) fn decode(text: &str) -> Option<Self> {
        STANDARD.decode(text).ok().map(|bytes| Self(bytes.into()))
    }
}

impl Serialize for Blob {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Blob {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::decode(&text).ok_or_else(|| D::Error::custom("not base64"))
    }
}

/// A moment, which is a number of seconds since 1970 in JSON, with milliseconds as its fraction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp {
    pub epoch_ms: i64,
}

impl Timestamp {
    fn from_seconds(seconds: f64) -> Self {
        // `as` saturates, which is what an absurd date deserves.
        Self { epoch_ms: (seconds * 1000.0).round() as i64 }
    }

    #[expect(clippy::cast_precision_loss, reason = "milliseconds stay exact for 285,000 years")]
    fn seconds(self) -> f64 {
        self.epoch_ms as f64 / 1000.0
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.seconds())
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer).map(Self::from_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blob_is_base64_in_json() {
        assert_eq!(serde_json::to_string(&Blob(Bytes::from_static(b"zip"))).unwrap(), "\"emlw\"");
        assert_eq!(serde_json::from_str::<Blob>("\"emlw\"").unwrap(), Blob(Bytes::from_static(b"zip")));
        assert!(serde_json::from_str::<Blob>("\"e?\"").is_err());
    }

    #[test]
    fn a_timestamp_is_seconds_with_a_fraction_in_json() {
        let moment = Timestamp { epoch_ms: 1_700_000_000_123 };
        assert_eq!(serde_json::to_string(&moment).unwrap(), "1700000000.123");
        assert_eq!(serde_json::from_str::<Timestamp>("1700000000.123").unwrap(), moment);
    }
}
