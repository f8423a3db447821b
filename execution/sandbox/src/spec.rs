//! What a caller asks of a sandbox, in types that prove themselves: ids instead of paths, limits with units.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::process::Command;

/// Every root file system that sandboxes may have. Made before privileges drop; the index is the [`TemplateId`].
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct TemplateTable {
    pub templates: Vec<Template>,
}

/// What one root file system has beyond the base that every sandbox sees.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Template {
    pub name: String,
    /// A folder of the host that is laid out as a root, in place of the host's programs and libraries. It has a place
    /// for every bind, and for everything that is mounted later.
    pub root: Option<PathBuf>,
    pub binds: Vec<Bind>,
    /// Runs in the template's files, without network and outside of any sandbox, and forks processes into sandboxes:
    /// see [`Sandbox::fork`](crate::Sandbox::fork). Started when one is first asked for.
    #[serde(default)]
    pub zygote: Option<Command>,
}

/// A file or folder of the host, shown read-only at an absolute path inside.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Bind {
    pub source: PathBuf,
    pub target: PathBuf,
}

/// Index into the [`TemplateTable`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TemplateId(pub u16);

/// Names a sandbox for as long as one server lives; never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SandboxId(pub(crate) u64);

impl fmt::Display for SandboxId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// An unpacked read-only folder, `trees/<id>` below the data folder; 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TreeId([u8; 32]);

impl TreeId {
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a tree id is 64 lower-case hexadecimal digits")]
pub struct TreeIdError;

impl TryFrom<String> for TreeId {
    type Error = TreeIdError;

    fn try_from(text: String) -> Result<Self, TreeIdError> {
        let has_one_spelling = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let mut bytes = [0; 32];
        match hex::decode_to_slice(&text, &mut bytes) {
            Ok(()) if has_one_spelling => Ok(Self(bytes)),
            _ => Err(TreeIdError),
        }
    }
}

impl FromStr for TreeId {
    type Err = TreeIdError;

    fn from_str(text: &str) -> Result<Self, TreeIdError> {
        Self::try_from(text.to_owned())
    }
}

impl From<TreeId> for String {
    fn from(id: TreeId) -> Self {
        id.to_string()
    }
}

impl fmt::Display for TreeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

/// Where a tree may appear inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum MountPoint {
    /// `/var/task`
    Task,
    /// `/opt`
    Opt,
}

impl MountPoint {
    pub fn path(self) -> &'static str {
        match self {
            Self::Task => "/var/task",
            Self::Opt => "/opt",
        }
    }
}

/// What a sandbox may reach over the network, beside its own loopback and the listeners that the server holds there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Egress {
    /// Any address but the host's own, link-local and metadata addresses.
    Internet,
    /// Nothing.
    None,
    /// Everything that the host reaches, its loopback too. For development.
    Host,
}

/// What a sandbox shows at `/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Root {
    /// The host's programs and libraries, with what the template adds.
    Template(TemplateId),
    /// An image's tree and nothing of the host's.
    Image(TreeId),
}

/// What cannot be changed once a sandbox is made; sandboxes are parked per kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Kind {
    pub root: Root,
    pub tmp_bytes: u64,
    pub egress: Egress,
}

/// What can be changed at any time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    pub memory_bytes: u64,
    /// Thousandths of a core.
    pub cpu_millis: u32,
    /// Processes and threads together.
    pub processes: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    pub kind: Kind,
    pub limits: Limits,
}

/// How many sandboxes are made ahead of need.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parking {
    /// For each kind that is in use.
    pub per_kind: usize,
    /// Over all kinds; the kind that was used longest ago gives way.
    pub total: usize,
}

impl Default for Parking {
    /// Enough for a burst of a few environments at once, at about half a megabyte of kernel memory each.
    fn default() -> Self {
        Self { per_kind: 4, total: 32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_id_is_64_lower_case_hexadecimal_digits() {
        let good = "0123456789abcdef".repeat(4);
        assert_eq!(good.parse::<TreeId>().map(|id| id.to_string()).ok(), Some(good.clone()));
        for bad in ["", "..", &good[1..], &good.to_uppercase(), &good.replace('0', "/")] {
            assert!(bad.parse::<TreeId>().is_err(), "{bad}");
        }
    }
}
