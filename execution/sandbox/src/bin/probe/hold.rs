//! Lasting things, for checks that need two sandboxes or end in death.

use std::fs;
use std::io::{self, Write};
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

use crate::resources;

pub(crate) const NEIGHBOUR_PORT: u16 = 7777;
pub(crate) const NEIGHBOUR_NAME: &str = "probe-neighbour";
pub(crate) const NEIGHBOUR_FILE: &str = "/tmp/neighbour";
pub(crate) const NEIGHBOUR_KEY: i32 = 0x6d61_7966;

pub(crate) fn hold(name: &str) {
    match name {
        "memory" => take_all_memory(),
        "output" => write_without_end(),
        "inotify" => take_all(resources::inotify),
        "processes" => take_all(resources::fork_a_sleeper),
        "neighbour" => be_a_neighbour(),
        "nothing" => wait(),
        other => panic!("nothing is called {other:?}"),
    }
}

/// Tells that all is set up, and stays until killed.
fn wait() {
    println!("ready");
    loop {
        std::thread::park();
    }
}

fn take_all_memory() {
    const STEP_BYTES: usize = 16 * 1024 * 1024;
    let mut taken = Vec::new();
    loop {
        taken.push(vec![0xa5_u8; STEP_BYTES]);
        std::hint::black_box(&taken);
    }
}

fn write_without_end() {
    let line = [b'x'; 4096];
    while io::stdout().write_all(&line).is_ok() {}
}

fn take_all(take: fn() -> io::Result<i32>) {
    while take().is_ok() {}
    wait();
}

fn be_a_neighbour() {
    let _tcp = TcpListener::bind(("0.0.0.0", NEIGHBOUR_PORT)).expect("the port is free in this sandbox");
    let name = SocketAddr::from_abstract_name(NEIGHBOUR_NAME).expect("a short name");
    let _unix = UnixListener::bind_addr(&name).expect("the name is free in this sandbox");
    fs::write(NEIGHBOUR_FILE, "neighbour").expect("/tmp is writable");
    // SAFETY: makes a segment by number and attaches nothing.
    let segment = unsafe { libc::shmget(NEIGHBOUR_KEY, 4096, libc::IPC_CREAT | 0o666) };
    assert!(segment >= 0, "{}", io::Error::last_os_error());
    wait();
}
