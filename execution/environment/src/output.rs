//! What a function writes: from its pipes into its log.
//!
//! [`records`] cuts the bytes into log events, [`level`] filters them by the function's log level, [`tail`] keeps
//! the end of the running invocation's log. Nothing here ever makes the function wait: pipes are read whenever
//! there is something, and the log store drops and counts what is too much.

mod early;
mod level;
mod records;
mod tail;

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use model::function::LogFormat;
use model::{Clock, Timestamp};
use observability::{Event, StreamHandle};
use sandbox::{Dialer, Output};
use tokio::net::unix::pipe;
use tokio_util::io::poll_read_buf;

use crate::platform_log::{self, Record};
use crate::telemetry::{Stream, Subscription, Telemetry};
use early::{Early, Passed};
use records::Records;
use tail::Tail;

/// What one read takes; lines of a usual function all at once.
const READ_BYTES: usize = 16 * 1024;

/// At the end of an invocation this much is read at most, for a function that never stops writing: what a pipe holds
/// (pipe(7)). More has been written since.
const DRAIN_MAX_BYTES: usize = 64 * 1024;

/// The log of one environment: its output and the platform's records, in one order.
#[derive(Debug)]
pub(crate) struct Log {
    stream: StreamHandle,
    format: LogFormat,
    clock: Clock,
    tail: Tail,
    sources: Vec<Source>,
    /// Readers sort by time. A record's own time may lie before the reading of the line above it, so no record is
    /// stamped earlier than the one before.
    latest: Timestamp,
    telemetry: Telemetry,
    early: Early,
}

/// Whose output a pipe carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    Function,
    Extension,
}

/// One pipe of a process.
#[derive(Debug)]
struct Source {
    origin: Origin,
    pipe: pipe::Receiver,
    input: BytesMut,
    records: Records,
    /// Nobody holds its other end any more. It would be readable for ever.
    has_ended: bool,
}

impl Log {
    pub(crate) fn new(stream: StreamHandle, format: LogFormat, clock: Clock) -> Log {
        Log {
            stream,
            format,
            clock,
            tail: Tail::default(),
            sources: vec![],
            latest: Timestamp::default(),
            telemetry: Telemetry::new(format),
            early: Early::default(),
        }
    }

    /// Takes the pipes of a new runtime process. What is left in those of the one before is still read.
    ///
    /// `framed` says whether its client has been told where to write frames.
    pub(crate) fn attach(&mut self, output: Output, framed: bool) {
        self.drain();
        self.sources.retain(|source| source.origin != Origin::Function);
        self.add(Origin::Function, output, framed);
    }

    /// Takes the pipes of an extension, until everything is killed.
    pub(crate) fn attach_extension(&mut self, output: Output) {
        self.add(Origin::Extension, output, false);
    }

    /// An init begins in which extensions may subscribe.
    pub(crate) fn expect_subscribers(&mut self) {
        self.telemetry.expect_subscribers();
    }

    pub(crate) fn subscribe(&mut self, subscription: &Subscription, dialer: Dialer) {
        self.telemetry.subscribe(subscription.clone(), dialer);
        self.record(&Record::Subscribed(subscription));
    }

    /// Init is over: nobody subscribes any more.
    pub(crate) fn end_init(&mut self) {
        self.telemetry.close();
    }

    /// Subscribers get what there is for them, because they end soon.
    pub(crate) fn flush_telemetry(&self) {
        self.telemetry.flush();
    }

    pub(crate) fn set_frozen(&self, frozen: bool) {
        self.telemetry.set_frozen(frozen);
    }

    /// The extensions have been killed, and what they wrote was read.
    pub(crate) fn detach_extensions(&mut self) {
        self.telemetry.forget();
        self.sources.retain(|source| source.origin != Origin::Extension);
    }

    fn add(&mut self, origin: Origin, output: Output, framed: bool) {
        let pipes = [output.stdout, output.stderr];
        self.sources.extend(pipes.map(|pipe| Source::new(origin, pipe, framed)));
    }

    pub(crate) fn record(&mut self, record: &Record<'_>) {
        let now = self.clock.now();
        self.telemetry.record(now, record);
        if let Some(line) = platform_log::render(record, self.format, now) {
            self.append(now, line.into());
        }
    }

    /// A sentence of Mayfly's own, for the function's author.
    pub(crate) fn notice(&mut self, text: &str) {
        self.append(self.clock.now(), format!("{text}\n").into());
    }

    /// START is here.
    pub(crate) fn end_early(&mut self) {
        self.early.end().into_iter().for_each(|record| self.store_now(Origin::Function, record));
    }

    /// Nothing more comes of the runtime than what it has written.
    pub(crate) fn drain_last(&mut self) {
        self.drain();
        self.end_early();
        self.drain();
    }

    /// The tail of the invocation that begins.
    pub(crate) fn begin_tail(&mut self) {
        self.tail = Tail::default();
    }

    pub(crate) fn tail(&self) -> Bytes {
        self.tail.to_bytes()
    }

    /// Moves output into the log for as long as it is polled. Cancel-safe.
    pub(crate) async fn pump(&mut self) {
        poll_fn(|cx| self.poll_pump(cx)).await;
    }

    /// One read of each pipe, then it is the turn of others: a flood of short lines is many records a read.
    fn poll_pump(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        for index in 0..self.sources.len() {
            match self.sources[index].poll_fill(cx) {
                Poll::Ready(Ok(1..)) => {
                    self.take_records(index);
                    cx.waker().wake_by_ref();
                }
                Poll::Ready(Ok(0)) => self.take_last_record(index),
                Poll::Ready(Err(_)) | Poll::Pending => {}
            }
        }
        self.forget_ended();
        Poll::Pending
    }

    /// Everything that was written so far, the unfinished last line too: for the end of an invocation.
    pub(crate) fn drain(&mut self) {
        for index in 0..self.sources.len() {
            let mut rest = DRAIN_MAX_BYTES;
            while let Ok(read @ 1..) = self.sources[index].try_fill() {
                self.take_records(index);
                rest = rest.saturating_sub(read);
                if rest == 0 {
                    break;
                }
            }
            self.take_last_record(index);
        }
        self.forget_ended();
    }

    fn forget_ended(&mut self) {
        self.sources.retain(|source| !source.has_ended);
    }

    fn take_records(&mut self, index: usize) {
        let source = &mut self.sources[index];
        let mut taken = vec![];
        source.records.cut(&mut source.input, &mut taken);
        let origin = source.origin;
        taken.into_iter().for_each(|record| self.store(origin, record));
    }

    fn take_last_record(&mut self, index: usize) {
        let Source { origin, has_ended, .. } = self.sources[index];
        // Of an invocation that has not begun, whose handler is in the middle of a line.
        if origin == Origin::Function && self.early.is_held() && !has_ended {
            return;
        }
        if let Some(unfinished) = self.sources[index].records.finish(has_ended) {
            self.store(origin, unfinished);
        }
    }

    fn store(&mut self, origin: Origin, record: records::Record) {
        let passed = if origin == Origin::Function { self.early.pass(record) } else { Passed::One(record) };
        match passed {
            Passed::Nothing => {}
            Passed::One(record) => self.store_now(origin, record),
            Passed::All(records) => records.into_iter().for_each(|record| self.store_now(origin, record)),
        }
    }

    /// The function's log level says nothing about its extensions.
    fn store_now(&mut self, origin: Origin, record: records::Record) {
        if origin == Origin::Function && !level::is_shown(&record, self.format) {
            return;
        }
        let now = self.clock.now();
        // A record cannot have been written after it was read, whatever it says.
        let time = record.time.map_or(now, |time| time.min(now));
        let stream = match origin {
            Origin::Function => Stream::Function,
            Origin::Extension => Stream::Extension,
        };
        self.telemetry.line(stream, time, &record.message);
        self.append(time, record.message);
    }

    fn append(&mut self, time: Timestamp, message: Bytes) {
        self.latest = self.latest.max(time);
        self.tail.push(&message);
        self.stream.append(Event { timestamp: self.latest, message });
    }
}

impl Source {
    fn new(origin: Origin, pipe: pipe::Receiver, framed: bool) -> Source {
        Source { origin, pipe, input: BytesMut::new(), records: Records::new(framed), has_ended: false }
    }

    fn poll_fill(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        self.input.reserve(READ_BYTES);
        let filled = poll_read_buf(Pin::new(&mut self.pipe), cx, &mut self.input);
        self.has_ended |= matches!(filled, Poll::Ready(Ok(0)));
        filled
    }

    fn try_fill(&mut self) -> io::Result<usize> {
        self.input.reserve(READ_BYTES);
        let filled = self.pipe.try_read_buf(&mut self.input);
        self.has_ended |= matches!(filled, Ok(0));
        filled
    }
}
