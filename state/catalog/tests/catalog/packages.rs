//! Packages come before the functions that name them, and go after the last user.

use std::fs;

use crate::fixture::{Fixture, name, scope, zip};
use bytes::Bytes;
use catalog::PackageError;

/// How many trees and how many blobs there are.
fn stored(fixture: &Fixture) -> (usize, usize) {
    let trees = fs::read_dir(fixture.path().join("trees")).unwrap().count();
    let shards = fs::read_dir(fixture.path().join("blobs")).unwrap().map(|shard| shard.unwrap().path());
    (trees, shards.map(|shard| fs::read_dir(shard).unwrap().count()).sum())
}

#[tokio::test]
async fn a_package_can_be_read_again_as_it_was_uploaded() {
    let fixture = Fixture::new().await;
    let created = fixture.create("f").await;
    let mut file = fixture.catalog.open_package(&created.code.sha256).unwrap().unwrap();
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
    assert_eq!(bytes, zip("one"));
}

#[tokio::test]
async fn what_is_no_package_leaves_nothing() {
    let fixture = Fixture::new().await;
    let refused = fixture.catalog.store_package(Bytes::from_static(b"no zip")).await.unwrap_err();
    assert!(matches!(refused, PackageError::Unpack(_)), "{refused}");
    assert_eq!(stored(&fixture), (0, 0));
}

#[tokio::test]
async fn a_package_goes_only_when_nobody_holds_a_version_of_it() {
    let fixture = Fixture::new().await;
    fixture.create("f").await;
    let running = fixture.resolve("f", "$LATEST", 0.0);
    fixture.update_code("f", "two").await.unwrap();
    fixture.settled("f").await;
    fixture.catalog.collect_unused().await.unwrap();
    assert_eq!(stored(&fixture), (2, 2));
    drop(running);
    collect_down_to(&fixture, (1, 1)).await;
}

#[tokio::test]
async fn a_package_on_its_way_is_not_collected() {
    let fixture = Fixture::new().await;
    let package = fixture.package("one").await;
    assert_eq!(fixture.catalog.collect_unused().await.unwrap(), 0);
    drop(package);
    collect_down_to(&fixture, (0, 0)).await;
}

#[tokio::test]
async fn published_versions_keep_their_package() {
    let fixture = Fixture::new().await;
    fixture.create("f").await;
    fixture.publish("f").await;
    fixture.publish_code("f", "two").await;
    let fixture = fixture.crash().await;
    fixture.catalog.collect_unused().await.unwrap();
    assert_eq!(stored(&fixture), (2, 2));
    fixture.catalog.delete_function(scope(), name("f")).await.unwrap();
    collect_down_to(&fixture, (0, 0)).await;
}

/// Collects until so many blobs and trees are left. The catalog's owner answers before it lets go of what it has
/// replaced, and collects by itself when it starts, so one collection may come too early or find nothing to do.
async fn collect_down_to(fixture: &Fixture, left: (usize, usize)) {
    while stored(fixture) != left {
        fixture.catalog.collect_unused().await.unwrap();
    }
}

#[tokio::test]
async fn a_half_written_package_is_cleared_at_the_next_start() {
    let fixture = Fixture::new().await;
    fs::create_dir(fixture.path().join("trees/.incoming-x")).unwrap();
    fs::write(fixture.path().join("blobs/incoming/half"), "PK").unwrap();
    let fixture = fixture.crash().await;
    assert_eq!(stored(&fixture), (0, 0));
}
