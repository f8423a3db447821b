//! A function with its versions, aliases and tags: one value, replaced by the next.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::function::{Failure, LastUpdate, State};
use model::{
    AliasName, FunctionArn, FunctionVersion, Image, Qualifier, RevisionId, VersionNumber, VersionRef,
};

use crate::alias::Alias;
use crate::error::CatalogError;

#[derive(Debug, Clone)]
pub struct Function {
    pub(crate) latest: Arc<FunctionVersion>,
    /// What invocations run while `latest` is an update in progress, and again when that fails.
    pub(crate) before: Option<Arc<FunctionVersion>>,
    /// The greatest ever given out, so that a deleted version's number does not come back.
    pub(crate) last_number: Option<VersionNumber>,
    pub(crate) versions: BTreeMap<VersionNumber, Published>,
    pub(crate) aliases: BTreeMap<AliasName, Arc<Alias>>,
    pub(crate) tags: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Published {
    pub(crate) version: Arc<FunctionVersion>,
    /// A version may have a description of its own; whether `$LATEST` has changed since shows in this one.
    pub(crate) description_of_latest: String,
}

impl Function {
    /// `$LATEST`, as the API shows it.
    pub fn latest(&self) -> &Arc<FunctionVersion> {
        &self.latest
    }

    pub fn version(&self, version: VersionRef) -> Option<&Arc<FunctionVersion>> {
        match version {
            VersionRef::Latest => Some(&self.latest),
            VersionRef::Published(number) => self.versions.get(&number).map(|published| &published.version),
        }
    }

    /// `$LATEST`, then the published ones, oldest first.
    pub fn versions(&self) -> impl Iterator<Item = &Arc<FunctionVersion>> {
        std::iter::once(&self.latest).chain(self.versions.values().map(|published| &published.version))
    }

    pub fn alias(&self, name: &AliasName) -> Option<&Arc<Alias>> {
        self.aliases.get(name)
    }

    /// By name.
    pub fn aliases(&self) -> impl Iterator<Item = &Arc<Alias>> {
        self.aliases.values()
    }

    pub fn tags(&self) -> &BTreeMap<String, String> {
        &self.tags
    }

    /// What the API shows under a qualifier; an alias shows the version that it names first.
    pub fn find(&self, qualifier: Option<&Qualifier>) -> Option<&Arc<FunctionVersion>> {
        match qualifier {
            None => Some(&self.latest),
            Some(Qualifier::Version(version)) => self.version(*version),
            Some(Qualifier::Alias(alias)) => self.version(self.alias(alias)?.version),
            Some(Qualifier::Unknown(_)) => None,
        }
    }

    /// Whether an invocation can still be given this revision of a version.
    pub fn runs(&self, version: VersionRef, revision: RevisionId) -> bool {
        let before = self.before.iter().filter(|before| before.version == version);
        self.version(version).into_iter().chain(before).any(|candidate| candidate.revision == revision)
    }

    pub(crate) fn resolve(&self, qualifier: Option<&Qualifier>, draw: f64) -> Option<&Arc<FunctionVersion>> {
        let version = match qualifier {
            None => VersionRef::Latest,
            Some(Qualifier::Version(version)) => *version,
            Some(Qualifier::Alias(alias)) => self.alias(alias)?.choose(draw),
            Some(Qualifier::Unknown(_)) => return None,
        };
        match version {
            VersionRef::Latest => Some(self.before.as_ref().unwrap_or(&self.latest)),
            VersionRef::Published(_) => self.version(version),
        }
    }

    pub(crate) fn arn(&self) -> &FunctionArn {
        &self.latest.arn
    }

    /// All versions that an invocation may be given.
    pub(crate) fn in_use(&self) -> impl Iterator<Item = &Arc<FunctionVersion>> {
        self.versions().chain(self.before.as_ref())
    }

    /// Those of them that are in use no more once `next` stands in this one's place.
    pub(crate) fn replaced_by<'a>(
        &'a self,
        next: Option<&'a Function>,
    ) -> impl Iterator<Item = &'a Arc<FunctionVersion>> {
        self.in_use().filter(move |old| {
            let kept = next.and_then(|next| next.version(old.version));
            !kept.is_some_and(|kept| Arc::ptr_eq(kept, old))
        })
    }

    pub(crate) fn code_bytes(&self) -> u64 {
        self.versions().map(|version| version.code.size_bytes).sum()
    }

    /// Refuses a change of `$LATEST` while one is under way.
    pub(crate) fn check_settled(&self) -> Result<(), CatalogError> {
        if self.latest.state == State::Pending {
            return Err(CatalogError::FunctionPending { arn: self.arn().clone() });
        }
        if self.latest.last_update == Some(LastUpdate::InProgress) {
            return Err(CatalogError::UpdateInProgress { arn: self.arn().clone() });
        }
        Ok(())
    }

    pub(crate) fn check_revision(&self, expected: Option<&str>) -> Result<(), CatalogError> {
        check_revision(self.latest.revision, expected)
    }

    /// Whether [`Function::settled`] would change it.
    pub(crate) fn is_unsettled(&self) -> bool {
        self.versions().any(|version| is_unsettled(version))
    }

    /// What `$LATEST` runs, or will when it has been pulled; None for a package.
    pub(crate) fn image(&self) -> Option<&Image> {
        self.latest.code.image.as_ref()
    }

    /// With creation or update failed: after an update everything is as before, but for the word that it failed.
    #[must_use]
    pub(crate) fn failed(&self, failure: &Failure) -> Function {
        let mut next = self.clone();
        let latest = next.before.take().unwrap_or_else(|| next.latest.clone());
        next.latest = latest;
        fail(Arc::make_mut(&mut next.latest), failure);
        for published in next.versions.values_mut().filter(|published| is_unsettled(&published.version)) {
            fail(Arc::make_mut(&mut published.version), failure);
        }
        next
    }

    /// With creation and update ended; each version that changes gets a new revision, as on AWS.
    #[must_use]
    pub(crate) fn settled(&self) -> Function {
        let mut next = self.clone();
        next.before = None;
        settle(&mut next.latest);
        next.versions.values_mut().for_each(|published| settle(&mut published.version));
        next
    }
}

fn is_unsettled(version: &FunctionVersion) -> bool {
    version.state == State::Pending || version.last_update == Some(LastUpdate::InProgress)
}

fn fail(version: &mut FunctionVersion, failure: &Failure) {
    match version.state {
        State::Pending => version.state = State::Failed,
        State::Active | State::Failed => version.last_update = Some(LastUpdate::Failed),
    }
    version.failure = Some(failure.clone());
    version.revision = RevisionId::random();
}

fn settle(version: &mut Arc<FunctionVersion>) {
    if is_unsettled(version) {
        let settled = Arc::make_mut(version);
        settled.state = State::Active;
        settled.last_update = Some(LastUpdate::Successful);
        settled.failure = None;
        settled.revision = RevisionId::random();
    }
}

/// What callers send need not look like a revision to be refused as a wrong one.
pub(crate) fn check_revision(current: RevisionId, expected: Option<&str>) -> Result<(), CatalogError> {
    match expected {
        Some(expected) if expected != current.to_string() => Err(CatalogError::RevisionMismatch),
        _ => Ok(()),
    }
}
