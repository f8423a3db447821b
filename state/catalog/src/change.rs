//! Creating, updating, publishing, deleting and tagging: each takes a function's value and gives the next.

use std::collections::BTreeMap;
use std::sync::Arc;

use model::function::{Architecture, Code, LastUpdate, Program, State};
use model::{
    FunctionArn, FunctionConfig, FunctionVersion, RevisionId, Timestamp, VersionNumber, VersionRef, limits,
};

use crate::config::{self, ConfigPatch};
use crate::error::CatalogError;
use crate::function::{Function, Published};

/// AWS's limit for the tags of one resource.
const TAGS_MAX: usize = 50;

/// A function to be; what `config` leaves out has AWS's default.
#[derive(Debug, Clone)]
pub struct NewFunction {
    pub role: String,
    pub program: Program,
    pub architecture: Architecture,
    pub config: ConfigPatch,
    pub tags: BTreeMap<String, String>,
    /// Publishes version 1 besides.
    pub publish: bool,
}

#[derive(Debug, Clone, Default)]
pub struct CodeUpdate {
    pub architecture: Option<Architecture>,
    pub publish: bool,
    /// What the caller believes to be the revision.
    pub revision: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct ConfigUpdate {
    pub config: ConfigPatch,
    /// What the caller believes to be the revision.
    pub revision: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Publication {
    /// Of the version; None takes over that of `$LATEST`.
    pub description: Option<String>,
    /// The package that the caller believes `$LATEST` to hold, in base64.
    pub code_sha256: Option<String>,
    /// What the caller believes to be the revision.
    pub revision: Option<String>,
}

/// The function, and the version that the caller asked for: `$LATEST`, or 1 when it is published.
pub(crate) fn create(
    arn: FunctionArn,
    new: NewFunction,
    code: Code,
    now: Timestamp,
) -> Result<(Function, Arc<FunctionVersion>), CatalogError> {
    let defaults = config::defaults(&arn.name, new.role, new.program);
    let config = new.config.apply(FunctionConfig { architecture: new.architecture, ..defaults })?;
    check_tags(&new.tags)?;
    let latest = FunctionVersion {
        arn,
        version: VersionRef::Latest,
        config,
        code,
        last_modified: now,
        revision: RevisionId::random(),
        state: State::Pending,
        last_update: None,
        failure: None,
    };
    check_size(&latest)?;
    let mut function = Function {
        latest: Arc::new(latest),
        before: None,
        last_number: None,
        versions: BTreeMap::new(),
        aliases: BTreeMap::new(),
        tags: new.tags,
    };
    let answer =
        if new.publish { function.add_version(None, now, State::Pending) } else { function.latest.clone() };
    Ok((function, answer))
}

impl Function {
    pub(crate) fn update_code(
        &self,
        update: &CodeUpdate,
        code: Code,
        now: Timestamp,
    ) -> Result<(Function, Arc<FunctionVersion>), CatalogError> {
        self.check_revision(update.revision.as_deref())?;
        self.check_settled()?;
        let mut config = self.latest.config.clone();
        config.architecture = update.architecture.unwrap_or(config.architecture);
        let mut next = self.updating(config, code, now)?;
        let answer = if update.publish { next.publish_changed(now) } else { next.latest.clone() };
        Ok((next, answer))
    }

    pub(crate) fn configure(&self, update: ConfigUpdate, now: Timestamp) -> Result<Function, CatalogError> {
        self.check_revision(update.revision.as_deref())?;
        self.check_settled()?;
        let config = update.config.apply(self.latest.config.clone())?;
        self.updating(config, self.latest.code.clone(), now)
    }

    /// An update that changes nothing is an update all the same.
    fn updating(&self, config: FunctionConfig, code: Code, now: Timestamp) -> Result<Function, CatalogError> {
        let latest = FunctionVersion {
            config,
            code,
            last_modified: now,
            revision: RevisionId::random(),
            last_update: Some(LastUpdate::InProgress),
            failure: None,
            ..(*self.latest).clone()
        };
        check_size(&latest)?;
        Ok(Function { latest: Arc::new(latest), before: Some(self.latest.clone()), ..self.clone() })
    }

    /// The version published; the last one again when nothing has changed since.
    pub(crate) fn publish(
        &self,
        publication: Publication,
        now: Timestamp,
    ) -> Result<(Function, Arc<FunctionVersion>), CatalogError> {
        self.check_revision(publication.revision.as_deref())?;
        self.check_settled()?;
        self.check_code(publication.code_sha256)?;
        let mut next = self.clone();
        if let Some(unchanged) = self.unchanged_since_published() {
            return Ok((next, unchanged.clone()));
        }
        let version = next.add_version(publication.description, now, State::Active);
        Arc::make_mut(&mut next.latest).revision = RevisionId::random();
        Ok((next, version))
    }

    fn check_code(&self, given: Option<String>) -> Result<(), CatalogError> {
        let current = self.latest.code.shown_sha256();
        match given {
            Some(given) if given != current => Err(CatalogError::CodeMismatch { given, current }),
            _ => Ok(()),
        }
    }

    fn publish_changed(&mut self, now: Timestamp) -> Arc<FunctionVersion> {
        match self.unchanged_since_published().cloned() {
            Some(unchanged) => unchanged,
            None => self.add_version(None, now, State::Pending),
        }
    }

    fn unchanged_since_published(&self) -> Option<&Arc<FunctionVersion>> {
        let (_, last) = self.versions.last_key_value()?;
        let described =
            FunctionConfig { description: last.description_of_latest.clone(), ..last.version.config.clone() };
        let unchanged = described == self.latest.config && last.version.code == self.latest.code;
        unchanged.then_some(&last.version)
    }

    /// A version that is Pending becomes Active together with `$LATEST`.
    fn add_version(
        &mut self,
        description: Option<String>,
        now: Timestamp,
        state: State,
    ) -> Arc<FunctionVersion> {
        let number = self.last_number.map_or(VersionNumber::FIRST, VersionNumber::next);
        let mut version = FunctionVersion {
            version: VersionRef::Published(number),
            last_modified: now,
            revision: RevisionId::random(),
            state,
            last_update: (state == State::Active).then_some(LastUpdate::Successful),
            ..(*self.latest).clone()
        };
        version.config.description = description.unwrap_or(version.config.description);
        let version = Arc::new(version);
        let description_of_latest = self.latest.config.description.clone();
        self.versions.insert(number, Published { version: version.clone(), description_of_latest });
        self.last_number = Some(number);
        version
    }

    /// Deleting what is not there succeeds; a version that an alias names stays.
    pub(crate) fn delete_version(&self, number: VersionNumber) -> Result<Function, CatalogError> {
        let aliases = self.aliases_of(number);
        if !aliases.is_empty() {
            return Err(CatalogError::VersionInUse { aliases });
        }
        let mut next = self.clone();
        next.versions.remove(&number);
        Ok(next)
    }

    pub(crate) fn tag(&self, tags: BTreeMap<String, String>) -> Result<Function, CatalogError> {
        let mut next = self.clone();
        next.tags.extend(tags);
        check_tags(&next.tags)?;
        Arc::make_mut(&mut next.latest).revision = RevisionId::random();
        Ok(next)
    }

    /// Unknown keys are ignored.
    #[must_use]
    pub(crate) fn untag(&self, keys: &[String]) -> Function {
        let mut next = self.clone();
        next.tags.retain(|key, _| !keys.contains(key));
        Arc::make_mut(&mut next.latest).revision = RevisionId::random();
        next
    }
}

/// Code alone was checked when it was unpacked, and layers alone when they were merged.
fn check_size(version: &FunctionVersion) -> Result<(), CatalogError> {
    let (actual, limit) = (version.unzipped_bytes(), limits::UNZIPPED_CODE_MAX_BYTES);
    if actual > limit { Err(CatalogError::CodeWithLayersTooLarge { actual, limit }) } else { Ok(()) }
}

fn check_tags(tags: &BTreeMap<String, String>) -> Result<(), CatalogError> {
    if tags.len() > TAGS_MAX { Err(CatalogError::TooManyTags { limit: TAGS_MAX }) } else { Ok(()) }
}
