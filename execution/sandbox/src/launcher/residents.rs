//! The sandboxes that live, and what they are made from.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::event::epoll::{self, EventFlags};
use rustix::event::{PollFd, PollFlags};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::process::{Gid, Pid, Signal, Uid, WaitId, WaitIdOptions};

use super::config::{Config, DataFolder, open_below};
use super::roots::Roots;
use super::topic::Topic;
use super::ward::Ward;
use super::zygotes::Zygotes;
use crate::cgroup::{self, Folders, Place};
use crate::failure::At;
use crate::fork::Demand;
use crate::init::{self, Birth};
use crate::mounts::{Depth, Detached, Restrictions};
use crate::namespaces::{self, Cloned, IdentityMap, NewNamespaces, clone_process};
use crate::packet::{self, Packet};
use crate::protocol::{BirthEvent, Failure};
use crate::spec::{Kind, MountPoint, Root, SandboxId, TemplateId, TreeId};
use crate::uids::Uids;
use crate::{mounts, seccomp};

/// Who a function is inside, on AWS too.
const INNER_UID: u32 = 993;
const INNER_GID: u32 = 990;
/// Ids are counted up from 1 by the server and never reused; none comes near this in the life of a machine.
const SANDBOX_ID_END: u64 = 1 << 60;

#[derive(Debug)]
struct Resident {
    kind: Kind,
    pid: Pid,
    pidfd: OwnedFd,
    uid: Uid,
    /// Where init tells of its birth, until that is over.
    birth: Option<OwnedFd>,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The process that is known will end and another one go on; then it is killed if that was wanted meanwhile.
    BeforeRebirth {
        doomed: bool,
    },
    /// Its mounts may still be the launcher's.
    Privileged,
    Settled,
}

#[derive(Debug)]
pub(super) struct Residents {
    poll: OwnedFd,
    data: DataFolder,
    folders: Folders,
    /// The launcher's own mount namespace.
    home: OwnedFd,
    roots: Roots,
    zygotes: Zygotes,
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
            data: DataFolder::open(&config)?,
            watch_memory: !folders.count_memory(),
            folders,
            home: namespaces::current_mount_namespace()?,
            roots: Roots::new(config.templates, config.rootless),
            zygotes: Zygotes::default(),
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
        self.roots.prepare(kind.root, &self.data.trees, &self.home, &mut self.uids)?;
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
        let (birth, settled) = packet::pair().at("make a socket")?;
        rustix::io::ioctl_fionbio(&birth, true).at("make a socket")?;
        let birthplace = self.folders.birthplace(sandbox).at("make a cgroup")?;
        let root = self.roots.get(kind.root)?;
        let namespaces = NewNamespaces { pid: root.ward.is_none(), ..NewNamespaces::default() };
        let stage = match root.ward {
            Some(_) => Stage::BeforeRebirth { doomed: false },
            None => Stage::Privileged,
        };
        let cloned = clone_process(namespaces, birthplace.as_ref().map(AsFd::as_fd));
        match cloned.at("clone")? {
            Cloned::Parent { pid, pidfd } => {
                Ok(Resident { kind, pid, pidfd, uid, birth: Some(birth), stage })
            }
            Cloned::Child => init::run(Birth {
                sandbox,
                kind,
                identity: IdentityMap {
                    inner_uid: Uid::from_raw(INNER_UID),
                    inner_gid: Gid::from_raw(INNER_GID),
                    outer: root.inner(uid),
                },
                control,
                settled,
                template: root.namespace,
                ward: root.ward.map(Ward::namespace),
                has_zygote: self.roots.has_zygote(kind.root),
                folders: &self.folders,
                scratch: &self.data.scratch,
                watch_memory: self.watch_memory,
            }),
        }
    }

    fn watch(&self, sandbox: SandboxId, resident: &Resident) -> io::Result<()> {
        if let Some(birth) = &resident.birth {
            epoll::add(&self.poll, birth, Topic::Birth(sandbox).into(), EventFlags::IN)?;
        }
        Ok(epoll::add(&self.poll, &resident.pidfd, Topic::Died(sandbox).into(), EventFlags::IN)?)
    }

    /// The init has said something, or has died before it could; then its death is told as well.
    pub(super) fn hear_of_birth(&mut self, sandbox: SandboxId) -> io::Result<()> {
        // All that it has said, for the server may have heard of it already and ask for more.
        while let Some(Resident { birth: Some(birth), .. }) = self.alive.get(&sandbox) {
            match packet::receive::<BirthEvent>(birth) {
                Ok(Some(Packet { message: BirthEvent::Reborn { pid }, descriptors })) => {
                    self.reborn(sandbox, pid, descriptors)?;
                }
                Ok(Some(Packet { message: BirthEvent::Settled, .. })) => self.end_birth(sandbox, true)?,
                Ok(None) => self.end_birth(sandbox, false)?,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn end_birth(&mut self, sandbox: SandboxId, settled: bool) -> io::Result<()> {
        let Some(resident) = self.alive.get_mut(&sandbox) else { return Ok(()) };
        if settled {
            resident.stage = Stage::Settled;
        }
        resident.birth.take().map_or(Ok(()), |birth| Ok(epoll::delete(&self.poll, birth)?))
    }

    /// The process that was known ends at this moment.
    fn reborn(&mut self, sandbox: SandboxId, pid: i32, mut descriptors: Vec<OwnedFd>) -> io::Result<()> {
        let Some(resident) = self.alive.get_mut(&sandbox) else { return Ok(()) };
        let pidfd = descriptors.pop().ok_or(io::ErrorKind::InvalidData)?;
        let pid = Pid::from_raw(pid).ok_or(io::ErrorKind::InvalidData)?;
        epoll::delete(&self.poll, &resident.pidfd)?;
        rustix::process::waitid(WaitId::PidFd(resident.pidfd.as_fd()), WaitIdOptions::EXITED)?;
        epoll::add(&self.poll, &pidfd, Topic::Died(sandbox).into(), EventFlags::IN)?;
        let doomed = resident.stage == Stage::BeforeRebirth { doomed: true };
        (resident.pid, resident.pidfd, resident.stage) = (pid, pidfd, Stage::Privileged);
        if doomed { self.kill(sandbox) } else { Ok(()) }
    }

    /// Has a process forked into a sandbox by the zygote of its template, which is started if need be.
    pub(super) fn fork(
        &mut self,
        sandbox: SandboxId,
        demand: Demand,
        given: &[OwnedFd],
    ) -> Result<(), Failure> {
        let resident = self.alive.get(&sandbox).filter(|resident| resident.stage == Stage::Settled);
        let Resident { kind, pid, .. } = resident.ok_or(Errno::SRCH).at("find the sandbox")?;
        let Root::Template(template) = kind.root else {
            return Err::<(), _>(Errno::NOENT).at("find a zygote");
        };
        let namespaces = open_namespaces(*pid).at("open the namespaces")?;
        let entrances = self.folders.entrances(sandbox).at("open the cgroups")?;
        if !self.zygotes.is_alive(template) {
            self.start_zygote(template)?;
        }
        let descriptors: Vec<_> =
            given.iter().chain(&namespaces).chain(&entrances).map(AsFd::as_fd).collect();
        self.zygotes.order(template, [INNER_UID, INNER_GID], demand, &descriptors)
    }

    fn start_zygote(&mut self, template: TemplateId) -> Result<(), Failure> {
        let root = self.roots.get(Root::Template(template))?;
        let command = self.roots.zygote(template).ok_or(Errno::NOENT).at("find a zygote")?;
        let keeper = root.ward.map(Ward::keeper);
        let uid = keeper.or_else(|| self.uids.lease()).ok_or(Errno::USERS).at("lease a uid")?;
        let started = self.zygotes.start(template, command, root, uid, &self.poll);
        if started.is_err() && keeper.is_none() {
            self.uids.release(uid);
        }
        started
    }

    pub(super) fn kill_zygote(&self, template: TemplateId) -> io::Result<()> {
        self.zygotes.kill(template)
    }

    pub(super) fn bury_zygote(&mut self, template: TemplateId) -> io::Result<()> {
        if let Some(uid) = self.zygotes.bury(template, &self.poll)? {
            self.uids.release(uid);
        }
        Ok(())
    }

    /// Shows a tree in a living sandbox.
    pub(super) fn mount(&self, sandbox: SandboxId, at: MountPoint, tree: &TreeId) -> Result<(), Failure> {
        let resident = self.alive.get(&sandbox).filter(|resident| resident.stage == Stage::Settled);
        let resident = resident.ok_or(Errno::SRCH).at("find the sandbox")?;
        let tree = open_below(&self.data.trees, &tree.to_string()).at("open the tree")?;
        let mount = Detached::copy_of(&tree, Depth::One, Restrictions::LIBRARY).at("copy the tree")?;
        let entered = namespaces::enter_mount_namespace_of(&resident.pidfd).at("enter the sandbox");
        let attached = entered.and_then(|()| mount.attach(at.path()).at("mount the tree"));
        namespaces::enter_mount_namespace(&self.home).at("return to the own mount namespace")?;
        attached
    }

    /// Kills a sandbox; one that is gone already is fine.
    pub(super) fn kill(&mut self, sandbox: SandboxId) -> io::Result<()> {
        let Some(resident) = self.alive.get_mut(&sandbox) else { return Ok(()) };
        if let Stage::BeforeRebirth { doomed } = &mut resident.stage {
            *doomed = true;
            return Ok(());
        }
        self.folders.thaw(sandbox)?;
        match rustix::process::pidfd_send_signal(&resident.pidfd, Signal::KILL) {
            Ok(()) | Err(Errno::SRCH) => Ok(()),
            Err(errno) => Err(errno.into()),
        }
    }

    /// A process that was known to be a sandbox's init has died; whether the sandbox has.
    pub(super) fn died(&mut self, sandbox: SandboxId) -> io::Result<bool> {
        self.await_rebirth(sandbox)?;
        let Some(resident) = self.alive.get(&sandbox) else { return Ok(false) };
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        if rustix::process::waitid(WaitId::PidFd(resident.pidfd.as_fd()), options)?.is_none() {
            // It was the one that another goes on for.
            return Ok(false);
        }
        self.bury(sandbox).map(|()| true)
    }

    /// Waits until the second process is known, or known not to come. That is soon: the first one waits for nobody.
    fn await_rebirth(&mut self, sandbox: SandboxId) -> io::Result<()> {
        let Some(Resident { birth: Some(birth), stage: Stage::BeforeRebirth { .. }, .. }) =
            self.alive.get(&sandbox)
        else {
            return Ok(());
        };
        let mut heard = [PollFd::new(birth, PollFlags::IN)];
        rustix::io::retry_on_intr(|| rustix::event::poll(&mut heard, None))?;
        self.hear_of_birth(sandbox)
    }

    /// Clears away a sandbox whose init has died, which the kernel reports only after everything inside has.
    fn bury(&mut self, sandbox: SandboxId) -> io::Result<()> {
        let Some(resident) = self.alive.remove(&sandbox) else { return Ok(()) };
        // A sandbox that is being born at this moment has copies, which would keep these in the poll set.
        epoll::delete(&self.poll, &resident.pidfd)?;
        if let Some(birth) = &resident.birth {
            epoll::delete(&self.poll, birth)?;
        }
        rustix::process::waitid(WaitId::PidFd(resident.pidfd.as_fd()), WaitIdOptions::EXITED)?;
        self.uids.release(resident.uid);
        self.folders.remove(sandbox)
    }

    /// Removes Mayfly's cgroups altogether.
    pub(super) fn remove_places(&self) -> io::Result<()> {
        cgroup::layout::clear(&self.places)
    }

    /// The zygotes first: what one has forked halfway into a sandbox would keep that from ending.
    pub(super) fn kill_all_and_wait(&mut self) -> io::Result<()> {
        let sandboxes: Vec<SandboxId> = self.alive.keys().copied().collect();
        sandboxes.iter().try_for_each(|sandbox| self.folders.thaw(*sandbox))?;
        self.zygotes.end_all(&self.poll)?;
        sandboxes.iter().try_for_each(|sandbox| self.await_rebirth(*sandbox))?;
        sandboxes.iter().try_for_each(|sandbox| self.kill(*sandbox))?;
        sandboxes
            .into_iter()
            .try_for_each(|sandbox| self.await_death(sandbox).and_then(|()| self.bury(sandbox)))
    }

    /// Waits for one that was killed. A server that is about to end as well may have frozen it since.
    fn await_death(&self, sandbox: SandboxId) -> io::Result<()> {
        let Some(resident) = self.alive.get(&sandbox) else { return Ok(()) };
        let mut died = [PollFd::new(&resident.pidfd, PollFlags::IN)];
        while rustix::io::retry_on_intr(|| rustix::event::poll(&mut died, Some(&cgroup::THAW_PAUSE)))? == 0 {
            self.folders.thaw(sandbox)?;
        }
        Ok(())
    }
}

/// In the order in which a zygote's child takes them.
fn open_namespaces(pid: Pid) -> io::Result<Vec<OwnedFd>> {
    const NAMES: [&str; 7] = ["pid", "user", "net", "ipc", "uts", "cgroup", "mnt"];
    let flags = OFlags::RDONLY | OFlags::CLOEXEC;
    let path = |name| format!("/proc/{}/ns/{name}", pid.as_raw_nonzero());
    NAMES.iter().map(|name| Ok(rustix::fs::open(path(name), flags, Mode::empty())?)).collect()
}

/// Shows the launcher's own pid namespace at `/proc`, where the host's still is.
fn own_proc() -> io::Result<()> {
    let attributes = rustix::mount::MountAttrFlags::MOUNT_ATTR_NOSUID
        | rustix::mount::MountAttrFlags::MOUNT_ATTR_NODEV
        | rustix::mount::MountAttrFlags::MOUNT_ATTR_NOEXEC;
    Detached::new("proc", &[], attributes)?.attach("/proc")
}
