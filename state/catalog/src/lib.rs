//! Functions, versions, aliases, tags and layers: their rules and the snapshot that invocations read.
//!
//! One task owns what is stored ([`Service`]); everybody else asks it through the [`Catalog`] handle, and reads the
//! [`Snapshot`] without lock or disk. The rules themselves are plain functions on a [`Function`]: they take one value
//! and give the next. An answer is sent only after the next value is on disk and in the snapshot.
//!
//! ```text
//!             create                    settle
//! (nothing) ─────────▶ Pending ────────────────────▶ Active ◀──┐ settle
//!                                                      │       │
//!                                        update (code, │   Active, update in progress:
//!                                        configuration)└─▶ invocations run what was before
//! ```
//!
//! Packages are kept as long as something stored names them, or someone still holds an `Arc<FunctionVersion>` that
//! does: an execution environment holds the one it runs, and so needs no other lease.

mod alias;
mod change;
mod config;
mod error;
mod function;
mod handle;
mod images;
mod layers;
mod owner;
mod packages;
mod secrets;
mod snapshot;
mod space;
mod store;

pub use alias::{Alias, AliasChange, InvalidWeight, NewAlias, Routing, Weight};
pub use change::{CodeUpdate, ConfigUpdate, NewFunction, Publication};
pub use config::{ConfigPatch, InvalidConfig, LoggingPatch, Setting};
pub use engine::Missed;
pub use error::{CatalogError, LayerError, NoSpace, OpenError, PackageError, StackError};
pub use function::Function;
pub use handle::{Catalog, Changed, Changes, Options};
pub use layers::{
    Grantee, Layer, LayerGrant, LayerPolicy, LayerStatement, LayerVersion, Layers, NewLayerVersion,
    StackedLayers,
};
pub use owner::Service;
pub use packages::Package;
pub use secrets::{Secrets, SecretsError};
pub use snapshot::{ResolveError, Scope, Snapshot, Usage};
