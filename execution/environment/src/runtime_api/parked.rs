//! The one call that is not AWS's: a runtime that was started ahead of need asks which function it is to serve.
//!
//! It is answered once, when a function takes the environment. Before and after that, and in every environment whose
//! runtime was started for its function, the path does not exist. The last byte of the answer, a line break, is held
//! back until the function's code is there: a client may take on the variables before it comes.
//!
//! Behind it may come the first event, which the runtime still asks for when it is ready: nobody waits then. What it
//! answers is heard once everybody is ready.

use std::future::poll_fn;
use std::task::Poll;

use tokio::net::{TcpListener, UnixListener};

use model::RequestId;

use super::event::Event;
use super::reply::Reply;
use super::state::State;
use super::{Asked, RuntimeApi};

/// How far the runtime is in asking for its function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settings {
    /// It has not asked yet.
    Open,
    /// It waits for the answer, on the connection of this name.
    Asked(u64),
    /// It waits there for the end of the answer.
    Told(u64),
    /// The runtime has all of it.
    Ended(u64),
    Given,
}

/// An event that was sent before the runtime asked for it, and on which connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ahead {
    request: RequestId,
    connection: u64,
}

/// A parked runtime called for something that only a function's may.
#[derive(Debug, thiserror::Error)]
#[error("it asked for {0:?} instead of its settings")]
pub(crate) struct OutOfTurn(Asked);

impl RuntimeApi {
    /// For a runtime that does not know its function yet.
    pub(crate) fn parked(tcp: TcpListener, unix: UnixListener) -> RuntimeApi {
        RuntimeApi { settings: Settings::Open, ..RuntimeApi::new(tcp, unix) }
    }

    /// Resolves once the runtime waits for its settings.
    pub(crate) async fn settings_asked(&mut self) -> Result<(), OutOfTurn> {
        poll_fn(|cx| match self.poll_asked(cx) {
            Poll::Ready(asked) => Poll::Ready(Err(OutOfTurn(asked))),
            Poll::Pending if matches!(self.settings, Settings::Asked(_)) => Poll::Ready(Ok(())),
            Poll::Pending => Poll::Pending,
        })
        .await
    }

    /// Tells the waiting runtime its function, but for the last byte.
    pub(crate) fn give_settings(&mut self, document: Vec<u8>) {
        let Settings::Asked(name) = self.settings else { return };
        self.settings = Settings::Told(name);
        let Some(connection) = self.connections.iter_mut().find(|it| it.name == name) else { return };
        connection.reply(Reply::settings(document));
        connection.hurry();
    }

    /// The runtime may begin. What it asks next is what any runtime asks.
    pub(crate) fn release(&mut self) {
        let Settings::Told(name) = self.settings else { return };
        self.settings = Settings::Ended(name);
        let Some(connection) = self.connections.iter_mut().find(|it| it.name == name) else { return };
        connection.append(Reply::settings_end());
        connection.hurry();
    }

    /// Sends the event to a runtime that has been told its function and does not wait for one yet.
    pub(crate) fn send_ahead(&mut self, event: &Event<'_>) {
        let Settings::Ended(name) = self.settings else { return };
        self.settings = Settings::Given;
        if self.state != State::Started {
            return;
        }
        let Some(connection) = self.connections.iter_mut().find(|it| it.name == name) else { return };
        connection.append(event.to_reply());
        connection.hurry();
        self.ahead = Some(Ahead { request: event.request, connection: name });
    }

    /// On which connection the runtime has this event already.
    pub(super) fn take_ahead(&mut self, request: RequestId) -> Option<u64> {
        self.ahead.take().filter(|ahead| ahead.request == request).map(|ahead| ahead.connection)
    }

    pub(super) fn hold_settings(&mut self, index: usize) -> Result<(), Reply> {
        if self.settings != Settings::Open {
            return Err(Reply::not_found());
        }
        self.settings = Settings::Asked(self.connections[index].name);
        Ok(())
    }
}
