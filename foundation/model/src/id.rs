//! Random identifiers.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// Identifies one invocation through all its attempts; the caller reads it from `x-amzn-RequestId`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct RequestId(Uuid);

impl RequestId {
    pub fn random() -> RequestId {
        RequestId(Uuid::new_v4())
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RequestId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<RequestId, uuid::Error> {
        text.parse().map(RequestId)
    }
}

/// Changes with every change of a function, version or alias; callers use it for optimistic locking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct RevisionId(Uuid);

impl RevisionId {
    pub fn random() -> RevisionId {
        RevisionId(Uuid::new_v4())
    }
}

impl fmt::Display for RevisionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
