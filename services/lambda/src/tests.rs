//! The operations as a client sees them: HTTP in, HTTP out, on a real catalog in a temporary folder.

mod aliases;
mod functions;
mod layers;
mod refusals;
mod s3;
mod server;
mod versions;
