//! A layer with its versions: one value, replaced by the next.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use model::function::{Architecture, Code};
use model::{LayerArn, LayerName, LayerVersionArn, Runtime, Timestamp, TreeId, VersionNumber};

use super::policy::LayerPolicy;
use crate::error::LayerError;
use crate::snapshot::Scope;

/// Never changes once published, but for its policy.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LayerVersion {
    pub arn: LayerVersionArn,
    pub description: String,
    pub created: Timestamp,
    pub code: Code,
    /// None when it was never given; AWS tells that apart from an empty list.
    pub runtimes: Option<Vec<Runtime>>,
    pub architectures: Option<Vec<Architecture>>,
    pub license: Option<String>,
    /// None until a statement is added, and after the last one has gone.
    pub policy: Option<LayerPolicy>,
}

/// A layer version to be.
#[derive(Debug, Clone, Default)]
pub struct NewLayerVersion {
    pub description: String,
    pub runtimes: Option<Vec<Runtime>>,
    pub architectures: Option<Vec<Architecture>>,
    pub license: Option<String>,
}

/// Stays when its last version has gone, so that no number comes back.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer {
    pub(crate) arn: LayerArn,
    /// The greatest ever given out.
    pub(crate) last_number: VersionNumber,
    pub(crate) versions: BTreeMap<VersionNumber, Arc<LayerVersion>>,
}

impl Layer {
    pub fn arn(&self) -> &LayerArn {
        &self.arn
    }

    pub fn version(&self, number: VersionNumber) -> Option<&Arc<LayerVersion>> {
        self.versions.get(&number)
    }

    /// Newest first.
    pub fn versions(&self) -> impl Iterator<Item = &Arc<LayerVersion>> {
        self.versions.values().rev()
    }

    /// `current` with a new version, or a layer whose first it is.
    pub(crate) fn publish(
        current: Option<&Layer>,
        arn: LayerArn,
        new: NewLayerVersion,
        code: Code,
        now: Timestamp,
    ) -> (Layer, Arc<LayerVersion>) {
        let number = current.map_or(VersionNumber::FIRST, |layer| layer.last_number.next());
        let NewLayerVersion { description, runtimes, architectures, license } = new;
        let version = Arc::new(LayerVersion {
            arn: arn.version(number),
            description,
            created: now,
            code,
            runtimes,
            architectures,
            license,
            policy: None,
        });
        let mut versions = current.map(|layer| layer.versions.clone()).unwrap_or_default();
        versions.insert(number, version.clone());
        (Layer { arn, last_number: number, versions }, version)
    }

    /// Deleting what is not there succeeds.
    #[must_use]
    pub(crate) fn delete_version(&self, number: VersionNumber) -> Layer {
        let mut next = self.clone();
        next.versions.remove(&number);
        next
    }

    /// With one version's policy changed.
    pub(crate) fn change_policy<T>(
        &self,
        number: VersionNumber,
        change: impl FnOnce(&LayerVersion) -> Result<(Option<LayerPolicy>, T), LayerError>,
    ) -> Result<(Layer, T), LayerError> {
        let current = self.version(number);
        let current = current.ok_or_else(|| LayerError::VersionNotFound { arn: self.arn.version(number) })?;
        let (policy, value) = change(current)?;
        let changed = Arc::new(LayerVersion { policy, ..(**current).clone() });
        let mut next = self.clone();
        next.versions.insert(number, changed);
        Ok((next, value))
    }
}

type Named = BTreeMap<LayerName, Arc<Layer>>;

/// All layers as of one moment.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    scopes: HashMap<Scope, Arc<Named>>,
}

impl Layers {
    pub fn layer(&self, scope: &Scope, name: &LayerName) -> Option<&Arc<Layer>> {
        self.scopes.get(scope)?.get(name)
    }

    /// By name; those without a version are among them.
    pub fn layers(&self, scope: &Scope) -> impl Iterator<Item = &Arc<Layer>> {
        self.scopes.get(scope).into_iter().flat_map(|layers| layers.values())
    }

    pub fn version(&self, arn: &LayerVersionArn) -> Option<&Arc<LayerVersion>> {
        let LayerVersionArn { layer: LayerArn { region, account, name }, number } = arn;
        let scope = Scope { account: account.clone(), region: region.clone() };
        self.layer(&scope, name)?.version(*number)
    }

    /// What the packages of all versions take, as uploaded.
    pub(crate) fn code_bytes(&self, scope: &Scope) -> u64 {
        self.layers(scope).flat_map(|layer| layer.versions()).map(|version| version.code.size_bytes).sum()
    }

    pub(crate) fn trees(&self) -> impl Iterator<Item = TreeId> {
        let layers = self.scopes.values().flat_map(|layers| layers.values());
        layers.flat_map(|layer| layer.versions()).map(|version| version.code.tree)
    }

    pub(crate) fn set(&mut self, layer: Arc<Layer>) {
        let LayerArn { region, account, name } = layer.arn.clone();
        let scope = Scope { account, region };
        Arc::make_mut(self.scopes.entry(scope).or_default()).insert(name, layer);
    }
}
