//! The catalog through its handle, on a real engine.

mod aliases;
mod fixture;
mod history;
mod layers;
mod packages;
mod secrets;
mod versions;
