//! The sandboxes that live, and what they are made from.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::io::Errno;
use rustix::process::{Gid, Signal, Uid, WaitId, WaitIdOptions};

use super::config::{Config, DataFolder, open_below};
use super::roots::Roots;
use crate::cgroup::{self, Folders, Place};
use crate::failure::At;
use crate::init::{self, Birth};
use crate::mounts::{Depth, Detached, Restrictions};
use crate::namespaces::{self, Cloned, IdentityMap, NewNamespaces, clone_process};
use crate::protocol::Failure;
use crate::spec::{Kind, MountPoint, SandboxId, TreeId};
use crate::uids::Uids;
use crate::{mounts, seccomp};

/// Who a function is inside, on AWS too.
const INNER_UID: u32 = 993;
const INNER_GID: u32 = 990;
/// Ids are counted up from 1 by the server and never reused; none comes near this in the life of a machine.
const SANDBOX_ID_END: u64 = 1 << 60;

/// What an epoll event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    Warden,
    Server,
    Settled(SandboxId),
    Died(SandboxId),
}

const TOPICS: u64 = 4;

impl From<Topic> for EventData {
    fn from(topic: Topic) -> Self {
        Self::new_u64(match topic {
            Topic::Warden => 0,
            Topic::Server => 1,
            Topic::Settled(sandbox) => sandbox.0 * TOPICS + 2,
            Topic::Died(sandbox) => sandbox.0 * TOPICS + 3,
        })
    }
}

impl From<EventData> for Topic {
    fn from(data: EventData) -> Self {
        let sandbox = SandboxId(data.u64() / TOPICS);
        match data.u64() % TOPICS {
            0 => Self::Warden,
            1 => Self::Server,
            2 => Self::Settled(sandbox),
            _died => Self::Died(sandbox),
        }
    }
}

#[derive(Debug)]
struct Resident {
    pidfd: OwnedFd,
    uid: Uid,
    /// Tells when init has given up its privileges; before that its mounts may still be the launcher's.
    settling: Option<OwnedFd>,
    settled: bool,
}

#[derive(Debug)]
pub(super) struct Residents {
    poll: OwnedFd,
    /// The launcher's own mount namespace.
    home: OwnedFd,
    data: DataFolder,
    folders: Folders,
    roots: Roots,
    uids: Uids,
    places: Vec<Place>,
    watch_memory: bool,
    alive: HashMap<SandboxId, Resident>,
}

impl Residents {
    pub(super) fn new(config: Config, poll: OwnedFd) -> io::Result<Self> {
        mounts::make_private()?;
        own_proc()?;
        // Compiled once, here, so that every fork has it.
        seccomp::program();
        let folders = Folders::open(&config.places, Uid::from_raw(config.server_uid))?;
        Ok(Self {
            poll,
            home: namespaces::current_mount_namespace()?,
            data: DataFolder::open(&config)?,
            watch_memory: !folders.count_memory(),
            folders,
            roots: Roots::new(config.templates, config.rootless),
            uids: Uids::new(config.uids),
            places: config.places,
            alive: HashMap::new(),
        })
    }

    pub(super) fn folders(&self) -> &Folders {
        &self.folders
    }

    /// Starts the birth of a sandbox, which reports to the server by itself from then on.
    pub(super) fn create(
        &mut self,
        sandbox: SandboxId,
        kind: Kind,
        mut descriptors: Vec<OwnedFd>,
    ) -> Result<(), Failure> {
        let control = descriptors.pop().ok_or(Errno::INVAL).at("take the socket")?;
        if sandbox.0 >= SANDBOX_ID_END || self.alive.contains_key(&sandbox) {
            return Err::<(), _>(Errno::EXIST).at("take the id");
        }
        self.roots.prepare(kind.root, &self.data.trees, &self.home)?;
        self.data.scratch.prepare(kind.tmp_bytes).at("prepare /tmp")?;
        let uid = self.uids.lease().ok_or(Errno::USERS).at("lease a uid")?;
        let resident = self.give_birth(sandbox, kind, uid, control);
        match resident.and_then(|resident| self.watch(sandbox, &resident).at("watch").map(|()| resident)) {
            Ok(resident) => {
                self.alive.insert(sandbox, resident);
                Ok(())
            }
            Err(failure) => {
                self.uids.release(uid);
                self.folders.remove(sandbox).at("remove the cgroup")?;
                Err(failure)
            }
        }
    }

    fn give_birth(
        &self,
        sandbox: SandboxId,
        kind: Kind,
        uid: Uid,
        control: OwnedFd,
    ) -> Result<Resident, Failure> {
        let (settling, settled) =
            rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).at("make a pipe")?;
        let template = self.roots.namespace(kind.root).ok_or(Errno::NOENT).at("find the root")?;
        let birthplace = self.folders.birthplace(sandbox).at("make a cgroup")?;
        let namespaces = NewNamespaces { pid: true, ..NewNamespaces::default() };
        let cloned = clone_process(namespaces, birthplace.as_ref().map(AsFd::as_fd));
        match cloned.at("clone")? {
            Cloned::Parent { pidfd, .. } => {
                Ok(Resident { pidfd, uid, settling: Some(settling), settled: false })
            }
            Cloned::Child => init::run(Birth {
                sandbox,
                kind,
                identity: IdentityMap {
                    inner_uid: Uid::from_raw(INNER_UID),
                    inner_gid: Gid::from_raw(INNER_GID),
                    outer: uid,
                },
                control,
                settled,
                template,
                folders: &self.folders,
                scratch: &self.data.scratch,
                watch_memory: self.watch_memory,
            }),
        }
    }

    fn watch(&self, sandbox: SandboxId, resident: &Resident) -> io::Result<()> {
        if let Some(settling) = &resident.settling {
            epoll::add(&self.poll, settling, Topic::Settled(sandbox).into(), EventFlags::IN)?;
        }
        Ok(epoll::add(&self.poll, &resident.pidfd, Topic::Died(sandbox).into(), EventFlags::IN)?)
    }

    /// The init has written its byte, or has died before it could; then its death is told as well.
    pub(super) fn settled(&mut self, sandbox: SandboxId) -> io::Result<()> {
        let Some(resident) = self.alive.get_mut(&sandbox) else { return Ok(()) };
        let Some(settling) = resident.settling.take() else { return Ok(()) };
        resident.settled = rustix::io::read(&settling, &mut [0_u8; 1])? == 1;
        Ok(epoll::delete(&self.poll, settling)?)
    }

    /// Shows a tree in a living sandbox.
    pub(super) fn mount(&self, sandbox: SandboxId, at: MountPoint, tree: &TreeId) -> Result<(), Failure> {
        let resident = self.alive.get(&sandbox).filter(|resident| resident.settled);
        let resident = resident.ok_or(Errno::SRCH).at("find the sandbox")?;
        let tree = open_below(&self.data.trees, &tree.to_string()).at("open the tree")?;
        let mount = Detached::copy_of(&tree, Depth::One, Restrictions::LIBRARY).at("copy the tree")?;
        let entered = namespaces::enter_mount_namespace_of(&resident.pidfd).at("enter the sandbox");
        let attached = entered.and_then(|()| mount.attach(at.path()).at("mount the tree"));
        namespaces::enter_mount_namespace(&self.home).at("return to the own mount namespace")?;
        attached
    }

    /// Kills a sandbox; one that is gone already is fine.
    pub(super) fn kill(&self, sandbox: SandboxId) -> io::Result<()> {
        let Some(resident) = self.alive.get(&sandbox) else { return Ok(()) };
        self.folders.thaw(sandbox)?;
        match rustix::process::pidfd_send_signal(&resident.pidfd, Signal::KILL) {
            Ok(()) | Err(Errno::SRCH) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Clears away a sandbox whose init has died, which the kernel reports only after everything inside has.
    pub(super) fn bury(&mut self, sandbox: SandboxId) -> io::Result<()> {
        let Some(resident) = self.alive.remove(&sandbox) else { return Ok(()) };
        // A sandbox that is being born at this moment has copies, which would keep these in the poll set.
        epoll::delete(&self.poll, &resident.pidfd)?;
        if let Some(settling) = &resident.settling {
            epoll::delete(&self.poll, settling)?;
        }
        rustix::process::waitid(WaitId::PidFd(resident.pidfd.as_fd()), WaitIdOptions::EXITED)?;
        self.uids.release(resident.uid);
        self.folders.remove(sandbox)
    }

    /// Removes Mayfly's cgroups altogether.
    pub(super) fn remove_places(&self) -> io::Result<()> {
        self.places.iter().try_for_each(cgroup::layout::clear)
    }

    pub(super) fn kill_all_and_wait(&mut self) -> io::Result<()> {
        let sandboxes: Vec<SandboxId> = self.alive.keys().copied().collect();
        sandboxes.iter().try_for_each(|sandbox| self.kill(*sandbox))?;
        sandboxes.into_iter().try_for_each(|sandbox| self.bury(sandbox))
    }
}

/// Shows the launcher's own pid namespace at `/proc`, where the host's still is.
fn own_proc() -> io::Result<()> {
    let attributes = rustix::mount::MountAttrFlags::MOUNT_ATTR_NOSUID
        | rustix::mount::MountAttrFlags::MOUNT_ATTR_NODEV
        | rustix::mount::MountAttrFlags::MOUNT_ATTR_NOEXEC;
    Detached::new("proc", &[], attributes)?.attach("/proc")
}
