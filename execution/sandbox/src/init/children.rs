//! Starting processes and seeing them die.
#![allow(unsafe_code)]

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use rustix::pipe::PipeFlags;
use rustix::process::{Pid, WaitOptions, WaitStatus};

use crate::descriptors::{close_all_but, place};
use crate::process::{Command, Exit, Refused, Signal};
use crate::program::Program;
use crate::{privileges, signals};

/// The first byte of a report that names the working folder as what was refused.
const WORKING_FOLDER_STEP: u8 = b'w';
const PROGRAM_STEP: u8 = b'p';

/// The processes that the server asked for and that still live. Others are orphans, reaped without a word.
#[derive(Debug, Default)]
pub(super) struct Children {
    alive: HashSet<i32>,
}

impl Children {
    /// Starts a process; returns its pid and the reading ends of its standard output and error. What `execve`
    /// refuses comes back as its error.
    pub(super) fn spawn(&mut self, command: &Command) -> Result<(u32, [OwnedFd; 2]), Refused> {
        let program = Program::new(command)?;
        let pipe = || rustix::pipe::pipe_with(PipeFlags::CLOEXEC).map_err(io::Error::from);
        let ((stdout, stdout_end), (stderr, stderr_end), (error, error_end)) = (pipe()?, pipe()?, pipe()?);
        let ends = [stdout_end, stderr_end, error_end];
        let Some(pid) = fork()? else { become_program(&program, ends) };
        drop(ends);
        self.alive.insert(pid);
        match refusal(error)? {
            None => Ok((pid.unsigned_abs(), [stdout, stderr])),
            Some(refused) => {
                self.alive.remove(&pid);
                Err(refused)
            }
        }
    }

    /// Takes over a process that another one forked into the sandbox.
    pub(super) fn adopt(&mut self, pid: u32) -> io::Result<()> {
        let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).filter(|pid| !pid.is_init());
        let pid = pid.ok_or(io::ErrorKind::InvalidInput)?;
        // One that has died since is there until it is reaped, and then it is too late to tell how it ended.
        rustix::process::test_kill_process(pid)?;
        self.alive.insert(pid.as_raw_nonzero().get());
        Ok(())
    }

    /// Only a living child is signalled, and a dead one keeps its pid until it is reaped, so the pid is never another's.
    pub(super) fn signal(&self, pid: u32, signal: Signal) {
        let Some(pid) =
            i32::try_from(pid).ok().filter(|pid| self.alive.contains(pid)).and_then(Pid::from_raw)
        else {
            return;
        };
        let signal = match signal {
            Signal::Term => rustix::process::Signal::TERM,
            Signal::Kill => rustix::process::Signal::KILL,
        };
        // Refused only for a process that is no longer there.
        rustix::process::kill_process(pid, signal).ok();
    }

    /// Kills every process of the sandbox but init.
    pub(super) fn kill_all(&self) {
        self.signal_all(libc::SIGKILL);
    }

    /// Signals every process of the sandbox but init. One pass is enough: the kernel walks the processes under a lock
    /// that fork needs, and a fork that is under way sees the signal and gives up.
    pub(super) fn signal_all(&self, signal: libc::c_int) {
        // SAFETY: plain numbers; -1 is every process of this pid namespace but the caller.
        unsafe { libc::kill(-1, signal) };
    }

    /// Processor time of those that have been reaped.
    pub(super) fn cpu_of_the_dead(&self) -> Duration {
        let mut usage = MaybeUninit::<libc::rusage>::zeroed();
        // SAFETY: the struct is live and the call fills it.
        unsafe { libc::getrusage(libc::RUSAGE_CHILDREN, usage.as_mut_ptr()) };
        // SAFETY: zeroes are a valid value, should the call have failed.
        let usage = unsafe { usage.assume_init() };
        duration(usage.ru_utime) + duration(usage.ru_stime)
    }

    /// The next of the server's processes that has died; orphans are reaped on the way.
    pub(super) fn reap(&mut self) -> io::Result<Option<(u32, Exit)>> {
        loop {
            match rustix::process::wait(WaitOptions::NOHANG) {
                Ok(Some((pid, status))) => {
                    let pid = pid.as_raw_nonzero().get();
                    if let (true, Some(exit)) = (self.alive.remove(&pid), exit_of(status)) {
                        return Ok(Some((pid.unsigned_abs(), exit)));
                    }
                }
                Ok(None) | Err(rustix::io::Errno::CHILD) => return Ok(None),
                Err(errno) => return Err(errno.into()),
            }
        }
    }
}

/// The pid of the child, in which there is none. Unlike the C library's own fork this one runs nothing of what libraries
/// want run around it: the allocator alone would write to thirty pages on either side.
fn fork() -> io::Result<Option<i32>> {
    const NONE: libc::c_long = 0;
    let exit_signal = libc::c_long::from(libc::SIGCHLD);
    // SAFETY: without CLONE_VM and a new stack this is fork. Init is single-threaded, so the child's copy of memory is
    // whole and every lock in it is free.
    match unsafe { libc::syscall(libc::SYS_clone, exit_signal, NONE, NONE, NONE, NONE) } {
        0 => Ok(None),
        pid if pid > 0 => {
            i32::try_from(pid).map(Some).map_err(|_too_large| io::ErrorKind::InvalidData.into())
        }
        _failed => Err(io::Error::last_os_error()),
    }
}

fn duration(time: libc::timeval) -> Duration {
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_usec).unwrap_or(0) * 1000)
}

fn exit_of(status: WaitStatus) -> Option<Exit> {
    status.exit_status().map(Exit::Code).or_else(|| status.terminating_signal().map(Exit::Signal))
}

/// The pipe closes by itself when exec succeeds.
fn refusal(pipe: OwnedFd) -> io::Result<Option<Refused>> {
    let mut report = Vec::new();
    File::from(pipe).read_to_end(&mut report)?;
    let Ok([step, errno @ ..]) = <[u8; 5]>::try_from(report) else { return Ok(None) };
    Ok(Some(Refused { errno: i32::from_ne_bytes(errno), working_folder: step == WORKING_FOLDER_STEP }))
}

/// The child's side of the fork.
fn become_program(program: &Program, ends: [OwnedFd; 3]) -> ! {
    let [stdout, stderr, report] = ends;
    let (step, error) = match arrange(&stdout, &stderr, &report) {
        Ok(()) => match program.enter_working_folder() {
            Ok(()) => (PROGRAM_STEP, program.execute()),
            Err(error) => (WORKING_FOLDER_STEP, error),
        },
        Err(error) => (PROGRAM_STEP, error),
    };
    let [a, b, c, d] = error.raw_os_error().unwrap_or(libc::EIO).to_ne_bytes();
    // The parent reads an empty pipe as success, and there is nobody left to tell of a failure to write.
    rustix::io::write(&report, &[step, a, b, c, d]).ok();
    super::exit(127)
}

/// Standard input, output and error, an own session, default signals, and nothing else but the pipe that reports a
/// failed exec and closes by a successful one.
fn arrange(stdout: &OwnedFd, stderr: &OwnedFd, report: &OwnedFd) -> io::Result<()> {
    place(stdout, 1)?;
    place(stderr, 2)?;
    close_all_but(&[report.as_fd()])?;
    rustix::process::setsid()?;
    signals::reset()?;
    prefer_as_victim()
}

/// When the host itself runs out of memory, functions go first; when the sandbox does, its init goes last. Only a
/// process that owns its files in `/proc` may say so, and by now it holds nothing that a neighbour could steal.
fn prefer_as_victim() -> io::Result<()> {
    const FIRST_TO_GO: &str = "1000";
    privileges::own_proc_files()?;
    std::fs::write("/proc/self/oom_score_adj", FIRST_TO_GO)
}
