//! Packages made by hand, good and hostile, and what becomes of them.

mod package;

use std::fs;
use std::io::Cursor;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use artifact::{EntryError, Trees, UnpackError};
use model::TreeId;
use package::{Entry, zip};
use proptest::prelude::*;

const ID: TreeId = TreeId::from_bytes([7; 32]);

fn unpack(dir: &Path, package: Vec<u8>) -> Result<u64, UnpackError> {
    Trees::open(dir).unwrap().unpack(ID, Cursor::new(package))
}

/// The error, after a look that nothing became visible or stayed behind.
fn refusal(entries: &[Entry]) -> UnpackError {
    let dir = tempfile::tempdir().unwrap();
    let error = unpack(dir.path(), zip(entries)).unwrap_err();
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
    error
}

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_good_package_becomes_a_readable_folder() {
    let dir = tempfile::tempdir().unwrap();
    let package = zip(&[
        Entry::file("lib/deep/data.txt", b"hello").mode(0o100_600),
        Entry::file("bootstrap", b"#!/bin/sh\n").mode(0o104_700),
        Entry::directory("empty/"),
        Entry::link("lib/link", "../bootstrap"),
    ]);
    assert_eq!(unpack(dir.path(), package).unwrap(), 15);
    let tree = dir.path().join(ID.to_string());
    assert_eq!(fs::read_to_string(tree.join("lib/deep/data.txt")).unwrap(), "hello");
    assert_eq!(mode(&tree.join("lib/deep/data.txt")), 0o644);
    assert_eq!(mode(&tree.join("bootstrap")), 0o744);
    assert_eq!(mode(&tree), 0o755);
    assert_eq!(mode(&tree.join("empty")), 0o755);
    assert_eq!(fs::read_to_string(tree.join("lib/link")).unwrap(), "#!/bin/sh\n");
}

#[test]
fn unpacking_again_finds_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let package = zip(&[Entry::file("a/b", b"12345")]);
    assert_eq!(unpack(dir.path(), package.clone()).unwrap(), 5);
    assert_eq!(unpack(dir.path(), package).unwrap(), 5);
    assert_eq!(Trees::open(dir.path()).unwrap().list().unwrap(), [ID]);
}

#[test]
fn paths_that_leave_the_package_are_refused() {
    for name in ["../evil", "/etc/evil", "a/../../evil"] {
        let error = refusal(&[Entry::file("ok", b""), Entry::file(name, b"x")]);
        assert!(matches!(error, UnpackError::Entry(EntryError::OutsidePackage(_))), "{error}");
    }
}

#[test]
fn links_that_leave_the_package_are_refused() {
    for (link, target) in [("l", "/etc"), ("l", "../x"), ("d/l", "../../x"), ("l", "a/../../x"), ("l", "")] {
        let error = refusal(&[Entry::link(link, target)]);
        assert!(matches!(error, UnpackError::Entry(EntryError::EscapingLink { .. })), "{target}: {error}");
    }
}

#[test]
fn nothing_is_written_through_a_link() {
    let error = refusal(&[Entry::directory("d/"), Entry::link("l", "d"), Entry::file("l/x", b"x")]);
    assert!(matches!(error, UnpackError::Entry(EntryError::Collision(_))), "{error}");
    let error = refusal(&[Entry::link("l", "d"), Entry::file("./l", b"x")]);
    assert!(matches!(error, UnpackError::Entry(EntryError::Collision(_))), "{error}");
}

#[test]
fn a_file_is_no_folder() {
    let error = refusal(&[Entry::file("a", b""), Entry::file("a/b", b"")]);
    assert!(matches!(error, UnpackError::Entry(EntryError::Collision(_))), "{error}");
    let error = refusal(&[Entry::file("./", b"").mode(0o100_644), Entry::file(".", b"")]);
    assert!(matches!(error, UnpackError::Entry(EntryError::Collision(_))), "{error}");
}

#[test]
fn devices_are_refused() {
    let error = refusal(&[Entry::file("null", b"").mode(0o020_666)]);
    assert!(matches!(error, UnpackError::Entry(EntryError::SpecialFile(_))), "{error}");
}

#[test]
fn a_bomb_ends_at_the_limit_whatever_its_header_says() {
    let zeros = vec![0; 64 << 20];
    let names = ["a", "b", "c", "d"];
    let entries = names.map(|name| Entry::deflated(name, &zeros));
    let error = refusal(&entries);
    assert!(matches!(error, UnpackError::TooLarge { limit: 262_144_000 }), "{error}");
    let lying = entries.map(|entry| entry.claiming(1));
    let error = refusal(&lying);
    assert!(matches!(error, UnpackError::TooLarge { .. } | UnpackError::Unreadable(_)), "{error}");
}

#[test]
fn damaged_content_is_refused() {
    let error = refusal(&[Entry::file("a", b"hello").with_wrong_checksum()]);
    assert!(matches!(error, UnpackError::Unreadable(_)), "{error}");
}

#[test]
fn what_is_no_package_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let error = unpack(dir.path(), b"this is not a zip".to_vec()).unwrap_err();
    assert!(matches!(error, UnpackError::Unreadable(_)), "{error}");
    assert!(matches!(refusal(&[]), UnpackError::Empty));
}

#[test]
fn names_need_not_be_utf8() {
    let dir = tempfile::tempdir().unwrap();
    unpack(dir.path(), zip(&[Entry::file("größe", b"1"), Entry::named(b"caf\x82", b"2")])).unwrap();
    let tree = dir.path().join(ID.to_string());
    assert_eq!(fs::read_to_string(tree.join("größe")).unwrap(), "1");
    assert_eq!(fs::read_to_string(tree.join("café")).unwrap(), "2");
}

#[test]
fn what_an_interrupted_server_left_is_cleared() {
    let dir = tempfile::tempdir().unwrap();
    for left in [".incoming-x", ".removed-y"] {
        fs::create_dir_all(dir.path().join(left).join("half")).unwrap();
    }
    assert_eq!(Trees::open(dir.path()).unwrap().list().unwrap(), []);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn a_removed_tree_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    unpack(dir.path(), zip(&[Entry::file("a/b", b"1")])).unwrap();
    let trees = Trees::open(dir.path()).unwrap();
    let removed = trees.take(ID).unwrap();
    assert_eq!(trees.list().unwrap(), []);
    assert!(trees.take(ID).unwrap().is_none());
    drop(removed);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let name = "(\\.\\.|[ab]|/|\\.){1,6}";
    let entry = (name, name, 0u8..4).prop_map(|(name, target, kind)| match kind {
        0 => Entry::link(&name, &target),
        1 => Entry::directory(&format!("{name}/")),
        _ => Entry::file(&name, b"x"),
    });
    proptest::collection::vec(entry, 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever a package says, nothing appears beside the tree, and no link in it leads out.
    #[test]
    fn no_package_reaches_out(entries in entries()) {
        let outer = tempfile::tempdir().unwrap();
        let dir = outer.path().join("x/trees");
        let unpacked = unpack(&dir, zip(&entries)).is_ok();
        prop_assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 1);
        prop_assert_eq!(fs::read_dir(&dir).unwrap().count(), usize::from(unpacked));
        if unpacked {
            let tree = dir.join(ID.to_string()).canonicalize().unwrap();
            prop_assert!(links_stay_inside(&tree, &tree));
        }
    }

    /// Flipped and cut bytes never do worse than an error.
    #[test]
    fn damage_is_survived(at in 0usize..400, value: u8, keep in 0usize..400) {
        let dir = tempfile::tempdir().unwrap();
        let mut package = zip(&[Entry::deflated("a/b", b"hello hello hello"), Entry::link("l", "a")]);
        let at = at % package.len();
        package[at] = value;
        package.truncate(keep.max(at + 1));
        if unpack(dir.path(), package).is_err() {
            prop_assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
        }
    }
}

fn links_stay_inside(dir: &Path, root: &Path) -> bool {
    fs::read_dir(dir).unwrap().map(Result::unwrap).all(|entry| {
        let kind = entry.file_type().unwrap();
        if kind.is_symlink() {
            return entry.path().canonicalize().map_or(true, |target| target.starts_with(root));
        }
        !kind.is_dir() || links_stay_inside(&entry.path(), root)
    })
}
