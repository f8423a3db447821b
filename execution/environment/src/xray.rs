//! The X-Ray daemon of an environment: takes the segments that SDKs send as datagrams, and never answers.
//!
//! A datagram is a line that says the format, and a document. What is neither is dropped, as by AWS's daemon.

use bytes::Bytes;
use observability::Segments;
use observability::logs::Scope;
use serde::Deserialize;
use tokio::net::UdpSocket;

/// The largest datagram that there is.
const DATAGRAM_MAX_BYTES: usize = 64 * 1024;

/// Kept in one go; more that have come wait in the socket, which bounds them.
const BATCH_MAX: usize = 50;

#[derive(Deserialize)]
struct Header<'a> {
    format: &'a str,
    version: u32,
}

/// Until the task is dropped.
pub(crate) async fn keep(socket: UdpSocket, scope: Scope, segments: Segments) {
    // Most functions send nothing, so the room for a datagram is made with the first.
    while socket.readable().await.is_ok() {
        let batch = waiting(&socket);
        if batch.is_empty() {
            continue;
        }
        if let Err(error) = segments.keep(scope.clone(), batch).await {
            tracing::warn!(%error, "trace segments were lost");
        }
    }
}

fn waiting(socket: &UdpSocket) -> Vec<Bytes> {
    let mut buffer = vec![0; DATAGRAM_MAX_BYTES];
    let mut batch = vec![];
    while batch.len() < BATCH_MAX {
        let Ok(length) = socket.try_recv(&mut buffer) else { break };
        batch.extend(document(&buffer[..length]).map(Bytes::copy_from_slice));
    }
    batch
}

/// What stands behind a header that the daemon knows.
fn document(datagram: &[u8]) -> Option<&[u8]> {
    let newline = memchr::memchr(b'\n', datagram)?;
    let (header, document) = (&datagram[..newline], &datagram[newline + 1..]);
    let header = serde_json::from_slice::<Header<'_>>(header).ok()?;
    let is_known = header.format.eq_ignore_ascii_case("json") && header.version == 1;
    (is_known && !document.is_empty()).then_some(document)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_stands_behind_a_known_header() {
        assert_eq!(document(b"{\"format\": \"JSON\", \"version\": 1}\n{}"), Some(b"{}".as_slice()));
        for bad in [
            b"{}".as_slice(),
            b"{\"format\": \"json\", \"version\": 2}\n{}",
            b"{\"format\": \"xml\", \"version\": 1}\n{}",
            b"{\"format\": \"json\", \"version\": 1}\n",
            b"\xff\n{}",
        ] {
            assert_eq!(document(bad), None);
        }
    }
}
