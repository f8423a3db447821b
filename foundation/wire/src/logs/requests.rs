// Made by `cargo xtask generate` from foundation/wire/models; edit those, not this.

use super::tables;
use super::{Entity, InputLogEvent, LogGroupClass, OrderBy};
use crate::request::Input;
use crate::service::Service;
use crate::shape::Shape;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateLogGroupRequest {
    pub log_group_name: String,
    pub kms_key_id: Option<String>,
    pub tags: Option<BTreeMap<String, String>>,
    pub log_group_class: Option<LogGroupClass>,
    pub deletion_protection_enabled: Option<bool>,
}

impl Input for CreateLogGroupRequest {
    const SHAPE: &'static Shape = &tables::CREATE_LOG_GROUP_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CreateLogStreamRequest {
    pub log_group_name: String,
    pub log_stream_name: String,
}

impl Input for CreateLogStreamRequest {
    const SHAPE: &'static Shape = &tables::CREATE_LOG_STREAM_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteLogGroupRequest {
    pub log_group_name: String,
}

impl Input for DeleteLogGroupRequest {
    const SHAPE: &'static Shape = &tables::DELETE_LOG_GROUP_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteLogStreamRequest {
    pub log_group_name: String,
    pub log_stream_name: String,
}

impl Input for DeleteLogStreamRequest {
    const SHAPE: &'static Shape = &tables::DELETE_LOG_STREAM_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DeleteRetentionPolicyRequest {
    pub log_group_name: String,
}

impl Input for DeleteRetentionPolicyRequest {
    const SHAPE: &'static Shape = &tables::DELETE_RETENTION_POLICY_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeLogGroupsRequest {
    pub account_identifiers: Option<Vec<String>>,
    pub log_group_name_prefix: Option<String>,
    pub log_group_name_pattern: Option<String>,
    pub next_token: Option<String>,
    pub limit: Option<i32>,
    pub include_linked_accounts: Option<bool>,
    pub log_group_class: Option<LogGroupClass>,
    pub log_group_identifiers: Option<Vec<String>>,
}

impl Input for DescribeLogGroupsRequest {
    const SHAPE: &'static Shape = &tables::DESCRIBE_LOG_GROUPS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeLogStreamsRequest {
    pub log_group_name: Option<String>,
    pub log_group_identifier: Option<String>,
    pub log_stream_name_prefix: Option<String>,
    pub order_by: Option<OrderBy>,
    pub descending: Option<bool>,
    pub next_token: Option<String>,
    pub limit: Option<i32>,
}

impl Input for DescribeLogStreamsRequest {
    const SHAPE: &'static Shape = &tables::DESCRIBE_LOG_STREAMS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FilterLogEventsRequest {
    pub log_group_name: Option<String>,
    pub log_group_identifier: Option<String>,
    pub log_stream_names: Option<Vec<String>>,
    pub log_stream_name_prefix: Option<String>,
    pub start_time: Option<i64>,
    pub end_time: Option<i64>,
    pub filter_pattern: Option<String>,
    pub next_token: Option<String>,
    pub limit: Option<i32>,
    pub start_from_head: Option<bool>,
    pub interleaved: Option<bool>,
    pub unmask: Option<bool>,
}

impl Input for FilterLogEventsRequest {
    const SHAPE: &'static Shape = &tables::FILTER_LOG_EVENTS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetLogEventsRequest {
    pub log_group_name: Option<String>,
    pub log_group_identifier: Option<String>,
    pub log_stream_name: String,
    pub start_time: Option<i64>,
    pub end_time: Option<i64>,
    pub next_token: Option<String>,
    pub limit: Option<i32>,
    pub start_from_head: Option<bool>,
    pub unmask: Option<bool>,
}

impl Input for GetLogEventsRequest {
    const SHAPE: &'static Shape = &tables::GET_LOG_EVENTS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListTagsForResourceRequest {
    pub resource_arn: String,
}

impl Input for ListTagsForResourceRequest {
    const SHAPE: &'static Shape = &tables::LIST_TAGS_FOR_RESOURCE_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListTagsLogGroupRequest {
    pub log_group_name: String,
}

impl Input for ListTagsLogGroupRequest {
    const SHAPE: &'static Shape = &tables::LIST_TAGS_LOG_GROUP_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PutLogEventsRequest {
    pub log_group_name: String,
    pub log_stream_name: String,
    pub log_events: Vec<InputLogEvent>,
    pub sequence_token: Option<String>,
    pub entity: Option<Entity>,
}

impl Input for PutLogEventsRequest {
    const SHAPE: &'static Shape = &tables::PUT_LOG_EVENTS_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PutRetentionPolicyRequest {
    pub log_group_name: String,
    pub retention_in_days: i32,
}

impl Input for PutRetentionPolicyRequest {
    const SHAPE: &'static Shape = &tables::PUT_RETENTION_POLICY_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TagLogGroupRequest {
    pub log_group_name: String,
    pub tags: BTreeMap<String, String>,
}

impl Input for TagLogGroupRequest {
    const SHAPE: &'static Shape = &tables::TAG_LOG_GROUP_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TagResourceRequest {
    pub resource_arn: String,
    pub tags: BTreeMap<String, String>,
}

impl Input for TagResourceRequest {
    const SHAPE: &'static Shape = &tables::TAG_RESOURCE_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UntagLogGroupRequest {
    pub log_group_name: String,
    pub tags: Vec<String>,
}

impl Input for UntagLogGroupRequest {
    const SHAPE: &'static Shape = &tables::UNTAG_LOG_GROUP_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct UntagResourceRequest {
    pub resource_arn: String,
    pub tag_keys: Vec<String>,
}

impl Input for UntagResourceRequest {
    const SHAPE: &'static Shape = &tables::UNTAG_RESOURCE_REQUEST;
    const SERVICE: &'static Service = &super::SERVICE;
}

#[cfg(test)]
pub(crate) fn read_any(
    operation: super::Operation,
    request: &crate::Request,
) -> Result<(), serde_json::Error> {
    match operation {
        super::Operation::CreateLogGroup => request.read::<CreateLogGroupRequest>(),
        super::Operation::CreateLogStream => request.read::<CreateLogStreamRequest>(),
        super::Operation::DeleteLogGroup => request.read::<DeleteLogGroupRequest>(),
        super::Operation::DeleteLogStream => request.read::<DeleteLogStreamRequest>(),
        super::Operation::DeleteRetentionPolicy => request.read::<DeleteRetentionPolicyRequest>(),
        super::Operation::DescribeLogGroups => request.read::<DescribeLogGroupsRequest>(),
        super::Operation::DescribeLogStreams => request.read::<DescribeLogStreamsRequest>(),
        super::Operation::FilterLogEvents => request.read::<FilterLogEventsRequest>(),
        super::Operation::GetLogEvents => request.read::<GetLogEventsRequest>(),
        super::Operation::ListTagsForResource => request.read::<ListTagsForResourceRequest>(),
        super::Operation::ListTagsLogGroup => request.read::<ListTagsLogGroupRequest>(),
        super::Operation::PutLogEvents => request.read::<PutLogEventsRequest>(),
        super::Operation::PutRetentionPolicy => request.read::<PutRetentionPolicyRequest>(),
        super::Operation::TagLogGroup => request.read::<TagLogGroupRequest>(),
        super::Operation::TagResource => request.read::<TagResourceRequest>(),
        super::Operation::UntagLogGroup => request.read::<UntagLogGroupRequest>(),
        super::Operation::UntagResource => request.read::<UntagResourceRequest>(),
    }
}
