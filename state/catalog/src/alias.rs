//! Aliases: names for one version, or for two with a share each.

use std::sync::Arc;

use model::{AliasName, Qualifier, RevisionId, VersionNumber, VersionRef};

use crate::error::CatalogError;
use crate::function::{Function, check_revision};

#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Alias {
    pub name: AliasName,
    pub version: VersionRef,
    pub description: String,
    pub routing: Option<Routing>,
    pub revision: RevisionId,
}

/// The second version of an alias; the first gets what is left.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Routing {
    pub version: VersionNumber,
    pub weight: Weight,
}

/// A share of invocations, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Weight(f64);

#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("{0} is no share between 0 and 1")]
pub struct InvalidWeight(f64);

impl Weight {
    pub fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Weight {
    type Error = InvalidWeight;

    fn try_from(weight: f64) -> Result<Weight, InvalidWeight> {
        if (0.0..=1.0).contains(&weight) { Ok(Weight(weight)) } else { Err(InvalidWeight(weight)) }
    }
}

impl From<Weight> for f64 {
    fn from(weight: Weight) -> f64 {
        weight.0
    }
}

impl Alias {
    /// `draw` is from 0 (inclusive) to 1 (exclusive).
    pub(crate) fn choose(&self, draw: f64) -> VersionRef {
        match self.routing {
            Some(routing) if draw < routing.weight.get() => VersionRef::Published(routing.version),
            _ => self.version,
        }
    }

    fn names(&self, number: VersionNumber) -> bool {
        self.version == VersionRef::Published(number)
            || self.routing.is_some_and(|routing| routing.version == number)
    }
}

#[derive(Debug, Clone)]
pub struct NewAlias {
    pub name: AliasName,
    pub version: VersionRef,
    pub description: String,
    pub routing: Option<Routing>,
}

/// None leaves a member as it is.
#[derive(Debug, Clone, Default)]
pub struct AliasChange {
    pub version: Option<VersionRef>,
    pub description: Option<String>,
    pub routing: crate::config::Setting<Routing>,
    /// What the caller believes to be the revision.
    pub revision: Option<String>,
}

impl Function {
    pub(crate) fn create_alias(&self, new: NewAlias) -> Result<(Function, Arc<Alias>), CatalogError> {
        if self.aliases.contains_key(&new.name) {
            return Err(CatalogError::AliasExists { arn: self.qualified(Qualifier::Alias(new.name)) });
        }
        let NewAlias { name, version, description, routing } = new;
        self.with_alias(Alias { name, version, description, routing, revision: RevisionId::random() })
    }

    pub(crate) fn update_alias(
        &self,
        name: &AliasName,
        change: AliasChange,
    ) -> Result<(Function, Arc<Alias>), CatalogError> {
        let Some(current) = self.aliases.get(name) else {
            return Err(CatalogError::AliasNotFound { arn: self.qualified(Qualifier::Alias(name.clone())) });
        };
        check_revision(current.revision, change.revision.as_deref())?;
        let mut alias = Alias { revision: RevisionId::random(), ..(**current).clone() };
        alias.version = change.version.unwrap_or(alias.version);
        alias.description = change.description.unwrap_or(alias.description);
        change.routing.apply(&mut alias.routing);
        self.with_alias(alias)
    }

    /// Deleting what is not there succeeds.
    #[must_use]
    pub(crate) fn delete_alias(&self, name: &AliasName) -> Function {
        let mut next = self.clone();
        next.aliases.remove(name);
        next
    }

    pub(crate) fn aliases_of(&self, number: VersionNumber) -> Vec<AliasName> {
        self.aliases.values().filter(|alias| alias.names(number)).map(|alias| alias.name.clone()).collect()
    }

    fn with_alias(&self, alias: Alias) -> Result<(Function, Arc<Alias>), CatalogError> {
        self.check_routes(&alias)?;
        let alias = Arc::new(alias);
        let mut next = self.clone();
        next.aliases.insert(alias.name.clone(), alias.clone());
        Ok((next, alias))
    }

    fn check_routes(&self, alias: &Alias) -> Result<(), CatalogError> {
        let first = self.existing(alias.version)?;
        let Some(routing) = alias.routing else {
            return Ok(());
        };
        match alias.version {
            VersionRef::Latest => return Err(CatalogError::LatestWithRouting),
            VersionRef::Published(number) if number == routing.version => {
                return Err(CatalogError::RoutesTwice { version: number });
            }
            VersionRef::Published(_) => {}
        }
        let second = self.existing(VersionRef::Published(routing.version))?;
        let alike = first.config.role == second.config.role
            && first.config.dead_letter_target == second.config.dead_letter_target;
        if alike { Ok(()) } else { Err(CatalogError::RoutesDiffer) }
    }

    fn existing(&self, version: VersionRef) -> Result<&model::FunctionVersion, CatalogError> {
        let missing = || CatalogError::FunctionNotFound { arn: self.qualified(Qualifier::Version(version)) };
        self.version(version).map(AsRef::as_ref).ok_or_else(missing)
    }

    fn qualified(&self, qualifier: Qualifier) -> model::FunctionArn {
        self.arn().qualified(Some(qualifier))
    }
}
