//! Why a request is refused, and how AWS says so. Every error of this service gets its code and text here.

use model::caller::AccessDenied;
use observability::logs::{InvalidName, LogsError};
use observability::pattern::PatternError;
use wire::logs::{ErrorCode, Operation};

use crate::batch::BatchFault;
use crate::groups::RETENTION_DAYS;
use crate::token::InvalidToken;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    #[error(transparent)]
    Store(#[from] LogsError),
    #[error(transparent)]
    Name(#[from] InvalidName),
    #[error(transparent)]
    Pattern(#[from] PatternError),
    #[error(transparent)]
    Batch(#[from] BatchFault),
    #[error(transparent)]
    Token(#[from] InvalidToken),
    #[error("the group of an ARN is not in this account and region")]
    NoSuchGroup,
    #[error("an ARN does not name a log group of this account and region")]
    NoSuchResource,
    #[error("neither a group's name nor its identifier is given")]
    NoGroup,
    #[error("a group's name and an identifier are given")]
    NameAndIdentifier,
    #[error("a prefix and a pattern for groups' names are given")]
    PrefixAndPattern,
    #[error("names of streams and a prefix are given")]
    NamesAndPrefix,
    #[error("streams are ordered by time and selected by a prefix")]
    LastEventTimeWithPrefix,
    #[error("the group's name is reserved")]
    ReservedName,
    #[error("a tag has a key that is AWS's own")]
    ReservedTag,
    #[error("not a number of days that AWS offers")]
    RetentionDays,
}

impl Refusal {
    pub(crate) fn into_error(self, operation: Operation) -> wire::Error {
        let invalid = |text: String| ErrorCode::InvalidParameter.with(text);
        match self {
            Refusal::Denied(denied) => ErrorCode::AccessDenied.with(denied.to_string()),
            Refusal::Store(error) => store_error(&error, operation),
            Refusal::Name(name) => invalid(name.to_string()),
            Refusal::Pattern(error) => invalid(error.to_string()),
            Refusal::Batch(fault) => invalid(fault.to_string()),
            Refusal::Token(InvalidToken) => invalid("The specified nextToken is invalid.".to_owned()),
            Refusal::NoSuchGroup => store_error(&LogsError::GroupNotFound, operation),
            Refusal::NoSuchResource => {
                ErrorCode::ResourceNotFound.with("The specified resource does not exist.")
            }
            Refusal::NoGroup => {
                invalid("Either logGroupName or logGroupIdentifier must be specified.".to_owned())
            }
            Refusal::NameAndIdentifier => {
                invalid("LogGroup name and LogGroup identifier are mutually exclusive parameters.".to_owned())
            }
            Refusal::PrefixAndPattern => invalid(
                "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters."
                    .to_owned(),
            ),
            Refusal::NamesAndPrefix => {
                invalid("LogStream names and LogStream prefix are mutually exclusive parameters.".to_owned())
            }
            Refusal::LastEventTimeWithPrefix => {
                invalid("Cannot order by LastEventTime with a logStreamNamePrefix.".to_owned())
            }
            Refusal::ReservedName => {
                invalid("Log groups starting with AWS/ are reserved for AWS.".to_owned())
            }
            Refusal::ReservedTag => {
                invalid("aws: prefixed tag key names are not allowed for external use.".to_owned())
            }
            Refusal::RetentionDays => {
                invalid(format!("Invalid retention value. Valid values are: {RETENTION_DAYS:?}"))
            }
        }
    }
}

fn store_error(error: &LogsError, operation: Operation) -> wire::Error {
    match error {
        LogsError::GroupNotFound => {
            ErrorCode::ResourceNotFound.with("The specified log group does not exist.")
        }
        LogsError::StreamNotFound => {
            ErrorCode::ResourceNotFound.with("The specified log stream does not exist.")
        }
        LogsError::GroupExists => {
            ErrorCode::ResourceAlreadyExists.with("The specified log group already exists")
        }
        LogsError::StreamExists => {
            ErrorCode::ResourceAlreadyExists.with("The specified log stream already exists")
        }
        LogsError::DeletionProtected => {
            ErrorCode::Validation.with("The log group has deletion protection enabled and cannot be deleted.")
        }
        LogsError::TooManyTags { limit } => too_many_tags(*limit, operation),
        LogsError::Closed | LogsError::Storage(_) | LogsError::Damaged(_) => {
            tracing::error!(%error, %operation, "the log store failed");
            ErrorCode::ServiceUnavailable.with("The service cannot complete the request.")
        }
    }
}

/// Only TagResource has an error of its own for it.
fn too_many_tags(limit: usize, operation: Operation) -> wire::Error {
    let own = operation == Operation::TagResource;
    let code = if own { ErrorCode::TooManyTags } else { ErrorCode::InvalidParameter };
    code.with(format!("A resource can have no more than {limit} tags."))
}
