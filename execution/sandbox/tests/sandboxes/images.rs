//! Sandboxes whose root is an image's tree.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;

use sandbox::{Command, Exit, Kind, Root, Sandbox, SandboxError, Spec, TreeId};
use tokio::io::AsyncReadExt;

use super::place::{Place, spec, tests};

tests! {
    the_tree_is_all_there_is
    only_tmp_is_writable
    names_are_resolved_by_the_relay_whatever_the_image_says
    an_image_without_places_to_mount_at_is_refused
    a_link_cannot_lead_a_mount_elsewhere
    a_tree_that_was_made_anew_is_seen
}

const BUSYBOX: &str = "/bin/busybox";

impl Place {
    fn image_folder(&self) -> (TreeId, PathBuf) {
        let id: TreeId = "1a".repeat(32).parse().expect("an id");
        let folder = self.data_dir.join("trees").join(id.to_string());
        (id, folder)
    }

    /// A tree with a shell and every place that sandboxes mount at.
    fn image(&self, files: &[(&str, &str)]) -> TreeId {
        let (id, folder) = self.image_folder();
        for name in ["bin", "proc", "dev", "tmp", "run", "etc"] {
            fs::create_dir_all(folder.join(name)).expect("a folder");
        }
        fs::copy(BUSYBOX, folder.join("bin/busybox")).expect("a static busybox is installed");
        for name in ["sh", "cat", "ls", "touch"] {
            symlink("busybox", folder.join("bin").join(name)).expect("a link");
        }
        for (name, text) in
            [("etc/hosts", ""), ("etc/resolv.conf", "nameserver 8.8.8.8\n")].iter().chain(files)
        {
            fs::write(folder.join(name), text).expect("a file");
        }
        id
    }

    async fn start_image(&self, tree: TreeId) -> Result<Sandbox, SandboxError> {
        let kind = Kind { root: Root::Image(tree), ..spec().kind };
        Ok(self.launcher.create(Spec { kind, ..spec() }).await?.0)
    }
}

async fn shell(sandbox: &Sandbox, script: &str) -> (String, Exit) {
    let argv = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
    let command = Command { argv, env: vec![("PATH".into(), "/bin".into())], cwd: "/".into() };
    let (mut process, mut output) = sandbox.spawn(command).await.expect("the image's shell starts");
    let mut text = String::new();
    output.stdout.read_to_string(&mut text).await.expect("text");
    output.stderr.read_to_string(&mut text).await.expect("text");
    (text, process.wait().await)
}

async fn the_tree_is_all_there_is(place: Place) {
    let tree = place.image(&[("hello", "from the image")]);
    let sandbox = place.start_image(tree).await.expect("a sandbox");
    let (text, exit) = shell(&sandbox, "ls /; cat /hello").await;
    assert_eq!(
        (text.as_str(), exit),
        ("bin\ndev\netc\nhello\nproc\nrun\ntmp\nfrom the image", Exit::Code(0))
    );
    let (text, _) = shell(&sandbox, "ls /dev").await;
    assert_eq!(text, "fd\nfull\nnull\nrandom\nstderr\nstdin\nstdout\ntty\nurandom\nzero\n");
}

async fn only_tmp_is_writable(place: Place) {
    let tree = place.image(&[("hello", "")]);
    let sandbox = place.start_image(tree).await.expect("a sandbox");
    for path in ["/new", "/hello", "/etc/hosts", "/dev/new", "/run/new"] {
        let (text, exit) = shell(&sandbox, &format!("echo x >> {path}")).await;
        assert!(
            text.contains("Read-only file system") || text.contains("Permission denied"),
            "{path}: {text}"
        );
        assert_ne!(exit, Exit::Code(0), "{path}");
    }
    assert_eq!(shell(&sandbox, "echo mine > /tmp/x; cat /tmp/x").await.0, "mine\n");
}

async fn names_are_resolved_by_the_relay_whatever_the_image_says(place: Place) {
    let tree = place.image(&[]);
    let sandbox = place.start_image(tree).await.expect("a sandbox");
    let (text, _) = shell(&sandbox, "cat /etc/resolv.conf /etc/hosts").await;
    assert!(text.starts_with("nameserver 127.0.0.1\n") && text.contains("sandbox.localdomain"), "{text}");
    assert!(!text.contains("8.8.8.8"), "{text}");
}

async fn an_image_without_places_to_mount_at_is_refused(place: Place) {
    let tree = place.image(&[]);
    fs::remove_dir(place.image_folder().1.join("dev")).expect("it is there");
    let refusal = place.start_image(tree).await.expect_err("no sandbox");
    assert_eq!(refusal.to_string(), "mount /dev: No such file or directory (os error 2)");
}

async fn a_link_cannot_lead_a_mount_elsewhere(place: Place) {
    let tree = place.image(&[]);
    let etc = place.image_folder().1.join("etc");
    fs::remove_dir_all(&etc).expect("it is there");
    symlink("/etc", etc).expect("a link");
    let refusal = place.start_image(tree).await.expect_err("no sandbox");
    assert!(refusal.to_string().starts_with("mount the files of /etc: "), "{refusal}");
}

async fn a_tree_that_was_made_anew_is_seen(place: Place) {
    let tree = place.image(&[("which", "first")]);
    for _parked in 0..3 {
        let sandbox = place.start_image(tree).await.expect("a sandbox");
        assert_eq!(shell(&sandbox, "cat /which").await.0, "first");
    }
    let folder = place.image_folder().1;
    let removed = folder.with_file_name(".removed");
    fs::rename(&folder, &removed).expect("a new name");
    fs::remove_dir_all(&removed).expect("it is there");
    place.image(&[("which", "second")]);
    for _parked in 0..3 {
        let sandbox = place.start_image(tree).await.expect("a sandbox");
        assert_eq!(shell(&sandbox, "cat /which").await.0, "second");
    }
}
