//! Trees laid over each other, and what is seen of each.

#[allow(dead_code, reason = "other tests use the rest")]
mod package;

use std::fs;
use std::io::Cursor;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use artifact::{Trees, merged_id};
use model::TreeId;
use package::{Entry, zip};
use proptest::prelude::*;

struct Stack {
    dir: tempfile::TempDir,
    trees: Trees,
}

impl Stack {
    fn new() -> Stack {
        let dir = tempfile::tempdir().unwrap();
        let trees = Trees::open(dir.path()).unwrap();
        Stack { dir, trees }
    }

    fn unpack(&self, number: u8, entries: &[Entry]) -> TreeId {
        let id = TreeId::from_bytes([number; 32]);
        self.trees.unpack(id, Cursor::new(zip(entries))).unwrap();
        id
    }

    fn path(&self, id: TreeId) -> PathBuf {
        self.dir.path().join(id.to_string())
    }

    fn merge(&self, trees: &[TreeId]) -> PathBuf {
        self.trees.merge(trees).unwrap();
        self.path(merged_id(trees))
    }
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

#[test]
fn folders_merge_and_later_files_replace_earlier_ones() {
    let stack = Stack::new();
    let one = stack.unpack(1, &[Entry::file("python/a.py", b"1"), Entry::file("python/both.py", b"1")]);
    let two = stack.unpack(2, &[Entry::file("python/b.py", b"2"), Entry::file("python/both.py", b"2")]);
    let merged = stack.merge(&[one, two]);
    let read = |name: &str| text(&merged.join("python").join(name));
    assert_eq!([read("a.py"), read("b.py"), read("both.py")], ["1", "2", "2"]);
    let turned = stack.merge(&[two, one]);
    assert_eq!(text(&turned.join("python/both.py")), "1");
    assert_eq!(text(&stack.path(one).join("python/both.py")), "1");
}

#[test]
fn what_is_of_another_kind_hides_what_is_below_it() {
    let stack = Stack::new();
    let folder = stack.unpack(1, &[Entry::file("x/below", b"1")]);
    let file = stack.unpack(2, &[Entry::file("x", b"2")]);
    let again = stack.unpack(3, &[Entry::file("x/above", b"3")]);
    assert_eq!(text(&stack.merge(&[folder, file]).join("x")), "2");
    let merged = stack.merge(&[folder, file, again]);
    let names = fs::read_dir(merged.join("x")).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.collect::<Vec<_>>(), ["above"]);
}

#[test]
fn a_folder_over_a_link_is_not_written_through_it() {
    let stack = Stack::new();
    let link = stack.unpack(1, &[Entry::file("real/kept", b"1"), Entry::link("x", "real")]);
    let folder = stack.unpack(2, &[Entry::file("x/new", b"2")]);
    let merged = stack.merge(&[link, folder]);
    assert!(!merged.join("real/new").exists());
    assert_eq!(text(&merged.join("x/new")), "2");
    assert!(!stack.path(link).join("real/new").exists());
}

#[test]
fn modes_and_links_are_kept_and_files_shared() {
    let stack = Stack::new();
    let one = stack.unpack(1, &[Entry::file("bin/tool", b"#!/bin/sh\n").mode(0o100_755)]);
    let two = stack.unpack(2, &[Entry::link("tool", "bin/tool"), Entry::directory("empty/")]);
    let merged = stack.merge(&[one, two]);
    let tool = fs::metadata(merged.join("tool")).unwrap();
    assert_eq!(tool.permissions().mode() & 0o7777, 0o755);
    assert_eq!(tool.ino(), fs::metadata(stack.path(one).join("bin/tool")).unwrap().ino());
    assert_eq!(fs::read_link(merged.join("tool")).unwrap(), Path::new("bin/tool"));
    for folder in ["", "bin", "empty"] {
        let mode = fs::metadata(merged.join(folder)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o755, "{folder}");
    }
}

#[test]
fn a_merged_tree_outlives_those_that_it_was_made_of() {
    let stack = Stack::new();
    let (one, two) = (stack.unpack(1, &[Entry::file("a", b"1")]), stack.unpack(2, &[Entry::file("b", b"2")]));
    let merged = stack.merge(&[one, two]);
    drop((stack.trees.take(one).unwrap(), stack.trees.take(two).unwrap()));
    assert_eq!((text(&merged.join("a")), text(&merged.join("b"))), ("1".to_owned(), "2".to_owned()));
}

#[test]
fn a_tree_alone_is_not_made_twice() {
    let stack = Stack::new();
    let one = stack.unpack(1, &[Entry::file("a", b"1")]);
    assert_eq!(stack.merge(&[one]), stack.path(one));
    assert_eq!(stack.trees.list().unwrap(), [one]);
}

#[test]
fn a_missing_tree_leaves_nothing_behind() {
    let stack = Stack::new();
    let one = stack.unpack(1, &[Entry::file("a", b"1")]);
    stack.trees.merge(&[one, TreeId::from_bytes([9; 32])]).unwrap_err();
    assert_eq!(fs::read_dir(stack.dir.path()).unwrap().count(), 1);
}

/// Paths of at most three parts over a tiny alphabet, so that files and folders collide often.
fn tree() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[ab](/[ab]){0,2}", 1..6)
}

/// Drops the paths that cannot stand beside others of their own tree.
fn consistent(paths: &[String]) -> Vec<String> {
    let mut kept: Vec<String> = Vec::new();
    for path in paths {
        let clashes = |other: &String| {
            other == path || other.starts_with(&format!("{path}/")) || path.starts_with(&format!("{other}/"))
        };
        if !kept.iter().any(clashes) {
            kept.push(path.clone());
        }
    }
    kept
}

/// What laying one tree over another must leave: a file hides what it shares its path or a part of it with.
fn lay(seen: &mut Vec<(String, usize)>, paths: &[String], number: usize) {
    for path in paths {
        seen.retain(|(other, _)| {
            other != path
                && !other.starts_with(&format!("{path}/"))
                && !path.starts_with(&format!("{other}/"))
        });
        seen.push((path.clone(), number));
    }
}

fn files(root: &Path) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                found.push((name, text(&path).parse().unwrap()));
            }
        }
    }
    found.sort();
    found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn the_last_tree_that_says_anything_of_a_path_is_seen(trees in prop::collection::vec(tree(), 2..5)) {
        let stack = Stack::new();
        let mut expected = Vec::new();
        let mut ids = Vec::new();
        for (number, paths) in trees.iter().enumerate() {
            let paths = consistent(paths);
            let content = number.to_string();
            let entries =
                paths.iter().map(|path| Entry::file(path, content.as_bytes())).collect::<Vec<_>>();
            ids.push(stack.unpack(u8::try_from(number).unwrap(), &entries));
            lay(&mut expected, &paths, number);
        }
        expected.sort();
        prop_assert_eq!(files(&stack.merge(&ids)), expected);
    }
}
