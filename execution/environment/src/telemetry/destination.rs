//! Where a subscriber listens, and how a batch gets there.

use std::io;

use bytes::Bytes;
use sandbox::Dialer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::patience::Patience;

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
    patience: Patience,
    /// Lines go over one connection for as long as it holds.
    open: Option<TcpStream>,
}

impl Way {
    pub(super) fn new(destination: Destination, dialer: Dialer, patience: Patience) -> Way {
        Way { destination, dialer, patience, open: None }
    }

    /// # Errors
    /// Nobody listens, or what listens did not take the batch in time. Over TCP, where nothing is answered, a batch
    /// waits until it is read.
    pub(super) async fn deliver(&mut self, batch: &[Bytes]) -> io::Result<()> {
        match &self.destination {
            Destination::Http { port, authority, path } => {
                let posting = async {
                    let connection = self.dialer.connect(*port).await?;
                    post(connection, authority, path, &array(batch)).await
                };
                self.patience.limit(posting).await
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

/// The head is there, and of the body what the head promises: who still writes shall not find the connection closed.
fn is_complete(answer: &[u8]) -> bool {
    let mut headers = [httparse::EMPTY_HEADER; 32];
    let mut response = httparse::Response::new(&mut headers);
    let Ok(httparse::Status::Complete(head)) = response.parse(answer) else { return false };
    let length = response.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
    let length = length.and_then(|header| std::str::from_utf8(header.value).ok()?.trim().parse().ok());
    answer.len() - head >= length.unwrap_or(0)
}

fn array(batch: &[Bytes]) -> Vec<u8> {
    [b"[".as_slice(), &batch.join(b",".as_slice()), b"]"].concat()
}

fn lines(batch: &[Bytes]) -> Vec<u8> {
    [batch.join(b"\n".as_slice()).as_slice(), b"\n"].concat()
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[test]
    fn a_batch_is_an_array_or_lines() {
        let batch = [Bytes::from_static(b"{}"), Bytes::from_static(b"[1]")];
        assert_eq!(array(&batch), b"[{},[1]]");
        assert_eq!(lines(&batch), b"{}\n[1]\n");
    }

    /// What becomes of a post that a listener answers so, keeping its connection open.
    async fn answered(answer: &'static str) -> io::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let connection = TcpStream::connect(listener.local_addr()?).await?;
        let (mut heard, _) = listener.accept().await?;
        heard.write_all(answer.as_bytes()).await?;
        post(connection, "sandbox:8080", "/", b"[]").await
    }

    #[tokio::test]
    async fn an_answer_is_complete_without_the_connection_s_end() {
        for taken in [
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK",
            "HTTP/1.1 204 No Content\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nOK\r\n",
        ] {
            assert!(answered(taken).await.is_ok(), "{taken}");
        }
        assert!(!is_complete(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nO"));
        let refused = answered("HTTP/1.1 503 Service Unavailable\r\n\r\n").await;
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
}
