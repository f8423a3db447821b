//! What a request's document must look like: the types of the generated tables.

use crate::pattern::Pattern;

/// One shape of the model with its limits.
#[derive(Debug)]
pub struct Shape {
    pub(crate) kind: Kind,
    /// Length of strings, blobs, lists and maps; value of numbers.
    pub(crate) least: Option<i64>,
    pub(crate) most: Option<i64>,
    pub(crate) pattern: Option<&'static Pattern>,
    /// AWS reports a breach of the pattern only, although the length is wrong too.
    pub(crate) pattern_hides_length: bool,
    /// AWS leaves the value out of the error.
    pub(crate) sensitive: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    String,
    Enumeration(&'static [&'static str]),
    /// The error lists other values than those that are accepted.
    EnumerationOrArn {
        accepted: &'static [&'static str],
        listed: &'static [&'static str],
    },
    Integer,
    Long,
    Double,
    Boolean,
    Timestamp,
    Blob,
    List(&'static Shape),
    Map {
        key: &'static Shape,
        value: &'static Shape,
    },
    Structure(&'static [Member]),
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
    pub(crate) required: bool,
    /// How long the text may be when it is no ARN, where AWS's service checks that by itself.
    pub(crate) bare_name_most: Option<i64>,
    pub(crate) shape: &'static Shape,
}

/// Where in the HTTP request a member stands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    Label(&'static str),
    Query(&'static str),
    Header(&'static str),
    /// The member is the whole body.
    Payload,
    Body,
}

impl Shape {
    const fn new(kind: Kind) -> Self {
        Self { kind, least: None, most: None, pattern: None, pattern_hides_length: false, sensitive: false }
    }

    pub(crate) const fn string() -> Self {
        Self::new(Kind::String)
    }

    pub(crate) const fn enumeration(values: &'static [&'static str]) -> Self {
        Self::new(Kind::Enumeration(values))
    }

    pub(crate) const fn enumeration_or_arn(
        accepted: &'static [&'static str],
        listed: &'static [&'static str],
    ) -> Self {
        Self::new(Kind::EnumerationOrArn { accepted, listed })
    }

    pub(crate) const fn integer() -> Self {
        Self::new(Kind::Integer)
    }

    pub(crate) const fn long() -> Self {
        Self::new(Kind::Long)
    }

    pub(crate) const fn double() -> Self {
        Self::new(Kind::Double)
    }

    pub(crate) const fn boolean() -> Self {
        Self::new(Kind::Boolean)
    }

    pub(crate) const fn timestamp() -> Self {
        Self::new(Kind::Timestamp)
    }

    pub(crate) const fn blob() -> Self {
        Self::new(Kind::Blob)
    }

    pub(crate) const fn list(item: &'static Shape) -> Self {
        Self::new(Kind::List(item))
    }

    pub(crate) const fn map(key: &'static Shape, value: &'static Shape) -> Self {
        Self::new(Kind::Map { key, value })
    }

    pub(crate) const fn structure(members: &'static [Member]) -> Self {
        Self::new(Kind::Structure(members))
    }

    pub(crate) const fn at_least(mut self, least: i64) -> Self {
        self.least = Some(least);
        self
    }

    pub(crate) const fn at_most(mut self, most: i64) -> Self {
        self.most = Some(most);
        self
    }

    pub(crate) const fn matching(mut self, pattern: &'static Pattern) -> Self {
        self.pattern = Some(pattern);
        self
    }

    pub(crate) const fn pattern_hides_length(mut self) -> Self {
        self.pattern_hides_length = true;
        self
    }

    pub(crate) const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    pub(crate) fn members(&self) -> &'static [Member] {
        match self.kind {
            Kind::Structure(members) => members,
            _ => &[],
        }
    }
}

impl Member {
    const fn new(name: &'static str, place: Place, shape: &'static Shape) -> Self {
        Self { name, place, required: false, bare_name_most: None, shape }
    }

    pub(crate) const fn label(name: &'static str, label: &'static str, shape: &'static Shape) -> Self {
        Self::new(name, Place::Label(label), shape)
    }

    pub(crate) const fn query(name: &'static str, key: &'static str, shape: &'static Shape) -> Self {
        Self::new(name, Place::Query(key), shape)
    }

    pub(crate) const fn header(name: &'static str, header: &'static str, shape: &'static Shape) -> Self {
        Self::new(name, Place::Header(header), shape)
    }

    pub(crate) const fn payload(name: &'static str, shape: &'static Shape) -> Self {
        Self::new(name, Place::Payload, shape)
    }

    pub(crate) const fn body(name: &'static str, shape: &'static Shape) -> Self {
        Self::new(name, Place::Body, shape)
    }

    pub(crate) const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    pub(crate) const fn bare_name_at_most(mut self, most: i64) -> Self {
        self.bare_name_most = Some(most);
        self
    }
}
