//! Removes what has expired or was deleted, in steps small enough that lines and jobs never wait long.

use model::Timestamp;
use rusqlite::{Connection, Transaction, params};

use super::error::LogsError;
use super::groups::Retention;
use super::schema;

/// Chunks removed in one transaction: about 2 MB of file.
const CHUNKS_PER_STEP: i64 = 256;

/// Takes one step; answers whether more is left.
pub(super) fn sweep(connection: &mut Connection, now: Timestamp) -> Result<bool, LogsError> {
    let transaction = schema::begin(connection)?;
    let more = remove_garbage(&transaction)? || expire(&transaction, now)?;
    transaction.commit()?;
    Ok(more)
}

fn remove_garbage(transaction: &Transaction<'_>) -> Result<bool, LogsError> {
    let sql = "DELETE FROM chunk WHERE id IN
        (SELECT chunk.id FROM garbage JOIN chunk USING (stream_id) LIMIT ?1)
        RETURNING group_id, length(data)";
    let removed = remove(transaction, sql, params![CHUNKS_PER_STEP])?;
    let more = removed == CHUNKS_PER_STEP;
    if !more {
        transaction.prepare_cached("DELETE FROM garbage")?.execute([])?;
    }
    Ok(more)
}

fn expire(transaction: &Transaction<'_>, now: Timestamp) -> Result<bool, LogsError> {
    for (group, retention) in limited_groups(transaction)? {
        let sql = "DELETE FROM chunk WHERE id IN
            (SELECT id FROM chunk WHERE group_id = ?1 AND last_ms < ?2 LIMIT ?3)
            RETURNING group_id, length(data)";
        let horizon = retention.horizon(now).as_millis();
        if remove(transaction, sql, params![group, horizon, CHUNKS_PER_STEP])? == CHUNKS_PER_STEP {
            return Ok(true);
        }
    }
    Ok(false)
}

fn limited_groups(transaction: &Transaction<'_>) -> Result<Vec<(i64, Retention)>, LogsError> {
    let sql = "SELECT id, retention_days FROM log_group WHERE retention_days IS NOT NULL";
    let mut statement = transaction.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((row.get(0)?, Retention { days: row.get(1)? })))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Runs a deletion that returns group and size of each chunk, and takes the sizes off the groups. Answers how many
/// chunks went.
fn remove(
    transaction: &Transaction<'_>,
    sql: &str,
    parameters: impl rusqlite::Params,
) -> Result<i64, LogsError> {
    let mut statement = transaction.prepare_cached(sql)?;
    let rows = statement.query_map(parameters, |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))?;
    let removed = rows.collect::<Result<Vec<_>, _>>()?;
    let mut shrink =
        transaction.prepare_cached("UPDATE log_group SET stored_bytes = stored_bytes - ?2 WHERE id = ?1")?;
    for (group, bytes) in &removed {
        shrink.execute(params![group, bytes])?;
    }
    Ok(removed.len() as i64)
}
