//! What the catalog's handle does with layers.

use std::sync::Arc;

use model::{LayerArn, LayerName, LayerVersionArn, VersionNumber};
use tokio::sync::oneshot;

use super::layer::{Layer, LayerVersion, Layers, NewLayerVersion};
use super::owner::{Decided, LayerCommand};
use super::policy::{self, LayerGrant, LayerStatement};
use crate::error::LayerError;
use crate::handle::Catalog;
use crate::packages::Package;
use crate::snapshot::Scope;

impl Catalog {
    /// All layers as of now; neither locks nor reads a disk.
    pub fn layers(&self) -> Arc<Layers> {
        self.layers.load_full()
    }

    pub async fn publish_layer(
        &self,
        scope: Scope,
        name: LayerName,
        new: NewLayerVersion,
        package: Package,
    ) -> Result<Arc<LayerVersion>, LayerError> {
        let (code, now) = (package.code().clone(), self.now());
        let (take_space, space) = self.space(&scope);
        let arn = LayerArn { region: scope.region, account: scope.account, name };
        let rule = {
            let arn = arn.clone();
            move |current: Option<&Layer>| {
                take_space(code.size_bytes)?;
                let (layer, version) = Layer::publish(current, arn, new, code, now);
                Ok((Some(layer), version))
            }
        };
        self.decide_layer(arn, (package, space), rule).await
    }

    /// Succeeds when there is no such version. Functions that have it keep it.
    pub async fn delete_layer_version(
        &self,
        layer: LayerArn,
        number: VersionNumber,
    ) -> Result<(), LayerError> {
        let rule = move |current: Option<&Layer>| {
            let there = current.filter(|layer| layer.version(number).is_some());
            Ok((there.map(|layer| layer.delete_version(number)), ()))
        };
        self.decide_layer(layer, (), rule).await
    }

    /// Adds a statement to a layer version's policy. `expected` is what the caller believes to be its revision.
    pub async fn grant_layer(
        &self,
        arn: LayerVersionArn,
        statement: LayerStatement,
        expected: Option<String>,
    ) -> Result<LayerGrant, LayerError> {
        self.change_layer_policy(arn, move |version| {
            let (policy, grant) = policy::grant(version, statement, expected.as_deref())?;
            Ok((Some(policy), grant))
        })
        .await
    }

    pub async fn revoke_layer(
        &self,
        arn: LayerVersionArn,
        statement: String,
        expected: Option<String>,
    ) -> Result<(), LayerError> {
        self.change_layer_policy(arn, move |version| {
            Ok((policy::revoke(version, &statement, expected.as_deref())?, ()))
        })
        .await
    }

    async fn change_layer_policy<T: Send + 'static>(
        &self,
        arn: LayerVersionArn,
        change: impl FnOnce(&LayerVersion) -> Result<(Option<policy::LayerPolicy>, T), LayerError>
        + Send
        + 'static,
    ) -> Result<T, LayerError> {
        let LayerVersionArn { layer, number } = arn.clone();
        let rule = move |current: Option<&Layer>| {
            let layer = current.ok_or(LayerError::VersionNotFound { arn })?;
            let (next, value) = layer.change_policy(number, change)?;
            Ok((Some(next), value))
        };
        self.decide_layer(layer, (), rule).await
    }

    /// Sends a rule to the owner. `keep` is dropped only after the outcome is in memory, even when the caller has gone
    /// away meanwhile.
    async fn decide_layer<T: Send + 'static>(
        &self,
        arn: LayerArn,
        keep: impl Send + 'static,
        rule: impl FnOnce(Option<&Layer>) -> Result<(Option<Layer>, T), LayerError> + Send + 'static,
    ) -> Result<T, LayerError> {
        let (reply, received) = oneshot::channel();
        let decide = move |current: Option<&Layer>| {
            let (next, decided) = match rule(current) {
                Ok((next, value)) => (next, Ok(value)),
                Err(refusal) => (None, Err(refusal)),
            };
            let answer = move |stored: Result<(), LayerError>| {
                drop(keep);
                // A caller that has gone away does not undo what it asked for.
                reply.send(decided.and_then(|value| stored.map(|()| value))).ok();
            };
            Decided { next, answer: Box::new(answer) }
        };
        let command = LayerCommand { arn, decide: Box::new(decide) };
        self.layer_commands.send(command).await.map_err(|_closed| LayerError::Closed)?;
        received.await.map_err(|_dropped| LayerError::Closed)?
    }
}
