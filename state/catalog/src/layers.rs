//! Layers and their versions: what is stored of them, and stacking them for a function.
//!
//! They have an owner task of their own, as functions have, and a value in memory that readers see whole. A function
//! takes over what it needs of a layer version when it is configured, so the two owners need not agree on an order.

mod handle;
mod layer;
mod owner;
mod policy;
mod stack;
mod store;

pub use layer::{Layer, LayerVersion, Layers, NewLayerVersion};
pub use policy::{Grantee, LayerGrant, LayerPolicy, LayerStatement};
pub use stack::StackedLayers;

pub(crate) use owner::{LayerCommand, LayerOwner};
