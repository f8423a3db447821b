//! The server's beginning: what it gets from the warden, and the privileges that it gives up.

use std::io;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::process::{Gid, Pid, Signal, Uid};
use rustix::thread::UnshareFlags;
use serde::{Deserialize, Serialize};

use crate::connection::Connection;
use crate::mounts::{self, Depth, Detached, Restrictions};
use crate::packet::{self, Packet};
use crate::spec::Parking;
use crate::trees::Trees;
use crate::{namespaces, privileges, role};

/// Where the server sees the data folder when it runs as a user of its own, which could not walk the folder's path: a
/// clone or a home is often closed to others.
const DATA_FOLDER: &str = "/run/mayfly";

/// How far the sandboxes of this server can be trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Isolation {
    pub rootless: bool,
    /// What is weaker than it could be: plain sentences for the operator.
    pub weaker: Vec<String>,
}

/// What the warden tells a server at its start.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Config {
    pub(crate) data_dir: PathBuf,
    pub(crate) payload: Vec<u8>,
    pub(crate) parking: Parking,
    pub(crate) isolation: Isolation,
    /// The uid to become; none for an ordinary user, who is unprivileged already.
    pub(crate) user: Option<u32>,
    pub(crate) warden: i32,
}

#[derive(Debug)]
pub struct Seat {
    /// Where this process sees the data folder.
    pub data_dir: PathBuf,
    /// As it was given to the warden.
    pub payload: Vec<u8>,
    /// Duplicates of those that were given to the warden, in their order.
    pub descriptors: Vec<OwnedFd>,
    pub isolation: Isolation,
    pub connection: Connection,
}

#[derive(Debug, thiserror::Error)]
pub enum SeatError {
    #[error("this process was not started by Mayfly's warden: {0}")]
    NoWarden(io::Error),
    #[error("the data folder cannot be shown to the server: {0}")]
    DataFolder(io::Error),
    #[error("the server cannot give up its privileges: {0}")]
    Privileges(io::Error),
}

impl Seat {
    /// To be called once, by a single-threaded process whose role is [`Server`](crate::Role::Server). Afterwards the
    /// process has no privileges, cannot regain any, and dies with its warden.
    ///
    /// # Errors
    /// All of them are reasons to end.
    pub fn take() -> Result<Self, SeatError> {
        let warden = role::link().map_err(SeatError::NoWarden)?;
        let packet = packet::receive_large::<Config>(&warden).map_err(SeatError::NoWarden)?;
        let Some(Packet { message: config, descriptors }) = packet else {
            return Err(SeatError::NoWarden(io::ErrorKind::UnexpectedEof.into()));
        };
        let mut data_dir = config.data_dir;
        if let Some(user) = config.user {
            show_data_folder(&data_dir).map_err(SeatError::DataFolder)?;
            data_dir = DATA_FOLDER.into();
            become_server(user).map_err(SeatError::Privileges)?;
        }
        confine(config.warden).map_err(SeatError::Privileges)?;
        let trees = Trees(data_dir.join("trees"));
        let connection = Connection { warden, parking: config.parking, trees };
        Ok(Self { data_dir, payload: config.payload, descriptors, isolation: config.isolation, connection })
    }
}

fn show_data_folder(data_dir: &Path) -> io::Result<()> {
    namespaces::unshare(UnshareFlags::NEWNS)?;
    mounts::make_private()?;
    std::fs::create_dir_all(DATA_FOLDER)?;
    let flags = rustix::fs::OFlags::PATH | rustix::fs::OFlags::DIRECTORY | rustix::fs::OFlags::CLOEXEC;
    let folder = rustix::fs::open(data_dir, flags, rustix::fs::Mode::empty())?;
    Detached::copy_of(&folder, Depth::All, Restrictions::STATE)?.attach(DATA_FOLDER)
}

fn become_server(user: u32) -> io::Result<()> {
    privileges::renounce_gaining()?;
    privileges::become_user(Uid::from_raw(user), Gid::from_raw(user))?;
    privileges::drop_capabilities()
}

/// A change of uid clears the wish to die with the parent, so it is made last; a warden that died before it was heard
/// is noticed by the parent having changed.
fn confine(warden: i32) -> io::Result<()> {
    privileges::raise_open_files()?;
    rustix::thread::set_no_new_privs(true)?;
    privileges::hide_from_tracers()?;
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if rustix::process::getppid() == Pid::from_raw(warden) {
        Ok(())
    } else {
        Err(io::Error::new(io::ErrorKind::BrokenPipe, "the warden is gone"))
    }
}
