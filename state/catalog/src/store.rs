//! Functions as documents: one for what changes together, and one for each published version.
//!
//! A function's id is `<account>/<region>/<name>`, a version's that and its number behind another slash; none of the
//! names can hold a slash.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::{Collection, Document, Engine, Expected, Key, Transaction};
use model::{AliasName, FunctionName, FunctionVersion, VersionNumber, VersionRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::alias::Alias;
use crate::error::OpenError;
use crate::function::{Function, Published};
use crate::secrets::{SealError, Secrets};
use crate::snapshot::Scope;

const FUNCTIONS: Collection = Collection::new("functions");
const VERSIONS: Collection = Collection::new("versions");

#[derive(Serialize)]
struct StoredFunction<'a> {
    latest: Value,
    before: Option<Value>,
    last_number: Option<VersionNumber>,
    aliases: Vec<&'a Alias>,
    tags: &'a BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct LoadedFunction {
    latest: Value,
    #[serde(default)]
    before: Option<Value>,
    last_number: Option<VersionNumber>,
    aliases: Vec<Alias>,
    tags: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct StoredVersion<'a> {
    version: Value,
    description_of_latest: &'a str,
}

#[derive(Deserialize)]
struct LoadedVersion {
    version: Value,
    description_of_latest: String,
}

/// A function as it was read, with the version of its document.
pub(crate) struct Loaded {
    pub(crate) scope: Scope,
    pub(crate) name: FunctionName,
    pub(crate) function: Function,
    pub(crate) version: engine::Version,
}

pub(crate) async fn load(engine: &Engine, secrets: &Secrets) -> Result<Vec<Loaded>, OpenError> {
    let mut functions = BTreeMap::new();
    for (id, document) in engine.scan(FUNCTIONS, String::new()).await? {
        let function = parse_function(&id, &document, secrets)?;
        functions.insert(id, function);
    }
    for (id, document) in engine.scan(VERSIONS, String::new()).await? {
        let LoadedVersion { version, description_of_latest } = parse(&id, &document)?;
        let version = open(&id, version, secrets)?;
        let function = id.rsplit_once('/').and_then(|(function, _)| functions.get_mut(function));
        let (Some(loaded), VersionRef::Published(number)) = (function, version.version) else {
            return Err(OpenError::Document { id, reason: "it belongs to no function".to_owned() });
        };
        let published = Published { version: Arc::new(version), description_of_latest };
        loaded.function.versions.insert(number, published);
    }
    Ok(functions.into_values().collect())
}

fn parse_function(id: &str, document: &Document, secrets: &Secrets) -> Result<Loaded, OpenError> {
    let LoadedFunction { latest, before, last_number, aliases, tags } = parse(id, document)?;
    let latest = open(id, latest, secrets)?;
    let before = before.map(|before| open(id, before, secrets)).transpose()?;
    let aliases = aliases.into_iter().map(|alias| (alias.name.clone(), Arc::new(alias)));
    Ok(Loaded {
        scope: Scope { account: latest.arn.account.clone(), region: latest.arn.region.clone() },
        name: latest.arn.name.clone(),
        function: Function {
            latest: Arc::new(latest),
            before: before.map(Arc::new),
            last_number,
            versions: BTreeMap::new(),
            aliases: aliases.collect::<BTreeMap<AliasName, _>>(),
            tags,
        },
        version: document.version,
    })
}

fn open(id: &str, version: Value, secrets: &Secrets) -> Result<FunctionVersion, OpenError> {
    let failed = |error: SealError| OpenError::Document { id: id.to_owned(), reason: error.to_string() };
    secrets.open(version).map_err(failed)
}

pub(crate) fn parse<'a, T: Deserialize<'a>>(id: &str, document: &'a Document) -> Result<T, OpenError> {
    serde_json::from_slice(&document.value)
        .map_err(|error| OpenError::Document { id: id.to_owned(), reason: error.to_string() })
}

/// Adds what turns the stored `old` into `new` to the transaction.
pub(crate) fn save(
    transaction: &mut Transaction,
    id: &FunctionId<'_>,
    old: Option<(&Function, engine::Version)>,
    new: Option<&Function>,
    secrets: &Secrets,
) -> Result<(), SealError> {
    let expected = old.map_or(Expected::Absent, |(_, version)| Expected::Version(version));
    match new {
        Some(function) => transaction.put(id.function(), expected, function_document(function, secrets)?),
        None => transaction.delete(id.function(), expected),
    }
    let none = BTreeMap::new();
    let before = old.map_or(&none, |(function, _)| &function.versions);
    let after = new.map_or(&none, |function| &function.versions);
    for (number, published) in after {
        if before.get(number) != Some(published) {
            transaction.put(id.version(*number), Expected::Anything, version_document(published, secrets)?);
        }
    }
    for number in before.keys().filter(|number| !after.contains_key(number)) {
        transaction.delete(id.version(*number), Expected::Anything);
    }
    Ok(())
}

fn function_document(function: &Function, secrets: &Secrets) -> Result<Vec<u8>, SealError> {
    let stored = StoredFunction {
        latest: secrets.seal(&function.latest)?,
        before: function.before.as_deref().map(|before| secrets.seal(before)).transpose()?,
        last_number: function.last_number,
        aliases: function.aliases.values().map(AsRef::as_ref).collect(),
        tags: &function.tags,
    };
    Ok(serde_json::to_vec(&stored)?)
}

fn version_document(published: &Published, secrets: &Secrets) -> Result<Vec<u8>, SealError> {
    let Published { version, description_of_latest } = published;
    let stored = StoredVersion { version: secrets.seal(version)?, description_of_latest };
    Ok(serde_json::to_vec(&stored)?)
}

pub(crate) struct FunctionId<'a> {
    pub(crate) scope: &'a Scope,
    pub(crate) name: &'a FunctionName,
}

impl FunctionId<'_> {
    fn function(&self) -> Key {
        Key { collection: FUNCTIONS, id: self.text() }
    }

    fn version(&self, number: VersionNumber) -> Key {
        Key { collection: VERSIONS, id: format!("{}/{number}", self.text()) }
    }

    fn text(&self) -> String {
        format!("{}/{}/{}", self.scope.account, self.scope.region, self.name)
    }
}
