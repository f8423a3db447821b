//! Creating, updating and publishing, as callers and invocations see them.

use crate::fixture::{Fixture, name, new_function, scope};
use catalog::{CatalogError, ConfigPatch, ConfigUpdate, NewFunction, Publication, ResolveError, Scope};
use model::function::{LastUpdate, State};
use model::{VersionNumber, VersionRef};

fn number(number: u64) -> VersionRef {
    VersionRef::Published(VersionNumber::new(number).unwrap())
}

fn describing(description: &str) -> ConfigUpdate {
    let config = ConfigPatch { description: Some(description.to_owned()), ..ConfigPatch::default() };
    ConfigUpdate { config, ..ConfigUpdate::default() }
}

#[tokio::test]
async fn a_function_is_pending_and_then_active() {
    let fixture = Fixture::new().await;
    let created = fixture.create("f").await;
    assert_eq!((created.state, created.last_update), (State::Pending, None));
    let settled = fixture.settled("f").await;
    assert_eq!((settled.state, settled.last_update), (State::Active, Some(LastUpdate::Successful)));
    assert_ne!(settled.revision, created.revision);
}

#[tokio::test]
async fn a_name_is_taken_once_in_each_account_and_region() {
    let fixture = Fixture::new().await;
    fixture.create("f").await;
    let again =
        fixture.catalog.create_function(scope(), name("f"), new_function(), fixture.package("x").await);
    assert!(matches!(again.await, Err(CatalogError::FunctionExists { name }) if name.as_str() == "f"));
    for elsewhere in [
        Scope { region: "eu-west-1".parse().unwrap(), ..scope() },
        Scope { account: "111111111111".parse().unwrap(), ..scope() },
    ] {
        let package = fixture.package("x").await;
        fixture.catalog.create_function(elsewhere, name("f"), new_function(), package).await.unwrap();
    }
}

#[tokio::test]
async fn creation_can_publish_version_one() {
    let fixture = Fixture::new().await;
    let new = NewFunction { publish: true, ..new_function() };
    let package = fixture.package("one").await;
    let version = fixture.catalog.create_function(scope(), name("f"), new, package).await.unwrap();
    assert_eq!((version.version, version.state), (number(1), State::Pending));
    fixture.settled("f").await;
    assert_eq!(fixture.resolve("f", "1", 0.0).state, State::Active);
}

#[tokio::test]
async fn invocations_run_the_old_code_until_an_update_has_ended() {
    let fixture = Fixture::new().await;
    fixture.create("f").await;
    let fixture = fixture.crash_and_never_settle().await;
    let old = fixture.latest("f");
    let updated = fixture.update_code("f", "new").await.unwrap();
    assert_eq!((updated.state, updated.last_update), (State::Active, Some(LastUpdate::InProgress)));
    assert_ne!(updated.code, old.code);
    assert_eq!(fixture.resolve("f", "$LATEST", 0.0), old);
    let fixture = fixture.crash().await;
    let settled = fixture.resolve("f", "$LATEST", 0.0);
    assert_eq!((&settled.code, settled.last_update), (&updated.code, Some(LastUpdate::Successful)));
}

#[tokio::test]
async fn an_update_in_progress_refuses_another_and_publishing() {
    let fixture = Fixture::new().await;
    fixture.create("f").await;
    let fixture = fixture.crash_and_never_settle().await;
    fixture.update_code("f", "new").await.unwrap();
    for refused in [
        fixture.update_code("f", "newer").await,
        fixture.catalog.configure(scope(), name("f"), describing("x")).await,
        fixture.catalog.publish_version(scope(), name("f"), Publication::default()).await,
    ] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, CatalogError::UpdateInProgress { .. }), "{refused}");
    }
}

#[tokio::test]
async fn a_pending_function_refuses_updates_and_publishing() {
    let fixture = Fixture::never_settling().await;
    let package = fixture.package("one").await;
    fixture.catalog.create_function(scope(), name("f"), new_function(), package).await.unwrap();
    for refused in [
        fixture.update_code("f", "new").await,
        fixture.catalog.publish_version(scope(), name("f"), Publication::default()).await,
    ] {
        let refused = refused.unwrap_err();
        assert!(matches!(refused, CatalogError::FunctionPending { .. }), "{refused}");
    }
}

#[tokio::test]
async fn publishing_without_changes_gives_the_last_version_again() {
    let fixture = Fixture::new().await;
    fixture.create("f").await;
    let first = fixture.publish("f").await;
    assert_eq!((first.version, first.state), (number(1), State::Active));
    let described = Publication { description: Some("other".to_owned()), ..Publication::default() };
    let again = fixture.catalog.publish_version(scope(), name("f"), described).await.unwrap();
    assert_eq!(again, first);
}

#[tokio::test]
async fn a_description_of_its_own_does_not_make_a_version_differ() {
    let fixture = Fixture::new().await;
    fixture.create("f").await;
    let described = Publication { description: Some("mine".to_owned()), ..Publication::default() };
    let first = fixture.catalog.publish_version(scope(), name("f"), described).await.unwrap();
    assert_eq!(first.config.description, "mine");
    assert_eq!(fixture.latest("f").config.description, "");
    assert_eq!(fixture.publish("f").await, first);
    fixture.catalog.configure(scope(), name("f"), describing("changed")).await.unwrap();
    fixture.settled("f").await;
    assert_eq!(fixture.publish("f").await.version, number(2));
}

#[tokio::test]
async fn numbers_are_never_used_twice() {
    let fixture = Fixture::new().await;
    fixture.create("f").await;
    fixture.publish("f").await;
    assert_eq!(fixture.publish_code("f", "two").await.version, number(2));
    fixture.catalog.delete_version(scope(), name("f"), VersionNumber::new(2).unwrap()).await.unwrap();
    let fixture = fixture.crash().await;
    assert_eq!(fixture.publish("f").await.version, number(3));
}

#[tokio::test]
async fn a_published_version_stays_as_it_was() {
    let fixture = Fixture::new().await;
    fixture.create("f").await;
    let first = fixture.publish("f").await;
    fixture.catalog.configure(scope(), name("f"), describing("changed")).await.unwrap();
    fixture.settled("f").await;
    fixture.publish_code("f", "two").await;
    let fixture = fixture.crash().await;
    assert_eq!(fixture.resolve("f", "1", 0.0), first);
}

#[tokio::test]
async fn a_stale_revision_is_refused() {
    let fixture = Fixture::new().await;
    let created = fixture.create("f").await;
    let update = ConfigUpdate { revision: Some(created.revision.to_string()), ..describing("x") };
    let stale = fixture.catalog.configure(scope(), name("f"), update).await.unwrap_err();
    assert!(matches!(stale, CatalogError::RevisionMismatch), "{stale}");
    assert_eq!(fixture.latest("f").config.description, "");
}

#[tokio::test]
async fn publishing_checks_the_package_that_the_caller_means() {
    let fixture = Fixture::new().await;
    let created = fixture.create("f").await;
    let meaning = |text: &str| Publication { code_sha256: Some(text.to_owned()), ..Publication::default() };
    let wrong = fixture.catalog.publish_version(scope(), name("f"), meaning("abc=")).await.unwrap_err();
    assert!(matches!(&wrong, CatalogError::CodeMismatch { given, .. } if given == "abc="), "{wrong}");
    let right = meaning(&created.code.sha256.to_base64());
    fixture.catalog.publish_version(scope(), name("f"), right).await.unwrap();
}

#[tokio::test]
async fn deleting_a_function_deletes_all_of_it() {
    let fixture = Fixture::new().await;
    fixture.create("f").await;
    fixture.publish("f").await;
    fixture.catalog.delete_function(scope(), name("f")).await.unwrap();
    let gone = fixture.catalog.delete_function(scope(), name("f")).await.unwrap_err();
    assert!(matches!(gone, CatalogError::FunctionNotFound { .. }), "{gone}");
    let fixture = fixture.crash().await;
    let resolved = fixture.catalog.snapshot().resolve(&scope(), &name("f"), None, 0.0);
    assert_eq!(resolved, Err(ResolveError::NoFunction));
    fixture.create("f").await;
    assert_eq!(fixture.publish("f").await.version, number(1));
}

#[tokio::test]
async fn a_killed_server_finds_what_it_answered_and_ends_what_was_under_way() {
    let fixture = Fixture::never_settling().await;
    let package = fixture.package("one").await;
    let created = fixture.catalog.create_function(scope(), name("f"), new_function(), package).await.unwrap();
    let fixture = fixture.crash().await;
    let found = fixture.latest("f");
    assert_eq!((found.state, found.last_update), (State::Active, Some(LastUpdate::Successful)));
    assert_eq!((&found.code, &found.config), (&created.code, &created.config));
    let twice = fixture.crash().await;
    assert_eq!(twice.latest("f"), found);
}

#[tokio::test]
async fn tags_are_bounded_and_change_the_revision() {
    let fixture = Fixture::new().await;
    fixture.create("f").await;
    let tags = |count: usize| (0..count).map(|key| (key.to_string(), "v".to_owned())).collect();
    let before = fixture.latest("f").revision;
    fixture.catalog.tag(scope(), name("f"), tags(50)).await.unwrap();
    assert_ne!(fixture.latest("f").revision, before);
    let many = fixture.catalog.tag(scope(), name("f"), tags(51)).await.unwrap_err();
    assert!(matches!(many, CatalogError::TooManyTags { limit: 50 }), "{many}");
    let keys = (1..60).map(|key| key.to_string()).collect();
    fixture.catalog.untag(scope(), name("f"), keys).await.unwrap();
    let snapshot = fixture.catalog.snapshot();
    let left = snapshot.function(&scope(), &name("f")).unwrap().tags();
    assert_eq!(left.keys().collect::<Vec<_>>(), ["0"]);
}
