//! Tags of log groups: the operations on ARNs and their older siblings on names.

use std::collections::BTreeMap;

use wire::Empty;
use wire::logs::{
    ListTagsForResourceRequest, ListTagsForResourceResponse, ListTagsLogGroupRequest,
    ListTagsLogGroupResponse, TagLogGroupRequest, TagResourceRequest, UntagLogGroupRequest,
    UntagResourceRequest,
};

use crate::Turn;
use crate::refusal::Refusal;
use crate::{convert, identifier};

impl Turn<'_> {
    pub(crate) async fn tag_resource(&self, request: TagResourceRequest) -> Result<Empty, Refusal> {
        let group = identifier::tagged(&self.scope, &request.resource_arn)?;
        self.authorize(&request.resource_arn)?;
        refuse_reserved(&request.tags)?;
        self.logs.tag(group, convert::tags(request.tags)).await?;
        Ok(Empty {})
    }

    pub(crate) async fn untag_resource(&self, request: UntagResourceRequest) -> Result<Empty, Refusal> {
        let group = identifier::tagged(&self.scope, &request.resource_arn)?;
        self.authorize(&request.resource_arn)?;
        self.logs.untag(group, request.tag_keys).await?;
        Ok(Empty {})
    }

    pub(crate) async fn list_tags_for_resource(
        &self,
        request: ListTagsForResourceRequest,
    ) -> Result<ListTagsForResourceResponse, Refusal> {
        let group = identifier::tagged(&self.scope, &request.resource_arn)?;
        self.authorize(&request.resource_arn)?;
        let tags = self.logs.tags(group).await?;
        Ok(ListTagsForResourceResponse { tags: Some(convert::tag_map(tags)) })
    }

    pub(crate) async fn tag_log_group(&self, request: TagLogGroupRequest) -> Result<Empty, Refusal> {
        let group = self.group(&request.log_group_name)?;
        self.authorize_group(&group)?;
        refuse_reserved(&request.tags)?;
        self.logs.tag(group, convert::tags(request.tags)).await?;
        Ok(Empty {})
    }

    pub(crate) async fn untag_log_group(&self, request: UntagLogGroupRequest) -> Result<Empty, Refusal> {
        let group = self.group(&request.log_group_name)?;
        self.authorize_group(&group)?;
        self.logs.untag(group, request.tags).await?;
        Ok(Empty {})
    }

    pub(crate) async fn list_tags_log_group(
        &self,
        request: ListTagsLogGroupRequest,
    ) -> Result<ListTagsLogGroupResponse, Refusal> {
        let group = self.group(&request.log_group_name)?;
        self.authorize_group(&group)?;
        let tags = self.logs.tags(group).await?;
        Ok(ListTagsLogGroupResponse { tags: Some(convert::tag_map(tags)) })
    }
}

pub(crate) fn refuse_reserved(tags: &BTreeMap<String, String>) -> Result<(), Refusal> {
    if tags.keys().any(|key| model::is_reserved_tag(key)) { Err(Refusal::ReservedTag) } else { Ok(()) }
}
