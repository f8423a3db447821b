//! Why a call of an extension is not legal, in AWS's words. All of them are 403.

use super::agent::State;
use crate::runtime_api::reply::Reply;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::runtime_api) enum Refusal {
    #[error("Missing Lambda-Extension-Identifier header")]
    MissingIdentifier,
    #[error("Invalid Lambda-Extension-Identifier")]
    InvalidIdentifier,
    #[error("Unknown extension {0}")]
    UnknownExtension(String),
    /// AWS words it without the identifier where an extension reports an error.
    #[error("Unknown Lambda-Extension-Identifier")]
    UnknownIdentifier,
    #[error("Empty extension name")]
    EmptyName,
    #[error("Extension registration closed already")]
    RegistrationClosed,
    #[error(
        "State transition from {} to {} failed for extension {name}. Error: State transition is not allowed",
        from.name(), to.name()
    )]
    InvalidState { from: State, to: State, name: String },
    #[error("Extension with this name already registered")]
    NameTaken,
    #[error("Extension limit ({}) reached", super::EXTENSIONS_MAX)]
    TooMany,
    #[error("SHUTDOWN: ShutdownEventNotSupportedForInternalExtension")]
    InternalShutdown,
    #[error("{0}: ErrorInvalidEventType")]
    UnknownEvent(String),
    #[error("Lambda-Extension-Function-Error-Type not found")]
    MissingErrorType,
    #[error("{0}")]
    InvalidFormat(String),
    #[error("configurationKeys are deprecated; use environment variables instead")]
    ConfigurationKeys,
}

impl Refusal {
    fn error_type(&self) -> &'static str {
        match self {
            Refusal::MissingIdentifier => "Extension.MissingExtensionIdentifier",
            Refusal::InvalidIdentifier => "Extension.InvalidExtensionIdentifier",
            Refusal::UnknownExtension(_) | Refusal::UnknownIdentifier => {
                "Extension.UnknownExtensionIdentifier"
            }
            Refusal::EmptyName => "Extension.InvalidExtensionName",
            Refusal::RegistrationClosed => "Extension.RegistrationClosed",
            Refusal::InvalidState { .. } | Refusal::NameTaken => "Extension.InvalidExtensionState",
            Refusal::TooMany => "Extension.TooManyExtensions",
            Refusal::InternalShutdown | Refusal::UnknownEvent(_) => "Extension.InvalidEventType",
            Refusal::MissingErrorType => "Extension.MissingHeader",
            Refusal::InvalidFormat(_) | Refusal::ConfigurationKeys => "InvalidRequestFormat",
        }
    }

    pub(in crate::runtime_api) fn to_reply(&self) -> Reply {
        Reply::refusal("403 Forbidden", self.error_type(), &self.to_string())
    }
}
