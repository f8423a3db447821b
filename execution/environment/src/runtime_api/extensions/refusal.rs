//! Why a call of an extension is not legal: in AWS's words where they are known, else in plain ones.

use super::agent::State;
use crate::runtime_api::reply::Reply;
use crate::telemetry::{Api, Invalid};

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
    #[error("{} API subscription is closed", api_name(*.0))]
    SubscriptionClosed(Api),
    #[error("{1}")]
    InvalidSubscription(Api, Invalid),
    #[error("an extension subscribes by the Telemetry API or by the Logs API, not by both")]
    OtherApi(Api),
}

fn api_name(api: Api) -> &'static str {
    match api {
        Api::Telemetry => "Telemetry",
        Api::Logs => "Logs",
    }
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
            Refusal::SubscriptionClosed(Api::Telemetry) => "Telemetry.SubscriptionClosed",
            Refusal::SubscriptionClosed(Api::Logs) => "Logs.SubscriptionClosed",
            Refusal::InvalidSubscription(Api::Telemetry, _) | Refusal::OtherApi(Api::Telemetry) => {
                "ValidationError"
            }
            Refusal::InvalidSubscription(Api::Logs, _) | Refusal::OtherApi(Api::Logs) => {
                "Logs.ValidationError"
            }
        }
    }

    pub(in crate::runtime_api) fn to_reply(&self) -> Reply {
        let status = match self {
            Refusal::InvalidSubscription(..) | Refusal::OtherApi(_) => "400 Bad Request",
            _ => "403 Forbidden",
        };
        Reply::refusal(status, self.error_type(), &self.to_string())
    }
}
