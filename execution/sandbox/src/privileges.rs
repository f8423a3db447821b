//! Giving up power for good: uid and gid, capabilities, and the ways to get them back.

use std::io;

use rustix::io::Errno;
use rustix::process::{DumpableBehavior, Gid, Resource, Rlimit, Uid};
use rustix::thread::{CapabilitiesSecureBits, CapabilitySet, CapabilitySets};

/// The kernel has fewer than this many capabilities; the first that it does not know ends the walk.
const CAPABILITIES_MAX: u32 = 64;

/// Becomes another user and group, without supplementary groups, and with no way back.
pub(crate) fn become_user(uid: Uid, gid: Gid) -> io::Result<()> {
    leave_groups()?;
    rustix::thread::set_thread_res_gid(gid, gid, gid)?;
    Ok(rustix::thread::set_thread_res_uid(uid, uid, uid)?)
}

/// A user namespace that an ordinary user made without help has no power over groups; there they stay.
fn leave_groups() -> io::Result<()> {
    match rustix::thread::set_thread_groups(&[]) {
        Ok(()) => Ok(()),
        Err(Errno::PERM) if std::fs::read_to_string("/proc/self/setgroups")?.trim() == "deny" => Ok(()),
        Err(errno) => Err(errno.into()),
    }
}

/// Makes it impossible to gain a capability, for this process and whatever it execs. Needs the power that it gives up,
/// so it comes before a change of uid; those that the process has stay until [`drop_capabilities`].
pub(crate) fn renounce_gaining() -> io::Result<()> {
    rustix::thread::clear_ambient_capability_set()?;
    lock_secure_bits()?;
    empty_bounding_set_but(CapabilitySet::empty())
}

/// Keeps the capabilities that the process has through the next change of uid.
pub(crate) fn keep_across_uids() -> io::Result<()> {
    Ok(rustix::thread::set_capabilities_secure_bits(CapabilitiesSecureBits::NO_SETUID_FIXUP)?)
}

/// Keeps just these capabilities, whatever is executed from now on, and nothing that execution could add.
pub(crate) fn keep_only(kept: &[CapabilitySet]) -> io::Result<()> {
    let all = kept.iter().fold(CapabilitySet::empty(), |all, one| all | *one);
    empty_bounding_set_but(all)?;
    rustix::thread::set_capabilities(
        None,
        CapabilitySets { effective: all, permitted: all, inheritable: all },
    )?;
    for capability in kept {
        rustix::thread::configure_capability_in_ambient_set(*capability, true)?;
    }
    Ok(rustix::thread::set_no_new_privs(true)?)
}

/// Drops every capability, and with no_new_privs set-uid programs as a way to get one.
pub(crate) fn drop_capabilities() -> io::Result<()> {
    let none = CapabilitySet::empty();
    rustix::thread::set_capabilities(
        None,
        CapabilitySets { effective: none, permitted: none, inheritable: none },
    )?;
    Ok(rustix::thread::set_no_new_privs(true)?)
}

fn lock_secure_bits() -> io::Result<()> {
    let bits = CapabilitiesSecureBits::NO_ROOT
        | CapabilitiesSecureBits::NO_ROOT_LOCKED
        | CapabilitiesSecureBits::NO_SETUID_FIXUP
        | CapabilitiesSecureBits::NO_SETUID_FIXUP_LOCKED
        | CapabilitiesSecureBits::KEEP_CAPS_LOCKED
        | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE
        | CapabilitiesSecureBits::NO_CAP_AMBIENT_RAISE_LOCKED;
    Ok(rustix::thread::set_capabilities_secure_bits(bits)?)
}

fn empty_bounding_set_but(kept: CapabilitySet) -> io::Result<()> {
    let all = (0..CAPABILITIES_MAX).map(|number| CapabilitySet::from_bits_retain(1 << number));
    for capability in all.filter(|capability| !kept.contains(*capability)) {
        match rustix::thread::remove_capability_from_bounding_set(capability) {
            Ok(()) => {}
            Err(Errno::INVAL) => break,
            Err(errno) => return Err(errno.into()),
        }
    }
    Ok(())
}

/// Keeps others of the same uid from tracing this process or reading its memory and descriptors.
pub(crate) fn hide_from_tracers() -> io::Result<()> {
    Ok(rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable)?)
}

/// Makes the files of this process in `/proc` its own again, which a change of uid takes away.
pub(crate) fn own_proc_files() -> io::Result<()> {
    Ok(rustix::process::set_dumpable_behavior(DumpableBehavior::Dumpable)?)
}

/// Sets soft and hard limit at once, so that it cannot be raised again.
pub(crate) fn limit(resource: Resource, value: u64) -> io::Result<()> {
    let hard = rustix::process::getrlimit(resource).maximum.unwrap_or(u64::MAX);
    let value = value.min(hard);
    Ok(rustix::process::setrlimit(resource, Rlimit { current: Some(value), maximum: Some(value) })?)
}

/// Raises the number of descriptors that may be open to what the host permits.
pub(crate) fn raise_open_files() -> io::Result<()> {
    let limits = rustix::process::getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limits.maximum, maximum: limits.maximum };
    Ok(rustix::process::setrlimit(Resource::Nofile, raised)?)
}

/// Whether the process may administrate the namespaces that it is in.
pub(crate) fn is_administrator() -> io::Result<bool> {
    let has = rustix::thread::capabilities(None)?.effective.contains(CapabilitySet::SYS_ADMIN);
    Ok(rustix::process::geteuid().is_root() && has)
}
