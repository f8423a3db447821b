//! The Runtime API: what a runtime asks over HTTP/1.1, by TCP or by the unix socket, and what it is told.
//!
//! [`RuntimeApi`] keeps the protocol: connections, statuses, the order in which calls are allowed. The owner only
//! hears of calls that were legal, as [`Asked`]. One poll serves all connections, without a task or a channel
//! between, because this is the path that every warm invocation takes twice.
//!
//! Invariant: at most one connection is parked in `next`, and only while the state is `Ready`.

mod chunked;
mod connection;
mod error_cause;
mod event;
mod extensions;
mod metadata;
mod pace;
mod parked;
mod receiving;
mod reply;
mod request;
mod route;
mod state;
mod trailers;

use std::future::poll_fn;
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use model::limits::RESPONSE_MAX_BYTES;
use model::{ErrorType, RequestId};
use tokio::net::{TcpListener, UnixListener};

use connection::{Connection, Heard, Stream};
pub(crate) use event::Event;
use extensions::Extensions;
pub(crate) use extensions::{Description, EXTENSIONS_MAX, EventType, Function, Reported};
pub use metadata::Metadata;
pub(crate) use parked::OutOfTurn;
use parked::{Ahead, Settings};
use receiving::{Received, Receiving};
use reply::Reply;
use request::{Body, Request, STREAMING};
use route::Route;
use state::State;

use crate::phase::{ExtensionId, Interest, Kind};
use crate::response_stream::ResponseSink;
use crate::telemetry::Subscription;

/// A runtime uses one or two connections, a shell script one after the other.
const CONNECTIONS_MAX: usize = 64;

/// What unfinished requests of all connections together may hold of the server's memory: a few of the largest
/// responses, where a runtime sends one at a time.
const UNFINISHED_MAX_BYTES: usize = 4 * RESPONSE_MAX_BYTES;

/// A legal call of the runtime, or of an extension.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Asked {
    /// It waits for an event.
    Next,
    Answered(Answer),
    /// It cannot initialise.
    InitError {
        payload: Bytes,
        error: ErrorType,
    },
    /// An extension is there.
    Registered(ExtensionId, Kind, Interest),
    /// An extension waits for an event.
    ExtensionNext(ExtensionId),
    /// An extension wants telemetry.
    Subscribed(Subscription),
}

/// What the runtime made of its event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    Response(Bytes),
    /// So much has gone to the caller while it came, and no error followed.
    Streamed {
        bytes: usize,
    },
    /// Instead of a response, or behind one that was streamed.
    Error {
        payload: Bytes,
        error: ErrorType,
    },
    /// It posted more than a response may have. The runtime was told and goes on.
    TooLarge {
        limit_bytes: usize,
    },
    /// The connection broke under a response in streaming mode, and the runtime went on.
    Truncated,
    /// It wanted a response mode that does not exist.
    InvalidMode,
}

#[derive(Debug)]
pub(crate) struct RuntimeApi {
    tcp: TcpListener,
    unix: UnixListener,
    connections: Vec<Connection>,
    names: u64,
    state: State,
    /// The invocation that calls may name: the running one, or the last.
    current: Option<RequestId>,
    /// The connection that waits for an event.
    parked: Option<u64>,
    extensions: Extensions,
    /// None before there is a function.
    metadata: Option<Metadata>,
    /// Where the running invocation's response goes if it comes in streaming mode; nowhere when the caller wants it
    /// whole.
    sink: Option<ResponseSink>,
    response_began: Option<Instant>,
    /// The response broke off. Whether the runtime did too is seen when it asks for the next event, or exits.
    is_cut_short: bool,
    /// Told right after what was told last.
    then: Option<Asked>,
    settings: Settings,
    /// What the runtime has before it asks for it.
    ahead: Option<Ahead>,
}

impl RuntimeApi {
    pub(crate) fn new(tcp: TcpListener, unix: UnixListener) -> RuntimeApi {
        RuntimeApi {
            tcp,
            unix,
            connections: vec![],
            names: 0,
            state: State::Started,
            current: None,
            parked: None,
            extensions: Extensions::default(),
            metadata: None,
            sink: None,
            response_began: None,
            is_cut_short: false,
            then: None,
            settings: Settings::Given,
            ahead: None,
        }
    }

    /// Has the environment told this of itself.
    pub(crate) fn show(&mut self, metadata: Metadata) {
        self.metadata = Some(metadata);
    }

    /// The next legal call. Cancel-safe.
    pub(crate) async fn asked(&mut self) -> Asked {
        poll_fn(|cx| self.poll_asked(cx)).await
    }

    /// What the next event's response is streamed to, if it is.
    pub(crate) fn stream_to(&mut self, sink: Option<ResponseSink>) {
        (self.sink, self.response_began) = (sink, None);
    }

    /// When the response of the event that was sent last began, if it came in streaming mode.
    pub(crate) fn response_began(&self) -> Option<Instant> {
        self.response_began
    }

    /// Answers the parked `next`, or the one that comes.
    pub(crate) fn send(&mut self, event: &Event<'_>) {
        self.current = Some(event.request);
        self.state = State::Running;
        let is_there = self.take_ahead(event.request);
        let Some(parked) = self.parked.take() else { return };
        if let Some(connection) = self.connections.iter_mut().find(|it| it.name == parked) {
            if is_there == Some(parked) {
                connection.has_reply();
                return;
            }
            connection.reply(event.to_reply());
            connection.hurry();
        }
    }

    /// These external extensions are being started.
    pub(crate) fn launch(&mut self, function: Function, names: &[String]) {
        self.extensions.launch(function, names);
    }

    pub(crate) fn refuse_launch(&mut self, name: &str, error: &str) {
        self.extensions.refuse_launch(name, error);
    }

    pub(crate) fn extensions(&self) -> Vec<Description> {
        self.extensions.descriptions()
    }

    /// Init is over: nobody subscribes to telemetry any more.
    pub(crate) fn end_init(&mut self) {
        self.extensions.close_subscription();
    }

    /// What an extension said of itself before it ended.
    pub(crate) fn reported(&self, id: ExtensionId) -> Option<Reported> {
        self.extensions.reported(id)
    }

    pub(crate) fn has_extensions(&self) -> bool {
        self.extensions.is_anybody_there()
    }

    /// Whether an extension asked for such events.
    pub(crate) fn has_interest(&self, event: EventType) -> bool {
        self.extensions.has_interest(event)
    }

    /// Tells every extension that asked for such events of this one.
    pub(crate) fn tell_extensions(&mut self, event: EventType, body: &str) {
        for (name, reply) in self.extensions.send(event, body) {
            if let Some(connection) = self.connections.iter_mut().find(|it| it.name == name) {
                connection.reply(reply);
            }
        }
    }

    /// Those that did not ask for such events.
    pub(crate) fn uninterested(&self, event: EventType) -> Vec<ExtensionId> {
        self.extensions.uninterested(event)
    }

    /// Forgets everything that a killed runtime asked, what still lies in the listeners too.
    pub(crate) fn reset(&mut self) {
        self.connections.clear();
        (self.state, self.current, self.parked) = (State::Started, None, None);
        (self.extensions, self.settings) = (Extensions::default(), Settings::Given);
        (self.sink, self.is_cut_short, self.then, self.ahead) = (None, false, None, None);
        let mut context = Context::from_waker(std::task::Waker::noop());
        while self.poll_accept(&mut context).is_ready() {
            self.connections.clear();
        }
    }

    fn poll_asked(&mut self, cx: &mut Context<'_>) -> Poll<Asked> {
        if let Some(asked) = self.then.take() {
            return Poll::Ready(asked);
        }
        while self.connections.len() < CONNECTIONS_MAX && self.poll_accept(cx).is_ready() {}
        let mut index = 0;
        while index < self.connections.len() {
            match self.connections[index].poll_heard(cx) {
                Poll::Ready(Some(heard)) => {
                    if let Some(asked) = self.heed(index, heard) {
                        return Poll::Ready(asked);
                    }
                    // The same connection may hold another request, or its reply is to be written.
                }
                Poll::Ready(None) => {
                    self.close(index);
                    // There is room for another connection.
                    cx.waker().wake_by_ref();
                }
                Poll::Pending if self.unfinished_bytes() > UNFINISHED_MAX_BYTES => self.close(index),
                Poll::Pending => index += 1,
            }
        }
        Poll::Pending
    }

    fn unfinished_bytes(&self) -> usize {
        self.connections.iter().map(Connection::unfinished_bytes).sum()
    }

    fn poll_accept(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let accepted = match self.unix.poll_accept(cx) {
            Poll::Ready(Ok((stream, _))) => Stream::unix(stream),
            // A listener fails only when the process has no descriptors left; the runtime tries again.
            Poll::Ready(Err(_)) => return Poll::Pending,
            Poll::Pending => match ready!(self.tcp.poll_accept(cx)) {
                Ok((stream, _)) => Ok(Stream::tcp(stream)),
                Err(_) => return Poll::Pending,
            },
        };
        // One that cannot be watched is closed again, and the runtime makes another.
        if let Ok(stream) = accepted {
            self.names += 1;
            self.connections.push(Connection::new(self.names, stream));
        }
        Poll::Ready(())
    }

    fn close(&mut self, index: usize) {
        let connection = self.connections.swap_remove(index);
        self.is_cut_short |= connection.has_response();
        if self.parked == Some(connection.name) {
            self.parked = None;
        }
        self.extensions.disconnect(connection.name);
    }

    fn heed(&mut self, index: usize, heard: Heard) -> Option<Asked> {
        match heard {
            Heard::Request(request) => self.serve(index, request),
            Heard::Received(received) => self.received(index, received),
        }
    }

    /// Answers a request, unless its answer is an event, and passes on what the owner must hear of.
    fn serve(&mut self, index: usize, request: Request) -> Option<Asked> {
        let is_coming = request.body == Body::Coming;
        let refused = match self.decide(index, request) {
            Ok(asked) => return asked,
            Err(refused) => refused,
        };
        let connection = &mut self.connections[index];
        if is_coming {
            connection.receive(Receiving::Refused(refused));
        } else {
            connection.reply(refused);
        }
        None
    }

    fn received(&mut self, index: usize, received: Received) -> Option<Asked> {
        let answer = match received {
            Received::Early(answer) => Some(answer),
            Received::Ended(answer, reply) => {
                self.connections[index].reply(reply);
                answer
            }
        };
        self.state = answer.as_ref().map_or(self.state, |_| State::ResponseSent);
        answer.map(Asked::Answered)
    }

    fn decide(&mut self, index: usize, request: Request) -> Result<Option<Asked>, Reply> {
        if request.body == Body::Truncated {
            return Err(Reply::truncated());
        }
        match Route::of(&request.method, &request.path)? {
            Route::Ping => Err(Reply::pong()),
            Route::Metadata => {
                let told =
                    self.metadata.as_ref().map(|metadata| metadata.answer(request.authorization.as_deref()));
                Err(told.unwrap_or_else(Reply::unauthorized))
            }
            Route::Settings => self.hold_settings(index).map(|()| None),
            Route::Next => self.next(index).map(Some),
            Route::InitError => self.init_error(index, request).map(Some),
            Route::Response(id) => self.response(index, id, request),
            Route::Error(id) => self.error(index, id, request).map(Some),
            Route::Extension(call) => self.extension(index, call, &request).map(Some),
        }
    }

    fn next(&mut self, index: usize) -> Result<Asked, Reply> {
        let name = self.connections[index].name;
        if std::mem::take(&mut self.is_cut_short) {
            (self.state, self.parked, self.then) = (State::Ready, Some(name), Some(Asked::Next));
            return Ok(Asked::Answered(Answer::Truncated));
        }
        // A runtime whose connection broke asks again, perhaps before the end of the old one is seen: the newest
        // connection gets the event.
        if self.state != State::Ready {
            self.state = self.state.to(State::Ready)?;
        }
        self.parked = Some(name);
        self.extensions.close_registration();
        Ok(Asked::Next)
    }

    fn extension(&mut self, index: usize, call: extensions::Call, request: &Request) -> Result<Asked, Reply> {
        let connection = &mut self.connections[index];
        let served = self.extensions.serve(call, connection.name, request);
        match served.map_err(|refusal| refusal.to_reply())? {
            extensions::Outcome::Replied(reply) => Err(reply),
            extensions::Outcome::Waits(id) => Ok(Asked::ExtensionNext(id)),
            extensions::Outcome::Subscribed(subscription, reply) => {
                connection.reply(reply);
                Ok(Asked::Subscribed(subscription))
            }
            extensions::Outcome::Registered(id, kind, interest, reply) => {
                connection.reply(reply);
                Ok(Asked::Registered(id, kind, interest))
            }
        }
    }

    fn init_error(&mut self, index: usize, request: Request) -> Result<Asked, Reply> {
        self.state = self.state.to(State::InitError)?;
        let asked =
            Asked::InitError { payload: request.body.into_bytes(), error: reported(request.error_type) };
        self.connections[index].reply(Reply::accepted());
        Ok(asked)
    }

    fn response(
        &mut self,
        index: usize,
        id: Option<RequestId>,
        request: Request,
    ) -> Result<Option<Asked>, Reply> {
        self.check_id(id)?;
        let responding = self.state.to(State::InvocationResponse)?;
        if request.body == Body::Coming {
            self.state = responding;
            self.response_began = Some(Instant::now());
            let receiving = Receiving::new(self.sink.take());
            self.connections[index].receive(receiving);
            return Ok(None);
        }
        let (answer, reply) = match (request.response_mode.as_deref(), request.body) {
            (None | Some("" | STREAMING), Body::Whole(bytes)) => (Answer::Response(bytes), Reply::accepted()),
            (None | Some("" | STREAMING), _) => {
                let limit_bytes = RESPONSE_MAX_BYTES;
                (Answer::TooLarge { limit_bytes }, Reply::too_large(limit_bytes))
            }
            (Some(_), _) => (Answer::InvalidMode, Reply::invalid_mode()),
        };
        self.state = State::ResponseSent;
        self.connections[index].reply(reply);
        Ok(Some(Asked::Answered(answer)))
    }

    fn error(&mut self, index: usize, id: Option<RequestId>, request: Request) -> Result<Asked, Reply> {
        self.check_id(id)?;
        self.state.to(State::InvocationErrorResponse)?;
        self.state = State::ResponseSent;
        self.connections[index].reply(Reply::accepted());
        let Body::Whole(payload) = request.body else {
            return Ok(Asked::Answered(Answer::TooLarge { limit_bytes: RESPONSE_MAX_BYTES }));
        };
        let payload = if request.has_cause { error_cause::without_cause(payload) } else { payload };
        Ok(Asked::Answered(Answer::Error { payload, error: reported(request.error_type) }))
    }

    /// Comes before the check of the state, as on AWS.
    fn check_id(&self, id: Option<RequestId>) -> Result<(), Reply> {
        if id.is_some() && id == self.current { Ok(()) } else { Err(Reply::invalid_id()) }
    }
}

fn reported(error_type: Option<String>) -> ErrorType {
    ErrorType::reported(&error_type.unwrap_or_default())
}

#[cfg(test)]
mod tests;
