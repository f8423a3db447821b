//! The one thread that writes `state.db`, many transactions to one commit.
//!
//! A transaction's expectations are checked against what those before it in the same commit wrote; one that does
//! not hold is answered with a conflict and leaves no trace. Nobody is answered, and nothing is fed, before the
//! commit is on disk.

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::database;
use crate::document::{Changed, Key, Transaction, Version};
use crate::handle::CommitError;

/// Enough to share an fsync among all that wait, few enough that the first of them does not wait long.
const COMMIT_MAX_TRANSACTIONS: usize = 256;

#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) transaction: Transaction,
    pub(crate) reply: oneshot::Sender<Result<Version, CommitError>>,
}

#[derive(Debug)]
pub(crate) struct Writer {
    connection: Connection,
    last: Version,
    feed: broadcast::Sender<Changed>,
}

impl Writer {
    pub(crate) fn new(connection: Connection, feed: broadcast::Sender<Changed>) -> rusqlite::Result<Writer> {
        let last = database::last_version(&connection)?;
        Ok(Writer { connection, last, feed })
    }

    /// Returns when every handle is gone and all they sent is written.
    pub(crate) fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut batch = Vec::new();
        while commands.blocking_recv_many(&mut batch, COMMIT_MAX_TRANSACTIONS) > 0 {
            self.commit(std::mem::take(&mut batch));
        }
    }

    fn commit(&mut self, batch: Vec<Command>) {
        match self.write(&batch) {
            Ok(decisions) => self.answer(batch, decisions),
            Err(error) => {
                tracing::error!(%error, "the state database refused a commit");
                fail(batch, &error);
            }
        }
    }

    fn write(&mut self, batch: &[Command]) -> rusqlite::Result<Vec<Decision>> {
        let database = self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut last = self.last;
        let mut decisions = Vec::with_capacity(batch.len());
        for command in batch {
            decisions.push(match conflict(&database, &command.transaction)? {
                Some(key) => Decision::Conflict(key),
                None => {
                    last = Version(last.0 + 1);
                    apply(&database, &command.transaction, last)?;
                    Decision::Written(last)
                }
            });
        }
        database::set_last_version(&database, last)?;
        database.commit()?;
        self.last = last;
        Ok(decisions)
    }

    fn answer(&self, batch: Vec<Command>, decisions: Vec<Decision>) {
        for (command, decision) in batch.into_iter().zip(decisions) {
            let answer = match decision {
                Decision::Conflict(key) => Err(CommitError::Conflict { key }),
                Decision::Written(version) => {
                    self.announce(command.transaction, version);
                    Ok(version)
                }
            };
            // A caller that went away does not undo what it asked for.
            command.reply.send(answer).ok();
        }
    }

    fn announce(&self, transaction: Transaction, version: Version) {
        for write in transaction.writes {
            // Fails only while nobody listens.
            self.feed.send(Changed { key: write.key, version }).ok();
        }
    }
}

#[derive(Debug)]
enum Decision {
    Written(Version),
    Conflict(Key),
}

fn conflict(connection: &Connection, transaction: &Transaction) -> rusqlite::Result<Option<Key>> {
    for write in &transaction.writes {
        if !write.expected.holds(database::version_of(connection, &write.key)?) {
            return Ok(Some(write.key.clone()));
        }
    }
    Ok(None)
}

fn apply(connection: &Connection, transaction: &Transaction, version: Version) -> rusqlite::Result<()> {
    for write in &transaction.writes {
        match &write.value {
            Some(value) => database::put(connection, &write.key, version, value)?,
            None => database::delete(connection, &write.key)?,
        }
    }
    Ok(())
}

fn fail(batch: Vec<Command>, error: &rusqlite::Error) {
    for command in batch {
        command.reply.send(Err(CommitError::Storage(error.to_string()))).ok();
    }
}
