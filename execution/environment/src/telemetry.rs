//! The Telemetry API and the older Logs API: what happens in an environment, for the extensions that want to know.
//!
//! ```text
//! platform records, output ──▶ Telemetry ──▶ buffer of each subscriber ──▶ delivery task ──▶ its listener inside
//! ```
//! Nothing here waits for a subscriber: a buffer that is full drops what comes and counts it, and the count is told.

mod backlog;
mod buffer;
mod delivery;
mod destination;
mod document;
mod patience;
mod subscription;

use model::Timestamp;
use model::function::LogFormat;
use sandbox::Dialer;
use tokio::sync::watch;

use crate::platform_log::Record;
use backlog::Backlog;
use delivery::Delivery;
use document::Document;
pub(crate) use document::Stream;
use patience::Patience;
pub(crate) use subscription::{Api, Invalid, Subscription};

#[derive(Debug)]
pub(crate) struct Telemetry {
    format: LogFormat,
    subscribers: Vec<Subscriber>,
    /// Whether they stand still, with everything in the environment.
    frozen: watch::Sender<bool>,
    /// None when nobody can subscribe any more, or nobody is expected to.
    backlog: Option<Backlog>,
}

#[derive(Debug)]
struct Subscriber {
    subscription: Subscription,
    delivery: Delivery,
}

impl Telemetry {
    pub(crate) fn new(format: LogFormat) -> Telemetry {
        Telemetry { format, subscribers: vec![], frozen: watch::Sender::new(false), backlog: None }
    }

    /// Keeps what happens from now on for those who will subscribe.
    pub(crate) fn expect_subscribers(&mut self) {
        self.backlog = Some(Backlog::default());
    }

    /// Nobody subscribes any more.
    pub(crate) fn close(&mut self) {
        self.backlog = None;
    }

    /// The processes that listened are gone.
    pub(crate) fn forget(&mut self) {
        self.subscribers.clear();
        self.set_frozen(false);
        self.backlog = None;
    }

    /// While they are frozen, subscribers cannot be expected to answer.
    pub(crate) fn set_frozen(&self, frozen: bool) {
        self.frozen.send_replace(frozen);
    }

    /// An extension that subscribes anew replaces what it had.
    pub(crate) fn subscribe(&mut self, subscription: Subscription, dialer: Dialer) {
        self.subscribers.retain(|other| other.subscription.name != subscription.name);
        let patience = Patience::new(self.frozen.subscribe());
        let destination = subscription.destination.clone();
        let delivery = Delivery::start(subscription.buffering, destination, dialer, patience);
        let subscriber = Subscriber { subscription, delivery };
        let backlog = self.backlog.as_ref().map(Backlog::documents).unwrap_or_default();
        backlog.iter().for_each(|document| subscriber.take(document, self.format));
        self.subscribers.push(subscriber);
    }

    /// Sends what waits without waiting for more.
    pub(crate) fn flush(&self) {
        self.subscribers.iter().for_each(|subscriber| subscriber.delivery.flush());
    }

    pub(crate) fn record(&mut self, time: Timestamp, record: &Record<'_>) {
        if self.is_heard() {
            self.tell(Document::platform(time, record));
        }
    }

    pub(crate) fn line(&mut self, stream: Stream, time: Timestamp, line: &[u8]) {
        if self.is_heard() {
            self.tell(Document::line(stream, time, line));
        }
    }

    fn is_heard(&self) -> bool {
        !self.subscribers.is_empty() || self.backlog.is_some()
    }

    fn tell(&mut self, document: Document) {
        self.subscribers.iter().for_each(|subscriber| subscriber.take(&document, self.format));
        if let Some(backlog) = &mut self.backlog {
            backlog.push(document);
        }
    }
}

impl Subscriber {
    fn take(&self, document: &Document, format: LogFormat) {
        let wanted = self.subscription.streams.contains(&document.stream());
        if let Some(rendered) = wanted.then(|| document.render(self.subscription.schema, format)).flatten() {
            self.delivery.push(rendered.into());
        }
    }
}
