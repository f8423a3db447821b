//! Signals as something to wait for, and a clean slate for programs that are about to run.
#![allow(unsafe_code)]

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};

/// Signals that arrive as readable records instead of interrupting.
#[derive(Debug)]
pub(crate) struct Watch(OwnedFd);

impl Watch {
    /// Blocks `signals` for the calling thread and collects them from now on.
    pub(crate) fn on(signals: &[libc::c_int]) -> io::Result<Self> {
        let set = set_of(signals);
        change_mask(libc::SIG_BLOCK, &set)?;
        // SAFETY: `set` is initialised and only read; -1 asks for a new descriptor.
        let descriptor =
            unsafe { libc::signalfd(-1, &raw const set, libc::SFD_CLOEXEC | libc::SFD_NONBLOCK) };
        if descriptor < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the kernel just returned this descriptor and nobody else owns it.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(descriptor) }))
    }

    /// The next signal that has arrived, if any. Equal ones that came close together count once.
    pub(crate) fn next(&self) -> io::Result<Option<libc::c_int>> {
        let mut record = [0; size_of::<libc::signalfd_siginfo>()];
        match rustix::io::read(&self.0, &mut record) {
            Ok(_whole) => Ok(Some(i32::from_ne_bytes([record[0], record[1], record[2], record[3]]))),
            Err(rustix::io::Errno::AGAIN) => Ok(None),
            Err(errno) => Err(errno.into()),
        }
    }
}

impl AsFd for Watch {
    fn as_fd(&self) -> std::os::fd::BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Undoes what the Rust runtime and [`Watch`] set, for a program that expects the defaults.
pub(crate) fn reset() -> io::Result<()> {
    // SAFETY: restoring the default action installs no handler that could run our code.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
    change_mask(libc::SIG_SETMASK, &set_of(&[]))
}

fn set_of(signals: &[libc::c_int]) -> libc::sigset_t {
    let mut set = MaybeUninit::uninit();
    // SAFETY: sigemptyset initialises the whole set.
    unsafe { libc::sigemptyset(set.as_mut_ptr()) };
    for signal in signals {
        // SAFETY: the set was initialised just above; an unknown signal number only makes the call fail.
        unsafe { libc::sigaddset(set.as_mut_ptr(), *signal) };
    }
    // SAFETY: initialised by sigemptyset.
    unsafe { set.assume_init() }
}

fn change_mask(how: libc::c_int, set: &libc::sigset_t) -> io::Result<()> {
    // SAFETY: `set` is live and only read; the previous mask is not asked for.
    match unsafe { libc::pthread_sigmask(how, set, std::ptr::null_mut()) } {
        0 => Ok(()),
        errno => Err(io::Error::from_raw_os_error(errno)),
    }
}
