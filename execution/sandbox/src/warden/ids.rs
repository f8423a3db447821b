//! Which uids an ordinary user has for sandboxes: a range from `/etc/subuid`, which the set-uid programs `newuidmap` and
//! `newgidmap` hand out, or just the own one.

use std::io;
use std::path::Path;
use std::process::Command;

use rustix::process::Pid;

use crate::uids::UidPlan;

/// Inside the launcher's user namespace, uid 0 is the user and the range begins here.
const RANGE_START: u32 = 1;

/// A range of ids that belongs to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    start: u32,
    count: u32,
}

/// As the launcher's user namespace will name them.
pub(super) fn plan() -> UidPlan {
    match ranges() {
        Some((uids, gids)) => UidPlan::Distinct(RANGE_START..RANGE_START + uids.count.min(gids.count)),
        None => UidPlan::Shared(0),
    }
}

/// Maps the user to 0 in the user namespace of a process that waits for it, and the range behind it.
pub(super) fn write_maps(pid: Pid, plan: &UidPlan) -> io::Result<()> {
    let uid = rustix::process::geteuid().as_raw();
    let gid = rustix::process::getegid().as_raw();
    match (plan, ranges()) {
        (UidPlan::Distinct(_), Some((uids, gids))) => {
            map("newuidmap", pid, uid, uids)?;
            map("newgidmap", pid, gid, gids)
        }
        _single => {
            let write = |file: &str, text: String| std::fs::write(format!("/proc/{}/{file}", raw(pid)), text);
            write("setgroups", "deny".to_owned())?;
            write("uid_map", format!("0 {uid} 1"))?;
            write("gid_map", format!("0 {gid} 1"))
        }
    }
}

fn map(program: &str, pid: Pid, own: u32, range: Range) -> io::Result<()> {
    let arguments =
        [raw(pid) as u32, 0, own, 1, RANGE_START, range.start, range.count].map(|number| number.to_string());
    let status = Command::new(program).args(arguments).status()?;
    if status.success() { Ok(()) } else { Err(io::Error::other(format!("{program} ended with {status}"))) }
}

/// Whether the calling user has a range and the programs that hand it out.
pub(crate) fn has_range() -> bool {
    ranges().is_some()
}

fn ranges() -> Option<(Range, Range)> {
    let uid = rustix::process::geteuid().as_raw();
    let programs = ["/usr/bin/newuidmap", "/usr/bin/newgidmap"];
    if !programs.iter().all(|program| Path::new(program).exists()) {
        return None;
    }
    let name = name_of(&std::fs::read_to_string("/etc/passwd").ok()?, uid);
    let range = |file: &str| range_of(&std::fs::read_to_string(file).ok()?, name.as_deref(), uid);
    Some((range("/etc/subuid")?, range("/etc/subgid")?))
}

fn name_of(passwd: &str, uid: u32) -> Option<String> {
    passwd.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)?.parse() == Ok(uid)).then(|| name.to_owned())
    })
}

/// The user's first range in a file of `name-or-uid:start:count` lines (subuid(5)).
fn range_of(text: &str, name: Option<&str>, uid: u32) -> Option<Range> {
    text.lines().find_map(|line| {
        let mut fields = line.split(':');
        let owner = fields.next()?;
        let range = Range { start: fields.next()?.parse().ok()?, count: fields.next()?.parse().ok()? };
        (Some(owner) == name || owner.parse() == Ok(uid)).then_some(range)
    })
}

fn raw(pid: Pid) -> i32 {
    pid.as_raw_nonzero().get()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_found_by_name_or_uid() {
        let text = "root:1:2\nada:100000:65536\n1001:200000:65536\n";
        assert_eq!(range_of(text, Some("ada"), 1000), Some(Range { start: 100_000, count: 65_536 }));
        assert_eq!(range_of(text, None, 1001), Some(Range { start: 200_000, count: 65_536 }));
        assert_eq!(range_of(text, Some("eve"), 1002), None);
    }

    #[test]
    fn a_name_is_found_by_uid() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000::/home/ada:/bin/sh\n";
        assert_eq!(name_of(passwd, 1000).as_deref(), Some("ada"));
        assert_eq!(name_of(passwd, 1), None);
    }
}
