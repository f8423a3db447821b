//! Taking as much as there is, and meeting the limit.

use std::fs::{self, File};
use std::io::{self, Write};
use std::mem::MaybeUninit;

use crate::attempt::{expect, failure};
use crate::{Check, Finding, expectation};

pub(crate) const CHECKS: &[Check] = &[
    ("a_fork_bomb_meets_the_limit", a_fork_bomb_meets_the_limit),
    ("a_descriptor_hog_meets_the_limit", a_descriptor_hog_meets_the_limit),
    ("an_inotify_hog_meets_the_limit", an_inotify_hog_meets_the_limit),
    ("inotify_is_to_be_had", inotify_is_to_be_had),
    ("a_full_disk_is_the_own_one", a_full_disk_is_the_own_one),
    ("crashes_leave_no_core_behind", crashes_leave_no_core_behind),
];

/// More than any limit that a sandbox has.
const PLENTY: u64 = 5_000;

fn number(name: &str) -> Result<u64, String> {
    expectation(name)?.parse().map_err(|error| format!("PROBE_{name} is no number: {error}"))
}

/// Repeats `take` until it fails; how often it succeeded, and the error.
fn exhaust<T>(mut take: impl FnMut() -> io::Result<T>) -> (Vec<T>, Option<io::Error>) {
    let mut taken = Vec::new();
    while (taken.len() as u64) < PLENTY {
        match take() {
            Ok(one) => taken.push(one),
            Err(error) => return (taken, Some(error)),
        }
    }
    (taken, None)
}

fn limited<T>(taken: &[T], error: Option<io::Error>, errno: i32, limit: u64) -> Finding {
    let count = taken.len() as u64;
    let Some(error) = error else { return Err(format!("{count} and no end")) };
    let met = error.raw_os_error() == Some(errno) && count <= limit;
    expect(met, format!("{count}, then {error}; the limit is {limit}"))
}

fn a_fork_bomb_meets_the_limit() -> Finding {
    let limit = number("PROCESSES")?;
    let (children, error) = exhaust(fork_a_sleeper);
    for child in &children {
        // SAFETY: kill takes two numbers; the child is our own and unreaped.
        unsafe { libc::kill(*child, libc::SIGKILL) };
        // SAFETY: the status is not asked for.
        unsafe { libc::waitpid(*child, std::ptr::null_mut(), 0) };
    }
    limited(&children, error, libc::EAGAIN, limit)
}

pub(crate) fn fork_a_sleeper() -> io::Result<i32> {
    // SAFETY: the probe has one thread, so the child may go on as it likes.
    match unsafe { libc::fork() } {
        -1 => Err(io::Error::last_os_error()),
        0 => loop {
            // SAFETY: waits for a signal.
            unsafe { libc::pause() };
        },
        child => Ok(child),
    }
}

fn a_descriptor_hog_meets_the_limit() -> Finding {
    const DESCRIPTORS: u64 = 1_024;
    let (open, error) = exhaust(|| File::open("/dev/null"));
    limited(&open, error, libc::EMFILE, DESCRIPTORS)
}

fn an_inotify_hog_meets_the_limit() -> Finding {
    const DESCRIPTORS: u64 = 1_024;
    let (instances, error) = exhaust(inotify);
    limited(&instances, error, libc::EMFILE, DESCRIPTORS)
}

/// For a sandbox whose neighbour takes all that it gets.
fn inotify_is_to_be_had() -> Finding {
    inotify().map(|_instance| "one more instance".to_owned()).map_err(failure("making an instance"))
}

/// The instance stays open until the probe ends.
pub(crate) fn inotify() -> io::Result<i32> {
    // SAFETY: takes flags only.
    let instance = unsafe { libc::inotify_init1(libc::IN_CLOEXEC) };
    if instance < 0 { Err(io::Error::last_os_error()) } else { Ok(instance) }
}

fn a_full_disk_is_the_own_one() -> Finding {
    const PATH: &str = "/tmp/fill";
    // File systems come in steps, so there may be a little more than was asked for.
    let limit = number("TMP_BYTES")? / 4 * 5;
    let mut file = File::create(PATH).map_err(failure("creating a file in /tmp"))?;
    let block = vec![0xa5; 1024 * 1024];
    let mut written = 0;
    let error = loop {
        match file.write(&block) {
            Ok(bytes) => written += bytes as u64,
            Err(error) => break error,
        }
        if written > 2 * limit {
            return Err(format!("{written} bytes and no end; the limit is {limit}"));
        }
    };
    fs::remove_file(PATH).map_err(failure("removing the file"))?;
    let met = matches!(error.raw_os_error(), Some(libc::ENOSPC | libc::EFBIG)) && written <= limit;
    expect(met, format!("{written} bytes, then {error}; the limit is {limit}"))
}

fn crashes_leave_no_core_behind() -> Finding {
    let mut limit = MaybeUninit::<libc::rlimit>::uninit();
    // SAFETY: `limit` has room for the struct.
    if unsafe { libc::getrlimit(libc::RLIMIT_CORE, limit.as_mut_ptr()) } != 0 {
        return Err(io::Error::last_os_error().to_string());
    }
    // SAFETY: getrlimit succeeded, so it filled the struct.
    let limit = unsafe { limit.assume_init() };
    expect(limit.rlim_max == 0, format!("core files may have {} bytes", limit.rlim_max))
}
