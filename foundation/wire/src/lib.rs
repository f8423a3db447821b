//! Exact shapes, constraints, routes and error codes of the public AWS APIs.
//!
//! A request comes in as `http` parts and a whole body, and leaves as a typed struct whose types and
//! constraints have been checked with AWS's own error texts; a typed answer or an [`Error`] leaves as an
//! `http` response. What an operation does is none of this crate's business.
//!
//! The modules under [`lambda`] and [`logs`] are mostly tables and structs that `cargo xtask model` writes
//! from AWS's public API descriptions; the other modules interpret them. Order on the way in: route,
//! [`document`] (JSON and its types), [`constraint`] (limits, patterns, enumerations), then serde.

#[cfg(test)]
mod arbitrary;
pub mod constraint;
mod document;
mod enumeration;
mod error;
pub mod event_stream;
pub mod lambda;
pub mod logs;
mod operation;
mod pattern;
mod request;
mod response;
mod route;
mod scalar;
mod service;
mod shape;

pub use error::{Error, ErrorKind, Fault};
pub use request::{Input, Request};
pub use response::{Empty, Output};
pub use route::Labels;
pub use scalar::{Blob, Timestamp};
pub use service::{Protocol, Service};
