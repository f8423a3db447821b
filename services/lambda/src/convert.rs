//! Between the shapes of the API and those of the domain.

pub(crate) mod alias;
pub(crate) mod config;
pub(crate) mod function;
pub(crate) mod layer;
mod level;

/// A member whose value passes the API's model and still cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum InvalidMember {
    /// In the words of a breached constraint of the model.
    #[error("{0}")]
    Constraint(String),
    /// In the words of the service.
    #[error("{0}")]
    Value(String),
}
