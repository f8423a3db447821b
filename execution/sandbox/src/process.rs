//! A process in a sandbox, as the server sees it.

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use tokio::net::unix::pipe;
use tokio::sync::watch;

use crate::sandbox::SandboxError;
use crate::wire::Wire;

/// What to run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Command {
    /// The first is a path inside, or a name that is looked up on the `PATH` of `env`.
    pub argv: Vec<String>,
    pub env: Vec<(String, String)>,
    pub cwd: String,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Exit {
    Code(i32),
    /// By this signal. Whether memory was the cause is told by [`Usage::oom_kills`](crate::Usage::oom_kills).
    Signal(i32),
}

/// What a process can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Signal {
    Term,
    Kill,
}

/// Why a process did not start: what `execve` said, or the sandbox.
#[derive(Debug, thiserror::Error)]
pub enum SpawnError {
    #[error("no such file or folder")]
    NotFound,
    #[error("permission denied")]
    PermissionDenied,
    #[error("exec format error")]
    NotExecutable,
    #[error("arguments and environment are too large")]
    TooLarge,
    #[error("the working folder: {0}")]
    WorkingFolder(Box<SpawnError>),
    #[error(transparent)]
    Other(io::Error),
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
}

/// What init says of a process that did not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refused {
    pub(crate) errno: i32,
    /// It was not the program that was refused.
    pub(crate) working_folder: bool,
}

impl From<Refused> for SpawnError {
    fn from(refused: Refused) -> Self {
        let error = Self::from(io::Error::from_raw_os_error(refused.errno));
        if refused.working_folder { Self::WorkingFolder(Box::new(error)) } else { error }
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self { errno: error.raw_os_error().unwrap_or(libc::EIO), working_folder: false }
    }
}

impl From<io::Error> for SpawnError {
    fn from(error: io::Error) -> Self {
        match error.raw_os_error() {
            Some(libc::ENOENT | libc::ENOTDIR) => Self::NotFound,
            Some(libc::EACCES | libc::EPERM) => Self::PermissionDenied,
            Some(libc::ENOEXEC) => Self::NotExecutable,
            Some(libc::E2BIG) => Self::TooLarge,
            _ => Self::Other(error),
        }
    }
}

/// The reading ends of what a process writes; they end when every process that inherited them has.
#[derive(Debug)]
pub struct Output {
    pub stdout: pipe::Receiver,
    pub stderr: pipe::Receiver,
}

impl Output {
    pub(crate) fn new(stdout: OwnedFd, stderr: OwnedFd) -> io::Result<Self> {
        Ok(Self {
            stdout: pipe::Receiver::from_owned_fd(stdout)?,
            stderr: pipe::Receiver::from_owned_fd(stderr)?,
        })
    }
}

/// A running or ended process. Dropping it changes nothing for the process.
#[derive(Debug)]
pub struct Process {
    pid: u32,
    exit: watch::Receiver<Option<Exit>>,
    wire: Arc<Wire>,
}

impl Process {
    pub(crate) fn new(pid: u32, exit: watch::Receiver<Option<Exit>>, wire: Arc<Wire>) -> Self {
        Self { pid, exit, wire }
    }

    /// Its pid inside the sandbox.
    pub fn pid(&self) -> u32 {
        self.pid
    }

    /// Waits for the end; may be cancelled and called again. A process whose sandbox dies ends by SIGKILL.
    pub async fn wait(&mut self) -> Exit {
        self.end().await
    }

    /// The end, for somebody else to wait for.
    pub fn end(&self) -> impl Future<Output = Exit> + Send + 'static + use<> {
        let mut exit = self.exit.clone();
        async move {
            let ended = exit.wait_for(Option::is_some).await;
            ended.ok().and_then(|exit| *exit).unwrap_or(Exit::Signal(libc::SIGKILL))
        }
    }

    /// Sends a signal to this one process; one that has ended is left alone.
    ///
    /// # Errors
    /// The sandbox is gone.
    pub async fn signal(&self, signal: Signal) -> Result<(), SandboxError> {
        self.wire.signal(self.pid, signal).await
    }
}
