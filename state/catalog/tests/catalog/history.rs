//! Whatever is done in whatever order: a published version never changes, numbers only grow, and a killed server
//! finds exactly what it had answered.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::{ConfigPatch, ConfigUpdate, NewAlias};
use model::{FunctionVersion, Qualifier, VersionNumber, VersionRef};
use proptest::prelude::*;

use crate::fixture::{Fixture, name, new_function, scope};

#[derive(Debug, Clone)]
enum Step {
    Create,
    UpdateCode(u8),
    Describe(u8),
    Publish,
    DeleteVersion(u64),
    Alias(u64),
    DeleteFunction,
    Crash,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Create),
        4 => (0u8..3).prop_map(Step::UpdateCode),
        2 => (0u8..3).prop_map(Step::Describe),
        6 => Just(Step::Publish),
        2 => (1u64..6).prop_map(Step::DeleteVersion),
        1 => (1u64..6).prop_map(Step::Alias),
        1 => Just(Step::DeleteFunction),
        2 => Just(Step::Crash),
    ]
}

/// What must still be so.
#[derive(Default)]
struct History {
    published: BTreeMap<VersionNumber, Arc<FunctionVersion>>,
    greatest: Option<VersionNumber>,
}

impl History {
    fn publish(&mut self, version: Arc<FunctionVersion>) {
        let VersionRef::Published(number) = version.version else {
            panic!("{version:?} is not published");
        };
        if let Some(known) = self.published.get(&number) {
            assert_eq!(*known, version);
            return;
        }
        assert!(Some(number) > self.greatest, "{number} was used before");
        self.greatest = Some(number);
        self.published.insert(number, version);
    }

    fn check(&self, fixture: &Fixture) {
        let snapshot = fixture.catalog.snapshot();
        let Some(function) = snapshot.function(&scope(), &name("f")) else {
            assert_eq!(self.published.len(), 0);
            return;
        };
        let published = function.versions().skip(1).cloned().collect::<Vec<_>>();
        assert_eq!(published, self.published.values().cloned().collect::<Vec<_>>());
        for alias in function.aliases() {
            let qualifier = Qualifier::Alias(alias.name.clone());
            assert!(function.find(Some(&qualifier)).is_some(), "{alias:?} names nothing");
        }
    }
}

async fn play(steps: Vec<Step>) {
    let mut fixture = Fixture::new().await;
    let mut history = History::default();
    for step in steps {
        fixture = take(step, fixture, &mut history).await;
        if fixture.catalog.snapshot().function(&scope(), &name("f")).is_some() {
            fixture.settled("f").await;
        }
        history.check(&fixture);
    }
}

/// Refusals are part of the play: only what is answered with success counts.
async fn take(step: Step, fixture: Fixture, history: &mut History) -> Fixture {
    let catalog = &fixture.catalog;
    let f = || (scope(), name("f"));
    match step {
        Step::Create => {
            let package = fixture.package("one").await;
            catalog.create_function(scope(), name("f"), new_function(), package).await.ok();
        }
        Step::UpdateCode(content) => drop(fixture.update_code("f", &content.to_string()).await),
        Step::Describe(text) => {
            let config = ConfigPatch { description: Some(text.to_string()), ..ConfigPatch::default() };
            catalog.configure(f().0, f().1, ConfigUpdate { config, revision: None }).await.ok();
        }
        Step::Publish => {
            if let Ok(version) = catalog.publish_version(f().0, f().1, Default::default()).await {
                history.publish(version);
            }
        }
        Step::DeleteVersion(number) => {
            let number = VersionNumber::new(number).unwrap();
            if catalog.delete_version(f().0, f().1, number).await.is_ok() {
                history.published.remove(&number);
            }
        }
        Step::Alias(number) => {
            let version = VersionRef::Published(VersionNumber::new(number).unwrap());
            let name = format!("a{number}").parse().unwrap();
            let new = NewAlias { name, version, description: String::new(), routing: None };
            catalog.create_alias(f().0, f().1, new).await.ok();
        }
        Step::DeleteFunction => {
            if catalog.delete_function(f().0, f().1).await.is_ok() {
                *history = History::default();
            }
        }
        Step::Crash => return fixture.crash().await,
    }
    fixture
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn versions_never_change_and_numbers_only_grow(steps in proptest::collection::vec(step(), 1..25)) {
        tokio::runtime::Runtime::new().unwrap().block_on(play(steps));
    }
}
