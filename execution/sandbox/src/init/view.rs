//! What the sandbox looks like from inside, for a server that cannot look for itself.

use std::io;
use std::os::fd::OwnedFd;

use rustix::net::{AddressFamily, SocketFlags, SocketType};

/// No folder that is asked for holds more that matters, and the answer fits one packet with the longest names.
const NAMES_MAX: usize = 64;

/// The files in a folder, in the order of their names; none when the folder is not there.
pub(super) fn list(folder: &str) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return vec![] };
    let files = entries.flatten().filter(|entry| !entry.path().is_dir());
    let mut names = files.filter_map(|entry| entry.file_name().into_string().ok()).collect::<Vec<_>>();
    names.sort_unstable();
    names.truncate(NAMES_MAX);
    names
}

/// A TCP socket that is not connected yet. It belongs to the network that it was made in, whoever connects it.
pub(super) fn socket() -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(rustix::net::socket_with(AddressFamily::INET, SocketType::STREAM, flags, None)?)
}
