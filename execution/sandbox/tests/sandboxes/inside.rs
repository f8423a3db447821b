//! What a sandbox has of its own: code, sockets, and nothing of its neighbours.

use sandbox::{Exit, MountPoint, SandboxError, TreeId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::place::{PATIENCE, Place, Test, shell, spec, start, tests};

tests! {
    a_tree_appears_read_only_at_its_place
    a_tree_that_is_not_there_is_refused
    a_link_in_place_of_a_tree_is_refused
    the_server_answers_on_the_loopback_inside
    the_server_answers_on_the_unix_socket_inside
    sandboxes_do_not_see_each_other
    each_sandbox_has_a_uid_of_its_own_on_the_host
    parked_sandboxes_are_as_good_as_new
}

pub(crate) const ROOTLESS_TOO: &[(&str, Test)] =
    &[TESTS[0], TESTS[1], TESTS[2], TESTS[3], TESTS[4], TESTS[5], TESTS[7]];

async fn a_tree_appears_read_only_at_its_place(place: Place) {
    let tree = place.tree(&[("hello", "#!/bin/sh\necho from the tree\n")]);
    let sandbox = place.sandbox().await;
    sandbox.mount(MountPoint::Task, &tree).await.expect("a mount");
    sandbox.mount(MountPoint::Opt, &tree).await.expect("a mount");
    assert_eq!(shell(&sandbox, "/var/task/hello; /opt/hello").await.0, "from the tree\nfrom the tree\n");
    let (text, exit) = shell(&sandbox, "echo >> /var/task/hello").await;
    assert!(text.contains("Read-only file system") && exit != Exit::Code(0), "{text}");
}

async fn a_tree_that_is_not_there_is_refused(place: Place) {
    let sandbox = place.sandbox().await;
    let tree: TreeId = "cd".repeat(32).parse().expect("an id");
    let refusal = sandbox.mount(MountPoint::Task, &tree).await.expect_err("no mount");
    assert!(matches!(&refusal, SandboxError::Refused(_)), "{refusal}");
    assert_eq!(refusal.to_string(), "open the tree: No such file or directory (os error 2)");
}

async fn a_link_in_place_of_a_tree_is_refused(place: Place) {
    let sandbox = place.sandbox().await;
    let tree: TreeId = "ef".repeat(32).parse().expect("an id");
    let link = place.data_dir.join("trees").join(tree.to_string());
    std::os::unix::fs::symlink("/root", link).expect("a link");
    let refusal = sandbox.mount(MountPoint::Task, &tree).await.expect_err("no mount");
    assert!(refusal.to_string().starts_with("open the tree: "), "{refusal}");
}

async fn the_server_answers_on_the_loopback_inside(place: Place) {
    let (sandbox, listeners) = place.create(spec()).await;
    for (listener, port) in [(listeners.runtime_api, 9001), (listeners.front, 4566)] {
        let (_process, mut output) = start(&sandbox, &format!("exec cat < /dev/tcp/127.0.0.1/{port}")).await;
        let (mut stream, _) =
            tokio::time::timeout(PATIENCE, listener.accept()).await.expect("in time").expect("a stream");
        stream.write_all(b"welcome").await.expect("a word");
        drop(stream);
        let mut text = String::new();
        output.stdout.read_to_string(&mut text).await.expect("output");
        assert_eq!(text, "welcome");
    }
}

async fn the_server_answers_on_the_unix_socket_inside(place: Place) {
    let (sandbox, listeners) = place.create(spec()).await;
    let connect = "import socket; s = socket.socket(socket.AF_UNIX); s.connect('/run/runtime-api.sock'); print(s.recv(9))";
    let (_process, mut output) = start(&sandbox, &format!("exec /usr/bin/python3 -c \"{connect}\"")).await;
    let accept = listeners.runtime_api_unix.accept();
    let (mut stream, _) = tokio::time::timeout(PATIENCE, accept).await.expect("in time").expect("a stream");
    stream.write_all(b"welcome").await.expect("a word");
    let mut text = String::new();
    output.stdout.read_to_string(&mut text).await.expect("output");
    assert_eq!(text, "b'welcome'\n");
}

async fn sandboxes_do_not_see_each_other(place: Place) {
    let (one, other) = (place.sandbox().await, place.sandbox().await);
    let (_process, mut output) = start(&one, "echo mine > /tmp/mine; echo ready; exec sleep 60").await;
    output.stdout.read_u8().await.expect("a sign of life");
    let (text, _) = shell(&other, "ls /tmp; cat /proc/[0-9]*/comm | tr '\\n' ' '").await;
    assert!(!text.contains("mine") && !text.contains("sleep"), "{text}");
}

async fn each_sandbox_has_a_uid_of_its_own_on_the_host(place: Place) {
    let (one, other) = (place.sandbox().await, place.sandbox().await);
    let map = "cat /proc/self/uid_map; id -u; id -un";
    let (one, other) = (shell(&one, map).await.0, shell(&other, map).await.0);
    assert_ne!(one, other);
    assert!(one.ends_with("993\nsbx_user1051\n"), "{one}");
}

async fn parked_sandboxes_are_as_good_as_new(place: Place) {
    for round in 0..6 {
        let sandbox = place.sandbox().await;
        let (text, exit) = shell(&sandbox, "ls /tmp | wc -l; echo > /tmp/used").await;
        assert_eq!((text.as_str(), exit), ("0\n", Exit::Code(0)), "round {round}");
        sandbox.destroy().await;
    }
}
