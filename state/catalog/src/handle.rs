//! The handle by which everybody else uses the catalog.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use artifact::Trees;
use artifact::image::Registries;
use bytes::Bytes;
use engine::{Engine, Transaction};
use model::{AliasName, Clock, CodeSha256, FunctionName, FunctionVersion, Timestamp, VersionNumber};
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::alias::{Alias, AliasChange, NewAlias};
use crate::change::{self, CodeUpdate, ConfigUpdate, NewFunction, Publication};
use crate::error::{CatalogError, OpenError, PackageError};
use crate::function::Function;
use crate::images::Pulls;
use crate::layers::{LayerCommand, LayerOwner, Layers};
use crate::owner::{Command, Decided, Next, Owner, Service, Target};
use crate::packages::{Package, Packages};
use crate::secrets::Secrets;
use crate::snapshot::{Scope, Snapshot};
use crate::space::Reservations;
use crate::store::{self, FunctionId, Loaded};

/// Callers beyond these wait for a place.
const COMMANDS_MAX: usize = 256;

/// A listener further behind than this has missed changes and must read the snapshot afresh.
const CHANGES_MAX: usize = 1024;

#[derive(Debug)]
pub struct Options {
    pub engine: Engine,
    pub trees: Trees,
    /// Where images are pulled from.
    pub registries: Registries,
    pub clock: Clock,
    pub secrets: Secrets,
    /// How long Pending and InProgress last at least: long enough for a person or a waiter to see them.
    pub settle_after: Duration,
}

impl Options {
    /// 75 ms: boto3's waiters ask at once and then after a second or more, scripts that poll every 50 ms see it.
    pub const SETTLE_AFTER: Duration = Duration::from_millis(75);
}

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Catalog {
    pub(crate) snapshot: Arc<ArcSwap<Snapshot>>,
    pub(crate) layers: Arc<ArcSwap<Layers>>,
    pub(crate) packages: Arc<Packages>,
    pub(crate) reservations: Arc<Reservations>,
    commands: mpsc::Sender<Command>,
    pub(crate) layer_commands: mpsc::Sender<LayerCommand>,
    changes: broadcast::Sender<Changed>,
    clock: Clock,
}

impl std::fmt::Debug for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Command").field("target", &self.target).finish_non_exhaustive()
    }
}

impl Catalog {
    /// Reads what is stored, and ends the creations and updates that a stop has interrupted. The service must run
    /// for anything to change.
    pub async fn open(options: Options) -> Result<(Catalog, Service), OpenError> {
        let Options { engine, trees, registries, clock, secrets, settle_after } = options;
        let (snapshot, stored) = load(&engine, &secrets).await?;
        let snapshot = Arc::new(ArcSwap::from_pointee(snapshot));
        let (layer_owner, layer_commands) = LayerOwner::open(&engine).await?;
        let layers = layer_owner.layers.clone();
        let blobs = engine.blobs().clone();
        let packages = Packages::new(blobs, trees, registries, snapshot.clone(), layers.clone());
        let packages = Arc::new(packages);
        let (commands, received) = mpsc::channel(COMMANDS_MAX);
        let (changes, _) = broadcast::channel(CHANGES_MAX);
        let owner = Owner {
            engine,
            secrets,
            snapshot: snapshot.clone(),
            packages: packages.clone(),
            commands: received,
            changes: changes.clone(),
            stored,
            settle_after,
            settling: VecDeque::new(),
            pulls: Pulls::new(packages.clone()),
        };
        let service = Service { owner, layers: layer_owner, packages: packages.clone() };
        let reservations = Arc::default();
        let catalog =
            Catalog { snapshot, layers, packages, reservations, commands, layer_commands, changes, clock };
        Ok((catalog, service))
    }

    /// Everything as of now; neither locks nor reads a disk.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Every change from now on, each after the snapshot shows it.
    pub fn changes(&self) -> Changes {
        Changes(self.changes.subscribe())
    }

    /// Checks, unpacks and stores a package, to be named in a creation or an update.
    pub async fn store_package(&self, bytes: Bytes) -> Result<Package, PackageError> {
        let packages = self.packages.clone();
        tokio::task::spawn_blocking(move || packages.store(&bytes))
            .await
            .map_err(|_closing| PackageError::Closed)?
    }

    /// The package as it was uploaded; None when there is none. Blocks, but shortly.
    pub fn open_package(&self, sha256: &CodeSha256) -> io::Result<Option<File>> {
        self.packages.open(sha256)
    }

    /// Removes the packages that nothing uses, as the service does every minute, and returns how many there were.
    pub async fn collect_unused(&self) -> io::Result<usize> {
        let packages = self.packages.clone();
        tokio::task::spawn_blocking(move || packages.collect()).await.map_err(io::Error::other)?
    }

    /// Answers with version 1 when it is published, else with `$LATEST`.
    pub async fn create_function(
        &self,
        scope: Scope,
        name: FunctionName,
        new: NewFunction,
        package: Package,
    ) -> Result<Arc<FunctionVersion>, CatalogError> {
        let (code, arn, now) = (package.code().clone(), scope.arn(&name), self.now());
        let (take_space, space) = self.space(&scope);
        let keep = (package, new.config.layers.clone(), space);
        let rule = move |current: Option<&Function>| {
            if current.is_some() {
                return Err(CatalogError::FunctionExists { name: arn.name });
            }
            take_space(code.size_bytes)?;
            let (function, version) = change::create(arn, new, code, now)?;
            Ok((Next::Is(Box::new(function)), version))
        };
        self.decide((scope, name), keep, rule).await
    }

    /// Answers with the version published, else with `$LATEST`.
    pub async fn update_code(
        &self,
        scope: Scope,
        name: FunctionName,
        update: CodeUpdate,
        package: Package,
    ) -> Result<Arc<FunctionVersion>, CatalogError> {
        let (code, now) = (package.code().clone(), self.now());
        let (take_space, space) = self.space(&scope);
        let rule = move |function: &Function| {
            take_space(code.size_bytes)?;
            let (next, version) = function.update_code(&update, code, now)?;
            Ok((next, version))
        };
        self.change((scope, name), (package, space), rule).await
    }

    /// What [`Catalog::update_code`] would answer, with nothing changed.
    pub fn preview_code(
        &self,
        scope: &Scope,
        name: &FunctionName,
        update: &CodeUpdate,
        package: &Package,
    ) -> Result<Arc<FunctionVersion>, CatalogError> {
        let snapshot = self.snapshot();
        let function = snapshot.function(scope, name);
        let function = function.ok_or_else(|| CatalogError::FunctionNotFound { arn: scope.arn(name) })?;
        let (_, version) = function.update_code(update, package.code().clone(), self.now())?;
        Ok(version)
    }

    pub async fn configure(
        &self,
        scope: Scope,
        name: FunctionName,
        update: ConfigUpdate,
    ) -> Result<Arc<FunctionVersion>, CatalogError> {
        let (now, keep) = (self.now(), update.config.layers.clone());
        let rule = move |function: &Function| {
            let next = function.configure(update, now)?;
            let latest = next.latest.clone();
            Ok((next, latest))
        };
        self.change((scope, name), keep, rule).await
    }

    /// With all its versions, aliases and tags.
    pub async fn delete_function(&self, scope: Scope, name: FunctionName) -> Result<(), CatalogError> {
        let arn = scope.arn(&name);
        let rule = move |current: Option<&Function>| match current {
            Some(_) => Ok((Next::Gone, ())),
            None => Err(CatalogError::FunctionNotFound { arn }),
        };
        self.decide((scope, name), (), rule).await
    }

    /// Succeeds when the function has no such version.
    pub async fn delete_version(
        &self,
        scope: Scope,
        name: FunctionName,
        number: VersionNumber,
    ) -> Result<(), CatalogError> {
        self.change((scope, name), (), move |function| Ok((function.delete_version(number)?, ()))).await
    }

    /// Answers with the last version again when nothing has changed since.
    pub async fn publish_version(
        &self,
        scope: Scope,
        name: FunctionName,
        publication: Publication,
    ) -> Result<Arc<FunctionVersion>, CatalogError> {
        let now = self.now();
        let (take_space, space) = self.space(&scope);
        let rule = move |function: &Function| {
            take_space(function.latest.code.size_bytes)?;
            function.publish(publication, now)
        };
        self.change((scope, name), space, rule).await
    }

    pub async fn create_alias(
        &self,
        scope: Scope,
        name: FunctionName,
        new: NewAlias,
    ) -> Result<Arc<Alias>, CatalogError> {
        self.change((scope, name), (), move |function| function.create_alias(new)).await
    }

    pub async fn update_alias(
        &self,
        scope: Scope,
        name: FunctionName,
        alias: AliasName,
        change: AliasChange,
    ) -> Result<Arc<Alias>, CatalogError> {
        self.change((scope, name), (), move |function| function.update_alias(&alias, change)).await
    }

    /// Succeeds when the function has no such alias.
    pub async fn delete_alias(
        &self,
        scope: Scope,
        name: FunctionName,
        alias: AliasName,
    ) -> Result<(), CatalogError> {
        self.change((scope, name), (), move |function| Ok((function.delete_alias(&alias), ()))).await
    }

    pub async fn tag(
        &self,
        scope: Scope,
        name: FunctionName,
        tags: BTreeMap<String, String>,
    ) -> Result<(), CatalogError> {
        self.change((scope, name), (), move |function| Ok((function.tag(tags)?, ()))).await
    }

    pub async fn untag(
        &self,
        scope: Scope,
        name: FunctionName,
        keys: Vec<String>,
    ) -> Result<(), CatalogError> {
        self.change((scope, name), (), move |function| Ok((function.untag(&keys), ()))).await
    }

    /// Applies a rule to a function that must be there.
    async fn change<T: Send + 'static>(
        &self,
        target: Target,
        keep: impl Send + 'static,
        rule: impl FnOnce(&Function) -> Result<(Function, T), CatalogError> + Send + 'static,
    ) -> Result<T, CatalogError> {
        let arn = target.0.arn(&target.1);
        let rule = move |current: Option<&Function>| {
            let function = current.ok_or(CatalogError::FunctionNotFound { arn })?;
            let (next, value) = rule(function)?;
            Ok((Next::Is(Box::new(next)), value))
        };
        self.decide(target, keep, rule).await
    }

    /// Sends a rule to the owner. `keep` is dropped only after the snapshot shows the outcome, even when the caller
    /// has gone away meanwhile.
    async fn decide<T: Send + 'static>(
        &self,
        target: Target,
        keep: impl Send + 'static,
        rule: impl FnOnce(Option<&Function>) -> Result<(Next, T), CatalogError> + Send + 'static,
    ) -> Result<T, CatalogError> {
        let (reply, received) = oneshot::channel();
        let decide = move |current: Option<&Function>| {
            let (next, decided) = match rule(current) {
                Ok((next, value)) => (next, Ok(value)),
                Err(refusal) => (Next::Unchanged, Err(refusal)),
            };
            let answer = move |stored: Result<(), CatalogError>| {
                drop(keep);
                // A caller that has gone away does not undo what it asked for.
                reply.send(decided.and_then(|value| stored.map(|()| value))).ok();
            };
            Decided { next, answer: Box::new(answer) }
        };
        let command = Command { target, decide: Box::new(decide) };
        self.commands.send(command).await.map_err(|_closed| CatalogError::Closed)?;
        received.await.map_err(|_dropped| CatalogError::Closed)?
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }
}

/// Updates that a stop has interrupted are complete: their package was stored before they were. Only an image may be
/// missing; the owner goes on pulling it.
async fn load(
    engine: &Engine,
    secrets: &Secrets,
) -> Result<(Snapshot, BTreeMap<Target, engine::Version>), OpenError> {
    let mut snapshot = Snapshot::default();
    let mut stored = BTreeMap::new();
    let mut transaction = Transaction::default();
    let mut interrupted = Vec::new();
    for Loaded { scope, name, function, version } in store::load(engine, secrets).await? {
        let complete = function.is_unsettled() && function.image().is_none();
        let settled = complete.then(|| function.settled());
        if let Some(settled) = &settled {
            let id = FunctionId { scope: &scope, name: &name };
            store::save(&mut transaction, &id, Some((&function, version)), Some(settled), secrets)
                .map_err(|error| OpenError::Document { id: name.to_string(), reason: error.to_string() })?;
            interrupted.push((scope.clone(), name.clone()));
        }
        snapshot.set(&scope, &name, Some(Arc::new(settled.unwrap_or(function))));
        stored.insert((scope, name), version);
    }
    if !transaction.is_empty() {
        let version = engine.commit(transaction).await?;
        stored.extend(interrupted.into_iter().map(|target| (target, version)));
    }
    Ok((snapshot, stored))
}

/// A function was created, changed or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    pub scope: Scope,
    pub name: FunctionName,
}

/// A listener on changes.
#[derive(Debug)]
pub struct Changes(broadcast::Receiver<Changed>);

impl Changes {
    /// None when the catalog is closed; `Err` when changes were missed and the snapshot must be read afresh.
    pub async fn next(&mut self) -> Option<Result<Changed, engine::Missed>> {
        match self.0.recv().await {
            Ok(change) => Some(Ok(change)),
            Err(broadcast::error::RecvError::Lagged(count)) => Some(Err(engine::Missed(count))),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
