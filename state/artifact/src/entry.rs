//! What one entry of a package may be: its path, its kind, its permissions.

use std::path::{Component, Path, PathBuf};

/// Linux's limit for one name.
const NAME_MAX_BYTES: usize = 255;

/// Linux's limit for a whole path, and so for a link's target.
pub(crate) const PATH_MAX_BYTES: usize = 4096;

const S_IFMT: u32 = 0o170_000;
const S_IFREG: u32 = 0o100_000;
const S_IFDIR: u32 = 0o040_000;
const S_IFLNK: u32 = 0o120_000;

/// An entry that no well-meant package has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    #[error("entry '{0}' leaves the package")]
    OutsidePackage(String),
    #[error("entry '{0}' has a name that no file can have")]
    ImpossibleName(String),
    #[error("entry '{0}' is neither a file, a directory nor a link")]
    SpecialFile(String),
    #[error("link '{link}' leads out of the package, to '{target}'")]
    EscapingLink { link: String, target: String },
    #[error("entry '{0}' stands where another entry is")]
    Collision(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Directory,
    File { mode: u32 },
    Link,
}

/// `mode` is None for packages made on systems that have none; `name` tells a directory by its last slash.
pub(crate) fn kind(name: &str, mode: Option<u32>) -> Result<Kind, EntryError> {
    if name.ends_with('/') {
        return Ok(Kind::Directory);
    }
    let mode = mode.unwrap_or(S_IFREG | 0o644);
    match mode & S_IFMT {
        S_IFDIR => Ok(Kind::Directory),
        S_IFLNK => Ok(Kind::Link),
        S_IFREG | 0 => Ok(Kind::File { mode: permissions(mode) }),
        _ => Err(EntryError::SpecialFile(name.to_owned())),
    }
}

/// Readable by all, since the function runs as another user; writable by the owner at most; never setuid or setgid.
fn permissions(mode: u32) -> u32 {
    mode & 0o755 | 0o444
}

/// The name as written if it is UTF-8, whatever the package's flag says (most tools on Linux do not set it), else as
/// the format's code page has it.
pub(crate) fn name(raw: &[u8], decoded: &str) -> String {
    std::str::from_utf8(raw).unwrap_or(decoded).to_owned()
}

/// The entry's path below the package's root; empty for the root itself.
pub(crate) fn path(name: &str) -> Result<PathBuf, EntryError> {
    if name.starts_with('/') {
        return Err(EntryError::OutsidePackage(name.to_owned()));
    }
    let mut path = PathBuf::new();
    for part in name.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err(EntryError::OutsidePackage(name.to_owned())),
            _ if part.len() > NAME_MAX_BYTES || part.contains('\0') => {
                return Err(EntryError::ImpossibleName(name.to_owned()));
            }
            _ => path.push(part),
        }
    }
    if path.as_os_str().len() >= PATH_MAX_BYTES {
        return Err(EntryError::ImpossibleName(name.to_owned()));
    }
    Ok(path)
}

/// Whether a link at `link` that points to `target` stays inside.
///
/// A target climbs first and descends afterwards, never both by turns: `x/..` is not where it seems to be when `x`
/// is a link itself. With that, each hop of a chain of links starts in a real directory, climbs at most to the root
/// and so ends inside.
pub(crate) fn stays_inside(link: &Path, target: &Path) -> bool {
    let depth = link.components().count().saturating_sub(1);
    let mut climbed = 0;
    let mut descending = false;
    for component in target.components() {
        match component {
            Component::ParentDir if descending => return false,
            Component::ParentDir => climbed += 1,
            Component::Normal(_) => descending = true,
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return false,
        }
    }
    climbed <= depth
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_become_paths_below_the_root() {
        assert_eq!(path("a/./b//c").unwrap(), Path::new("a/b/c"));
        assert_eq!(path("./").unwrap(), Path::new(""));
        assert_eq!(path("a\\..\\b").unwrap(), Path::new("a\\..\\b"));
    }

    #[test]
    fn names_that_leave_the_package_are_refused() {
        for name in ["/etc/passwd", "..", "a/../b", "../x", "a/.."] {
            assert_eq!(path(name), Err(EntryError::OutsidePackage(name.to_owned())));
        }
        assert!(matches!(path("a\0b"), Err(EntryError::ImpossibleName(_))));
        assert!(matches!(path(&"x".repeat(256)), Err(EntryError::ImpossibleName(_))));
        assert!(matches!(path(&"x/".repeat(3000)), Err(EntryError::ImpossibleName(_))));
    }

    #[test]
    fn permissions_lose_what_is_dangerous_and_gain_reading() {
        assert_eq!(kind("f", Some(0o106_755)), Ok(Kind::File { mode: 0o755 }));
        assert_eq!(kind("f", Some(0o100_000)), Ok(Kind::File { mode: 0o444 }));
        assert_eq!(kind("f", Some(0o100_666)), Ok(Kind::File { mode: 0o644 }));
        assert_eq!(kind("f", None), Ok(Kind::File { mode: 0o644 }));
        assert_eq!(kind("d/", Some(0o100_644)), Ok(Kind::Directory));
    }

    #[test]
    fn devices_pipes_and_sockets_are_refused() {
        for mode in [0o020_644, 0o060_644, 0o010_644, 0o140_644] {
            assert_eq!(kind("x", Some(mode)), Err(EntryError::SpecialFile("x".to_owned())));
        }
    }

    #[test]
    fn a_link_may_climb_to_the_root_and_no_further() {
        let stays = |link: &str, target: &str| stays_inside(Path::new(link), Path::new(target));
        assert!(stays("a", "b"));
        assert!(stays("d/a", "../b"));
        assert!(stays("d/e/a", "../.."));
        assert!(!stays("a", ".."));
        assert!(!stays("d/a", "../../etc"));
        assert!(!stays("a", "/var/task/b"));
        assert!(!stays("d/e/y", "x/.."));
    }

    proptest! {
        #[test]
        fn no_name_climbs(name in "[a./\\\\]{0,24}") {
            if let Ok(path) = path(&name) {
                prop_assert!(path.components().all(|part| matches!(part, Component::Normal(_))));
            }
        }
    }
}
