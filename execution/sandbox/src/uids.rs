//! Host uids of Mayfly's own: one for the server, one for every sandbox.
//!
//! The kernel counts inotify instances, keys, pipes and more per uid, so two sandboxes that shared one could starve
//! each other. A uid is leased for the life of a sandbox and goes to the back of the queue afterwards.

use std::collections::VecDeque;
use std::ops::Range;

use rustix::process::Uid;
use serde::{Deserialize, Serialize};

/// The server's uid when Mayfly runs as root. The range from here to 0x7FFF_FFFF is used neither by systemd, which
/// documents it as free, nor by the usual ranges of `/etc/subuid`.
pub(crate) const SERVER_UID: u32 = 0x7000_0000;
const SANDBOX_UIDS: Range<u32> = 0x7001_0000..0x7FFF_0000;
/// How many sandboxes one server can hold; also how many uids one user has in `/etc/subuid` by default.
const UIDS_PER_SERVER: u32 = 0x1_0000;

/// Which host uids (as the launcher's user namespace names them) sandboxes get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum UidPlan {
    Distinct(Range<u32>),
    /// An ordinary user without a range in `/etc/subuid` has just one.
    Shared(u32),
}

impl UidPlan {
    /// A range for the server on one data folder, by the folder's identity: servers on different folders share uids
    /// only when the hash collides, and then nothing but those per-uid counts.
    pub(crate) fn for_data_folder(device: u64, inode: u64) -> Self {
        let slots = (SANDBOX_UIDS.end - SANDBOX_UIDS.start) / UIDS_PER_SERVER;
        let slot = u32::from(folder_hash(device, inode)) % slots;
        let start = SANDBOX_UIDS.start + slot * UIDS_PER_SERVER;
        Self::Distinct(start..start + UIDS_PER_SERVER)
    }
}

/// A number for a folder that stays the same for as long as the folder exists.
fn folder_hash(device: u64, inode: u64) -> u16 {
    /// Fibonacci hashing: 2^64 divided by the golden ratio.
    const MULTIPLIER: u64 = 0x9E37_79B9_7F4A_7C15;
    let mixed = inode.wrapping_mul(MULTIPLIER).rotate_left(31) ^ device.wrapping_mul(MULTIPLIER);
    (mixed.wrapping_mul(MULTIPLIER) >> 48) as u16
}

/// The uids that no sandbox has at the moment.
#[derive(Debug)]
pub(crate) enum Uids {
    Distinct { all: Range<u32>, unused: Range<u32>, returned: VecDeque<u32> },
    Shared(u32),
}

impl Uids {
    pub(crate) fn new(plan: UidPlan) -> Self {
        match plan {
            UidPlan::Distinct(all) => Self::Distinct { unused: all.clone(), all, returned: VecDeque::new() },
            UidPlan::Shared(uid) => Self::Shared(uid),
        }
    }

    /// Every uid of the plan, in use or not; `None` for an ordinary user without a range.
    pub(crate) fn all(&self) -> Option<Range<u32>> {
        match self {
            Self::Distinct { all, .. } => Some(all.clone()),
            Self::Shared(_) => None,
        }
    }

    /// `None` when every uid is in use.
    pub(crate) fn lease(&mut self) -> Option<Uid> {
        let uid = match self {
            Self::Distinct { unused, returned, .. } => unused.next().or_else(|| returned.pop_front())?,
            Self::Shared(uid) => *uid,
        };
        Some(Uid::from_raw(uid))
    }

    pub(crate) fn release(&mut self, uid: Uid) {
        if let Self::Distinct { returned, .. } = self {
            returned.push_back(uid.as_raw());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_leases_share_a_uid_until_one_is_returned() {
        let mut uids = Uids::new(UidPlan::Distinct(10..12));
        let (first, second) = (uids.lease().unwrap(), uids.lease().unwrap());
        assert_eq!((first.as_raw(), second.as_raw()), (10, 11));
        assert_eq!(uids.lease(), None);
        uids.release(first);
        assert_eq!(uids.lease(), Some(first));
    }

    #[test]
    fn every_folder_gets_a_range_inside_mayflys_own() {
        for inode in 0..1000 {
            let UidPlan::Distinct(range) = UidPlan::for_data_folder(7, inode) else { panic!("a range") };
            assert!(range.start >= SANDBOX_UIDS.start && range.end <= SANDBOX_UIDS.end, "{range:?}");
        }
    }
}
