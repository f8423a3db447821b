//! `/tmp` of one sandbox: empty, of a given size, gone with the sandbox.
//!
//! As root it is an ext4 image on a loop device, because pages of a tmpfs count as the function's memory. The image is
//! unlinked as soon as the loop device has it, and the device lets go of it when it is unmounted, which happens when
//! the last process of the sandbox ends. So nothing is left to clean up, whoever is killed and when.
#![allow(unsafe_code)]

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::process::Command;
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, FlockOperation, Mode, OFlags, SeekFrom};
use rustix::io::Errno;
use rustix::mount::{FsMountFlags, FsOpenFlags, MountAttrFlags};

use crate::mounts::Detached;

const STICKY_FOR_ALL: u32 = 0o1777;
/// Everybody on the host who asks at the same moment is told the same free loop device, and all but the fastest must
/// ask again. A device that somebody is letting go of is called free a little before it can be had. In a burst of a
/// hundred the last one waits for all others.
const LOOP_PATIENCE: Duration = Duration::from_secs(8);
const LOOP_PAUSE: Duration = Duration::from_millis(1);
/// What ext4 needs for itself: 1 in 32 for inodes and bitmaps, and a little that does not depend on size.
const OVERHEAD_DIVISOR: u64 = 32;
const OVERHEAD_BYTES: u64 = 8 << 20;

/// Where `/tmp` comes from.
#[derive(Debug)]
pub(crate) enum Scratch {
    /// `folder` is `scratch/` of the data folder; it must be one that only the launcher's user can write.
    LoopExt4 {
        folder: OwnedFd,
    },
    Tmpfs,
}

impl Scratch {
    /// Whatever can be done once for all sandboxes of a size. Slow the first time (it makes a file system), and so
    /// done before a sandbox is born.
    pub(crate) fn prepare(&self, bytes: u64) -> io::Result<()> {
        match self {
            Self::LoopExt4 { folder } => format_blank(folder, bytes),
            Self::Tmpfs => Ok(()),
        }
    }

    /// A new, empty `/tmp`.
    pub(crate) fn make(&self, bytes: u64) -> io::Result<Detached> {
        match self {
            Self::LoopExt4 { folder } => mount_image(&copy_blank(folder, bytes)?),
            Self::Tmpfs => {
                let options = [("size", bytes.to_string()), ("mode", format!("{STICKY_FOR_ALL:o}"))];
                let options: Vec<_> = options.iter().map(|(key, value)| (*key, value.as_str())).collect();
                Detached::new("tmpfs", &options, attributes())
            }
        }
    }
}

fn attributes() -> MountAttrFlags {
    MountAttrFlags::MOUNT_ATTR_NOSUID | MountAttrFlags::MOUNT_ATTR_NODEV
}

fn blank_name(bytes: u64) -> String {
    format!("blank-{bytes}.ext4")
}

/// Makes the image that all of a size are copied from, unless an earlier start did. Written beside and renamed, so a
/// crash leaves no half image under the name.
fn format_blank(folder: &OwnedFd, bytes: u64) -> io::Result<()> {
    let blank = blank_name(bytes);
    if rustix::fs::accessat(folder, &blank, rustix::fs::Access::EXISTS, AtFlags::empty()).is_ok() {
        return Ok(());
    }
    let fresh = format!("{blank}.new");
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::TRUNC | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let image = File::from(rustix::fs::openat(folder, &fresh, flags, Mode::RUSR | Mode::WUSR)?);
    image.set_len(bytes + bytes / OVERHEAD_DIVISOR + OVERHEAD_BYTES)?;
    make_file_system(&image)?;
    image.sync_all()?;
    Ok(rustix::fs::renameat(folder, &fresh, folder, &blank)?)
}

fn make_file_system(image: &File) -> io::Result<()> {
    let lean = "^has_journal,^resize_inode";
    change_image(
        image,
        "mkfs.ext4",
        &["-q", "-F", "-m", "0", "-O", lean, "-E", "lazy_itable_init=1,nodiscard"],
    )?;
    // What is not removed here, each `/tmp` removes for itself.
    if let Err(error) = change_image(image, "debugfs", &["-w", "-R", "rmdir lost+found"]) {
        tracing::debug!(%error, "images of /tmp keep their lost+found");
    }
    Ok(())
}

/// The program gets the file as its standard input, for it must not have to find it by a path.
fn change_image(image: &File, program: &str, arguments: &[&str]) -> io::Result<()> {
    let output = Command::new(program)
        .args(arguments)
        .arg("/proc/self/fd/0")
        .env_clear()
        .env("PATH", "/usr/sbin:/sbin:/usr/bin:/bin")
        .stdin(image.try_clone()?)
        .output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("{program} ended with {}: {}", output.status, said.trim_end())))
}

/// A copy of the blank image, with its holes, that has no name.
fn copy_blank(folder: &OwnedFd, bytes: u64) -> io::Result<File> {
    let readable = OFlags::RDONLY | OFlags::CLOEXEC;
    let blank = File::from(rustix::fs::openat(folder, blank_name(bytes), readable, Mode::empty())?);
    let flags = OFlags::RDWR | OFlags::TMPFILE | OFlags::CLOEXEC;
    let image = File::from(rustix::fs::openat(folder, ".", flags, Mode::RUSR | Mode::WUSR)?);
    let length = blank.metadata()?.len();
    image.set_len(length)?;
    let mut position = 0;
    while let Some((start, end)) = next_data(&blank, position, length)? {
        copy_range(&blank, &image, start, end)?;
        position = end;
    }
    Ok(image)
}

/// The next stretch of a sparse file that is not a hole.
fn next_data(file: &File, from: u64, length: u64) -> io::Result<Option<(u64, u64)>> {
    match rustix::fs::seek(file, SeekFrom::Data(from)) {
        Ok(start) => Ok(Some((start, rustix::fs::seek(file, SeekFrom::Hole(start))?.min(length)))),
        Err(Errno::NXIO) => Ok(None),
        Err(errno) => Err(errno.into()),
    }
}

fn copy_range(from: &File, to: &File, mut start: u64, end: u64) -> io::Result<()> {
    while start < end {
        let (mut input, mut output) = (start, start);
        let length = usize::try_from(end - start).unwrap_or(usize::MAX);
        let copied = rustix::fs::copy_file_range(from, Some(&mut input), to, Some(&mut output), length)?;
        if copied == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        start = input;
    }
    Ok(())
}

fn mount_image(image: &File) -> io::Result<Detached> {
    let end = Instant::now() + LOOP_PATIENCE;
    loop {
        match mount_on_free_device(image) {
            Err(error) if is_taken(&error) && Instant::now() < end => {
                std::thread::sleep(LOOP_PAUSE);
            }
            done => return done,
        }
    }
}

/// It is somebody else's turn, or somebody else has the device, or is just letting go of it.
fn is_taken(error: &io::Error) -> bool {
    matches!(error.raw_os_error(), Some(libc::EWOULDBLOCK | libc::EBUSY | libc::ENXIO))
}

fn mount_on_free_device(image: &File) -> io::Result<Detached> {
    let (device, path) = attach_loop(image)?;
    let context = rustix::mount::fsopen("ext4", FsOpenFlags::FSOPEN_CLOEXEC)?;
    rustix::mount::fsconfig_set_string(&context, "source", &path)?;
    // The kernel would zero the unused inode tables in the background, megabytes for a file system that lives shortly.
    rustix::mount::fsconfig_set_flag(&context, "noinit_itable")?;
    // Nothing of it needs to be on a disk when the machine goes down.
    rustix::mount::fsconfig_set_flag(&context, "nobarrier")?;
    rustix::mount::fsconfig_create(&context)?;
    let mount = rustix::mount::fsmount(&context, FsMountFlags::FSMOUNT_CLOEXEC, attributes())?;
    drop(device);
    match rustix::fs::unlinkat(&mount, "lost+found", AtFlags::REMOVEDIR) {
        Ok(()) | Err(Errno::NOENT) => {}
        Err(errno) => return Err(errno.into()),
    }
    rustix::fs::chmodat(&mount, ".", Mode::from_raw_mode(STICKY_FOR_ALL), AtFlags::empty())?;
    Ok(Detached::from(mount))
}

/// The kernel's `struct loop_config`.
#[repr(C)]
struct LoopConfig {
    backing: u32,
    block_size: u32,
    info: LoopInfo,
    reserved: [u64; 8],
}

/// The kernel's `struct loop_info64`.
#[repr(C)]
struct LoopInfo {
    unused_identity: [u64; 3],
    offset: u64,
    size_limit: u64,
    number: u32,
    encryption: [u32; 2],
    flags: u32,
    unused_names: [u8; 160],
    unused_tail: [u64; 2],
}

/// From `linux/loop.h`.
const LOOP_CTL_GET_FREE: libc::Ioctl = 0x4C82;
const LOOP_CONFIGURE: libc::Ioctl = 0x4C0A;
const LO_FLAGS_AUTOCLEAR: u32 = 4;
const LO_FLAGS_DIRECT_IO: u32 = 16;

/// Puts the image behind a free loop device, which detaches itself after its last user. Direct I/O, lest every page
/// is cached twice, the second time at the host's expense.
///
/// Claims of the same device would fail each other for seconds, so Mayfly's own take turns; nobody waits for one that
/// has been stopped in the middle of its turn.
fn attach_loop(image: &File) -> io::Result<(OwnedFd, String)> {
    let control = File::options().read(true).write(true).open("/dev/loop-control")?;
    rustix::fs::flock(&control, FlockOperation::NonBlockingLockExclusive)?;
    let path = format!("/dev/loop{}", free_loop_device(&control)?);
    let device = OwnedFd::from(File::options().read(true).write(true).open(&path)?);
    configure_loop(&device, image)?;
    Ok((device, path))
}

fn free_loop_device(control: &File) -> io::Result<u32> {
    // SAFETY: this request takes no argument and answers a number.
    let number = unsafe { libc::ioctl(control.as_raw_fd(), LOOP_CTL_GET_FREE) };
    u32::try_from(number).map_err(|_negative| io::Error::last_os_error())
}

fn configure_loop(device: &OwnedFd, image: &File) -> io::Result<()> {
    // SAFETY: the struct is plain numbers, for which zero is a valid value.
    let mut config: LoopConfig = unsafe { std::mem::zeroed() };
    config.backing = u32::try_from(image.as_raw_fd()).map_err(|_negative| io::ErrorKind::InvalidInput)?;
    config.info.flags = LO_FLAGS_AUTOCLEAR | LO_FLAGS_DIRECT_IO;
    // SAFETY: `config` is a live struct of the kernel's layout, which this request only reads.
    let answer = unsafe { libc::ioctl(device.as_raw_fd(), LOOP_CONFIGURE, &raw const config) };
    if answer == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
