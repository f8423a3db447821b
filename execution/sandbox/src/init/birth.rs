//! From a copy of the launcher to process 1 of a finished sandbox.
//!
//! The order matters throughout. Cgroups come first, so that everything after is counted; what needs the host's files
//! (cgroup folders, loop devices) comes before the template's mount namespace is entered; what needs power over the
//! host comes before the ward is entered, if there is one, and namespaces that shall belong to the ward after; what
//! needs privileges comes before they are dropped; and the server hears of the sandbox last.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::mount::MountAttrFlags;
use rustix::process::Gid;
use rustix::thread::UnshareFlags;

use super::settings::{self, UserLimits};
use crate::descriptors::{close_all_but, place};
use crate::failure::At;
use crate::mounts::{self, Detached, Restrictions};
use crate::namespaces::{self, Cloned, IdentityMap};
use crate::packet;
use crate::protocol::{BirthEvent, Failure, InitEvent, ReadyParts};
use crate::scratch::Scratch;
use crate::spec::{Kind, SandboxId};
use crate::{cgroup, egress, landlock, limits, loopback, privileges, seccomp, usage_page};

/// `/run` holds one socket.
const RUN_BYTES: &str = "16k";

/// Everything a sandbox is made from; the launcher's own descriptors are borrowed, for this is a copy of the launcher.
#[derive(Debug)]
pub(crate) struct Birth<'a> {
    pub(crate) sandbox: SandboxId,
    pub(crate) kind: Kind,
    pub(crate) identity: IdentityMap,
    /// To the server.
    pub(crate) control: OwnedFd,
    /// To the launcher, for [`BirthEvent`]s.
    pub(crate) settled: OwnedFd,
    pub(crate) template: BorrowedFd<'a>,
    /// The user namespace to which the sandbox's namespaces shall belong, if it is not the launcher's.
    pub(crate) ward: Option<BorrowedFd<'a>>,
    /// Whether a zygote may fork into it.
    pub(crate) has_zygote: bool,
    pub(crate) folders: &'a cgroup::Folders,
    pub(crate) scratch: &'a Scratch,
    /// Whether no cgroup counts memory.
    pub(crate) watch_memory: bool,
}

/// What init keeps of it.
#[derive(Debug)]
pub(super) struct Settled {
    pub(super) control: OwnedFd,
    pub(super) usage_page: Option<OwnedFd>,
}

/// Makes the sandbox and tells the server that it is ready, or why it is not.
pub(super) fn settle(birth: Birth<'_>) -> io::Result<Settled> {
    match Sockets::open(&birth).and_then(|sockets| finish(&birth, sockets)) {
        Ok(usage_page) => keep_only(birth, usage_page),
        Err(failure) => {
            let errno = failure.errno;
            packet::send(&birth.control, &InitEvent::NotReady { failure }, &[])?;
            Err(io::Error::from_raw_os_error(errno))
        }
    }
}

/// What takes the host's view and the launcher's power to get.
struct Provisions {
    out_of_memory_notice: Option<OwnedFd>,
    tmp: Detached,
    run: Detached,
}

impl Provisions {
    fn get(birth: &Birth<'_>) -> Result<Self, Failure> {
        birth.folders.join(birth.sandbox).at("join the cgroups")?;
        let out_of_memory_notice =
            birth.folders.out_of_memory_notice(birth.sandbox).at("watch for memory events")?;
        let tmp = birth.scratch.make(birth.kind.tmp_bytes).at("make /tmp")?;
        let run = Detached::new("tmpfs", &[("size", RUN_BYTES), ("mode", "755")], run_attributes())
            .at("make /run")?;
        Ok(Self { out_of_memory_notice, tmp, run })
    }
}

/// Goes on as a sibling of this process, as process 1 of a pid namespace that belongs to the ward: a pid namespace
/// belongs to the user namespace of whoever makes it, and nobody can enter a ward and keep power over the host.
///
/// The sibling waits until the launcher has been told of it, for its own news must not come first.
fn enter_ward(ward: BorrowedFd<'_>, birth: &Birth<'_>) -> Result<(), Failure> {
    namespaces::enter_user_namespace(ward).at("enter the ward")?;
    let (mut known, mut announced) = io::pipe().at("make a pipe")?;
    match namespaces::clone_sibling_as_process_1().at("clone in the ward")? {
        Cloned::Child => {
            drop(announced);
            known.read_exact(&mut [0]).at("be announced")
        }
        Cloned::Parent { pid, pidfd } => {
            let event = BirthEvent::Reborn { pid: pid.as_raw_nonzero().get() };
            let told = packet::send(&birth.settled, &event, &[pidfd.as_fd()]);
            let told = told.and_then(|()| announced.write_all(b"!"));
            super::exit(i32::from(told.is_err()))
        }
    }
}

/// What the server gets, and what is still needed when privileges are dropped.
struct Sockets {
    listeners: Vec<OwnedFd>,
    out_of_memory_notice: Option<OwnedFd>,
    usage_page: Option<OwnedFd>,
    egress: Vec<OwnedFd>,
    user_limits: UserLimits,
}

impl Sockets {
    fn open(birth: &Birth<'_>) -> Result<Self, Failure> {
        let Provisions { out_of_memory_notice, tmp, run } = Provisions::get(birth)?;
        namespaces::enter_mount_namespace(birth.template).at("enter the template")?;
        if let Some(ward) = birth.ward {
            enter_ward(ward, birth)?;
        }
        leave_namespaces().at("enter new namespaces")?;
        loopback::bring_up().at("bring lo up")?;
        let mut listeners = Vec::from(loopback::listen().at("listen on the loopback")?);
        let egress =
            egress::prepare_namespace(birth.kind.egress).at("prepare the way out")?.into_descriptors();
        furnish_root(tmp, run)?;
        let user_limits = UserLimits::open().at("open the limits of users")?;
        settings::make_read_only().at("make the kernel's settings read-only")?;
        listeners.push(loopback::listen_unix().at("listen on the unix socket")?);
        listeners.push(loopback::listen_udp().at("listen for datagrams")?);
        mounts::restrict_at("/run", Restrictions::READ_ONLY).at("make /run read-only")?;
        let usage_page = birth.watch_memory.then(usage_page::new).transpose().at("make the usage page")?;
        Ok(Self { listeners, out_of_memory_notice, usage_page, egress, user_limits })
    }

    fn descriptors(&self) -> Vec<BorrowedFd<'_>> {
        let rest = self.out_of_memory_notice.iter().chain(&self.usage_page).chain(&self.egress);
        self.listeners.iter().chain(rest).map(AsFd::as_fd).collect()
    }

    fn parts(&self) -> ReadyParts {
        ReadyParts {
            out_of_memory_notice: self.out_of_memory_notice.is_some(),
            usage_page: self.usage_page.is_some(),
        }
    }
}

fn run_attributes() -> MountAttrFlags {
    MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV | MountAttrFlags::MOUNT_ATTR_NOEXEC
}

/// The mount namespace becomes a copy of the template's.
fn leave_namespaces() -> io::Result<()> {
    let network = UnshareFlags::NEWNET | UnshareFlags::NEWIPC | UnshareFlags::NEWUTS;
    namespaces::unshare(network | UnshareFlags::NEWCGROUP | UnshareFlags::NEWNS)?;
    Ok(rustix::system::sethostname(b"sandbox")?)
}

/// Completes the copy of the template with what each sandbox has of its own.
fn furnish_root(tmp: Detached, run: Detached) -> Result<(), Failure> {
    tmp.attach("/tmp").at("mount /tmp")?;
    run.attach("/run").at("mount /run")?;
    Detached::new("proc", &[], run_attributes()).and_then(|proc| proc.attach("/proc")).at("mount /proc")
}

/// The steps after which nothing can be opened or gained any more.
fn finish(birth: &Birth<'_>, sockets: Sockets) -> Result<Option<OwnedFd>, Failure> {
    become_nobody(birth.identity).at("enter a user namespace")?;
    sockets.user_limits.set().at("limit the user namespace")?;
    limits::set_for_processes().at("limit resources")?;
    standard_streams_to_null().at("open /dev/null")?;
    privileges::renounce_gaining().and_then(|()| privileges::drop_capabilities()).at("drop capabilities")?;
    privileges::hide_from_tracers().at("hide from tracers")?;
    if !birth.has_zygote {
        // What is forked elsewhere cannot enter a scope, and runtime and extensions must be in the same one: on AWS
        // they may signal each other and look at each other's files in /proc.
        landlock::restrict().at("enter a landlock scope")?;
    }
    seccomp::install().at("install the system call filter")?;
    packet::send(&birth.settled, &BirthEvent::Settled, &[]).at("tell the launcher")?;
    let event = InitEvent::Ready { parts: sockets.parts() };
    packet::send(&birth.control, &event, &sockets.descriptors()).at("tell the server")?;
    Ok(sockets.usage_page)
}

/// Leaves the launcher's identity for the sandbox's uid, and makes a user namespace as that uid, so that the kernel
/// counts what the function uses against it and not against the launcher's user.
fn become_nobody(identity: IdentityMap) -> io::Result<()> {
    let uid = identity.outer;
    // Hosts that do not let just anybody make user namespaces let those who may administrate.
    privileges::keep_across_uids()?;
    privileges::become_user(uid, Gid::from_raw(uid.as_raw()))?;
    privileges::own_proc_files()?;
    namespaces::unshare(UnshareFlags::NEWUSER)?;
    identity.write()
}

fn standard_streams_to_null() -> io::Result<()> {
    let null = std::fs::File::options().read(true).write(true).open("/dev/null")?;
    (0..=2).try_for_each(|number| place(&null, number))
}

/// Closes every other descriptor, the launcher's among them.
fn keep_only(birth: Birth<'_>, usage_page: Option<OwnedFd>) -> io::Result<Settled> {
    let kept: Vec<_> =
        [Some(&birth.control), usage_page.as_ref()].into_iter().flatten().map(AsFd::as_fd).collect();
    close_all_but(&kept)?;
    let Birth { control, settled, .. } = birth;
    // Closed by number just now.
    std::mem::forget(settled);
    Ok(Settled { control, usage_page })
}
