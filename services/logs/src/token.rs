//! Tokens that lead to the next page of a list.

use model::Timestamp;
use observability::logs::StreamCursor;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a token of this service")]
pub(crate) struct InvalidToken;

/// A token that the caller sent back, read as what it was made from.
pub(crate) fn read<T: std::str::FromStr>(token: Option<&str>) -> Result<Option<T>, InvalidToken> {
    token.map(|token| token.parse().map_err(|_other| InvalidToken)).transpose()
}

/// `<last event's time>/<name>`
pub(crate) fn write_cursor(cursor: &StreamCursor) -> String {
    format!("{}/{}", cursor.last_event.as_millis(), cursor.name)
}

pub(crate) fn read_cursor(token: Option<&str>) -> Result<Option<StreamCursor>, InvalidToken> {
    let Some(token) = token else { return Ok(None) };
    let (time, name) = token.split_once('/').ok_or(InvalidToken)?;
    let last_event = time.parse().map(Timestamp::from_millis).map_err(|_no_number| InvalidToken)?;
    let name = name.parse().map_err(|_no_name| InvalidToken)?;
    Ok(Some(StreamCursor { last_event, name }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_as_it_was_written() {
        let name = "2026/11/23/[$LATEST]ab".parse().unwrap();
        let cursor = StreamCursor { last_event: Timestamp::from_millis(7), name };
        assert_eq!(read_cursor(Some(&write_cursor(&cursor))), Ok(Some(cursor)));
    }

    #[test]
    fn refuses_other_texts() {
        for token in ["", "7", "x/s", "7/", "7/a:b"] {
            assert_eq!(read_cursor(Some(token)), Err(InvalidToken), "{token}");
        }
        assert_eq!(read_cursor(None), Ok(None));
    }
}
