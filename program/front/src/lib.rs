//! The one port: connections, authentication, which service is meant, and forwarding.
//!
//! A request is authenticated before anything else is done with it, handed to the [`Service`] that its signature,
//! its target or its path names, and otherwise forwarded to the endpoint that is configured for its service.
//! What an operation does, and who may call it, is decided by the services: the front knows them only as
//! functions. The same handler serves the public listener and the ones inside sandboxes.
//!
//! Everything here is bounded: connections, headers, bodies in memory, the time to send them, and the time that
//! a shutdown takes.

mod audit;
mod authenticate;
mod body;
mod browser;
mod connection;
mod download;
mod exchange;
mod forward;
mod front;
mod key_id;
mod keys;
mod refusal;
mod root_key;
mod route;
mod service;
mod session;
mod unread;

pub use audit::Audit;
pub use authenticate::Authentication;
pub use connection::{Drained, Place};
pub use download::{Downloads, Packages};
pub use forward::{Endpoint, Mode};
pub use front::{Front, Options};
pub use keys::Keys;
pub use root_key::{RootKeyError, load_or_create_root_key};
pub use service::{Call, Operation, Service};
pub use session::Session;
