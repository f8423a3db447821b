//! CreateLogGroup, DeleteLogGroup, DescribeLogGroups and the retention policy.

use observability::logs::{GroupListing, Listed, NameFilter, NewGroup, Retention};
use wire::Empty;
use wire::logs::{
    CreateLogGroupRequest, DeleteLogGroupRequest, DeleteRetentionPolicyRequest, DescribeLogGroupsRequest,
    DescribeLogGroupsResponse, PutRetentionPolicyRequest,
};

use crate::Turn;
use crate::refusal::Refusal;
use crate::{convert, identifier, tags, token};

/// What AWS offers.
pub(crate) const RETENTION_DAYS: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// Groups and streams on a page, unless a request wants fewer.
pub(crate) const PAGE_ITEMS: usize = 50;

/// A request's `limit`; the model keeps it in range.
pub(crate) fn limit(limit: Option<i32>, default: usize) -> usize {
    limit.and_then(|limit| limit.try_into().ok()).unwrap_or(default)
}

impl Turn<'_> {
    pub(crate) async fn create_log_group(&self, request: CreateLogGroupRequest) -> Result<Empty, Refusal> {
        let group = self.group(&request.log_group_name)?;
        self.authorize_group(&group)?;
        if model::is_reserved_log_group(group.name.as_str()) {
            return Err(Refusal::ReservedName);
        }
        let tags = request.tags.unwrap_or_default();
        tags::refuse_reserved(&tags)?;
        let new = NewGroup {
            class: request.log_group_class.map(convert::class).unwrap_or_default(),
            kms_key: request.kms_key_id,
            deletion_protection: request.deletion_protection_enabled.unwrap_or_default(),
            tags: convert::tags(tags),
        };
        self.logs.create_group(group, new).await?;
        Ok(Empty {})
    }

    pub(crate) async fn delete_log_group(&self, request: DeleteLogGroupRequest) -> Result<Empty, Refusal> {
        let group = self.group(&request.log_group_name)?;
        self.authorize_group(&group)?;
        self.logs.delete_group(group).await?;
        Ok(Empty {})
    }

    pub(crate) async fn put_retention_policy(
        &self,
        request: PutRetentionPolicyRequest,
    ) -> Result<Empty, Refusal> {
        let group = self.group(&request.log_group_name)?;
        self.authorize_group(&group)?;
        let offered =
            RETENTION_DAYS.into_iter().find(|days| i32::try_from(*days) == Ok(request.retention_in_days));
        let days = offered.ok_or(Refusal::RetentionDays)?;
        self.logs.retain(group, Some(Retention { days })).await?;
        Ok(Empty {})
    }

    pub(crate) async fn delete_retention_policy(
        &self,
        request: DeleteRetentionPolicyRequest,
    ) -> Result<Empty, Refusal> {
        let group = self.group(&request.log_group_name)?;
        self.authorize_group(&group)?;
        self.logs.retain(group, None).await?;
        Ok(Empty {})
    }

    pub(crate) async fn describe_log_groups(
        &self,
        request: DescribeLogGroupsRequest,
    ) -> Result<DescribeLogGroupsResponse, Refusal> {
        self.authorize(&identifier::permission_arn(&self.scope, "", ""))?;
        let listing = GroupListing {
            scope: self.scope.clone(),
            after: token::read(request.next_token.as_deref())?,
            class: request.log_group_class.map(convert::class),
            limit: limit(request.limit, PAGE_ITEMS),
            name: self.name_filter(request)?,
        };
        let Listed { items, more } = self.logs.list_groups(listing).await?;
        let last = items.last().map(|group| group.name.to_string());
        let groups = items.into_iter().map(|group| convert::log_group(&self.scope, group));
        Ok(DescribeLogGroupsResponse {
            log_groups: Some(groups.collect()),
            next_token: last.filter(|_| more),
        })
    }

    fn name_filter(&self, request: DescribeLogGroupsRequest) -> Result<NameFilter, Refusal> {
        let pattern = request.log_group_name_pattern.filter(|pattern| !pattern.is_empty());
        match (request.log_group_name_prefix, pattern, request.log_group_identifiers) {
            (Some(_), Some(_), _) => Err(Refusal::PrefixAndPattern),
            (Some(prefix), None, _) => Ok(NameFilter::Prefix(prefix)),
            (None, Some(pattern), _) => Ok(NameFilter::Contains(pattern)),
            (None, None, Some(identifiers)) => {
                let keys =
                    identifiers.iter().map(|identifier| identifier::identified(&self.scope, identifier));
                Ok(NameFilter::OneOf(keys.map(|key| Ok(key?.name)).collect::<Result<_, Refusal>>()?))
            }
            (None, None, None) => Ok(NameFilter::Any),
        }
    }
}
