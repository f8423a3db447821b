//! Why the catalog says no.

use model::{AliasName, FunctionArn, FunctionName, LayerVersionArn};

use crate::config::InvalidConfig;

#[derive(Debug, Clone, thiserror::Error)]
pub enum CatalogError {
    #[error("the function {name} exists already")]
    FunctionExists { name: FunctionName },
    /// A function, or the version that the ARN names, is not there.
    #[error("there is no function {arn}")]
    FunctionNotFound { arn: FunctionArn },
    /// Try again when it is Active.
    #[error("the function {arn} is still being created")]
    FunctionPending { arn: FunctionArn },
    /// Try again when the update has ended.
    #[error("an update of {arn} is in progress")]
    UpdateInProgress { arn: FunctionArn },
    /// Read it again: somebody else changed it.
    #[error("the revision given is not the latest")]
    RevisionMismatch,
    #[error("$LATEST holds the package {current}, not {given}")]
    CodeMismatch { given: String, current: String },
    #[error("aliases refer to the version: {aliases:?}")]
    VersionInUse { aliases: Vec<AliasName> },
    #[error("the alias {arn} exists already")]
    AliasExists { arn: FunctionArn },
    #[error("there is no alias {arn}")]
    AliasNotFound { arn: FunctionArn },
    #[error("$LATEST cannot share an alias with another version")]
    LatestWithRouting,
    #[error("the alias routes to version {version} already")]
    RoutesTwice { version: model::VersionNumber },
    #[error("the versions of an alias must have the same execution role and dead-letter target")]
    RoutesDiffer,
    #[error(transparent)]
    Config(#[from] InvalidConfig),
    #[error("a resource has at most {limit} tags")]
    TooManyTags { limit: usize },
    #[error(transparent)]
    CodeStorageExceeded(#[from] NoSpace),
    #[error("code and layers hold {actual} bytes, the limit is {limit}")]
    CodeWithLayersTooLarge { actual: u64, limit: u64 },
    /// Nothing was changed.
    #[error("the state could not be written: {0}")]
    Storage(String),
    #[error("the server is shutting down")]
    Closed,
}

/// Functions and layers share an account's space.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the account's packages exceed {limit} bytes")]
pub struct NoSpace {
    pub limit: u64,
}

/// Why a layer was not changed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum LayerError {
    #[error("there is no layer version {arn}")]
    VersionNotFound { arn: LayerVersionArn },
    #[error("the layer version has no policy")]
    NoPolicy,
    #[error("the policy has a statement {id} already")]
    StatementExists { id: String },
    #[error("the policy has no statement {id}")]
    StatementNotFound { id: String },
    /// Read it again: somebody else changed it.
    #[error("the policy's revision given is not the latest")]
    RevisionMismatch,
    #[error("the policy would have {actual} bytes, the limit is {limit}")]
    PolicyTooLong { actual: usize, limit: usize },
    #[error(transparent)]
    CodeStorageExceeded(#[from] NoSpace),
    /// Nothing was changed.
    #[error("the state could not be written: {0}")]
    Storage(String),
    #[error("the server is shutting down")]
    Closed,
}

/// Why layers could not be put together.
#[derive(Debug, thiserror::Error)]
pub enum StackError {
    #[error("there is no layer version {arn}")]
    NotFound { arn: LayerVersionArn },
    #[error("the layers hold more than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error(transparent)]
    Merge(#[from] artifact::UnpackError),
    #[error("the server is shutting down")]
    Closed,
}

#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Read(#[from] engine::ReadError),
    #[error(transparent)]
    Commit(#[from] engine::CommitError),
    /// The folder was damaged, or written by something else.
    #[error("the stored document {id} cannot be read: {reason}")]
    Document { id: String, reason: String },
}

/// Why a package was not taken.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    #[error(transparent)]
    Unpack(#[from] artifact::UnpackError),
    #[error("the package could not be stored: {0}")]
    Io(#[from] std::io::Error),
    #[error("the server is shutting down")]
    Closed,
}
