//! Verifies and unpacks deployment packages and container images into content-addressed read-only folders.
//!
//! All hostile bytes end here: a package may name any path, claim any size and hold any kind of entry. What stands
//! in [`Trees`] under a name was checked, is complete and is on disk; it never changes afterwards.

mod entry;
pub mod image;
mod merge;
mod sdk;
mod sync;
mod trees;
mod unpack;

pub use entry::EntryError;
pub use merge::merged_id;
pub use trees::{Removed, Trees};
pub use unpack::UnpackError;
