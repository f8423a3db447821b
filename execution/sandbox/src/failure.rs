//! Naming the step that the kernel refused.

use std::io;

use crate::protocol::Failure;

/// `result.at("mount /proc")?`: turns a refusal into one that says where it happened.
pub(crate) trait At<T> {
    fn at(self, step: &'static str) -> Result<T, Failure>;
}

impl<T> At<T> for io::Result<T> {
    fn at(self, step: &'static str) -> Result<T, Failure> {
        self.map_err(|error| Failure {
            step: step.to_owned(),
            errno: error.raw_os_error().unwrap_or(libc::EIO),
        })
    }
}

impl<T> At<T> for rustix::io::Result<T> {
    fn at(self, step: &'static str) -> Result<T, Failure> {
        self.map_err(|errno| Failure { step: step.to_owned(), errno: errno.raw_os_error() })
    }
}
