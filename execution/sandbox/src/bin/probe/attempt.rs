//! Trying something and being refused.

use std::io;

use crate::Finding;

/// How a kernel says that it may not be.
const REFUSALS: &[i32] = &[
    libc::EPERM,
    libc::EACCES,
    libc::ENOSYS,
    libc::EROFS,
    libc::EAFNOSUPPORT,
    libc::EPROTONOSUPPORT,
    libc::ESOCKTNOSUPPORT,
];

/// Attempts that must all be refused.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    refused: Vec<String>,
    succeeded: Vec<String>,
}

impl Attempts {
    /// Makes a system call with up to six arguments.
    pub(crate) fn call(self, what: &str, number: libc::c_long, arguments: &[libc::c_long]) -> Self {
        let mut all = [0; 6];
        all[..arguments.len()].copy_from_slice(arguments);
        let [a, b, c, d, e, f] = all;
        // SAFETY: pointers among the arguments are to constants or null, and the call is expected to be refused
        // before it looks at them.
        let answer = unsafe { libc::syscall(number, a, b, c, d, e, f) };
        let result = if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(()) };
        self.result(what, result)
    }

    pub(crate) fn result<T>(self, what: &str, result: io::Result<T>) -> Self {
        self.refused_by(what, result, REFUSALS)
    }

    /// For things that may as well be absent.
    pub(crate) fn absent_or_refused<T>(self, what: &str, result: io::Result<T>) -> Self {
        let absent = [libc::ENOENT, libc::ENOTDIR, libc::ENXIO, libc::ENODEV];
        self.refused_by(what, result, &[REFUSALS, &absent].concat())
    }

    fn refused_by<T>(mut self, what: &str, result: io::Result<T>, refusals: &[i32]) -> Self {
        match result {
            Err(error) if error.raw_os_error().is_some_and(|errno| refusals.contains(&errno)) => {
                self.refused.push(what.to_owned());
            }
            Err(error) => self.succeeded.push(format!("{what} (failed for another reason: {error})")),
            Ok(_) => self.succeeded.push(what.to_owned()),
        }
        self
    }

    pub(crate) fn all_refused(self) -> Finding {
        match self.succeeded.is_empty() {
            true => Ok(format!("refused: {}", self.refused.join(", "))),
            false => Err(format!("not refused: {}", self.succeeded.join(", "))),
        }
    }
}

/// `Ok` with what holds, or `Err` with what does not.
pub(crate) fn expect(holds: bool, detail: String) -> Finding {
    if holds { Ok(detail) } else { Err(detail) }
}

pub(crate) fn pointer(text: &'static std::ffi::CStr) -> libc::c_long {
    text.as_ptr() as libc::c_long
}

pub(crate) fn failure(what: &str) -> impl Fn(io::Error) -> String {
    move |error| format!("{what}: {error}")
}
