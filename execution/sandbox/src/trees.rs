//! The folder of trees, as the server sees it: whether an image's tree is still the one that a sandbox was made from.
//!
//! A tree that nothing uses is removed, and made again under the same name when it is wanted again. A sandbox that was
//! parked meanwhile shows the removed one, which is empty.

use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use crate::spec::{Kind, Root};

#[derive(Debug)]
pub(crate) struct Trees(pub(crate) PathBuf);

/// The folder behind a tree's name, which a living mount keeps from being given to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
}

impl Trees {
    /// None for kinds that have no tree, and for a tree that is not there.
    pub(crate) fn identity(&self, kind: Kind) -> Option<Identity> {
        let Root::Image(tree) = kind.root else { return None };
        let metadata = std::fs::symlink_metadata(self.0.join(tree.to_string())).ok()?;
        Some(Identity { device: metadata.dev(), inode: metadata.ino() })
    }
}
