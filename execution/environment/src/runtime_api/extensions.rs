//! The Extensions API, and how extensions subscribe to telemetry: who has registered, what each may ask for next, and
//! what one is told that may not.
//!
//! This keeps names, identifiers and the order of calls. What the environment makes of a legal call is decided
//! elsewhere, by [`crate::phase`].

mod agent;
mod call;
mod refusal;
#[cfg(test)]
mod tests;

use serde::Deserialize;
use serde::de::IgnoredAny;
use uuid::Uuid;

use agent::{Agent, State};
pub(crate) use call::EventType;
pub(super) use call::{Call, Headers};
pub(super) use refusal::Refusal;

use super::reply::Reply;
use super::request::Request;
use crate::json_body;
use crate::phase::{ExtensionId, Interest, Kind};
use crate::telemetry::{Api, Subscription};

/// AWS's limit, external and internal together.
pub(crate) const EXTENSIONS_MAX: usize = 10;

/// What an extension is told of its function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) handler: String,
    pub(crate) account: String,
}

/// One extension, as the log and telemetry show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Description {
    pub(crate) name: String,
    /// AWS's word for where it stands.
    pub(crate) state: &'static str,
    pub(crate) events: Vec<EventType>,
    pub(crate) error: Option<String>,
}

/// An error that an extension reported of itself before it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reported {
    Init,
    Exit,
}

/// A call that was legal.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Registered(ExtensionId, Kind, Interest, Reply),
    /// It waits for an event.
    Waits(ExtensionId),
    Subscribed(Subscription, Reply),
    /// Answered at once; nobody else needs to know.
    Replied(Reply),
}

#[derive(Debug, Default)]
pub(super) struct Extensions {
    function: Function,
    agents: Vec<Agent>,
    /// By the runtime's first `next`.
    registration_is_closed: bool,
    /// By the end of init.
    subscription_is_closed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Registration {
    #[serde(default)]
    events: Option<Vec<String>>,
    #[serde(default)]
    configuration_keys: Option<Vec<IgnoredAny>>,
}

impl Extensions {
    /// These are being started and are to register by their names.
    pub(super) fn launch(&mut self, function: Function, names: &[String]) {
        self.function = function;
        self.agents = names.iter().take(EXTENSIONS_MAX).map(|name| Agent::external(name)).collect();
    }

    pub(super) fn refuse_launch(&mut self, name: &str, error: &str) {
        match self.agents.iter_mut().find(|agent| agent.name == name) {
            Some(agent) => agent.refuse_launch(error),
            None => self.agents.push(Agent::refused(name, error)),
        }
    }

    pub(super) fn close_registration(&mut self) {
        self.registration_is_closed = true;
    }

    pub(super) fn close_subscription(&mut self) {
        self.subscription_is_closed = true;
    }

    pub(super) fn descriptions(&self) -> Vec<Description> {
        self.agents.iter().map(Agent::description).collect()
    }

    pub(super) fn reported(&self, id: ExtensionId) -> Option<Reported> {
        self.agents.get(id.0)?.reported()
    }

    pub(super) fn serve(
        &mut self,
        call: Call,
        connection: u64,
        request: &Request,
    ) -> Result<Outcome, Refusal> {
        match call {
            Call::Register => self.register(request),
            Call::Next => self.next(connection, &request.extension),
            Call::InitError => self.fail(State::InitError, &request.extension),
            Call::ExitError => self.fail(State::ExitError, &request.extension),
            Call::Subscribe(api) => self.subscribe(api, request),
        }
    }

    pub(super) fn is_anybody_there(&self) -> bool {
        !self.agents.is_empty()
    }

    pub(super) fn has_interest(&self, event: EventType) -> bool {
        self.agents.iter().any(|agent| agent.takes(event))
    }

    /// The event goes to everybody who asked for such events: at once to who waits, else with the next call. Returns
    /// what leaves at once, by connection.
    pub(super) fn send(&mut self, event: EventType, body: &str) -> Vec<(u64, Reply)> {
        let agents = self.agents.iter_mut().filter(|agent| agent.takes(event));
        agents.filter_map(|agent| agent.send(event_reply(body))).collect()
    }

    /// Those who are to end without being told.
    pub(super) fn uninterested(&self, event: EventType) -> Vec<ExtensionId> {
        let agents = self.agents.iter().enumerate().filter(|(_, agent)| !agent.takes(event));
        agents.map(|(index, _)| ExtensionId(index)).collect()
    }

    pub(super) fn disconnect(&mut self, connection: u64) {
        self.agents.iter_mut().for_each(|agent| agent.disconnect(connection));
    }

    fn register(&mut self, request: &Request) -> Result<Outcome, Refusal> {
        let headers = &request.extension;
        let name = headers.name.as_deref().filter(|name| !name.is_empty()).ok_or(Refusal::EmptyName)?;
        let events = requested(request)?;
        let external =
            self.agents.iter().position(|agent| agent.name == name && agent.kind == Kind::External);
        let index = match external {
            Some(index) => index,
            None => self.admit_internal(name)?,
        };
        let kind = self.agents[index].kind;
        let events = match event_types(&events, kind) {
            Ok(events) => events,
            Err(refusal) => {
                if kind == Kind::Internal {
                    self.agents.pop();
                }
                return Err(refusal);
            }
        };
        let agent = &mut self.agents[index];
        let interest = agent.register(events)?;
        let reply = registered_reply(&self.function, agent.identifier, headers.accepts_account());
        Ok(Outcome::Registered(ExtensionId(index), kind, interest, reply))
    }

    fn admit_internal(&mut self, name: &str) -> Result<usize, Refusal> {
        if self.registration_is_closed {
            return Err(Refusal::RegistrationClosed);
        }
        if self.agents.iter().any(|agent| agent.name == name) {
            return Err(Refusal::NameTaken);
        }
        if self.agents.len() >= EXTENSIONS_MAX {
            return Err(Refusal::TooMany);
        }
        self.agents.push(Agent::internal(name));
        Ok(self.agents.len() - 1)
    }

    fn next(&mut self, connection: u64, headers: &Headers) -> Result<Outcome, Refusal> {
        let index = self.find(headers, Refusal::UnknownExtension)?;
        match self.agents[index].next(connection)? {
            Some(event) => Ok(Outcome::Replied(event)),
            None => Ok(Outcome::Waits(ExtensionId(index))),
        }
    }

    fn fail(&mut self, state: State, headers: &Headers) -> Result<Outcome, Refusal> {
        let index = self.find(headers, |_| Refusal::UnknownIdentifier)?;
        let error = headers.error_type.as_deref().filter(|error| !error.is_empty());
        let error = error.ok_or(Refusal::MissingErrorType)?;
        self.agents[index].fail(state, error)?;
        Ok(Outcome::Replied(Reply::accepted()))
    }

    fn subscribe(&mut self, api: Api, request: &Request) -> Result<Outcome, Refusal> {
        let index = self.find(&request.extension, Refusal::UnknownExtension)?;
        if self.subscription_is_closed {
            return Err(Refusal::SubscriptionClosed(api));
        }
        let agent = &mut self.agents[index];
        let subscription = Subscription::parse(api, &agent.name, request.body.as_bytes())
            .map_err(|invalid| Refusal::InvalidSubscription(api, invalid))?;
        if !agent.subscribe(api) {
            return Err(Refusal::OtherApi(api));
        }
        Ok(Outcome::Subscribed(subscription, Reply::subscribed()))
    }

    fn find(&self, headers: &Headers, unknown: impl Fn(String) -> Refusal) -> Result<usize, Refusal> {
        let identifier = headers.identifier.as_deref().filter(|text| !text.is_empty());
        let identifier = identifier.ok_or(Refusal::MissingIdentifier)?;
        let identifier: Uuid = identifier.parse().map_err(|_| Refusal::InvalidIdentifier)?;
        let position = self.agents.iter().position(|agent| agent.is(identifier));
        position.ok_or_else(|| unknown(identifier.to_string()))
    }
}

fn requested(request: &Request) -> Result<Vec<String>, Refusal> {
    let registration = json_body::read::<Registration>(request.body.as_bytes(), "registration");
    let registration = registration.map_err(Refusal::InvalidFormat)?;
    if registration.configuration_keys.is_some_and(|keys| !keys.is_empty()) {
        return Err(Refusal::ConfigurationKeys);
    }
    Ok(registration.events.unwrap_or_default())
}

fn event_types(words: &[String], kind: Kind) -> Result<Vec<EventType>, Refusal> {
    let event_type = |word: &String| match (EventType::of(word), kind) {
        (Some(EventType::Shutdown), Kind::Internal) => Err(Refusal::InternalShutdown),
        (Some(event), _) => Ok(event),
        (None, _) => Err(Refusal::UnknownEvent(word.clone())),
    };
    json_body::distinct(words.iter().map(event_type))
}

fn registered_reply(function: &Function, identifier: Uuid, with_account: bool) -> Reply {
    let Function { name, version, handler, account } = function;
    let mut body =
        serde_json::json!({ "functionName": name, "functionVersion": version, "handler": handler });
    if with_account {
        body["accountId"] = account.as_str().into();
    }
    let headers = format!("Content-Type: application/json\r\nLambda-Extension-Identifier: {identifier}\r\n");
    Reply::new("200 OK", &headers, body.to_string().into())
}

fn event_reply(body: &str) -> Reply {
    let id = Uuid::new_v4();
    let headers = format!("Content-Type: application/json\r\nLambda-Extension-Event-Identifier: {id}\r\n");
    Reply::new("200 OK", &headers, body.to_owned().into())
}
