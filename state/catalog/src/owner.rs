//! The task that owns what is stored.
//!
//! It takes the commands that wait, applies their rules one after the other to what the ones before them left, writes
//! the outcome of all in one transaction, puts it into the snapshot, and only then answers. When the write fails all
//! of them fail, and nothing has changed.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use engine::{Engine, Transaction};
use model::FunctionName;
use tokio::sync::{broadcast, mpsc};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};

use crate::error::CatalogError;
use crate::function::Function;
use crate::handle::Changed;
use crate::images::{Pulled, Pulls};
use crate::layers::LayerOwner;
use crate::packages::Packages;
use crate::secrets::Secrets;
use crate::snapshot::{Scope, Snapshot};
use crate::store::{self, FunctionId};

/// Shares one fsync among this many callers at most.
const BATCH_MAX: usize = 64;

/// Nobody waits for the space; what is unused at the start goes then.
const COLLECT_EVERY: Duration = Duration::from_secs(60);

pub(crate) type Target = (Scope, FunctionName);

/// A rule to apply to one function, and how to answer.
pub(crate) struct Command {
    pub(crate) target: Target,
    pub(crate) decide: Decide,
}

/// Called in the owner's turn with what the function is by then.
pub(crate) type Decide = Box<dyn FnOnce(Option<&Function>) -> Decided + Send>;

pub(crate) struct Decided {
    pub(crate) next: Next,
    pub(crate) answer: Answer,
}

/// Called once the outcome is stored, or could not be.
pub(crate) type Answer = Box<dyn FnOnce(Result<(), CatalogError>) + Send>;

#[derive(Debug)]
pub(crate) enum Next {
    Unchanged,
    Is(Box<Function>),
    Gone,
}

/// Runs the catalog; it ends when all handles are gone.
pub struct Service {
    pub(crate) owner: Owner,
    pub(crate) layers: LayerOwner,
    pub(crate) packages: Arc<Packages>,
}

impl std::fmt::Debug for Service {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Service").finish_non_exhaustive()
    }
}

impl Service {
    pub async fn run(self) {
        tokio::select! {
            () = self.owner.run() => {}
            () = self.layers.run() => {}
            () = collect_unused(self.packages) => {}
        }
    }
}

async fn collect_unused(packages: Arc<Packages>) {
    let mut ticks = interval(COLLECT_EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let packages = packages.clone();
        match tokio::task::spawn_blocking(move || packages.collect()).await {
            Ok(Ok(0)) => {}
            Ok(Ok(count)) => tracing::info!(count, "removed packages that nothing uses"),
            Ok(Err(error)) => tracing::warn!(%error, "unused packages could not be removed"),
            Err(error) => tracing::error!(%error, "the collection of packages failed"),
        }
    }
}

pub(crate) struct Owner {
    pub(crate) engine: Engine,
    pub(crate) secrets: Secrets,
    pub(crate) snapshot: Arc<ArcSwap<Snapshot>>,
    pub(crate) packages: Arc<Packages>,
    pub(crate) commands: mpsc::Receiver<Command>,
    pub(crate) changes: broadcast::Sender<Changed>,
    /// The version of each function's document.
    pub(crate) stored: BTreeMap<Target, engine::Version>,
    pub(crate) settle_after: Duration,
    /// In the order of their time, since all wait equally long.
    pub(crate) settling: VecDeque<(Instant, Target)>,
    /// What ends with the pull of its image.
    pub(crate) pulls: Pulls,
}

/// What a batch has decided so far; a function that is gone is None.
type Pending = BTreeMap<Target, Option<Arc<Function>>>;

impl Owner {
    pub(crate) async fn run(mut self) {
        let mut batch = Vec::new();
        self.resume();
        loop {
            let settle_at = self.settling.front().map(|(at, _)| *at);
            tokio::select! {
                count = self.commands.recv_many(&mut batch, BATCH_MAX) => match count {
                    0 => return,
                    _ => self.apply(std::mem::take(&mut batch)).await,
                },
                () = at(settle_at) => self.settle().await,
                pulled = self.pulls.next() => self.pulled(pulled).await,
            }
        }
    }

    /// Goes on with what a stop has interrupted.
    fn resume(&mut self) {
        let snapshot = self.snapshot.load_full();
        for (scope, name, function) in snapshot.all().filter(|(_, _, function)| function.is_unsettled()) {
            self.end_later((scope.clone(), name.clone()), function, Instant::now());
        }
    }

    /// Sees to it that a creation or update ends, at a time or with the pull of its image.
    fn end_later(&mut self, target: Target, function: &Function, settle_at: Instant) {
        match function.image() {
            Some(image) => {
                let digest = function.latest().code.sha256;
                self.pulls.start(target, digest, image.clone(), settle_at);
            }
            None => self.settling.push_back((settle_at, target)),
        }
    }

    /// Ends the creation or update that waited for an image, unless another has taken its place.
    async fn pulled(&mut self, Pulled { target, digest, result }: Pulled) {
        let snapshot = self.snapshot.load_full();
        let function = snapshot.function(&target.0, &target.1);
        let waits =
            |function: &&Arc<Function>| function.is_unsettled() && function.latest().code.sha256 == digest;
        let Some(function) = function.filter(waits) else { return };
        let ended = match &result {
            Ok(()) => function.settled(),
            Err(failure) => function.failed(failure),
        };
        let pending = Pending::from([(target.clone(), Some(Arc::new(ended)))]);
        if let Err(error) = self.store(&snapshot, pending).await {
            tracing::error!(%error, "an update could not be ended; it is tried again");
            self.end_later(target, function, Instant::now() + self.settle_after);
        }
    }

    async fn apply(&mut self, batch: Vec<Command>) {
        let mut pending = Pending::new();
        let mut answers = Vec::with_capacity(batch.len());
        let snapshot = self.snapshot.load_full();
        for Command { target, decide } in batch {
            let current = match pending.get(&target) {
                Some(decided) => decided.as_deref(),
                None => snapshot.function(&target.0, &target.1).map(AsRef::as_ref),
            };
            let Decided { next, answer } = decide(current);
            answers.push(answer);
            match next {
                Next::Unchanged => {}
                Next::Is(function) => drop(pending.insert(target, Some(Arc::from(function)))),
                Next::Gone => drop(pending.insert(target, None)),
            }
        }
        let stored = self.store(&snapshot, pending).await;
        for answer in answers {
            answer(stored.clone());
        }
    }

    /// Ends the creations and updates whose time has come.
    async fn settle(&mut self) {
        let now = Instant::now();
        let snapshot = self.snapshot.load_full();
        let mut pending = Pending::new();
        while let Some((_, target)) = self.settling.pop_front_if(|(at, _)| *at <= now) {
            let function = snapshot.function(&target.0, &target.1);
            if let Some(function) = function.filter(|function| function.is_unsettled()) {
                pending.insert(target, Some(Arc::new(function.settled())));
            }
        }
        let unsettled = pending.keys().cloned().collect::<Vec<_>>();
        if let Err(error) = self.store(&snapshot, pending).await {
            tracing::error!(%error, "an update could not be ended; it is tried again");
            let again = now + self.settle_after;
            self.settling.extend(unsettled.into_iter().map(|target| (again, target)));
        }
    }

    async fn store(&mut self, snapshot: &Snapshot, pending: Pending) -> Result<(), CatalogError> {
        if pending.is_empty() {
            return Ok(());
        }
        let transaction = self.transaction(snapshot, &pending)?;
        let version = self.engine.commit(transaction).await.map_err(|error| match error {
            engine::CommitError::Closed => CatalogError::Closed,
            other => CatalogError::Storage(other.to_string()),
        })?;
        self.publish(snapshot, pending, version);
        Ok(())
    }

    fn transaction(&self, snapshot: &Snapshot, pending: &Pending) -> Result<Transaction, CatalogError> {
        let mut transaction = Transaction::default();
        for (target, next) in pending {
            let (scope, name) = target;
            let old = snapshot.function(scope, name).map(AsRef::as_ref).zip(self.stored.get(target).copied());
            store::save(&mut transaction, &FunctionId { scope, name }, old, next.as_deref(), &self.secrets)
                .map_err(|error| CatalogError::Storage(error.to_string()))?;
        }
        Ok(transaction)
    }

    fn publish(&mut self, snapshot: &Snapshot, pending: Pending, version: engine::Version) {
        let mut next = snapshot.clone();
        let settle_at = Instant::now() + self.settle_after;
        let mut changed = Vec::with_capacity(pending.len());
        for (target, function) in pending {
            let (scope, name) = &target;
            if let Some(old) = snapshot.function(scope, name) {
                self.packages.replaced(old.replaced_by(function.as_deref()));
            }
            match &function {
                Some(function) => {
                    self.stored.insert(target.clone(), version);
                    if function.is_unsettled() {
                        self.end_later(target.clone(), function, settle_at);
                    }
                }
                None => drop(self.stored.remove(&target)),
            }
            next.set(scope, name, function);
            changed.push(Changed { scope: target.0, name: target.1 });
        }
        self.snapshot.store(Arc::new(next));
        for change in changed {
            // Fails only while nobody listens.
            self.changes.send(change).ok();
        }
    }
}

async fn at(instant: Option<Instant>) {
    match instant {
        Some(instant) => sleep_until(instant).await,
        None => std::future::pending().await,
    }
}
