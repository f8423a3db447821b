//! What the server learns of a sandbox's inside, and reaches there, without entering it.

use sandbox::MountPoint;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};

use super::place::{Place, start, tests};

tests! {
    the_server_lists_the_files_of_a_folder
    the_server_reaches_what_listens_inside
}

pub(crate) const ROOTLESS_TOO: &[(&str, super::place::Test)] = TESTS;

async fn the_server_lists_the_files_of_a_folder(place: Place) {
    let tree = place.tree(&[("b", ""), ("a", "")]);
    std::fs::create_dir(place.data_dir.join("trees").join(tree.to_string()).join("c")).expect("a folder");
    let sandbox = place.sandbox().await;
    sandbox.mount(MountPoint::Opt, &tree).await.expect("a mount");
    assert_eq!(sandbox.list("/opt").await.expect("a list"), ["a", "b"]);
    assert!(sandbox.list("/opt/none").await.expect("a list").is_empty());
}

async fn the_server_reaches_what_listens_inside(place: Place) {
    let sandbox = place.sandbox().await;
    let dialer = sandbox.dialer();
    assert!(dialer.connect(8080).await.is_err());
    let listen = "exec perl -MIO::Socket::INET -e '
        my $s = IO::Socket::INET->new(LocalAddr => \"127.0.0.1:8080\", Listen => 1) or die;
        $| = 1; print \"listening\\n\"; my $c = $s->accept; print $c \"from inside\"; close $c'";
    let (_process, output) = start(&sandbox, listen).await;
    let mut line = String::new();
    BufReader::new(output.stdout).read_line(&mut line).await.expect("a line");
    let mut text = String::new();
    dialer.connect(8080).await.expect("a connection").read_to_string(&mut text).await.expect("a word");
    assert_eq!(text, "from inside");
}
