//! Paths, headers and event types of the Extensions, Telemetry and Logs APIs.

use crate::telemetry::Api;

/// What an extension asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::runtime_api) enum Call {
    Register,
    Next,
    InitError,
    ExitError,
    Subscribe(Api),
}

const BASE: &str = "/2020-01-01/";
const TELEMETRY: &str = "/2022-07-01/telemetry";
const LOGS: &str = "/2020-08-15/logs";

impl Call {
    /// With the method that goes with it.
    pub(in crate::runtime_api) fn of(path: &str) -> Option<(&'static str, Call)> {
        match path {
            TELEMETRY => return Some(("PUT", Call::Subscribe(Api::Telemetry))),
            LOGS => return Some(("PUT", Call::Subscribe(Api::Logs))),
            _ => {}
        }
        match path.strip_prefix(BASE)? {
            "extension/register" => Some(("POST", Call::Register)),
            "extension/event/next" => Some(("GET", Call::Next)),
            "extension/init/error" => Some(("POST", Call::InitError)),
            "extension/exit/error" => Some(("POST", Call::ExitError)),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventType {
    Invoke,
    Shutdown,
}

impl EventType {
    pub(super) fn of(word: &str) -> Option<EventType> {
        [EventType::Invoke, EventType::Shutdown].into_iter().find(|event| event.name() == word)
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            EventType::Invoke => "INVOKE",
            EventType::Shutdown => "SHUTDOWN",
        }
    }
}

/// What the headers of a request say of an extension.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::runtime_api) struct Headers {
    pub(super) name: Option<String>,
    pub(super) identifier: Option<String>,
    pub(super) error_type: Option<String>,
    features: Option<String>,
}

impl Headers {
    /// Takes note of a header, if it is one of an extension's.
    pub(in crate::runtime_api) fn take(&mut self, name: &str, value: impl Fn() -> String) {
        const PREFIX: &str = "lambda-extension-";
        let Some(prefix) = name.get(..PREFIX.len()) else { return };
        if !prefix.eq_ignore_ascii_case(PREFIX) {
            return;
        }
        let field = match name[PREFIX.len()..].to_ascii_lowercase().as_str() {
            "name" => &mut self.name,
            "identifier" => &mut self.identifier,
            "function-error-type" => &mut self.error_type,
            "accept-feature" => &mut self.features,
            _ => return,
        };
        *field = Some(value());
    }

    pub(super) fn accepts_account(&self) -> bool {
        self.features.iter().flat_map(|list| list.split(',')).any(|feature| feature.trim() == "accountId")
    }
}
