//! From HTTP to typed requests.

use std::fmt;

use bytes::Bytes;
use http::HeaderMap;
use http::request::Parts;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::constraint;
use crate::document::{self, Mismatch};
use crate::error::Error;
use crate::route::Labels;
use crate::service::Service;
use crate::shape::{Kind, Member, Place, Shape};

/// A request that an operation reads.
pub trait Input: DeserializeOwned {
    const SHAPE: &'static Shape;
    const SERVICE: &'static Service;

    /// Takes the body, where a member is the body as bytes.
    fn set_payload(&mut self, _payload: Bytes) {}
}

/// A request whose operation is known and whose members are not read yet.
pub struct Request {
    labels: Labels,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
}

/// Leaves out the headers and the body, which hold credentials and secrets.
impl fmt::Debug for Request {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Request")
            .field("labels", &self.labels)
            .field("query", &self.query)
            .finish_non_exhaustive()
    }
}

impl Request {
    pub(crate) fn new(labels: Labels, parts: &Parts, body: Bytes) -> Self {
        let query = parts.uri.query().map(parse_query).unwrap_or_default();
        Self { labels, query, headers: parts.headers.clone(), body }
    }

    /// Reads the members, checks their types and then their constraints. The error is AWS's own.
    pub fn parse<T: Input>(&self) -> Result<T, Error> {
        let document = self.document(T::SHAPE, T::SERVICE)?;
        let mut input =
            T::deserialize(document).map_err(|_shape| serialization(T::SERVICE, Mismatch(None)))?;
        input.set_payload(self.body.clone());
        Ok(input)
    }

    /// Whether the struct takes what its table lets through. What the table refuses is as good.
    #[cfg(test)]
    pub(crate) fn read<T: Input>(&self) -> Result<(), serde_json::Error> {
        let Ok(document) = self.document(T::SHAPE, T::SERVICE) else { return Ok(()) };
        T::deserialize(document).map(|mut input| input.set_payload(self.body.clone()))
    }

    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    pub fn body(&self) -> &Bytes {
        &self.body
    }

    fn document(&self, shape: &'static Shape, service: &Service) -> Result<Value, Error> {
        let document = self.bind(shape.members()).map_err(|mismatch| serialization(service, mismatch))?;
        constraint::check(shape, &document, service)?;
        Ok(Value::Object(document))
    }

    fn bind(&self, members: &'static [Member]) -> Result<Map<String, Value>, Mismatch> {
        let mut document = self.body_members(members)?;
        for member in members {
            if let Some(value) = self.elsewhere(member)? {
                document.insert(member.name.to_owned(), value);
            }
        }
        Ok(document)
    }

    /// A member whose place is elsewhere is not read from the body, whatever the body says.
    fn body_members(&self, members: &'static [Member]) -> Result<Map<String, Value>, Mismatch> {
        let mut in_body = members.iter().filter(|member| matches!(member.place, Place::Body)).peekable();
        if in_body.peek().is_none() {
            return Ok(Map::new());
        }
        match document::parse(&self.body)? {
            Value::Object(object) => document::structure(in_body, object),
            _ => Err(Mismatch(None)),
        }
    }

    /// A member that is not a part of the JSON body.
    fn elsewhere(&self, member: &Member) -> Result<Option<Value>, Mismatch> {
        match member.place {
            Place::Label(label) => optional(member.shape, self.labels.get(label)),
            Place::Header(header) => {
                let value = self.headers.get(header).and_then(|value| value.to_str().ok());
                optional(member.shape, value)
            }
            Place::Query(key) => self.parameter(member.shape, key),
            Place::Payload => self.payload(member.shape),
            Place::Body => Ok(None),
        }
    }

    fn parameter(&self, shape: &Shape, key: &str) -> Result<Option<Value>, Mismatch> {
        let mut values = self.query.iter().filter(|(name, _)| name == key).map(|(_, value)| value);
        let Kind::List(item) = shape.kind else {
            return optional(shape, values.next().map(String::as_str));
        };
        let items: Vec<Value> =
            values.map(|value| document::from_text(item, value)).collect::<Result<_, _>>()?;
        Ok((!items.is_empty()).then_some(Value::Array(items)))
    }

    /// Bytes stay out of the document; they reach the struct by `set_payload`.
    fn payload(&self, shape: &Shape) -> Result<Option<Value>, Mismatch> {
        match shape.kind {
            Kind::Blob => Ok(None),
            _ => document::conform(shape, document::parse(&self.body)?).map(Some),
        }
    }
}

fn optional(shape: &Shape, text: Option<&str>) -> Result<Option<Value>, Mismatch> {
    text.map(|text| document::from_text(shape, text)).transpose()
}

fn serialization(service: &Service, Mismatch(text): Mismatch) -> Error {
    match text {
        Some(text) => Error::new(service.serialization, text),
        None => Error::without_message(service.serialization),
    }
}

fn parse_query(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn decode(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}
