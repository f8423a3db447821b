//! The layers of a function to be: found, held and merged.

use std::sync::Arc;

use artifact::merged_id;
use model::limits::UNZIPPED_CODE_MAX_BYTES;
use model::{LayerStack, LayerVersionArn, StackedLayer, TreeId};

use super::layer::{LayerVersion, Layers};
use crate::error::StackError;
use crate::handle::Catalog;
use crate::packages::{Held, Packages};

/// Layers that are merged on disk; they stay so while a clone of this value lives.
#[derive(Debug, Clone)]
pub struct StackedLayers {
    stack: LayerStack,
    _held: Arc<[Held]>,
}

impl StackedLayers {
    pub(crate) fn into_stack(self) -> LayerStack {
        self.stack
    }
}

impl Catalog {
    /// Merges layer versions in the order given, to be named in a creation or an update. There must be at least one.
    pub async fn stack_layers(&self, arns: Vec<LayerVersionArn>) -> Result<StackedLayers, StackError> {
        let packages = self.packages.clone();
        tokio::task::spawn_blocking(move || packages.stack(&arns))
            .await
            .map_err(|_closing| StackError::Closed)?
    }
}

impl Packages {
    /// Blocks.
    fn stack(self: Arc<Packages>, arns: &[LayerVersionArn]) -> Result<StackedLayers, StackError> {
        let (found, held) = self.hold::<_, StackError>(|layers| {
            let found = find(layers, arns)?;
            let trees = trees(&found);
            let held = trees.iter().copied().chain([merged_id(&trees)]).collect();
            Ok((found, held))
        })?;
        let trees = trees(&found);
        let stack = LayerStack {
            layers: found.iter().map(|version| stacked(version)).collect(),
            tree: merged_id(&trees),
        };
        if stack.unzipped_bytes() > UNZIPPED_CODE_MAX_BYTES {
            return Err(StackError::TooLarge { limit: UNZIPPED_CODE_MAX_BYTES });
        }
        self.trees().merge(&trees)?;
        Ok(StackedLayers { stack, _held: held.into() })
    }
}

fn find(layers: &Layers, arns: &[LayerVersionArn]) -> Result<Vec<Arc<LayerVersion>>, StackError> {
    let found = arns.iter().map(|arn| {
        let version = layers.version(arn).cloned();
        version.ok_or_else(|| StackError::NotFound { arn: arn.clone() })
    });
    found.collect()
}

fn trees(versions: &[Arc<LayerVersion>]) -> Vec<TreeId> {
    versions.iter().map(|version| version.code.tree).collect()
}

fn stacked(version: &LayerVersion) -> StackedLayer {
    StackedLayer {
        arn: version.arn.clone(),
        size_bytes: version.code.size_bytes,
        unzipped_bytes: version.code.unzipped_bytes,
    }
}
