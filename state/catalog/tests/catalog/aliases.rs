//! Aliases and their routing.

use crate::fixture::{Fixture, name, scope};
use catalog::{AliasChange, CatalogError, NewAlias, Routing, Setting};
use model::{VersionNumber, VersionRef};

fn number(number: u64) -> VersionNumber {
    VersionNumber::new(number).unwrap()
}

fn published(version: u64) -> VersionRef {
    VersionRef::Published(number(version))
}

fn alias(version: VersionRef, routing: Option<(u64, f64)>) -> NewAlias {
    let routing = routing
        .map(|(version, weight)| Routing { version: number(version), weight: weight.try_into().unwrap() });
    NewAlias { name: "live".parse().unwrap(), version, description: String::new(), routing }
}

async fn with_two_versions() -> Fixture {
    let fixture = Fixture::new().await;
    fixture.create("f").await;
    fixture.publish("f").await;
    fixture.publish_code("f", "two").await;
    fixture
}

#[tokio::test]
async fn an_alias_follows_where_it_is_moved() {
    let fixture = with_two_versions().await;
    let created = fixture.catalog.create_alias(scope(), name("f"), alias(published(1), None)).await.unwrap();
    assert_eq!(fixture.resolve("f", "live", 0.0).version, published(1));
    let change = AliasChange { version: Some(published(2)), ..AliasChange::default() };
    let moved =
        fixture.catalog.update_alias(scope(), name("f"), "live".parse().unwrap(), change).await.unwrap();
    assert_ne!(moved.revision, created.revision);
    let fixture = fixture.crash().await;
    assert_eq!(fixture.resolve("f", "live", 0.0).version, published(2));
}

#[tokio::test]
async fn weights_share_invocations_between_two_versions() {
    let fixture = with_two_versions().await;
    fixture.catalog.create_alias(scope(), name("f"), alias(published(1), Some((2, 0.3)))).await.unwrap();
    let second = (0..1000)
        .filter(|step| fixture.resolve("f", "live", f64::from(*step) / 1000.0).version == published(2));
    assert_eq!(second.count(), 300);
    let change = AliasChange { routing: Setting::Clear, ..AliasChange::default() };
    fixture.catalog.update_alias(scope(), name("f"), "live".parse().unwrap(), change).await.unwrap();
    assert_eq!(fixture.resolve("f", "live", 0.0).version, published(1));
}

#[tokio::test]
async fn an_alias_is_made_once() {
    let fixture = with_two_versions().await;
    fixture.catalog.create_alias(scope(), name("f"), alias(VersionRef::Latest, None)).await.unwrap();
    let again =
        fixture.catalog.create_alias(scope(), name("f"), alias(published(1), None)).await.unwrap_err();
    let arn = "arn:aws:lambda:us-east-1:000000000000:function:f:live";
    assert!(
        matches!(&again, CatalogError::AliasExists { arn: found } if found.to_string() == arn),
        "{again}"
    );
}

#[tokio::test]
async fn routing_that_makes_no_sense_is_refused() {
    let fixture = with_two_versions().await;
    let refused = async |new| fixture.catalog.create_alias(scope(), name("f"), new).await.unwrap_err();
    let latest = refused(alias(VersionRef::Latest, Some((1, 0.5)))).await;
    assert!(matches!(latest, CatalogError::LatestWithRouting), "{latest}");
    let twice = refused(alias(published(1), Some((1, 0.5)))).await;
    assert!(matches!(twice, CatalogError::RoutesTwice { version } if version == number(1)), "{twice}");
    for new in [alias(published(9), None), alias(published(1), Some((9, 0.5)))] {
        let missing = refused(new).await;
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f:9";
        assert!(
            matches!(&missing, CatalogError::FunctionNotFound { arn: found } if found.to_string() == arn),
            "{missing}"
        );
    }
}

#[tokio::test]
async fn a_version_that_an_alias_names_is_not_deleted() {
    let fixture = with_two_versions().await;
    fixture.catalog.create_alias(scope(), name("f"), alias(published(1), Some((2, 0.5)))).await.unwrap();
    for version in [1, 2] {
        let used = fixture.catalog.delete_version(scope(), name("f"), number(version)).await.unwrap_err();
        assert!(
            matches!(&used, CatalogError::VersionInUse { aliases } if aliases[0].as_str() == "live"),
            "{used}"
        );
    }
    for _ in 0..2 {
        fixture.catalog.delete_alias(scope(), name("f"), "live".parse().unwrap()).await.unwrap();
    }
    for version in [1, 2, 7] {
        fixture.catalog.delete_version(scope(), name("f"), number(version)).await.unwrap();
    }
}

#[tokio::test]
async fn an_unknown_alias_is_not_updated() {
    let fixture = with_two_versions().await;
    let change = AliasChange::default();
    let missing =
        fixture.catalog.update_alias(scope(), name("f"), "live".parse().unwrap(), change).await.unwrap_err();
    assert!(matches!(missing, CatalogError::AliasNotFound { .. }), "{missing}");
}
