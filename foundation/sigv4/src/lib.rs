//! AWS Signature Version 4: who signed a request, and how to sign one.
//!
//! A [`Claim`] is what a request says about its signer. One that was parsed is well formed, in time and covers
//! the headers that must be covered; [`Claim::verify`] then proves it with the signer's [`Credential`], which the
//! caller looks up in between. [`Signer`] makes the same signatures for requests of our own.
//!
//! Everything but [`client`] is pure: no I/O, and the time is an argument.

mod canonical;
mod claim;
pub mod client;
mod credential;
mod error;
mod request;
mod scope;
mod sign;
mod signature;
mod time;
mod verify;

pub use claim::{Claim, Form};
pub use credential::Credential;
pub use error::{ErrorCode, SignatureError};
pub use request::{Payload, Request};
pub use scope::Scope;
pub use sign::{Signer, Unsignable};

/// The name of the only algorithm spoken here.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The last element of every scope.
const TERMINATOR: &str = "aws4_request";
