//! The one thread that writes to the store.
//!
//! Each round it takes all waiting lines and all jobs and commits them together, lines first, so that a job sees
//! every line that was appended before it was asked for. A job that fails undoes only itself.

use std::sync::Arc;
use std::time::Duration;

use model::{Clock, Timestamp};
use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::error::LogsError;
use super::inbox::{Batch, Inbox};
use super::{expiry, ingest, schema};

/// Jobs that may wait; further callers wait for a place.
const JOBS_WAITING_MAX: usize = 256;

/// One of the jobs of a round, run inside its transaction.
type Job = Box<dyn FnOnce(&Connection, Timestamp) -> Answer + Send>;

/// Tells the caller how its job went, once the round is committed or has failed.
type Answer = Box<dyn FnOnce(Result<(), LogsError>) + Send>;

enum Command {
    Run(Job),
    Close(oneshot::Sender<()>),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Intervals {
    pub(super) flush: Duration,
    pub(super) sweep: Duration,
}

/// The way to the writer. The thread ends when the last handle is dropped, after storing what waits.
#[derive(Debug, Clone)]
pub(super) struct WriterHandle(mpsc::Sender<Command>);

impl WriterHandle {
    /// Runs `work` on the writer's connection and answers when it is committed.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, Timestamp) -> Result<T, LogsError> + Send + 'static,
    ) -> Result<T, LogsError> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |connection, now| {
            let result = in_savepoint(connection, |connection| work(connection, now));
            Box::new(move |committed| {
                // A caller that has gone does not need its answer.
                drop(sender.send(committed.and(result)));
            })
        });
        self.0.send(Command::Run(job)).await.map_err(|_closed| LogsError::Closed)?;
        receiver.await.map_err(|_dropped| LogsError::Closed)?
    }

    /// Stores what waits and ends the thread.
    pub(super) async fn close(&self) {
        let (sender, receiver) = oneshot::channel();
        if self.0.send(Command::Close(sender)).await.is_ok() {
            // The thread drops the sender only when it has ended by a panic, which it has reported itself.
            receiver.await.ok();
        }
    }
}

pub(super) fn start(
    connection: Connection,
    inbox: Arc<Inbox>,
    clock: Clock,
    intervals: Intervals,
) -> std::io::Result<WriterHandle> {
    let (sender, commands) = mpsc::channel(JOBS_WAITING_MAX);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let next_sweep = Instant::now();
    let writer = Writer { connection, inbox, clock, intervals, commands, next_flush: None, next_sweep };
    std::thread::Builder::new()
        .name("log-writer".to_owned())
        .spawn(move || runtime.block_on(writer.run()))?;
    Ok(WriterHandle(sender))
}

struct Writer {
    connection: Connection,
    inbox: Arc<Inbox>,
    clock: Clock,
    intervals: Intervals,
    commands: mpsc::Receiver<Command>,
    /// When the oldest line that waits has waited long enough.
    next_flush: Option<Instant>,
    /// At once when the last sweep stopped before it was through.
    next_sweep: Instant,
}

enum Wake {
    Commands(Vec<Command>),
    FirstLine,
    LinesDue,
    SweepDue,
    Abandoned,
}

impl Writer {
    async fn run(mut self) {
        let closed = loop {
            match self.wake().await {
                Wake::Commands(commands) => {
                    if let Some(closed) = self.perform(commands) {
                        break Some(closed);
                    }
                }
                Wake::FirstLine => self.next_flush = Some(Instant::now() + self.intervals.flush),
                Wake::LinesDue => self.commit(Vec::new()),
                Wake::SweepDue => self.sweep(),
                Wake::Abandoned => {
                    self.commit(Vec::new());
                    break None;
                }
            }
        };
        drop(self);
        if let Some(closed) = closed {
            // Whoever closed the store may have stopped waiting.
            closed.send(()).ok();
        }
    }

    async fn wake(&mut self) -> Wake {
        let mut commands = Vec::new();
        tokio::select! {
            biased;
            received = self.commands.recv_many(&mut commands, JOBS_WAITING_MAX) => match received {
                0 => Wake::Abandoned,
                _ => Wake::Commands(commands),
            },
            () = self.inbox.chunk_filled() => Wake::LinesDue,
            () = self.inbox.filled(), if self.next_flush.is_none() => Wake::FirstLine,
            () = sleep_until(self.next_flush) => Wake::LinesDue,
            () = sleep_until(Some(self.next_sweep)) => Wake::SweepDue,
        }
    }

    /// Answers the one that asked to close, if it is among the commands.
    fn perform(&mut self, commands: Vec<Command>) -> Option<oneshot::Sender<()>> {
        let mut jobs = Vec::with_capacity(commands.len());
        let mut closing = None;
        for command in commands {
            match command {
                Command::Run(job) => jobs.push(job),
                Command::Close(closed) => closing = Some(closed),
            }
        }
        self.commit(jobs);
        closing
    }

    fn commit(&mut self, jobs: Vec<Job>) {
        let now = self.clock.now();
        self.next_flush = None;
        let batches = self.inbox.take(now);
        let mut answers = Vec::with_capacity(jobs.len());
        let outcome = self.transact(&batches, jobs, &mut answers, now);
        let stored = *outcome.as_ref().unwrap_or(&false);
        for batch in batches {
            if stored { batch.stored() } else { batch.lost() }
        }
        self.inbox.settle();
        for answer in answers {
            answer(outcome.clone().map(|_stored| ()));
        }
    }

    /// Answers whether the lines are in; jobs may be done although the lines did not fit on the disk.
    fn transact(
        &mut self,
        batches: &[Batch],
        jobs: Vec<Job>,
        answers: &mut Vec<Answer>,
        now: Timestamp,
    ) -> Result<bool, LogsError> {
        let transaction = schema::begin(&mut self.connection)?;
        let stored = in_savepoint(&transaction, |connection| append_all(connection, batches, now));
        if let Err(error) = &stored {
            tracing::error!(%error, "log lines are lost");
        }
        answers.extend(jobs.into_iter().map(|job| job(&transaction, now)));
        transaction.commit()?;
        Ok(stored.is_ok())
    }

    fn sweep(&mut self) {
        let now = self.clock.now();
        let more = expiry::sweep(&mut self.connection, now).unwrap_or_else(|error| {
            tracing::error!(%error, "expired log events could not be removed");
            false
        });
        self.next_sweep = Instant::now() + if more { Duration::ZERO } else { self.intervals.sweep };
    }
}

/// Without a time, never.
async fn sleep_until(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

fn append_all(connection: &Connection, batches: &[Batch], now: Timestamp) -> Result<(), LogsError> {
    batches.iter().try_for_each(|batch| ingest::append(connection, batch.key(), &batch.events, now))
}

fn in_savepoint<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> Result<T, LogsError>,
) -> Result<T, LogsError> {
    connection.prepare_cached("SAVEPOINT job")?.execute([])?;
    let result = work(connection);
    if result.is_err() {
        connection.prepare_cached("ROLLBACK TO job")?.execute([])?;
    }
    connection.prepare_cached("RELEASE job")?.execute([])?;
    result
}
