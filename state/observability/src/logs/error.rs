//! What can go wrong, seen from the caller.

use std::sync::Arc;

#[derive(Debug, Clone, thiserror::Error)]
pub enum LogsError {
    #[error("the log group does not exist")]
    GroupNotFound,
    #[error("the log stream does not exist")]
    StreamNotFound,
    #[error("the log group exists already")]
    GroupExists,
    #[error("the log stream exists already")]
    StreamExists,
    #[error("the log group is protected from deletion")]
    DeletionProtected,
    #[error("a log group may have {limit} tags")]
    TooManyTags { limit: usize },
    /// The store has been closed or its writer has died; nothing can be read or written any more.
    #[error("the log store is closed")]
    Closed,
    #[error("the log store failed: {0}")]
    Storage(Arc<rusqlite::Error>),
    /// A stored chunk does not decode: the file was damaged from outside.
    #[error("a stored chunk of log events is damaged: {0}")]
    Damaged(String),
}

impl From<rusqlite::Error> for LogsError {
    fn from(error: rusqlite::Error) -> LogsError {
        LogsError::Storage(Arc::new(error))
    }
}
