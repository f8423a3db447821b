//! Mayfly's nouns and rules: names, ARNs, configuration, limits, outcomes, the clock.
//!
//! A value of one of these types has passed its rule: what holds a [`FunctionName`] never checks it again.
//! Nothing here does I/O, and nothing knows how AWS spells a member in JSON; that is `wire`'s.

pub mod arn;
pub mod caller;
pub mod clock;
pub mod code;
pub mod credentials;
pub mod function;
pub mod id;
pub mod image;
pub mod invocation;
pub mod layer;
pub mod limits;
pub mod name;
pub mod qualifier;
pub mod reserved;
pub mod runtime;

pub use arn::{FunctionArn, FunctionRef};
pub use caller::{AccessDenied, Caller, FunctionPermissions, FunctionSession, Principal};
pub use clock::{Clock, Timestamp};
pub use code::{BlobSha256, CodeSha256, TreeId};
pub use credentials::SessionCredentials;
pub use function::{FunctionConfig, FunctionVersion};
pub use id::{RequestId, RevisionId};
pub use image::{Image, ImageConfig, ImageSettings};
pub use invocation::{ErrorType, Invocation, Outcome};
pub use layer::{LayerArn, LayerRef, LayerStack, LayerVersionArn, StackedLayer};
pub use name::{AccountId, AliasName, FunctionName, LayerName, Region};
pub use qualifier::{Qualifier, VersionNumber, VersionRef};
pub use reserved::{is_reserved_log_group, is_reserved_tag};
pub use runtime::Runtime;
