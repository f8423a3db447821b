//! Layers: numbers that never come back, stacks that outlive their layers, and what is collected when.

use std::fs;

use catalog::{
    ConfigPatch, ConfigUpdate, Grantee, LayerError, LayerStatement, LayerVersion, NewFunction,
    NewLayerVersion, Setting, StackError, StackedLayers,
};
use model::{LayerName, LayerVersionArn, VersionNumber};

use crate::fixture::{Fixture, name, new_function, scope, zip};

fn layer(text: &str) -> LayerName {
    text.parse().unwrap()
}

impl Fixture {
    async fn publish_layer(&self, name: &str, content: &str) -> LayerVersionArn {
        let package = self.package(content).await;
        let new = NewLayerVersion::default();
        self.catalog.publish_layer(scope(), layer(name), new, package).await.unwrap().arn.clone()
    }

    async fn delete_layer_version(&self, arn: &LayerVersionArn) {
        self.catalog.delete_layer_version(arn.layer.clone(), arn.number).await.unwrap();
    }

    async fn stack(&self, arns: &[&LayerVersionArn]) -> StackedLayers {
        self.catalog.stack_layers(arns.iter().copied().cloned().collect()).await.unwrap()
    }

    async fn create_with(&self, function: &str, layers: StackedLayers) {
        let config = ConfigPatch { layers: Setting::Set(layers), ..ConfigPatch::default() };
        let new = NewFunction { config, ..new_function() };
        let package = self.package("code").await;
        self.catalog.create_function(scope(), name(function), new, package).await.unwrap();
        self.settled(function).await;
    }

    async fn configure(&self, function: &str, layers: Setting<StackedLayers>) {
        let config = ConfigPatch { layers, ..ConfigPatch::default() };
        let update = ConfigUpdate { config, revision: None };
        self.catalog.configure(scope(), name(function), update).await.unwrap();
        self.settled(function).await;
    }

    fn layer_version(&self, arn: &LayerVersionArn) -> Option<LayerVersion> {
        self.catalog.layers().version(arn).map(|version| (**version).clone())
    }

    /// How many trees and packages are left once nothing unused is.
    async fn left(&self, expected: (usize, usize)) {
        let count = || {
            let trees = fs::read_dir(self.path().join("trees")).unwrap().count();
            let shards = fs::read_dir(self.path().join("blobs")).unwrap().map(|shard| shard.unwrap().path());
            (trees, shards.map(|shard| fs::read_dir(shard).unwrap().count()).sum::<usize>())
        };
        while count() != expected {
            self.catalog.collect_unused().await.unwrap();
        }
    }
}

#[tokio::test]
async fn numbers_go_on_after_a_deletion_and_a_restart() {
    let fixture = Fixture::new().await;
    let first = fixture.publish_layer("l", "one").await;
    let second = fixture.publish_layer("l", "two").await;
    assert_eq!((first.number.get(), second.number.get()), (1, 2));
    fixture.delete_layer_version(&first).await;
    fixture.delete_layer_version(&second).await;
    fixture.delete_layer_version(&second).await;
    let fixture = fixture.crash().await;
    assert_eq!(fixture.layer_version(&second), None);
    assert_eq!(fixture.publish_layer("l", "three").await.number.get(), 3);
}

#[tokio::test]
async fn a_published_version_survives_a_crash_as_it_was() {
    let fixture = Fixture::new().await;
    let package = fixture.package("one").await;
    let new = NewLayerVersion {
        description: "d".to_owned(),
        runtimes: Some(vec!["python3.12".parse().unwrap()]),
        architectures: Some(Vec::new()),
        license: Some("MIT".to_owned()),
    };
    let published = fixture.catalog.publish_layer(scope(), layer("l"), new, package).await.unwrap();
    let fixture = fixture.crash().await;
    assert_eq!(fixture.layer_version(&published.arn), Some((*published).clone()));
}

#[tokio::test]
async fn equal_packages_are_kept_until_the_last_version_of_any_layer_goes() {
    let fixture = Fixture::new().await;
    let (one, two) = (fixture.publish_layer("a", "same").await, fixture.publish_layer("b", "same").await);
    fixture.left((1, 1)).await;
    fixture.delete_layer_version(&one).await;
    fixture.left((1, 1)).await;
    fixture.delete_layer_version(&two).await;
    fixture.left((0, 0)).await;
}

#[tokio::test]
async fn a_function_keeps_what_it_needs_of_deleted_layers() {
    let fixture = Fixture::new().await;
    let (one, two) = (fixture.publish_layer("a", "one").await, fixture.publish_layer("b", "two").await);
    fixture.create_with("f", fixture.stack(&[&one, &two]).await).await;
    // Two layers, their merger, the code.
    fixture.left((4, 3)).await;
    fixture.delete_layer_version(&one).await;
    fixture.delete_layer_version(&two).await;
    fixture.left((2, 1)).await;
    let fixture = fixture.crash().await;
    fixture.left((2, 1)).await;
    let stack = fixture.latest("f").config.layers.clone().unwrap();
    assert_eq!(stack.layers.iter().map(|layer| &layer.arn).collect::<Vec<_>>(), [&one, &two]);
    let merged = fixture.path().join("trees").join(stack.tree.to_string()).join("index.py");
    assert_eq!(fs::read_to_string(merged).unwrap(), "two");
    fixture.configure("f", Setting::Clear).await;
    fixture.left((1, 1)).await;
}

#[tokio::test]
async fn a_running_version_keeps_its_layers() {
    let fixture = Fixture::new().await;
    let (one, two) = (fixture.publish_layer("a", "one").await, fixture.publish_layer("b", "two").await);
    fixture.create_with("f", fixture.stack(&[&one, &two]).await).await;
    let running = fixture.resolve("f", "$LATEST", 0.0);
    fixture.configure("f", Setting::Clear).await;
    fixture.left((4, 3)).await;
    drop(running);
    fixture.left((3, 3)).await;
}

#[tokio::test]
async fn layers_on_their_way_to_a_function_are_not_collected() {
    let fixture = Fixture::new().await;
    let (one, two) = (fixture.publish_layer("a", "one").await, fixture.publish_layer("b", "two").await);
    let stacked = fixture.stack(&[&one, &two]).await;
    fixture.delete_layer_version(&one).await;
    fixture.delete_layer_version(&two).await;
    fixture.left((3, 2)).await;
    drop(stacked);
    fixture.left((0, 0)).await;
}

#[tokio::test]
async fn the_same_layers_in_the_same_order_are_merged_once() {
    let fixture = Fixture::new().await;
    let (one, two) = (fixture.publish_layer("a", "one").await, fixture.publish_layer("b", "two").await);
    fixture.create_with("f", fixture.stack(&[&one, &two]).await).await;
    fixture.create_with("g", fixture.stack(&[&one, &two]).await).await;
    fixture.create_with("h", fixture.stack(&[&two, &one]).await).await;
    let tree = |function| fixture.latest(function).config.layers.clone().unwrap().tree;
    assert_eq!(tree("f"), tree("g"));
    assert_ne!(tree("f"), tree("h"));
    fixture.left((5, 3)).await;
}

#[tokio::test]
async fn a_missing_version_cannot_be_stacked() {
    let fixture = Fixture::new().await;
    let arn = fixture.publish_layer("a", "one").await.layer.version(VersionNumber::new(2).unwrap());
    let refused = fixture.catalog.stack_layers(vec![arn.clone()]).await.unwrap_err();
    assert!(matches!(refused, StackError::NotFound { arn: missing } if missing == arn));
}

#[tokio::test]
async fn layers_count_as_code_storage() {
    let fixture = Fixture::new().await;
    fixture.publish_layer("a", "one").await;
    fixture.publish_layer("a", "one").await;
    assert_eq!(fixture.catalog.usage(&scope()).code_bytes, 2 * zip("one").len() as u64);
    assert_eq!(fixture.catalog.usage(&scope()).functions, 0);
}

#[tokio::test]
async fn a_policy_changes_with_the_revision_that_its_reader_knows() {
    let fixture = Fixture::new().await;
    let arn = fixture.publish_layer("a", "one").await;
    let grant = |id: &str, expected: Option<String>| {
        let statement = LayerStatement { id: id.to_owned(), grantee: Grantee::Everyone };
        fixture.catalog.grant_layer(arn.clone(), statement, expected)
    };
    let first = grant("one", None).await.unwrap();
    assert!(matches!(grant("one", None).await, Err(LayerError::StatementExists { .. })));
    let second = grant("two", Some(first.revision.to_string())).await.unwrap();
    let stale = grant("three", Some(first.revision.to_string())).await;
    assert!(matches!(stale, Err(LayerError::RevisionMismatch)));
    let revoke = |id: &str, expected: Option<String>| {
        fixture.catalog.revoke_layer(arn.clone(), id.to_owned(), expected)
    };
    assert!(matches!(revoke("nine", None).await, Err(LayerError::StatementNotFound { .. })));
    revoke("one", Some(second.revision.to_string())).await.unwrap();
    revoke("two", None).await.unwrap();
    assert!(matches!(revoke("two", None).await, Err(LayerError::NoPolicy)));
    assert_eq!(fixture.layer_version(&arn).unwrap().policy, None);
}

#[tokio::test]
async fn a_policy_has_a_limit() {
    let fixture = Fixture::new().await;
    let arn = fixture.publish_layer("a", "one").await;
    let mut granted = 0;
    loop {
        let statement = LayerStatement { id: format!("{granted:0>100}"), grantee: Grantee::Everyone };
        match fixture.catalog.grant_layer(arn.clone(), statement, None).await {
            Ok(_) => granted += 1,
            Err(LayerError::PolicyTooLong { actual, limit }) => {
                assert!(actual > limit);
                break;
            }
            Err(other) => panic!("{other}"),
        }
    }
    let policy = fixture.layer_version(&arn).unwrap().policy.unwrap();
    assert!(policy.to_json(&arn).len() <= 20_480);
    assert!(granted > 50);
}
