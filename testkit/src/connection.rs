//! One keep-alive connection that sends signed requests and reads whole answers.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use http::{Method, Request, request};
use model::Clock;
use sigv4::{Credential, Signer};

/// Longer than any call of a test takes.
const TIMEOUT: Duration = Duration::from_secs(60);
const HEADERS_MAX: usize = 64;

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body, when the call went well.
    pub fn expect_success(self) -> Vec<u8> {
        let text = String::from_utf8_lossy(&self.body);
        assert!((200..300).contains(&self.status), "status {}: {text}", self.status);
        self.body
    }
}

/// Requests of one service, signed with one key.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    host: SocketAddr,
    credential: Credential,
    service: &'static str,
    clock: Clock,
    received: Vec<u8>,
}

impl Connection {
    /// For the AWS service `lambda`.
    pub fn open(host: SocketAddr, credential: Credential) -> io::Result<Connection> {
        Connection::open_for("lambda", host, credential)
    }

    pub fn open_for(
        service: &'static str,
        host: SocketAddr,
        credential: Credential,
    ) -> io::Result<Connection> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        Ok(Connection { stream, host, credential, service, clock: Clock::system(), received: Vec::new() })
    }

    pub fn call(&mut self, method: &Method, path: &str, body: &[u8]) -> io::Result<Answer> {
        let request = self.signed(method, path, body);
        self.exchange(&request)
    }

    /// Sends bytes made by [`Connection::signed`], so that signing can be left out of what is measured.
    pub fn exchange(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request)?;
        self.read_answer()
    }

    pub fn signed(&self, method: &Method, path: &str, body: &[u8]) -> Vec<u8> {
        let uri = format!("http://{}{path}", self.host);
        let request =
            Request::builder().method(method).uri(uri).body(()).expect("a test's path is a valid one");
        let (mut parts, ()) = request.into_parts();
        let signer = Signer { credential: &self.credential, region: "us-east-1", service: self.service };
        signer.sign(&mut parts, body, self.clock.now()).expect("a test's key is plain text");
        serialize(&parts, path, body)
    }

    fn read_answer(&mut self) -> io::Result<Answer> {
        self.received.clear();
        let mut chunk = [0; 16 * 1024];
        loop {
            let length = match self.stream.read(&mut chunk) {
                // A read with a timeout ends when whoever supervises the machine stops the process for a while.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            if length == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.received.extend_from_slice(&chunk[..length]);
            if let Some(answer) = parse(&self.received)? {
                return Ok(answer);
            }
        }
    }
}

fn serialize(parts: &request::Parts, path: &str, body: &[u8]) -> Vec<u8> {
    let mut request =
        format!("{} {path} HTTP/1.1\r\ncontent-length: {}\r\n", parts.method, body.len()).into_bytes();
    for (name, value) in &parts.headers {
        request.extend_from_slice(name.as_str().as_bytes());
        request.extend_from_slice(b": ");
        request.extend_from_slice(value.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    request.extend_from_slice(body);
    request
}

/// None while the answer is not complete.
fn parse(received: &[u8]) -> io::Result<Option<Answer>> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS_MAX];
    let mut response = httparse::Response::new(&mut headers);
    let parsed =
        response.parse(received).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
    let httparse::Status::Complete(start) = parsed else { return Ok(None) };
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let answer = Answer {
        status: response.code.unwrap_or(0),
        headers: response.headers.iter().map(|header| (header.name.to_owned(), text(header.value))).collect(),
        body: Vec::new(),
    };
    let length: usize = answer.header("content-length").and_then(|value| value.parse().ok()).unwrap_or(0);
    let body = received.get(start..start + length);
    Ok(body.map(|body| Answer { body: body.to_vec(), ..answer }))
}
