//! What a single process of a sandbox may use, whatever the sandbox as a whole may.

use std::io;

use rustix::process::Resource;

use crate::privileges;

/// AWS's limit of open files in an environment.
const OPEN_FILES: u64 = 1024;
/// AWS's limit of processes and threads; the bound where no cgroup counts them.
pub(crate) const PROCESSES: u32 = 1024;

/// Of the calling process and all that it starts.
pub(crate) fn set_for_processes() -> io::Result<()> {
    set_for_zygote()?;
    privileges::limit(Resource::Nproc, PROCESSES.into())
}

/// The kernel counts processes by user and user namespace. A zygote has no sandbox's, so its children set that limit.
pub(crate) fn set_for_zygote() -> io::Result<()> {
    privileges::limit(Resource::Nofile, OPEN_FILES)?;
    privileges::limit(Resource::Core, 0)
}
