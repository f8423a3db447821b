//! Files of the host, and what may be written.

use std::fs::{self, File, OpenOptions};
use std::os::fd::AsRawFd;
use std::path::Path;

use crate::attempt::{Attempts, expect, failure, pointer};
use crate::{CODE, Check, Finding, expectation};

pub(crate) const CHECKS: &[Check] = &[
    ("host_files_are_out_of_sight", host_files_are_out_of_sight),
    ("the_root_has_only_known_entries", the_root_has_only_known_entries),
    ("nothing_but_tmp_is_writable", nothing_but_tmp_is_writable),
    ("code_is_read_only", code_is_read_only),
    ("mounts_are_refused", mounts_are_refused),
    ("the_root_cannot_be_left", the_root_cannot_be_left),
    ("kernel_settings_are_out_of_reach", kernel_settings_are_out_of_reach),
    ("devices_are_out_of_reach", devices_are_out_of_reach),
];

fn host_files_are_out_of_sight() -> Finding {
    let planted = expectation("HOST_FILE")?;
    let paths = [
        &planted,
        "/etc/shadow",
        "/etc/sudoers",
        "/var/spool/cron",
        "/etc/ssh",
        "/var/lib/dpkg/status",
        "/boot",
    ];
    paths
        .into_iter()
        .fold(Attempts::default(), |attempts, path| attempts.absent_or_refused(path, File::open(path)))
        .all_refused()
}

fn the_root_has_only_known_entries() -> Finding {
    const KNOWN: &[&str] = &[
        "bin", "dev", "etc", "lib", "lib32", "lib64", "libx32", "mnt", "opt", "proc", "run", "sbin", "sys",
        "tmp", "usr", "var",
    ];
    let mut unknown = Vec::new();
    for entry in fs::read_dir("/").map_err(failure("reading /"))? {
        let name = entry.map_err(failure("reading /"))?.file_name().to_string_lossy().into_owned();
        if !KNOWN.contains(&name.as_str()) {
            unknown.push(name);
        }
    }
    expect(unknown.is_empty(), format!("beyond the usual: {unknown:?}"))
}

fn nothing_but_tmp_is_writable() -> Finding {
    File::create("/tmp/writable").map_err(failure("creating a file in /tmp"))?;
    let folders = [
        "/",
        "/usr",
        "/usr/lib",
        "/etc",
        "/var",
        "/opt",
        "/dev",
        "/proc",
        "/run",
        "/var/lang",
        "/var/runtime",
    ];
    folders
        .into_iter()
        .fold(Attempts::default(), |attempts, folder| {
            attempts.absent_or_refused(folder, File::create(Path::new(folder).join("created-by-probe")))
        })
        .all_refused()
}

fn code_is_read_only() -> Finding {
    let permissions = fs::metadata(CODE).map_err(failure("looking at the probe itself"))?.permissions();
    Attempts::default()
        .result("create beside the code", File::create("/var/task/created-by-probe"))
        .result("remove the code", fs::remove_file(CODE))
        .result("change the code's mode", fs::set_permissions(CODE, permissions))
        .result("rename the code", fs::rename(CODE, "/var/task/renamed"))
        .all_refused()
}

fn mounts_are_refused() -> Finding {
    let (tmp, tmpfs, bind) = (pointer(c"/tmp"), pointer(c"tmpfs"), libc::MS_BIND as libc::c_long);
    let remount = (libc::MS_REMOUNT | libc::MS_BIND) as libc::c_long;
    let (root, proc, cwd) = (pointer(c"/"), pointer(c"/proc"), libc::c_long::from(libc::AT_FDCWD));
    Attempts::default()
        .call("mount a tmpfs", libc::SYS_mount, &[tmpfs, tmp, tmpfs, 0, 0])
        .call("mount /proc anew", libc::SYS_mount, &[pointer(c"proc"), tmp, pointer(c"proc"), 0, 0])
        .call("bind /proc", libc::SYS_mount, &[proc, tmp, 0, bind, 0])
        .call("remount / writable", libc::SYS_mount, &[0, root, 0, remount, 0])
        .call("unmount /proc", libc::SYS_umount2, &[proc, libc::c_long::from(libc::MNT_DETACH)])
        .call("pivot_root", libc::SYS_pivot_root, &[tmp, tmp])
        .call("open_tree", libc::SYS_open_tree, &[cwd, root, 1])
        .call("move_mount", libc::SYS_move_mount, &[cwd, tmp, cwd, tmp, 0])
        .call("fsopen", libc::SYS_fsopen, &[tmpfs, 0])
        .call("mount_setattr", libc::SYS_mount_setattr, &[cwd, root, 0, 0, 0])
        .all_refused()
}

fn the_root_cannot_be_left() -> Finding {
    let inside = fs::canonicalize("/../../../..").map_err(failure("going up from /"))?;
    let handle = File::open("/tmp").map_err(failure("opening /tmp"))?;
    let finding = Attempts::default()
        .call("chroot", libc::SYS_chroot, &[pointer(c"/tmp")])
        .call(
            "open_by_handle_at",
            libc::SYS_open_by_handle_at,
            &[libc::c_long::from(handle.as_raw_fd()), 0, 0],
        )
        .all_refused()?;
    expect(inside == Path::new("/"), format!("up from / is {}; {finding}", inside.display()))
}

fn kernel_settings_are_out_of_reach() -> Finding {
    let write = |path: &str| OpenOptions::new().write(true).open(path);
    let written = [
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/hostname",
        "/proc/sys/vm/overcommit_memory",
        "/proc/sys/kernel/pid_max",
        "/proc/sysrq-trigger",
        "/sys/kernel/uevent_helper",
        "/sys/fs/cgroup/cgroup.procs",
    ];
    let read = ["/proc/kcore", "/proc/kmsg", "/sys/firmware", "/sys/kernel/debug"];
    let attempts = written.into_iter().fold(Attempts::default(), |attempts, path| {
        attempts.absent_or_refused(&format!("write {path}"), write(path))
    });
    read.into_iter()
        .fold(attempts, |attempts, path| {
            attempts.absent_or_refused(&format!("read {path}"), File::open(path))
        })
        .all_refused()
}

fn devices_are_out_of_reach() -> Finding {
    const KNOWN: &[&str] = &[
        "fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout", "tty", "urandom",
        "zero",
    ];
    let memory_device = libc::makedev(1, 1) as libc::c_long;
    let character_device = libc::c_long::from(libc::S_IFCHR | 0o600);
    let node = pointer(c"/tmp/memory");
    let refused = Attempts::default()
        .call(
            "mknod of a device",
            libc::SYS_mknodat,
            &[libc::c_long::from(libc::AT_FDCWD), node, character_device, memory_device],
        )
        .absent_or_refused("/dev/mem", File::open("/dev/mem"))
        .absent_or_refused("/dev/kmsg", File::open("/dev/kmsg"))
        .absent_or_refused("/dev/kvm", File::open("/dev/kvm"))
        .absent_or_refused("/dev/fuse", File::open("/dev/fuse"))
        .absent_or_refused("/dev/net/tun", File::open("/dev/net/tun"))
        .absent_or_refused("/dev/loop-control", File::open("/dev/loop-control"))
        .all_refused()?;
    let entries = fs::read_dir("/dev").map_err(failure("reading /dev"))?;
    let names = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let unknown: Vec<String> = names.filter(|name| !KNOWN.contains(&name.as_str())).collect();
    expect(unknown.is_empty(), format!("{refused}; in /dev beyond the usual: {unknown:?}"))
}
