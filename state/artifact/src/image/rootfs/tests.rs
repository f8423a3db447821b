//! Layers made by hand, good and hostile, and what becomes of them.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use proptest::prelude::*;
use tar::{EntryType, Header};
use tempfile::TempDir;

use super::*;

const LIMIT_BYTES: u64 = 1 << 20;

/// A tar archive, header by header, so that it can say what no tool would write.
#[derive(Debug, Default)]
struct Layer(Vec<u8>);

impl Layer {
    fn entry(
        mut self,
        name: &[u8],
        kind: EntryType,
        content: &[u8],
        change: impl FnOnce(&mut Header),
    ) -> Layer {
        let mut header = Header::new_gnu();
        header.as_gnu_mut().unwrap().name[..name.len()].copy_from_slice(name);
        header.set_entry_type(kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(1_000_000_000);
        change(&mut header);
        header.set_cksum();
        self.0.extend_from_slice(header.as_bytes());
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    fn file(self, name: &str, content: &str) -> Layer {
        self.entry(name.as_bytes(), EntryType::Regular, content.as_bytes(), |_| {})
    }

    fn mode(self, name: &str, kind: EntryType, mode: u32) -> Layer {
        self.entry(name.as_bytes(), kind, b"", |header| header.set_mode(mode))
    }

    fn folder(self, name: &str) -> Layer {
        self.mode(name, EntryType::Directory, 0o755)
    }

    fn link(self, name: &str, target: &str, kind: EntryType) -> Layer {
        self.entry(name.as_bytes(), kind, b"", |header| {
            header.as_gnu_mut().unwrap().linkname[..target.len()].copy_from_slice(target.as_bytes());
        })
    }

    fn symlink(self, name: &str, target: &str) -> Layer {
        self.link(name, target, EntryType::Symlink)
    }

    fn hard_link(self, name: &str, target: &str) -> Layer {
        self.link(name, target, EntryType::Link)
    }

    fn end(mut self) -> Vec<u8> {
        self.0.resize(self.0.len() + 1024, 0);
        self.0
    }
}

/// Merged in a folder beside another one, which must stay as it is.
struct Merged {
    outer: TempDir,
    result: Result<u64, LayerError>,
}

fn merge(layers: Vec<Layer>) -> Merged {
    merge_bytes(&layers.into_iter().map(Layer::end).collect::<Vec<_>>())
}

fn merge_bytes(layers: &[Vec<u8>]) -> Merged {
    let outer = tempfile::tempdir().unwrap();
    fs::write(outer.path().join("secret"), "untouched").unwrap();
    fs::create_dir(outer.path().join("root")).unwrap();
    let mut rootfs = Rootfs::new(&outer.path().join("root"), LIMIT_BYTES).unwrap();
    let merged = layers.iter().try_for_each(|layer| rootfs.apply(layer.as_slice()));
    let result = merged.and_then(|()| rootfs.finish(&[]));
    assert_eq!(fs::read_to_string(outer.path().join("secret")).unwrap(), "untouched");
    assert_eq!(fs::read_dir(outer.path()).unwrap().count(), 2, "something was written outside");
    Merged { outer, result }
}

impl Merged {
    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        assert!(self.result.is_ok(), "{:?}", self.result);
        self.outer.path().join("root").join(name)
    }

    fn has(&self, name: &str) -> bool {
        self.path(name).symlink_metadata().is_ok()
    }

    fn refusal(self) -> LayerError {
        self.result.unwrap_err()
    }
}

#[test]
fn layers_are_laid_over_each_other() {
    let below = Layer::default().file("etc/a", "old").file("etc/b", "kept").symlink("bin", "usr/bin");
    let above = Layer::default().folder("usr/bin").file("etc/a", "new").file("bin/tool", "1234");
    let merged = merge(vec![below, above]);
    assert_eq!((merged.text("etc/a").as_str(), merged.text("etc/b").as_str()), ("new", "kept"));
    let refused = merge(vec![Layer::default().symlink("bin", "usr/bin").file("bin/tool", "")]).refusal();
    assert!(matches!(refused, LayerError::Collision(_)), "{refused}");
}

#[test]
fn a_link_between_folders_is_followed_within_the_image() {
    let layer = Layer::default().folder("usr/bin").symlink("bin", "/usr/bin").file("bin/tool", "1");
    let merged = merge(vec![layer]);
    assert_eq!(merged.text("usr/bin/tool"), "1");
    assert_eq!(fs::read_link(merged.path("bin")).unwrap(), Path::new("/usr/bin"));
}

#[test]
fn a_program_is_found_within_the_image_only() {
    let layer = Layer::default()
        .mode("usr/tool", EntryType::Regular, 0o755)
        .file("usr/text", "")
        .symlink("bin", "/usr")
        .symlink("sh", "/bin/sh")
        .symlink("loop", "loop");
    let merged = merge(vec![layer]);
    let has = |path: &str| has_program(&merged.path(""), Path::new(path)).unwrap();
    assert!(has("/usr/tool") && has("/bin/tool"));
    for path in ["/usr", "/usr/text", "/usr/text/x", "/sh", "/loop", "/../secret"] {
        assert!(!has(path), "{path}");
    }
}

#[test]
fn entries_that_leave_the_image_are_refused() {
    for name in ["../secret", "a/../../secret", ".."] {
        let refused = merge(vec![Layer::default().file(name, "evil")]).refusal();
        assert!(matches!(refused, LayerError::OutsideImage(_)), "{name}: {refused}");
    }
}

#[test]
fn an_absolute_path_is_one_of_the_image() {
    assert_eq!(merge(vec![Layer::default().file("/etc/passwd", "ours")]).text("etc/passwd"), "ours");
}

#[test]
fn no_link_leads_a_write_outside() {
    for target in ["..", "../..", "/", "../../../../../../../"] {
        let layer = Layer::default().symlink("out", target).file("out/secret", "evil");
        let merged = merge(vec![layer]);
        assert_eq!(merged.text("secret"), "evil", "{target}: it is the image's own root");
    }
    let layers =
        vec![Layer::default().symlink("secret", "../secret"), Layer::default().file("secret", "evil")];
    let merged = merge(layers);
    assert!(!merged.path("secret").is_symlink());
    let chain = Layer::default().symlink("a", "b").symlink("b", "a").file("a/x", "evil");
    assert!(matches!(merge(vec![chain]).refusal(), LayerError::Collision(_)));
}

#[test]
fn hard_links_join_files_of_the_image_only() {
    let merged = merge(vec![Layer::default().file("a", "1").hard_link("d/b", "/a")]);
    assert_eq!(
        fs::metadata(merged.path("a")).unwrap().ino(),
        fs::metadata(merged.path("d/b")).unwrap().ino()
    );
    let out = Layer::default().hard_link("b", "../secret");
    assert!(matches!(merge(vec![out]).refusal(), LayerError::OutsideImage(_)));
    let through = Layer::default().symlink("up", "..").hard_link("b", "up/secret");
    assert!(matches!(merge(vec![through]).refusal(), LayerError::MissingTarget { .. }));
    let absent = Layer::default().hard_link("b", "a");
    assert!(matches!(merge(vec![absent]).refusal(), LayerError::MissingTarget { .. }));
    let folder = Layer::default().folder("d").hard_link("b", "d");
    assert!(matches!(merge(vec![folder]).refusal(), LayerError::MissingTarget { .. }));
    let itself = Layer::default().file("a", "1").hard_link("a", "a");
    assert_eq!(merge(vec![itself]).text("a"), "1");
}

#[test]
fn whiteouts_hide_what_is_below_and_not_what_is_beside() {
    let below = || Layer::default().file("a", "1").file("d/x", "1").file("d/sub/y", "1").file("keep", "1");
    let whiteout = Layer::default().file(".wh.a", "").file("d/.wh.sub", "");
    let merged = merge(vec![below(), whiteout]);
    assert!(!merged.has("a") && !merged.has("d/sub") && merged.has("d/x") && merged.has("keep"));
    let opaque = Layer::default().file("d/new", "2").file("d/.wh..wh..opq", "").file("d/sub/z", "2");
    let merged = merge(vec![below(), opaque]);
    assert!(
        !merged.has("d/x") && merged.has("d/new") && merged.has("d/sub/z") && !merged.has("d/.wh..wh..opq")
    );
    let own = Layer::default().file("a", "2").file(".wh.a", "");
    assert_eq!(merge(vec![below(), own]).text("a"), "2");
    let note = Layer::default().file(".wh..wh.plnk", "").file(".wh.absent", "").file("no/.wh.x", "");
    assert!(!merge(vec![note]).has(".wh..wh.plnk"));
}

#[test]
fn a_whiteout_leaves_what_its_own_layer_has_in_the_folder() {
    let below = || Layer::default().file("x/d/old", "1").file("x/d/sub/old", "1");
    let new = || Layer::default().file("x/d/new", "2").file("x/d/sub/new", "2");
    let named = Layer::default().folder("x/d/").file("x/d/new", "2").file("x/d/sub/new", "2");
    for layer in [named.file("x/.wh.d", ""), new().file("x/.wh.d", ""), new().file("x/d/.wh..wh..opq", "")] {
        let merged = merge(vec![below(), layer]);
        assert!(merged.has("x/d/new") && merged.has("x/d/sub/new"));
        assert!(!merged.has("x/d/old") && !merged.has("x/d/sub/old"));
    }
}

#[test]
fn a_whiteout_removes_nothing_outside() {
    for name in [".wh...", "d/.wh..."] {
        let refused = merge(vec![Layer::default().folder("d").file(name, "")]).refusal();
        assert!(matches!(refused, LayerError::OutsideImage(_)), "{name}: {refused}");
    }
    let through = Layer::default().symlink("up", "..").file("up/.wh.secret", "").file("up/.wh..wh..opq", "");
    assert!(merge(vec![through]).result.is_ok());
    let link = vec![Layer::default().symlink("d", ".."), Layer::default().file(".wh.d", "")];
    assert!(!merge(link).has("d"));
}

#[test]
fn whatever_stands_in_the_way_is_replaced() {
    let below = || Layer::default().file("d/x", "1").symlink("l", "d").file("f", "1");
    let merged = merge(vec![below(), Layer::default().file("d", "file").folder("l").symlink("f", "d")]);
    assert_eq!(merged.text("d"), "file");
    assert!(!merged.path("l").is_symlink() && merged.path("l").is_dir());
    assert!(merged.path("f").is_symlink());
    let twice = Layer::default().file("a", "first").file("./a", "second");
    assert_eq!(merge(vec![twice]).text("a"), "second");
}

#[test]
fn dangerous_bits_are_dropped_and_others_kept() {
    let layer = Layer::default()
        .mode("suid", EntryType::Regular, 0o6777)
        .mode("private", EntryType::Regular, 0o600)
        .mode("open/", EntryType::Directory, 0o1777)
        .mode("closed/", EntryType::Directory, 0o000);
    let merged = merge(vec![layer]);
    let mode = |name: &str| fs::metadata(merged.path(name)).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode("suid"), mode("private")), (0o755, 0o600));
    assert_eq!((mode("open"), mode("closed")), (0o755, 0o700));
}

#[test]
fn times_are_kept_for_what_was_compiled() {
    let merged = merge(vec![Layer::default().file("a.py", "1")]);
    assert_eq!(fs::metadata(merged.path("a.py")).unwrap().mtime(), 1_000_000_000);
}

#[test]
fn devices_are_left_out() {
    let mut layer = Layer::default().file("null", "1");
    for kind in [EntryType::Char, EntryType::Block, EntryType::Fifo] {
        layer = layer.entry(b"null", kind, b"", |_| {});
    }
    assert!(!merge(vec![layer]).has("null"));
}

#[test]
fn every_place_to_mount_at_is_real() {
    let layer = Layer::default()
        .symlink("etc", "/somewhere")
        .symlink("tmp", "../secret")
        .file("proc", "")
        .symlink("dev", "/dev");
    let merged = merge(vec![layer]);
    for folder in ["proc", "dev", "tmp", "run", "etc"] {
        assert!(merged.path(folder).symlink_metadata().unwrap().is_dir(), "{folder}");
    }
    let merged = merge(vec![Layer::default().folder("etc").symlink("etc/resolv.conf", "../run/x")]);
    assert!(merged.path("etc/resolv.conf").symlink_metadata().unwrap().is_file());
    assert!(merge(vec![]).path("etc/hosts").is_file());
}

#[test]
fn a_bomb_ends_at_the_limit_however_it_is_packed() {
    let zeros = Layer::default().file("zeros", &"\0".repeat(2 << 20)).end();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&zeros).unwrap();
    let zstd = zstd::encode_all(zeros.as_slice(), 1).unwrap();
    for packed in [gzip.finish().unwrap(), zstd, zeros] {
        assert!(matches!(merge_bytes(&[packed]).refusal(), LayerError::TooLarge));
    }
    let half = || Layer::default().file("half", &"\0".repeat(600 << 10)).end();
    assert!(merge_bytes(&[half()]).result.is_ok());
    assert!(matches!(merge_bytes(&[half(), half()]).refusal(), LayerError::TooLarge));
}

#[test]
fn every_compression_gives_the_same() {
    let layer = || Layer::default().file("a", "content").end();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&layer()).unwrap();
    let zstd = zstd::encode_all(layer().as_slice(), 1).unwrap();
    for packed in [layer(), gzip.finish().unwrap(), zstd] {
        assert_eq!(merge_bytes(&[packed]).text("a"), "content");
    }
}

#[test]
fn long_names_come_in_both_dialects_and_end() {
    let long = format!("{}/file", "x".repeat(200));
    let gnu = Layer::default()
        .entry(b"././@LongLink", EntryType::GNULongName, format!("{long}\0").as_bytes(), |_| {})
        .file("short", "gnu");
    assert_eq!(merge(vec![gnu]).text(&long), "gnu");
    let record = format!(" path={long}\n");
    let length = record.len() + 3;
    let pax = Layer::default()
        .entry(b"pax", EntryType::XHeader, format!("{length}{record}").as_bytes(), |_| {})
        .file("short", "pax");
    assert_eq!(merge(vec![pax]).text(&long), "pax");
    let endless = Layer::default()
        .entry(b"././@LongLink", EntryType::GNULongName, &[b'x'; 70_000], |_| {})
        .file("a", "");
    assert!(matches!(merge(vec![endless]).refusal(), LayerError::Unreadable(_)));
    let impossible = Layer::default()
        .entry(b"././@LongLink", EntryType::GNULongName, "y".repeat(300).as_bytes(), |_| {})
        .file("a", "");
    assert!(matches!(merge(vec![impossible]).refusal(), LayerError::ImpossibleName(_)));
}

#[test]
fn files_with_holes_are_refused() {
    let layer = Layer::default().entry(b"holes", EntryType::GNUSparse, b"", |_| {});
    assert!(matches!(merge(vec![layer]).refusal(), LayerError::Sparse));
    let record = "22 GNU.sparse.major=1\n";
    let pax = Layer::default().entry(b"pax", EntryType::XHeader, record.as_bytes(), |_| {}).file("a", "");
    assert!(matches!(merge(vec![pax]).refusal(), LayerError::Sparse));
}

fn entries() -> impl Strategy<Value = Layer> {
    let name = "(\\.\\.|[ab]|/|\\.wh\\.|\\.){1,6}";
    let entry = (name, name, 0u8..5);
    proptest::collection::vec(entry, 0..10).prop_map(|entries| {
        entries.into_iter().fold(Layer::default(), |layer, (name, target, kind)| match kind {
            0 => layer.symlink(&name, &target),
            1 => layer.hard_link(&name, &target),
            2 => layer.folder(&name),
            _ => layer.file(&name, "x"),
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Whatever a layer says, nothing changes beside the folder; `merge` looks.
    #[test]
    fn no_layer_reaches_out(one in entries(), other in entries()) {
        let _either = merge(vec![one, other]).result;
    }

    /// Flipped and cut bytes never do worse than an error.
    #[test]
    fn damage_is_survived(at in 0usize..2048, value: u8, keep in 512usize..4096) {
        let mut layer = Layer::default().file("a/b", "hello").symlink("l", "a").hard_link("h", "a/b").end();
        let at = at % layer.len();
        layer[at] = value;
        layer.truncate(keep);
        let _either = merge_bytes(&[layer]).result;
    }
}
