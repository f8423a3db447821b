//! Container images: named, pulled from a registry, and merged into one folder.
//!
//! An image is named by its manifest's digest from the moment it is resolved; a tag that moves later changes nothing.
//! Every byte is checked against its digest before it is parsed. What a registry says (sizes, types, names) and what
//! layers hold is hostile until proven otherwise: everything is bounded, and [`rootfs`] writes nowhere but below its
//! folder.

mod access;
mod layer;
mod manifest;
mod pull;
mod reference;
mod registry;
mod rootfs;

pub use access::{Access, InvalidAccess};
pub use manifest::SETTINGS_MAX_BYTES;
pub use pull::{PullError, Registries, Resolved};
pub use reference::{InvalidReference, Reference};
pub use rootfs::LayerError;
