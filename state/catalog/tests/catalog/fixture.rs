//! A catalog on a real engine in a temporary folder.

use std::io::Write;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use artifact::Trees;
use artifact::image::Registries;
use bytes::Bytes;
use catalog::{
    Catalog, CatalogError, CodeUpdate, ConfigPatch, NewFunction, Options, Package, Scope, Secrets,
};
use engine::Engine;
use model::function::{Architecture, Program};
use model::{Clock, FunctionName, FunctionVersion, Qualifier};

pub(crate) const ROLE: &str = "arn:aws:iam::000000000000:role/r";

const NEVER: Duration = Duration::from_secs(3600);

pub(crate) struct Fixture {
    pub(crate) catalog: Catalog,
    dir: tempfile::TempDir,
    service: tokio::task::JoinHandle<()>,
}

impl Fixture {
    /// Creations and updates end after a real millisecond.
    pub(crate) async fn new() -> Fixture {
        Fixture::settling_after(Duration::from_millis(1)).await
    }

    /// Creations and updates end only with a restart.
    pub(crate) async fn never_settling() -> Fixture {
        Fixture::settling_after(NEVER).await
    }

    async fn settling_after(settle_after: Duration) -> Fixture {
        let dir = tempfile::tempdir().unwrap();
        let (catalog, service) = open(dir.path(), settle_after).await;
        Fixture { catalog, dir, service }
    }

    /// Stops without any farewell, as a killed server does, and starts again on the same folder.
    pub(crate) async fn crash(self) -> Fixture {
        self.crash_settling_after(Duration::from_millis(1)).await
    }

    /// The same, and what begins afterwards does not end.
    pub(crate) async fn crash_and_never_settle(self) -> Fixture {
        self.crash_settling_after(NEVER).await
    }

    async fn crash_settling_after(self, settle_after: Duration) -> Fixture {
        let dir = self.stop().await;
        let (catalog, service) = open(dir.path(), settle_after).await;
        Fixture { catalog, dir, service }
    }

    /// Stops the same way, and leaves the folder.
    pub(crate) async fn stop(self) -> tempfile::TempDir {
        let Fixture { catalog, dir, service } = self;
        service.abort();
        service.await.unwrap_err();
        drop(catalog);
        dir
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) async fn package(&self, content: &str) -> Package {
        self.catalog.store_package(zip(content)).await.unwrap()
    }

    pub(crate) async fn create(&self, function: &str) -> Arc<FunctionVersion> {
        let package = self.package("one").await;
        let created =
            self.catalog.create_function(scope(), name(function), new_function(), package).await.unwrap();
        self.settled(function).await;
        created
    }

    pub(crate) async fn update_code(
        &self,
        function: &str,
        content: &str,
    ) -> Result<Arc<FunctionVersion>, CatalogError> {
        let package = self.package(content).await;
        self.catalog.update_code(scope(), name(function), CodeUpdate::default(), package).await
    }

    pub(crate) async fn publish(&self, function: &str) -> Arc<FunctionVersion> {
        self.catalog.publish_version(scope(), name(function), Default::default()).await.unwrap()
    }

    /// Changes the code and publishes it.
    pub(crate) async fn publish_code(&self, function: &str, content: &str) -> Arc<FunctionVersion> {
        self.update_code(function, content).await.unwrap();
        self.settled(function).await;
        self.publish(function).await
    }

    /// Waits until the creation or update has ended.
    pub(crate) async fn settled(&self, function: &str) -> Arc<FunctionVersion> {
        let mut changes = self.catalog.changes();
        loop {
            let latest = self.latest(function);
            if latest.last_update == Some(model::function::LastUpdate::Successful) {
                return latest;
            }
            changes.next().await.unwrap().unwrap();
        }
    }

    pub(crate) fn latest(&self, function: &str) -> Arc<FunctionVersion> {
        self.catalog.snapshot().function(&scope(), &name(function)).unwrap().latest().clone()
    }

    pub(crate) fn resolve(&self, function: &str, qualifier: &str, draw: f64) -> Arc<FunctionVersion> {
        let qualifier = qualifier.parse::<Qualifier>().unwrap();
        self.catalog.snapshot().resolve(&scope(), &name(function), Some(&qualifier), draw).unwrap()
    }
}

async fn open(dir: &Path, settle_after: Duration) -> (Catalog, tokio::task::JoinHandle<()>) {
    let engine = Engine::open(dir).unwrap();
    let trees = Trees::open(&dir.join("trees")).unwrap();
    let registries = Registries::default();
    let secrets = Secrets::load_or_create(&dir.join("environment-key")).unwrap();
    let options = Options { engine, trees, registries, clock: Clock::system(), secrets, settle_after };
    let (catalog, service) = Catalog::open(options).await.unwrap();
    (catalog, tokio::spawn(service.run()))
}

pub(crate) fn scope() -> Scope {
    Scope { account: "000000000000".parse().unwrap(), region: "us-east-1".parse().unwrap() }
}

pub(crate) fn name(name: &str) -> FunctionName {
    name.parse().unwrap()
}

pub(crate) fn new_function() -> NewFunction {
    NewFunction {
        role: ROLE.to_owned(),
        program: Program::Runtime {
            runtime: "python3.12".parse().unwrap(),
            handler: "index.handler".to_owned(),
        },
        architecture: Architecture::X86_64,
        config: ConfigPatch::default(),
        tags: Default::default(),
        publish: false,
    }
}

/// A package with one file, stored.
pub(crate) fn zip(content: &str) -> Bytes {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("index.py", options).unwrap();
    zip.write_all(content.as_bytes()).unwrap();
    zip.finish().unwrap().into_inner().into()
}
