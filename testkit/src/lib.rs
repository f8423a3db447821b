//! Starts a server on a temporary folder and calls it with signed requests over one raw connection.
//!
//! Everything blocks: a bench that measures microseconds wants no runtime of its own between the clock and the socket.

mod connection;
mod package;
mod server;

pub use connection::{Answer, Connection};
pub use package::package;
pub use server::Server;
