//! Environment variables are on disk only as nobody without the key can read them.

use std::fs;

use catalog::{Catalog, ConfigPatch, NewFunction, OpenError, Options, Secrets};
use model::Clock;

use crate::fixture::{Fixture, name, new_function, scope};

const SECRET: &str = "correct horse battery staple";

async fn create(fixture: &Fixture) {
    let environment = Some([("PASSWORD".to_owned(), SECRET.to_owned())].into());
    let config = ConfigPatch { environment, ..ConfigPatch::default() };
    let new = NewFunction { config, publish: true, ..new_function() };
    let package = fixture.package("one").await;
    fixture.catalog.create_function(scope(), name("f"), new, package).await.unwrap();
    fixture.settled("f").await;
}

#[tokio::test]
async fn the_database_does_not_say_them_and_a_restart_does() {
    let fixture = Fixture::new().await;
    create(&fixture).await;
    let fixture = fixture.crash().await;
    for file in ["state.db", "state.db-wal"] {
        let bytes = fs::read(fixture.path().join(file)).unwrap();
        assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()), "{file}");
    }
    for qualifier in ["$LATEST", "1"] {
        let version = fixture.resolve("f", qualifier, 0.0);
        assert_eq!(version.config.environment.as_ref().unwrap()["PASSWORD"], SECRET);
    }
}

#[tokio::test]
async fn with_another_key_the_folder_does_not_open() {
    let fixture = Fixture::new().await;
    create(&fixture).await;
    let folder = fixture.stop().await;
    fs::remove_file(folder.path().join("environment-key")).unwrap();
    let options = Options {
        engine: engine::Engine::open(folder.path()).unwrap(),
        registries: artifact::image::Registries::default(),
        trees: artifact::Trees::open(&folder.path().join("trees")).unwrap(),
        clock: Clock::system(),
        secrets: Secrets::load_or_create(&folder.path().join("environment-key")).unwrap(),
        settle_after: Options::SETTLE_AFTER,
    };
    let refused = Catalog::open(options).await.unwrap_err();
    assert!(
        matches!(&refused, OpenError::Document { reason, .. } if reason.contains("restore the key")),
        "{refused}"
    );
}
