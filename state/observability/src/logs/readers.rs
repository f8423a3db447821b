//! Connections that only read, opened as needed, each reading from one consistent snapshot at a time.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::error::LogsError;
use super::schema;

/// Reads at once; further ones wait. Each may hold decompressed chunks in memory.
const READERS_MAX: usize = 4;

#[derive(Debug, Clone)]
pub(super) struct Readers(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    path: PathBuf,
    permits: Arc<Semaphore>,
    /// Guards the connections that nobody uses at the moment.
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    pub(super) fn new(path: PathBuf) -> Readers {
        let permits = Arc::new(Semaphore::new(READERS_MAX));
        Readers(Arc::new(Pool { path, permits, idle: Mutex::default() }))
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, LogsError> + Send + 'static,
    ) -> Result<T, LogsError> {
        let permits = Arc::clone(&self.0.permits);
        let permit = permits.acquire_owned().await.map_err(|_closed| LogsError::Closed)?;
        let pool = Arc::clone(&self.0);
        // The permit goes with the work, which goes on when the caller loses interest.
        let reading = tokio::task::spawn_blocking(move || {
            let result = pool.read(work);
            drop(permit);
            result
        });
        reading.await.map_err(|_panicked| LogsError::Closed)?
    }
}

impl Pool {
    fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T, LogsError>) -> Result<T, LogsError> {
        let idle = self.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => schema::open_reader(&self.path)?,
        };
        let snapshot = connection.unchecked_transaction()?;
        let result = work(&snapshot);
        drop(snapshot);
        self.idle().push(connection);
        result
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
