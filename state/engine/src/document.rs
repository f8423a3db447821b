//! Documents, and what changes several of them at once.

use bytes::Bytes;

/// A family of documents, named by the crate that owns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Collection(&'static str);

impl Collection {
    pub const fn new(name: &'static str) -> Collection {
        Collection(name)
    }

    pub(crate) fn name(self) -> &'static str {
        self.0
    }
}

/// Names a document. Ids sort by their bytes, and a scan reads all that begin alike.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub collection: Collection,
    pub id: String,
}

/// Counts the engine's transactions: what a later one wrote has a greater version, also after a deletion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub(crate) i64);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub version: Version,
    pub value: Bytes,
}

/// What must be true of a document for a transaction to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    Absent,
    Version(Version),
    Anything,
}

impl Expected {
    pub(crate) fn holds(self, found: Option<Version>) -> bool {
        match self {
            Expected::Absent => found.is_none(),
            Expected::Version(version) => found == Some(version),
            Expected::Anything => true,
        }
    }
}

/// Writes that happen together or not at all.
#[derive(Debug, Default)]
pub struct Transaction {
    pub(crate) writes: Vec<Write>,
}

#[derive(Debug)]
pub(crate) struct Write {
    pub(crate) key: Key,
    pub(crate) expected: Expected,
    /// None deletes.
    pub(crate) value: Option<Bytes>,
}

impl Transaction {
    pub fn put(&mut self, key: Key, expected: Expected, value: impl Into<Bytes>) {
        self.writes.push(Write { key, expected, value: Some(value.into()) });
    }

    pub fn delete(&mut self, key: Key, expected: Expected) {
        self.writes.push(Write { key, expected, value: None });
    }

    pub fn is_empty(&self) -> bool {
        self.writes.is_empty()
    }
}

/// A document that a transaction wrote or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub key: Key,
    pub version: Version,
}
