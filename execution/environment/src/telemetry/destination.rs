//! Where a subscriber listens, and how a batch gets there.

use std::io;

use bytes::Bytes;
use sandbox::Dialer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a subscriber's answer may hold; only its first line is of interest.
const ANSWER_MAX_BYTES: u64 = 64 * 1024;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Destination {
    Http { port: u16, authority: String, path: String },
    Tcp { port: u16 },
}

/// The way to one subscriber.
#[derive(Debug)]
pub(super) struct Way {
    destination: Destination,
    dialer: Dialer,
    /// Lines go over one connection for as long as it holds.
    open: Option<TcpStream>,
}

impl Way {
    pub(super) fn new(destination: Destination, dialer: Dialer) -> Way {
        Way { destination, dialer, open: None }
    }

    /// # Errors
    /// Nobody listens, or what listens did not take the batch.
    pub(super) async fn deliver(&mut self, batch: &[Bytes]) -> io::Result<()> {
        match &self.destination {
            Destination::Http { port, authority, path } => {
                let connection = self.dialer.connect(*port).await?;
                post(connection, authority, path, &array(batch)).await
            }
            Destination::Tcp { port } => {
                let connection = match self.open.take() {
                    Some(connection) => connection,
                    None => self.dialer.connect(*port).await?,
                };
                self.open = Some(write(connection, &lines(batch)).await?);
                Ok(())
            }
        }
    }
}

async fn write(mut connection: TcpStream, bytes: &[u8]) -> io::Result<TcpStream> {
    connection.write_all(bytes).await?;
    Ok(connection)
}

async fn post(mut connection: TcpStream, authority: &str, path: &str, body: &[u8]) -> io::Result<()> {
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {authority}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    connection.write_all(head.as_bytes()).await?;
    connection.write_all(body).await?;
    let mut answer = vec![];
    let mut limited = connection.take(ANSWER_MAX_BYTES);
    // A listener that keeps its connection open has answered all the same.
    while !is_complete(&answer) && limited.read_buf(&mut answer).await? > 0 {}
    match answer.get(..10) {
        Some([b'H', b'T', b'T', b'P', b'/', b'1', b'.', _, b' ', b'2']) => Ok(()),
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Head and body are there.
fn is_complete(answer: &[u8]) -> bool {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(head)) = response.parse(answer) else { return false };
    let length = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|header| std::str::from_utf8(header.value).ok()?.trim().parse().ok());
    length.is_some_and(|length: usize| answer.len() - head >= length)
}

fn array(batch: &[Bytes]) -> Vec<u8> {
    [b"[".as_slice(), &batch.join(b",".as_slice()), b"]"].concat()
}

fn lines(batch: &[Bytes]) -> Vec<u8> {
    [batch.join(b"\n".as_slice()).as_slice(), b"\n"].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_an_array_or_lines() {
        let batch = [Bytes::from_static(b"{}"), Bytes::from_static(b"[1]")];
        assert_eq!(array(&batch), b"[{},[1]]");
        assert_eq!(lines(&batch), b"{}\n[1]\n");
    }

    #[test]
    fn an_answer_is_complete_with_its_body() {
        assert!(!is_complete(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nO"));
        assert!(is_complete(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"));
        assert!(!is_complete(b"HTTP/1.1 200 OK\r\n"));
    }
}
