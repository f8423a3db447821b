//! The task that owns what is stored of layers.
//!
//! It applies one rule after the other, and answers when the outcome is on disk and in memory. Layers change seldom, so
//! each change has a transaction of its own; the engine gathers those that wait anyway.

use std::collections::BTreeMap;
use std::sync::Arc;

use arc_swap::ArcSwap;
use engine::Engine;
use model::LayerArn;
use tokio::sync::mpsc;

use super::layer::{Layer, Layers};
use super::store;
use crate::error::{LayerError, OpenError};
use crate::snapshot::Scope;

/// Callers beyond these wait for a place.
const COMMANDS_MAX: usize = 64;

/// A rule to apply to one layer, and how to answer.
pub(crate) struct LayerCommand {
    pub(super) arn: LayerArn,
    pub(super) decide: Decide,
}

impl std::fmt::Debug for LayerCommand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LayerCommand").field("arn", &self.arn).finish_non_exhaustive()
    }
}

/// Called in the owner's turn with what the layer is by then.
pub(super) type Decide = Box<dyn FnOnce(Option<&Layer>) -> Decided + Send>;

pub(super) struct Decided {
    /// None changes nothing.
    pub(super) next: Option<Layer>,
    pub(super) answer: Answer,
}

/// Called once the outcome is stored, or could not be.
pub(super) type Answer = Box<dyn FnOnce(Result<(), LayerError>) + Send>;

pub(crate) struct LayerOwner {
    engine: Engine,
    pub(crate) layers: Arc<ArcSwap<Layers>>,
    /// The version of each layer's document.
    stored: BTreeMap<LayerArn, engine::Version>,
    commands: mpsc::Receiver<LayerCommand>,
}

impl LayerOwner {
    /// Reads what is stored. The sender is how rules reach the owner.
    pub(crate) async fn open(engine: &Engine) -> Result<(LayerOwner, mpsc::Sender<LayerCommand>), OpenError> {
        let mut layers = Layers::default();
        let mut stored = BTreeMap::new();
        for (layer, version) in store::load(engine).await? {
            stored.insert(layer.arn().clone(), version);
            layers.set(Arc::new(layer));
        }
        let layers = Arc::new(ArcSwap::from_pointee(layers));
        let (sender, commands) = mpsc::channel(COMMANDS_MAX);
        Ok((LayerOwner { engine: engine.clone(), layers, stored, commands }, sender))
    }

    pub(crate) async fn run(mut self) {
        while let Some(LayerCommand { arn, decide }) = self.commands.recv().await {
            let layers = self.layers.load_full();
            let scope = Scope { account: arn.account.clone(), region: arn.region.clone() };
            let current = layers.layer(&scope, &arn.name).map(AsRef::as_ref);
            let Decided { next, answer } = decide(current);
            let stored = match next {
                Some(next) => self.store(&layers, current, next).await,
                None => Ok(()),
            };
            answer(stored);
        }
    }

    async fn store(
        &mut self,
        layers: &Layers,
        current: Option<&Layer>,
        next: Layer,
    ) -> Result<(), LayerError> {
        let old = current.zip(self.stored.get(&next.arn).copied());
        let transaction = store::save(old, &next).map_err(|error| LayerError::Storage(error.to_string()))?;
        let version = self.engine.commit(transaction).await.map_err(|error| match error {
            engine::CommitError::Closed => LayerError::Closed,
            other => LayerError::Storage(other.to_string()),
        })?;
        self.stored.insert(next.arn.clone(), version);
        let mut changed = layers.clone();
        changed.set(Arc::new(next));
        self.layers.store(Arc::new(changed));
        Ok(())
    }
}
