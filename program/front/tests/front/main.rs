//! A front on the loopback with a toy service behind it, and real clients.

mod auditing;
mod authentication;
mod bounds;
mod forwarding;
mod serving;
mod streaming;
mod toy;
