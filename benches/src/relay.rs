//! What this machine lets any warm invocation hope for: its way with nothing on it. A thread takes a request from a TCP
//! connection and passes the event on to an interpreter over a Unix socket; the answer goes back likewise. It
//! parses, authenticates, limits, freezes and logs nothing.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};
use std::thread;

use sigv4::Credential;
use testkit::Connection;

#[derive(Debug)]
pub(crate) struct Relay {
    interpreter: Child,
    address: SocketAddr,
}

impl Relay {
    /// `event` is what every request will end with, and what the program answers.
    pub(crate) fn start(command: &[&str], event: &'static str) -> io::Result<Relay> {
        let (runtime, theirs) = UnixStream::pair()?;
        let interpreter = Command::new(command[0])
            .args(&command[1..])
            .env_clear()
            .stdin(OwnedFd::from(theirs.try_clone()?))
            .stdout(OwnedFd::from(theirs))
            .spawn()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        // It ends with its client's connection.
        thread::spawn(move || listener.accept().and_then(|(client, _)| pass_on(client, runtime, event)));
        Ok(Relay { interpreter, address })
    }

    pub(crate) fn connect(&self) -> io::Result<Connection> {
        Connection::open(self.address, Credential::new("AKIARELAY", "unused"))
    }
}

fn pass_on(mut client: TcpStream, mut runtime: UnixStream, event: &str) -> io::Result<()> {
    client.set_nodelay(true)?;
    let mut request = [0; 4096];
    let mut answer = [0; 4096];
    loop {
        let mut length = 0;
        while !request[..length].ends_with(event.as_bytes()) {
            match client.read(&mut request[length..])? {
                0 => return Ok(()),
                more => length += more,
            }
        }
        runtime.write_all(event.as_bytes())?;
        let body = runtime.read(&mut answer)?;
        let mut response = format!("HTTP/1.1 200 OK\r\nContent-Length: {body}\r\n\r\n").into_bytes();
        response.extend_from_slice(&answer[..body]);
        client.write_all(&response)?;
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.interpreter.kill().ok();
        self.interpreter.wait().ok();
    }
}
