//! How AWS words what it refuses of layers.

use catalog::{LayerError, StackError};
use model::{LayerVersionArn, Region, limits};
use wire::Error;
use wire::lambda::ErrorCode;

use super::{conflict, failed, invalid, not_found, unpacking};

#[derive(Debug, thiserror::Error)]
pub(crate) enum LayerRefusal {
    #[error(transparent)]
    Catalog(#[from] LayerError),
    #[error(transparent)]
    Stack(#[from] StackError),
    #[error("there is no such layer version")]
    NotFound,
    #[error("there is no layer version {arn}")]
    Unversioned { arn: LayerVersionArn },
    #[error("versions begin at 1")]
    Number,
    /// As the request has it, which may be no ARN of a layer version.
    #[error("there is no layer version {arn}")]
    Unknown { arn: String },
    #[error("the layer {resource} belongs to another account")]
    OtherAccount { user: String, action: &'static str, resource: String },
    #[error("a layer is not in {here}")]
    OtherRegion { here: Region },
    #[error("a function has {} layers at most", limits::LAYERS_MAX)]
    TooMany,
    #[error("{first} and {second} are of one layer")]
    Twice { first: LayerVersionArn, second: LayerVersionArn },
}

pub(super) fn layer(refusal: &LayerRefusal) -> Error {
    match refusal {
        LayerRefusal::Catalog(error) => catalog(error),
        LayerRefusal::Stack(error) => stack(error),
        LayerRefusal::NotFound => not_found("The resource you requested does not exist.".to_owned()),
        LayerRefusal::Unversioned { arn } => not_found(absent(arn)),
        LayerRefusal::Number => invalid("Layer Version Cannot be less than 1"),
        LayerRefusal::Unknown { arn } => invalid(absent(arn)),
        LayerRefusal::OtherAccount { user, action, resource } => ErrorCode::AccessDenied.with(format!(
            "User: {user} is not authorized to perform: {action} on resource: {resource} because no resource-based policy allows the {action} action"
        )),
        LayerRefusal::OtherRegion { here } => invalid(format!(
            "Layers are not in the same region as the function. Layers are expected to be in region {here}."
        )),
        LayerRefusal::TooMany => {
            invalid(format!("Cannot reference more than {} layers.", limits::LAYERS_MAX))
        }
        LayerRefusal::Twice { first, second } => invalid(format!(
            "Two different versions of the same layer are not allowed to be referenced in the same function. {first} and {second} are versions of the same layer."
        )),
    }
}

fn absent(arn: impl std::fmt::Display) -> String {
    format!("Layer version {arn} does not exist.")
}

fn catalog(error: &LayerError) -> Error {
    match error {
        LayerError::VersionNotFound { arn } => not_found(absent(arn)),
        LayerError::NoPolicy => not_found("No policy is associated with the given resource.".to_owned()),
        LayerError::StatementExists { id } => conflict(format!(
            "The statement id ({id}) provided already exists. Please provide a new statement id, or remove the existing statement."
        )),
        LayerError::StatementNotFound { id } => {
            not_found(format!("Statement {id} is not found in resource policy."))
        }
        LayerError::RevisionMismatch => ErrorCode::PreconditionFailed.with(
            "The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy API to retrieve the latest Revision Id",
        ),
        LayerError::PolicyTooLong { actual, limit } => ErrorCode::PolicyLengthExceeded
            .with(format!("The final policy size ({actual}) is bigger than the limit ({limit}).")),
        LayerError::CodeStorageExceeded(_) => {
            ErrorCode::CodeStorageExceeded.with("Code storage limit exceeded.")
        }
        LayerError::Storage(_) | LayerError::Closed => failed(),
    }
}

fn stack(error: &StackError) -> Error {
    match error {
        StackError::NotFound { arn } => invalid(absent(arn)),
        StackError::TooLarge { limit } => {
            invalid(format!("Layers consume more than the available size of {limit} bytes"))
        }
        StackError::Merge(error) => unpacking(error),
        StackError::Closed => failed(),
    }
}
