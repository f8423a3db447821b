//! The log store on temporary folders.

mod fixture;
mod reading;
mod store;
