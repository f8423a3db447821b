//! The root file systems that sandboxes start from: one mount namespace per template, laid out as AWS lays out an
//! environment, made once and copied for every sandbox.
//!
//! What of the host is visible is an exact list: [`HOST_FOLDERS`], [`HOST_FILES`] and the binds that the template
//! names. `/etc` is made here from [`ETC`], never taken whole. All of it is read-only, without set-uid and devices.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::fs::{Mode, OFlags};
use rustix::mount::MountAttrFlags;
use rustix::thread::UnshareFlags;

use crate::failure::At;
use crate::mounts::{self, Depth, Detached, Restrictions};
use crate::namespaces;
use crate::protocol::Failure;
use crate::spec::Template;

/// Where the root is put together; any folder does, since it is the namespace's own.
pub(crate) const WORKPLACE: &str = "/tmp";
/// A handful of folders and small files.
const ROOT_BYTES: &str = "1m";

/// Folders and links at the top of the host that programs need. A link is copied as a link.
const HOST_FOLDERS: [&str; 7] = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
/// What else of the host is shown when it is there: certificates, the linker's cache, links to chosen alternatives.
const HOST_FILES: [&str; 7] = [
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/pki/tls/certs",
    "/etc/pki/ca-trust/extracted",
    "/etc/alternatives",
    "/etc/ld.so.cache",
    "/etc/mime.types",
];
const C_LIBRARY: &str = "libc.so.6";
/// Device nodes that cannot do harm.
const DEVICES: [&str; 6] = ["null", "zero", "full", "random", "urandom", "tty"];
/// Empty folders: places to mount at, and those that AWS has. What is to be mounted may have libraries; the dynamic
/// linker of a process that is there before looks for their folder once, and never where it did not find it.
const FOLDERS: [&str; 9] =
    ["/proc", "/dev", "/tmp", "/run", "/var/task/lib", "/var/runtime", "/var/lang", "/opt/lib", "/mnt"];
pub(crate) const DEVICE_LINKS: [(&str, &str); 4] = [
    ("/dev/fd", "/proc/self/fd"),
    ("/dev/stdin", "/proc/self/fd/0"),
    ("/dev/stdout", "/proc/self/fd/1"),
    ("/dev/stderr", "/proc/self/fd/2"),
];
const LINKS: [(&str, &str); 1] = [("/etc/localtime", "/usr/share/zoneinfo/UTC")];
pub(crate) const HOSTS: (&str, &str) =
    ("/etc/hosts", "127.0.0.1 localhost localhost.localdomain sandbox sandbox.localdomain\n");
/// The only name server is the relay that the server holds on the loopback.
pub(crate) const RESOLV_CONF: (&str, &str) =
    ("/etc/resolv.conf", "nameserver 127.0.0.1\noptions timeout:2 attempts:2\n");
const ETC: [(&str, &str); 6] = [
    (
        "/etc/passwd",
        "root:x:0:0:root:/root:/sbin/nologin\n\
         sbx_user1051:x:993:990::/home/sbx_user1051:/sbin/nologin\n\
         nobody:x:65534:65534:Nobody:/:/sbin/nologin\n",
    ),
    ("/etc/group", "root:x:0:\nsbx_user1051:x:990:\nnogroup:x:65534:\n"),
    HOSTS,
    RESOLV_CONF,
    (
        "/etc/nsswitch.conf",
        "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nservices: files\nprotocols: files\n",
    ),
    ("/etc/services", "domain 53/udp\ndomain 53/tcp\nhttp 80/tcp\nhttps 443/tcp\n"),
];

/// Whether the launcher's `/proc` is in the template, where each sandbox covers it with its own.
///
/// The kernel lets a user namespace mount `/proc` only where it can see one from which nothing is hidden; in a ward,
/// whose mount namespaces cannot lift what is forbidden in the template, also one that can be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HostProc {
    Absent,
    ReadOnly,
    Shown,
}

impl HostProc {
    pub(crate) fn restrictions(self) -> Option<Restrictions> {
        match self {
            Self::Absent => None,
            Self::ReadOnly => Some(Restrictions::READ_ONLY),
            Self::Shown => Some(Restrictions::STATE),
        }
    }
}

/// Builds a template from the caller's mount namespace, to which it returns.
///
/// # Errors
/// A bind's source is missing, or its target lies below something that is bound itself.
pub(crate) fn build(template: &Template, home: &OwnedFd, proc: HostProc) -> Result<OwnedFd, Failure> {
    in_new_namespace(home, || furnish(template, proc))
}

/// A copy of the caller's mount namespace with what `furnish` has made of it; the caller is at home again afterwards.
pub(crate) fn in_new_namespace(
    home: &OwnedFd,
    furnish: impl FnOnce() -> Result<(), Failure>,
) -> Result<OwnedFd, Failure> {
    let namespace = namespaces::unshare(UnshareFlags::NEWNS)
        .and_then(|()| namespaces::current_mount_namespace())
        .at("copy the mount namespace");
    let built = namespace.and_then(|namespace| furnish().map(|()| namespace));
    namespaces::enter_mount_namespace(home).at("return to the own mount namespace")?;
    built
}

fn furnish(template: &Template, proc: HostProc) -> Result<(), Failure> {
    let base = base_mounts(proc)?;
    let binds = template
        .binds
        .iter()
        .map(|bind| Ok((bind.target.clone(), copy(&bind.source, Restrictions::LIBRARY)?)));
    let binds = binds.collect::<io::Result<Vec<_>>>().at("open the source of a bind")?;
    let root = Detached::new("tmpfs", &[("size", ROOT_BYTES), ("mode", "755")], root_attributes());
    root.and_then(|root| root.attach(WORKPLACE)).at("mount the root")?;
    rustix::process::chdir(WORKPLACE).at("enter the root")?;
    skeleton().at("make the root's folders")?;
    for (target, mount) in base.into_iter().chain(binds) {
        place(&target, mount).at("place a bind")?;
    }
    mounts::restrict_at(".", Restrictions::LIBRARY).at("make the root read-only")?;
    mounts::pivot_into_working_folder().at("leave the host's root")
}

fn root_attributes() -> MountAttrFlags {
    MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV
}

/// A mount with its absolute place inside.
pub(crate) type Placed = (PathBuf, Detached);

/// What every template shows.
fn base_mounts(proc: HostProc) -> Result<Vec<Placed>, Failure> {
    let mut placed = Vec::new();
    let host = HOST_FOLDERS.iter().filter(|path| !Path::new(path).is_symlink()).chain(&HOST_FILES);
    for path in host.filter(|path| Path::new(path).exists()) {
        placed.push((path.into(), copy(path, Restrictions::LIBRARY).at("copy a folder of the host")?));
    }
    placed.extend(system_libraries()?);
    placed.extend(devices()?);
    if let Some(restrictions) = proc.restrictions() {
        placed.push(host_proc(restrictions)?);
    }
    Ok(placed)
}

/// On AWS the system's libraries stand where the linker looks first, so that a layer's do not come before them. Debian
/// and its like have them in a folder of their own, and next to nothing in that one.
fn system_libraries() -> Result<Option<Placed>, Failure> {
    let looked_at = Path::new("/usr/lib64");
    let system_s = PathBuf::from(format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH));
    let Ok(entries) = std::fs::read_dir(looked_at) else { return Ok(None) };
    let mut hidden = entries.flatten().map(|entry| entry.file_name());
    let is_elsewhere = system_s.join(C_LIBRARY).exists() && !looked_at.join(C_LIBRARY).exists();
    if looked_at.is_symlink() || !is_elsewhere || !hidden.all(|name| system_s.join(name).exists()) {
        return Ok(None);
    }
    let shown = copy(&system_s, Restrictions::LIBRARY).at("copy the system's libraries")?;
    Ok(Some((looked_at.into(), shown)))
}

pub(crate) fn devices() -> Result<Vec<Placed>, Failure> {
    let device = |name| {
        let path = Path::new("/dev").join(name);
        let node = copy(&path, Restrictions::DEVICE).at("copy a device")?;
        Ok((path, node))
    };
    DEVICES.into_iter().map(device).collect()
}

/// The launcher's `/proc`, as [`HostProc`] says.
pub(crate) fn host_proc(restrictions: Restrictions) -> Result<Placed, Failure> {
    Ok(("/proc".into(), copy("/proc", restrictions).at("copy /proc")?))
}

pub(crate) fn copy(source: impl AsRef<Path>, restrictions: Restrictions) -> io::Result<Detached> {
    let source = rustix::fs::open(source.as_ref(), OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    Detached::copy_of(source.as_fd(), Depth::All, restrictions)
}

/// Folders, links and files, relative to the working folder.
fn skeleton() -> io::Result<()> {
    for folder in FOLDERS {
        std::fs::create_dir_all(inside(folder))?;
    }
    std::fs::create_dir_all(inside("/etc"))?;
    for (path, text) in ETC {
        std::fs::write(inside(path), text)?;
    }
    for (path, target) in DEVICE_LINKS.into_iter().chain(LINKS) {
        symlink(target, inside(path))?;
    }
    for path in HOST_FOLDERS.iter().filter(|path| Path::new(path).is_symlink()) {
        symlink(std::fs::read_link(path)?, inside(path))?;
    }
    Ok(())
}

fn inside(path: impl AsRef<Path>) -> PathBuf {
    let path = path.as_ref();
    path.strip_prefix("/").unwrap_or(path).to_owned()
}

/// Makes the place if it is not there, then mounts.
pub(crate) fn place(target: &Path, mount: Detached) -> io::Result<()> {
    let target = inside(target);
    if let Some(parent) = target.parent() {
        std::fs::create_dir_all(parent)?;
    }
    if !target.exists() {
        let kind = rustix::fs::FileType::from_raw_mode(rustix::fs::fstat(mount.as_fd())?.st_mode);
        if kind == rustix::fs::FileType::Directory {
            std::fs::create_dir(&target)?;
        } else {
            std::fs::File::create(&target)?;
        }
    }
    mount.attach(&target)
}
