//! Having a process forked into a sandbox: what the server gives, and what it is told.
//!
//! The server makes three pipes and gives their writing ends away. One is for the report, a few bytes from whoever got
//! furthest: the child inside (its pid there), the child on its way, or the launcher (what was refused). No report is
//! the answer of a zygote that died with the request. The report is not believed beyond that: the sandbox's init is
//! asked for the process.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::pipe::PipeFlags;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncReadExt;
use tokio::net::unix::pipe;

use crate::process::Output;
use crate::protocol::Failure;
use crate::sandbox::{Refusal, SandboxError};

/// A zygote that was not there loads what its template's processes begin with, on a machine that is busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
/// A number and the name of a step; pipes take that much in one piece.
const REPORT_MAX_BYTES: usize = 256;
const NUMBER_BYTES: usize = size_of::<i32>();

/// Why a process is forked, which it can ask the library of its zygote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Demand {
    /// Nobody needs it yet.
    Ahead,
    /// Somebody waits for it.
    Awaited,
}

/// Why no process was forked. The sandbox is as good as before, unless it is gone.
#[derive(Debug, thiserror::Error)]
pub enum ForkError {
    /// Its template has none, or it has just died and is not started again so soon, or a step was refused.
    #[error("the zygote has forked nothing: {0}")]
    Refused(Refusal),
    /// It died or did not answer; the next one is another.
    #[error("the zygote has died or does not answer")]
    ZygoteGone,
    #[error("the server cannot make or watch a pipe: {0}")]
    Io(#[from] io::Error),
    #[error(transparent)]
    Sandbox(#[from] SandboxError),
}

/// The reading ends that the server keeps.
#[derive(Debug)]
pub(crate) struct Asked {
    report: pipe::Receiver,
    output: Output,
}

/// The pipes of one request, and the ends to give away.
pub(crate) fn ask() -> io::Result<(Asked, [OwnedFd; 3])> {
    let pipe = || rustix::pipe::pipe_with(PipeFlags::CLOEXEC);
    let ((report, report_end), (stdout, stdout_end), (stderr, stderr_end)) = (pipe()?, pipe()?, pipe()?);
    let report = pipe::Receiver::from_owned_fd(report)?;
    let output = Output::new(stdout, stderr)?;
    Ok((Asked { report, output }, [report_end, stdout_end, stderr_end]))
}

impl Asked {
    /// The pid inside and the output of what was forked.
    pub(crate) async fn answer(mut self) -> Result<(u32, Output), ForkError> {
        let mut text = [0; REPORT_MAX_BYTES];
        let length = self.report.read(&mut text).await?;
        let (number, step) =
            text[..length].split_first_chunk::<NUMBER_BYTES>().ok_or(ForkError::ZygoteGone)?;
        match i32::from_ne_bytes(*number) {
            pid @ 1.. => Ok((pid.unsigned_abs(), self.output)),
            errno => {
                let step = String::from_utf8_lossy(step).into_owned();
                Err(ForkError::Refused(Failure { step, errno: errno.saturating_neg() }.into()))
            }
        }
    }
}

/// The launcher's own report.
pub(crate) fn refuse(given: &[OwnedFd], failure: &Failure) {
    let Some(report) = given.first() else { return };
    let mut text = (-failure.errno).to_ne_bytes().to_vec();
    text.extend(failure.step.bytes().take(REPORT_MAX_BYTES - NUMBER_BYTES));
    // Refused when the server has stopped waiting. The pipe is new, so it takes this much without waiting; one that
    // the server filled is not written to.
    write_if_possible(report.as_fd(), &text).ok();
}

fn write_if_possible(report: BorrowedFd<'_>, text: &[u8]) -> io::Result<()> {
    rustix::io::ioctl_fionbio(report, true)?;
    Ok(rustix::io::write(report, text).map(drop)?)
}
