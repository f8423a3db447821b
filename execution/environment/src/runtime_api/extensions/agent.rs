//! One extension: where it stands, and what it may ask for next.

use uuid::Uuid;

use super::call::EventType;
use super::refusal::Refusal;
use super::{Description, Reported};
use crate::phase::{Interest, Kind};
use crate::runtime_api::reply::Reply;
use crate::telemetry::Api;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::runtime_api) enum State {
    Started,
    Registered,
    /// Blocked in `next`.
    Ready,
    Running,
    LaunchError,
    InitError,
    ExitError,
}

impl State {
    /// AWS's name, which its error texts and log lines show.
    pub(super) fn name(self) -> &'static str {
        match self {
            State::Started => "Started",
            State::Registered => "Registered",
            State::Ready => "Ready",
            State::Running => "Running",
            State::LaunchError => "LaunchError",
            State::InitError => "InitError",
            State::ExitError => "ExitError",
        }
    }

    fn allows(self, target: State) -> bool {
        match target {
            State::Registered => self == State::Started,
            // One whose connection broke asks again.
            State::Ready => matches!(self, State::Registered | State::Running | State::Ready),
            State::Running => self == State::Ready,
            State::InitError => matches!(self, State::Registered | State::InitError),
            State::ExitError => {
                matches!(self, State::Registered | State::Ready | State::Running | State::ExitError)
            }
            State::Started | State::LaunchError => false,
        }
    }
}

#[derive(Debug)]
pub(super) struct Agent {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) identifier: Uuid,
    state: State,
    events: Vec<EventType>,
    /// The first that was reported.
    error: Option<String>,
    /// The connection that waits for an event.
    parked: Option<u64>,
    /// An event that came while none waited.
    pending: Option<Reply>,
    /// By which API it subscribed; it may use one only.
    subscribed: Option<Api>,
}

impl Agent {
    pub(super) fn external(name: &str) -> Agent {
        Agent::new(name, Kind::External, State::Started)
    }

    pub(super) fn internal(name: &str) -> Agent {
        Agent::new(name, Kind::Internal, State::Started)
    }

    /// One that there is no room for.
    pub(super) fn refused(name: &str, error: &str) -> Agent {
        let mut agent = Agent::external(name);
        agent.refuse_launch(error);
        agent
    }

    fn new(name: &str, kind: Kind, state: State) -> Agent {
        Agent {
            name: name.to_owned(),
            kind,
            identifier: Uuid::new_v4(),
            state,
            events: vec![],
            error: None,
            parked: None,
            pending: None,
            subscribed: None,
        }
    }

    pub(super) fn refuse_launch(&mut self, error: &str) {
        self.state = State::LaunchError;
        self.error = Some(error.to_owned());
    }

    /// Identifiers are given by registration.
    pub(super) fn is(&self, identifier: Uuid) -> bool {
        self.identifier == identifier && self.state != State::Started
    }

    pub(super) fn takes(&self, event: EventType) -> bool {
        self.events.contains(&event)
    }

    pub(super) fn register(&mut self, events: Vec<EventType>) -> Result<Interest, Refusal> {
        self.go(State::Registered)?;
        self.events = events;
        Ok(Interest { invoke: self.takes(EventType::Invoke), shutdown: self.takes(EventType::Shutdown) })
    }

    /// The event that came meanwhile, if one did.
    pub(super) fn next(&mut self, connection: u64) -> Result<Option<Reply>, Refusal> {
        self.go(State::Ready)?;
        if let Some(event) = self.pending.take() {
            self.state = State::Running;
            return Ok(Some(event));
        }
        self.parked = Some(connection);
        Ok(None)
    }

    pub(super) fn fail(&mut self, state: State, error: &str) -> Result<(), Refusal> {
        self.go(state)?;
        self.error.get_or_insert_with(|| error.to_owned());
        Ok(())
    }

    /// What leaves at once. Of several events that nobody came for, the last counts.
    pub(super) fn send(&mut self, event: Reply) -> Option<(u64, Reply)> {
        let Some(connection) = self.parked.take() else {
            self.pending = Some(event);
            return None;
        };
        self.state = State::Running;
        Some((connection, event))
    }

    /// False when it uses the other API already.
    pub(super) fn subscribe(&mut self, api: Api) -> bool {
        *self.subscribed.get_or_insert(api) == api
    }

    pub(super) fn disconnect(&mut self, connection: u64) {
        if self.parked == Some(connection) {
            self.parked = None;
        }
    }

    pub(super) fn reported(&self) -> Option<Reported> {
        match self.state {
            State::InitError => Some(Reported::Init),
            State::ExitError => Some(Reported::Exit),
            State::Started | State::Registered | State::Ready | State::Running | State::LaunchError => None,
        }
    }

    pub(super) fn description(&self) -> Description {
        Description {
            name: self.name.clone(),
            state: self.state.name(),
            events: self.events.clone(),
            error: self.error.clone(),
        }
    }

    fn go(&mut self, target: State) -> Result<(), Refusal> {
        if !self.state.allows(target) {
            return Err(Refusal::InvalidState { from: self.state, to: target, name: self.name.clone() });
        }
        self.state = target;
        Ok(())
    }
}
