//! The root of a sandbox that is an image's tree: the tree itself, read-only, with the few places of its own that
//! every sandbox has.
//!
//! Nothing of the host is visible but device nodes. The tree holds a folder or file to mount at for each place; a place
//! that is a link is refused, for it could lead anywhere.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::fs::{CWD, Mode, OFlags, ResolveFlags};
use rustix::mount::{MountAttrFlags, UnmountFlags};

use crate::failure::At;
use crate::mounts::{self, Depth, Detached, Restrictions};
use crate::protocol::Failure;
use crate::spec::Bind;
use crate::template::{self, DEVICE_LINKS, HOSTS, HostProc, Placed, RESOLV_CONF, WORKPLACE};

/// Device nodes to mount at, links, and for a moment two small files.
const SMALL_BYTES: &str = "64k";
/// What is written here shows elsewhere, and then this place is free again.
const SCRATCH: &str = "tmp";

/// The same for a tree that the operator has named, and with more of the host's.
///
/// # Errors
/// The tree or the source of a bind is missing, or the tree lacks a place to mount at.
pub(crate) fn build_template(
    root: &Path,
    binds: &[Bind],
    home: &OwnedFd,
    proc: HostProc,
) -> Result<OwnedFd, Failure> {
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let tree = rustix::fs::open(root, flags, Mode::empty()).at("open the template's root")?;
    build(&tree, binds, home, proc)
}

/// Builds the root from the caller's mount namespace, to which it returns.
///
/// # Errors
/// The tree lacks a place to mount at.
pub(crate) fn build(
    tree: &OwnedFd,
    binds: &[Bind],
    home: &OwnedFd,
    proc: HostProc,
) -> Result<OwnedFd, Failure> {
    // Copied where it was opened: the kernel takes no folder of another mount namespace.
    let root = Detached::copy_of(tree, Depth::One, Restrictions::LIBRARY).at("copy the image's tree")?;
    let copied =
        |bind: &Bind| Ok((bind.target.clone(), template::copy(&bind.source, Restrictions::LIBRARY)?));
    let binds = binds.iter().map(copied).collect::<io::Result<Vec<_>>>().at("open the source of a bind")?;
    template::in_new_namespace(home, || furnish(root, binds, proc))
}

fn furnish(root: Detached, binds: Vec<Placed>, proc: HostProc) -> Result<(), Failure> {
    let devices = template::devices()?;
    let proc = proc.restrictions().map(template::host_proc).transpose()?;
    root.attach(WORKPLACE).at("mount the image's tree")?;
    rustix::process::chdir(WORKPLACE).at("enter the image's tree")?;
    mount_files().at("mount the files of /etc")?;
    for (target, bind) in binds {
        place(&target.to_string_lossy(), bind).at("place a bind")?;
    }
    let dev = tmpfs().at("make /dev")?;
    place("dev", dev).at("mount /dev")?;
    for (path, device) in devices {
        template::place(&path, device).at("place a device")?;
    }
    link_devices().at("make the links of /dev")?;
    mounts::restrict_at("dev", Restrictions::DEVICE).at("make /dev read-only")?;
    if let Some((_, proc)) = proc {
        place("proc", proc).at("mount /proc")?;
    }
    mounts::pivot_into_working_folder().at("leave the host's root")
}

fn tmpfs() -> io::Result<Detached> {
    let attributes = MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV;
    Detached::new("tmpfs", &[("size", SMALL_BYTES), ("mode", "755")], attributes)
}

fn link_devices() -> io::Result<()> {
    DEVICE_LINKS.iter().try_for_each(|(path, target)| symlink(target, path.trim_start_matches('/')))
}

/// Names are resolved as in every other sandbox, whatever the image says.
fn mount_files() -> io::Result<()> {
    place(SCRATCH, tmpfs()?)?;
    for (path, text) in [HOSTS, RESOLV_CONF] {
        let name = path.rsplit('/').next().unwrap_or(path);
        let written = Path::new(SCRATCH).join(name);
        std::fs::write(&written, text)?;
        let file = rustix::fs::open(&written, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
        let file = Detached::copy_of(&file, Depth::One, Restrictions::LIBRARY)?;
        place(path, file)?;
    }
    Ok(rustix::mount::unmount(SCRATCH, UnmountFlags::DETACH)?)
}

/// Mounts at a place of the image, which no link may redirect.
fn place(path: &str, mount: Detached) -> io::Result<()> {
    let path = path.trim_start_matches('/');
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    let resolve = ResolveFlags::BENEATH | ResolveFlags::NO_SYMLINKS | ResolveFlags::NO_MAGICLINKS;
    let place = rustix::fs::openat2(CWD, path, flags, Mode::empty(), resolve)?;
    mount.attach_to(&place)
}
