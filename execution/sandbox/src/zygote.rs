//! From a copy of the launcher to a zygote: a process that has loaded what many processes of a template begin with, and
//! forks them.
//!
//! It sees the template's files and nothing else: no network, no process but itself, no cgroup. It has a uid of its own
//! and two capabilities, both over the ward alone: they are what it takes to enter a sandbox. What it runs is the
//! template's [`Command`], which talks to the launcher through the library at [`LIBRARY`].
#![allow(unsafe_code)]

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::mount::MountAttrFlags;
use rustix::process::{Gid, Uid};
use rustix::thread::{CapabilitySet, UnshareFlags};

use crate::descriptors::{close_all_but, place};
use crate::failure::At;
use crate::mounts::{self, Detached, Restrictions};
use crate::process::Command;
use crate::program::Program;
use crate::protocol::Failure;
use crate::{limits, namespaces, privileges, seccomp, signals};

/// Where a zygote finds the library by which its children enter sandboxes; `zygote/library.rs` says how it is used.
pub const LIBRARY: &str = "/run/zygote.so";
/// Where the library finds the launcher's orders.
const CONTROL_FD: i32 = 3;

static LIBRARY_BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/zygote.so"));

/// What a zygote is made from.
#[derive(Debug)]
pub(crate) struct Conception<'a> {
    pub(crate) command: &'a Command,
    pub(crate) template: BorrowedFd<'a>,
    /// The user namespace over which it has power, if it is not the launcher's.
    pub(crate) ward: Option<BorrowedFd<'a>>,
    /// As that user namespace names it.
    pub(crate) uid: Uid,
    pub(crate) control: OwnedFd,
}

/// Becomes the zygote. Never returns to the launcher's code, of which this process is a copy.
pub(crate) fn run(conception: &Conception<'_>) -> ! {
    let failure = match become_zygote(conception) {
        Ok(never) => never,
        Err(failure) => failure,
    };
    eprintln!("mayfly: a zygote does not start: {failure}");
    // SAFETY: _exit takes a number and does not return; the launcher's exit handlers are not this process' to run.
    unsafe { libc::_exit(1) }
}

/// Returns only why it cannot be run.
fn become_zygote(conception: &Conception<'_>) -> Result<Failure, Failure> {
    let program = Program::new(conception.command).at("read the command")?;
    rustix::process::setsid().at("begin a session")?;
    namespaces::enter_mount_namespace(conception.template).at("enter the template")?;
    let all_but_user =
        UnshareFlags::NEWNS | UnshareFlags::NEWNET | UnshareFlags::NEWIPC | UnshareFlags::NEWUTS;
    namespaces::unshare(all_but_user | UnshareFlags::NEWCGROUP).at("enter new namespaces")?;
    furnish_root().at("furnish the root")?;
    if let Some(ward) = conception.ward {
        namespaces::enter_user_namespace(ward).at("enter the ward")?;
    }
    limits::set_for_zygote().at("limit resources")?;
    let gid = Gid::from_raw(conception.uid.as_raw());
    privileges::keep_across_uids()
        .and_then(|()| privileges::become_user(conception.uid, gid))
        .and_then(|()| privileges::keep_only(&[CapabilitySet::SYS_ADMIN, CapabilitySet::SYS_CHROOT]))
        .at("give up privileges")?;
    arrange_descriptors(conception).and_then(|()| signals::reset()).at("arrange descriptors")?;
    seccomp::install_for_zygote().at("install the system call filter")?;
    program.enter_working_folder().at("enter the working folder")?;
    Err::<Failure, _>(program.execute()).at("run the command")
}

/// The library, and of the processes nothing but the own one.
fn furnish_root() -> io::Result<()> {
    let safe = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV;
    Detached::new("tmpfs", &[("mode", "755")], safe)?.attach("/run")?;
    std::fs::write(LIBRARY, LIBRARY_BYTES)?;
    mounts::restrict_at("/run", Restrictions::READ_ONLY)?;
    let options = [("hidepid", "invisible"), ("subset", "pid")];
    Detached::new("proc", &options, safe | MountAttrFlags::MOUNT_ATTR_NOEXEC)?.attach("/proc")
}

/// Nothing to read, nothing to print to; what goes wrong is told where the launcher tells it.
fn arrange_descriptors(conception: &Conception<'_>) -> io::Result<()> {
    {
        let null = std::fs::File::options().read(true).write(true).open("/dev/null")?;
        place(&null, 0)?;
        place(&null, 1)?;
    }
    place(&conception.control, CONTROL_FD)?;
    // SAFETY: the descriptor was placed there just now, and is not owned by number by anything else.
    let control = unsafe { BorrowedFd::borrow_raw(CONTROL_FD) };
    close_all_but(&[control.as_fd()])
}
