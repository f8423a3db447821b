//! Log groups: made, listed, given retention and tags, deleted.

use model::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

use super::error::LogsError;
use super::names::{GroupKey, GroupName, Scope};

/// How many tags AWS allows on a log group.
pub const TAGS_MAX: usize = 50;

/// Decides what AWS offers on a group; here all classes store alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GroupClass {
    #[default]
    Standard,
    InfrequentAccess,
    Delivery,
    Essentials,
}

impl GroupClass {
    const ALL: [GroupClass; 4] =
        [GroupClass::Standard, GroupClass::InfrequentAccess, GroupClass::Delivery, GroupClass::Essentials];

    fn name(self) -> &'static str {
        match self {
            GroupClass::Standard => "standard",
            GroupClass::InfrequentAccess => "infrequent-access",
            GroupClass::Delivery => "delivery",
            GroupClass::Essentials => "essentials",
        }
    }

    fn named(name: &str) -> Result<GroupClass, LogsError> {
        GroupClass::ALL
            .into_iter()
            .find(|class| class.name() == name)
            .ok_or_else(|| LogsError::Damaged(format!("no log group class is called '{name}'")))
    }
}

/// How long events stay, counted from their own time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    pub days: u32,
}

const MS_PER_DAY: i64 = 24 * 60 * 60 * 1000;

impl Retention {
    /// Events before this time have expired.
    pub(super) fn horizon(self, now: Timestamp) -> Timestamp {
        Timestamp::from_millis(now.as_millis() - i64::from(self.days) * MS_PER_DAY)
    }
}

/// What a new group is made with.
#[derive(Debug, Clone, Default)]
pub struct NewGroup {
    pub class: GroupClass,
    pub kms_key: Option<String>,
    pub deletion_protection: bool,
    pub tags: Vec<Tag>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub key: String,
    pub value: String,
}

/// A group as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    pub name: GroupName,
    pub created: Timestamp,
    pub class: GroupClass,
    pub kms_key: Option<String>,
    pub deletion_protection: bool,
    pub retention: Option<Retention>,
    /// On disk, compressed.
    pub stored_bytes: u64,
}

/// Which groups to list, sorted by name.
#[derive(Debug, Clone)]
pub struct GroupListing {
    pub scope: Scope,
    pub name: NameFilter,
    pub class: Option<GroupClass>,
    /// Only names after this one: the last of the page before.
    pub after: Option<GroupName>,
    pub limit: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NameFilter {
    Any,
    Prefix(String),
    Contains(String),
    OneOf(Vec<GroupName>),
}

impl NameFilter {
    fn takes(&self, name: &GroupName) -> bool {
        match self {
            NameFilter::Any => true,
            NameFilter::Prefix(prefix) => name.as_str().starts_with(prefix.as_str()),
            NameFilter::Contains(part) => name.as_str().contains(part.as_str()),
            NameFilter::OneOf(names) => names.contains(name),
        }
    }

    /// Names before this one cannot match.
    fn lower_bound(&self) -> &str {
        match self {
            NameFilter::Prefix(prefix) => prefix,
            NameFilter::Any | NameFilter::Contains(_) | NameFilter::OneOf(_) => "",
        }
    }

    fn ends_before(&self, name: &GroupName) -> bool {
        matches!(self, NameFilter::Prefix(prefix) if !name.as_str().starts_with(prefix.as_str()))
    }
}

/// Items in their order, and whether more follow the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    pub items: Vec<T>,
    pub more: bool,
}

impl<T> Listed<T> {
    /// From up to one item more than `limit`.
    pub(super) fn cut(mut items: Vec<T>, limit: usize) -> Listed<T> {
        let more = items.len() > limit;
        items.truncate(limit);
        Listed { items, more }
    }
}

pub(super) fn find(connection: &Connection, key: &GroupKey) -> Result<Option<i64>, LogsError> {
    let sql = "SELECT id FROM log_group WHERE account = ?1 AND region = ?2 AND name = ?3";
    let GroupKey { scope: Scope { account, region }, name } = key;
    let parameters = params![account.as_str(), region.as_str(), name.as_str()];
    Ok(connection.prepare_cached(sql)?.query_row(parameters, |row| row.get(0)).optional()?)
}

pub(super) fn require(connection: &Connection, key: &GroupKey) -> Result<i64, LogsError> {
    find(connection, key)?.ok_or(LogsError::GroupNotFound)
}

pub(super) fn ensure(connection: &Connection, key: &GroupKey, now: Timestamp) -> Result<i64, LogsError> {
    match find(connection, key)? {
        Some(id) => Ok(id),
        None => insert(connection, key, &NewGroup::default(), now),
    }
}

pub(super) fn create(
    connection: &Connection,
    key: &GroupKey,
    new: &NewGroup,
    now: Timestamp,
) -> Result<(), LogsError> {
    if find(connection, key)?.is_some() {
        return Err(LogsError::GroupExists);
    }
    let id = insert(connection, key, new, now)?;
    put_tags(connection, id, &new.tags)
}

fn insert(connection: &Connection, key: &GroupKey, new: &NewGroup, now: Timestamp) -> Result<i64, LogsError> {
    let sql = "INSERT INTO log_group (account, region, name, created_ms, class, kms_key, deletion_protection)
        VALUES (:account, :region, :name, :created_ms, :class, :kms_key, :deletion_protection)";
    connection.prepare_cached(sql)?.execute(named_params! {
        ":account": key.scope.account.as_str(),
        ":region": key.scope.region.as_str(),
        ":name": key.name.as_str(),
        ":created_ms": now.as_millis(),
        ":class": new.class.name(),
        ":kms_key": new.kms_key,
        ":deletion_protection": new.deletion_protection,
    })?;
    Ok(connection.last_insert_rowid())
}

/// The group, its streams and tags are gone at once; its chunks become garbage that is swept in small steps.
pub(super) fn delete(connection: &Connection, key: &GroupKey) -> Result<(), LogsError> {
    let id = require(connection, key)?;
    let sql = "SELECT deletion_protection FROM log_group WHERE id = ?1";
    if connection.prepare_cached(sql)?.query_row([id], |row| row.get::<_, bool>(0))? {
        return Err(LogsError::DeletionProtected);
    }
    for sql in [
        "INSERT INTO garbage SELECT id FROM stream WHERE group_id = ?1",
        "DELETE FROM stream WHERE group_id = ?1",
        "DELETE FROM tag WHERE group_id = ?1",
        "DELETE FROM log_group WHERE id = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([id])?;
    }
    Ok(())
}

pub(super) fn retain(
    connection: &Connection,
    key: &GroupKey,
    retention: Option<Retention>,
) -> Result<(), LogsError> {
    let id = require(connection, key)?;
    let sql = "UPDATE log_group SET retention_days = ?2 WHERE id = ?1";
    connection.prepare_cached(sql)?.execute(params![id, retention.map(|it| it.days)])?;
    Ok(())
}

pub(super) fn retention(connection: &Connection, id: i64) -> Result<Option<Retention>, LogsError> {
    let sql = "SELECT retention_days FROM log_group WHERE id = ?1";
    let days = connection.prepare_cached(sql)?.query_row([id], |row| row.get::<_, Option<u32>>(0))?;
    Ok(days.map(|days| Retention { days }))
}

pub(super) fn tags(connection: &Connection, key: &GroupKey) -> Result<Vec<Tag>, LogsError> {
    let id = require(connection, key)?;
    let mut statement = connection.prepare_cached("SELECT key, value FROM tag WHERE group_id = ?1")?;
    let rows = statement.query_map([id], |row| Ok(Tag { key: row.get(0)?, value: row.get(1)? }))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn tag(connection: &Connection, key: &GroupKey, tags: &[Tag]) -> Result<(), LogsError> {
    let id = require(connection, key)?;
    put_tags(connection, id, tags)
}

fn put_tags(connection: &Connection, id: i64, tags: &[Tag]) -> Result<(), LogsError> {
    let mut statement = connection.prepare_cached("INSERT OR REPLACE INTO tag VALUES (?1, ?2, ?3)")?;
    for Tag { key, value } in tags {
        statement.execute(params![id, key, value])?;
    }
    let sql = "SELECT count(*) FROM tag WHERE group_id = ?1";
    let count = connection.prepare_cached(sql)?.query_row([id], |row| row.get::<_, u32>(0))?;
    if count as usize > TAGS_MAX {
        return Err(LogsError::TooManyTags { limit: TAGS_MAX });
    }
    Ok(())
}

pub(super) fn untag(connection: &Connection, key: &GroupKey, keys: &[String]) -> Result<(), LogsError> {
    let id = require(connection, key)?;
    let mut statement = connection.prepare_cached("DELETE FROM tag WHERE group_id = ?1 AND key = ?2")?;
    for key in keys {
        statement.execute(params![id, key])?;
    }
    Ok(())
}

pub(super) fn list(connection: &Connection, listing: &GroupListing) -> Result<Listed<Group>, LogsError> {
    let sql = "SELECT name, created_ms, class, kms_key, deletion_protection, retention_days, stored_bytes
        FROM log_group
        WHERE account = ?1 AND region = ?2 AND name >= ?3 AND name > ?4 ORDER BY name";
    let after = listing.after.as_ref().map_or("", GroupName::as_str);
    let Scope { account, region } = &listing.scope;
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows =
        statement.query(params![account.as_str(), region.as_str(), listing.name.lower_bound(), after])?;
    let mut groups = Vec::new();
    while let Some(row) = rows.next()? {
        let group = read(row)?;
        if listing.name.ends_before(&group.name) || groups.len() > listing.limit {
            break;
        }
        if listing.name.takes(&group.name) && listing.class.is_none_or(|class| class == group.class) {
            groups.push(group);
        }
    }
    Ok(Listed::cut(groups, listing.limit))
}

fn read(row: &Row<'_>) -> Result<Group, LogsError> {
    let name = row.get::<_, String>(0)?;
    Ok(Group {
        name: name.parse().map_err(|error| LogsError::Damaged(format!("{error}")))?,
        created: Timestamp::from_millis(row.get(1)?),
        class: GroupClass::named(&row.get::<_, String>(2)?)?,
        kms_key: row.get(3)?,
        deletion_protection: row.get(4)?,
        retention: row.get::<_, Option<u32>>(5)?.map(|days| Retention { days }),
        stored_bytes: row.get::<_, i64>(6)?.max(0).unsigned_abs(),
    })
}
