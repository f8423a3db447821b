//! Layers as documents: one for the number given out last, and one for each version.
//!
//! A layer's id is `<account>/<region>/<name>`, a version's that and its number behind another slash.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::{Collection, Engine, Expected, Key, Transaction};
use model::{LayerArn, VersionNumber};
use serde::{Deserialize, Serialize};

use super::layer::{Layer, LayerVersion};
use crate::error::OpenError;
use crate::store::parse;

const LAYERS: Collection = Collection::new("layers");
const VERSIONS: Collection = Collection::new("layer-versions");

#[derive(Serialize, Deserialize)]
struct StoredLayer {
    arn: LayerArn,
    last_number: VersionNumber,
}

pub(super) async fn load(engine: &Engine) -> Result<Vec<(Layer, engine::Version)>, OpenError> {
    let mut layers = BTreeMap::new();
    for (id, document) in engine.scan(LAYERS, String::new()).await? {
        let StoredLayer { arn, last_number } = parse(&id, &document)?;
        layers.insert(id, (Layer { arn, last_number, versions: BTreeMap::new() }, document.version));
    }
    for (id, document) in engine.scan(VERSIONS, String::new()).await? {
        let version: LayerVersion = parse(&id, &document)?;
        let layer = id.rsplit_once('/').and_then(|(layer, _)| layers.get_mut(layer));
        let Some((layer, _)) = layer else {
            return Err(OpenError::Document { id, reason: "it belongs to no layer".to_owned() });
        };
        layer.versions.insert(version.arn.number, Arc::new(version));
    }
    Ok(layers.into_values().collect())
}

/// What turns the stored `old` into `new`.
pub(super) fn save(
    old: Option<(&Layer, engine::Version)>,
    new: &Layer,
) -> Result<Transaction, serde_json::Error> {
    let mut transaction = Transaction::default();
    let expected = old.map_or(Expected::Absent, |(_, version)| Expected::Version(version));
    let stored = StoredLayer { arn: new.arn.clone(), last_number: new.last_number };
    transaction.put(Key { collection: LAYERS, id: id(&new.arn) }, expected, serde_json::to_vec(&stored)?);
    let none = BTreeMap::new();
    let before = old.map_or(&none, |(layer, _)| &layer.versions);
    for (number, version) in &new.versions {
        if before.get(number) != Some(version) {
            transaction.put(version_key(new, *number), Expected::Anything, serde_json::to_vec(version)?);
        }
    }
    for number in before.keys().filter(|number| !new.versions.contains_key(number)) {
        transaction.delete(version_key(new, *number), Expected::Anything);
    }
    Ok(transaction)
}

fn version_key(layer: &Layer, number: VersionNumber) -> Key {
    Key { collection: VERSIONS, id: format!("{}/{number}", id(&layer.arn)) }
}

fn id(LayerArn { region, account, name }: &LayerArn) -> String {
    format!("{account}/{region}/{name}")
}
