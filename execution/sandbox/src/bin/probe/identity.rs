//! Who a process inside is, and that it can be nobody else.

use std::ffi::CString;
use std::fs;
use std::mem::MaybeUninit;

use crate::attempt::{Attempts, expect, failure};
use crate::{Check, Finding};

pub(crate) const CHECKS: &[Check] = &[
    ("the_user_is_sbx_user1051", the_user_is_sbx_user1051),
    ("there_are_no_capabilities", there_are_no_capabilities),
    ("capabilities_cannot_be_gained", capabilities_cannot_be_gained),
    ("ids_cannot_be_changed", ids_cannot_be_changed),
    ("set_user_id_bits_are_ignored", set_user_id_bits_are_ignored),
    ("system_calls_are_filtered", system_calls_are_filtered),
];

const UID: u32 = 993;

fn the_user_is_sbx_user1051() -> Finding {
    // SAFETY: getuid takes nothing and always succeeds.
    let uid = unsafe { libc::getuid() };
    let users = fs::read_to_string("/etc/passwd").map_err(failure("reading /etc/passwd"))?;
    let named = users.lines().any(|line| line.starts_with(&format!("sbx_user1051:x:{UID}:")));
    expect(uid == UID && named, format!("uid {uid}, in /etc/passwd: {named}"))
}

/// The value of a line of /proc/self/status.
fn status(field: &str) -> Result<String, String> {
    let status = fs::read_to_string("/proc/self/status").map_err(failure("reading /proc/self/status"))?;
    let start = format!("{field}:");
    let line = status.lines().find_map(|line| line.strip_prefix(&start));
    line.map(|value| value.trim().to_owned()).ok_or(format!("/proc/self/status has no {field}"))
}

fn there_are_no_capabilities() -> Finding {
    let mut held = Vec::new();
    for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        let value = status(set)?;
        if !value.trim_start_matches('0').is_empty() {
            held.push(format!("{set} {value}"));
        }
    }
    expect(held.is_empty(), format!("capability sets that are not empty: {held:?}"))
}

fn capabilities_cannot_be_gained() -> Finding {
    const VERSION_3: u32 = 0x2008_0522;
    let header = [VERSION_3, 0];
    let every_set = [u32::MAX; 6];
    let (header, sets) = (header.as_ptr() as libc::c_long, every_set.as_ptr() as libc::c_long);
    let ambient = libc::c_long::from(libc::PR_CAP_AMBIENT);
    let (raise, raw) = (libc::c_long::from(libc::PR_CAP_AMBIENT_RAISE), 13);
    Attempts::default()
        .call("capset", libc::SYS_capset, &[header, sets])
        .call("raise an ambient capability", libc::SYS_prctl, &[ambient, raise, raw, 0, 0])
        .all_refused()
}

fn ids_cannot_be_changed() -> Finding {
    let group = [0_u32];
    Attempts::default()
        .result("setuid", changed(libc::SYS_setuid, &[0]))
        .result("setgid", changed(libc::SYS_setgid, &[0]))
        .result("setresuid", changed(libc::SYS_setresuid, &[0, 0, 0]))
        .result("setreuid", changed(libc::SYS_setreuid, &[1000, 1000]))
        .result("setgroups", changed(libc::SYS_setgroups, &[1, group.as_ptr() as libc::c_long]))
        .all_refused()
}

/// An id without a mapping is refused as invalid rather than as forbidden; both are refusals.
fn changed(number: libc::c_long, arguments: &[libc::c_long]) -> std::io::Result<()> {
    let mut all = [0; 3];
    all[..arguments.len()].copy_from_slice(arguments);
    // SAFETY: the one pointer among the arguments is to a live array of the length that is passed.
    let answer = unsafe { libc::syscall(number, all[0], all[1], all[2]) };
    match std::io::Error::last_os_error() {
        _ if answer == 0 => Ok(()),
        error if error.raw_os_error() == Some(libc::EINVAL) => {
            Err(std::io::Error::from_raw_os_error(libc::EPERM))
        }
        error => Err(error),
    }
}

fn set_user_id_bits_are_ignored() -> Finding {
    let mut honouring = Vec::new();
    for path in ["/", "/usr", "/tmp", "/var/task", "/opt"] {
        if !is_nosuid(path)? {
            honouring.push(path);
        }
    }
    let no_new_privileges = status("NoNewPrivs")? == "1";
    expect(
        no_new_privileges && honouring.is_empty(),
        format!("no new privileges: {no_new_privileges}; mounts that honour the bits: {honouring:?}"),
    )
}

fn is_nosuid(path: &str) -> Result<bool, String> {
    let path = CString::new(path).map_err(|error| error.to_string())?;
    let mut answer = MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: `path` ends with a zero byte and `answer` has room for the struct.
    if unsafe { libc::statvfs(path.as_ptr(), answer.as_mut_ptr()) } != 0 {
        return Err(format!("{path:?}: {}", std::io::Error::last_os_error()));
    }
    // SAFETY: statvfs succeeded, so it filled the struct.
    let answer = unsafe { answer.assume_init() };
    Ok(answer.f_flag & libc::ST_NOSUID != 0)
}

fn system_calls_are_filtered() -> Finding {
    const FILTER: &str = "2";
    let mode = status("Seccomp")?;
    expect(mode == FILTER, format!("seccomp mode {mode}"))
}
