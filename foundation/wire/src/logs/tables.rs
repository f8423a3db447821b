// Made by `cargo xtask generate` from foundation/wire/models; edit those, not this.

use crate::pattern::Pattern;
use crate::shape::{Member, Shape};

static ACCOUNT_ID_REGEX: Pattern = Pattern::new(r"^\d{12}$");
pub(super) static ACCOUNT_ID: Shape = Shape::string().at_least(12).at_most(12).matching(&ACCOUNT_ID_REGEX);

pub(super) static ACCOUNT_IDS: Shape = Shape::list(&ACCOUNT_ID).at_least(0).at_most(20);

static AMAZON_RESOURCE_NAME_REGEX: Pattern = Pattern::new(r"[\w+=/:,.@-]*");
pub(super) static AMAZON_RESOURCE_NAME: Shape =
    Shape::string().at_least(1).at_most(1011).matching(&AMAZON_RESOURCE_NAME_REGEX);

pub(super) static CREATE_LOG_GROUP_REQUEST: Shape = Shape::structure(&[
    Member::body("logGroupName", &LOG_GROUP_NAME).required(),
    Member::body("kmsKeyId", &KMS_KEY_ID),
    Member::body("tags", &TAGS),
    Member::body("logGroupClass", &LOG_GROUP_CLASS),
    Member::body("deletionProtectionEnabled", &DELETION_PROTECTION_ENABLED),
]);

pub(super) static CREATE_LOG_STREAM_REQUEST: Shape = Shape::structure(&[
    Member::body("logGroupName", &LOG_GROUP_NAME).required(),
    Member::body("logStreamName", &LOG_STREAM_NAME).required(),
]);

pub(super) static DAYS: Shape = Shape::integer();

pub(super) static DELETE_LOG_GROUP_REQUEST: Shape =
    Shape::structure(&[Member::body("logGroupName", &LOG_GROUP_NAME).required()]);

pub(super) static DELETE_LOG_STREAM_REQUEST: Shape = Shape::structure(&[
    Member::body("logGroupName", &LOG_GROUP_NAME).required(),
    Member::body("logStreamName", &LOG_STREAM_NAME).required(),
]);

pub(super) static DELETE_RETENTION_POLICY_REQUEST: Shape =
    Shape::structure(&[Member::body("logGroupName", &LOG_GROUP_NAME).required()]);

pub(super) static DELETION_PROTECTION_ENABLED: Shape = Shape::boolean();

pub(super) static DESCENDING: Shape = Shape::boolean();

pub(super) static DESCRIBE_LIMIT: Shape = Shape::integer().at_least(1).at_most(50);

pub(super) static DESCRIBE_LOG_GROUPS_LOG_GROUP_IDENTIFIERS: Shape =
    Shape::list(&LOG_GROUP_IDENTIFIER).at_least(1).at_most(50);

pub(super) static DESCRIBE_LOG_GROUPS_REQUEST: Shape = Shape::structure(&[
    Member::body("accountIdentifiers", &ACCOUNT_IDS),
    Member::body("logGroupNamePrefix", &LOG_GROUP_NAME),
    Member::body("logGroupNamePattern", &LOG_GROUP_NAME_PATTERN),
    Member::body("nextToken", &NEXT_TOKEN),
    Member::body("limit", &DESCRIBE_LIMIT),
    Member::body("includeLinkedAccounts", &INCLUDE_LINKED_ACCOUNTS),
    Member::body("logGroupClass", &LOG_GROUP_CLASS),
    Member::body("logGroupIdentifiers", &DESCRIBE_LOG_GROUPS_LOG_GROUP_IDENTIFIERS),
]);

pub(super) static DESCRIBE_LOG_STREAMS_REQUEST: Shape = Shape::structure(&[
    Member::body("logGroupName", &LOG_GROUP_NAME),
    Member::body("logGroupIdentifier", &LOG_GROUP_IDENTIFIER),
    Member::body("logStreamNamePrefix", &LOG_STREAM_NAME),
    Member::body("orderBy", &ORDER_BY),
    Member::body("descending", &DESCENDING),
    Member::body("nextToken", &NEXT_TOKEN),
    Member::body("limit", &DESCRIBE_LIMIT),
]);

pub(super) static ENTITY: Shape = Shape::structure(&[
    Member::body("keyAttributes", &ENTITY_KEY_ATTRIBUTES),
    Member::body("attributes", &ENTITY_ATTRIBUTES),
]);

pub(super) static ENTITY_ATTRIBUTES: Shape =
    Shape::map(&ENTITY_ATTRIBUTES_KEY, &ENTITY_ATTRIBUTES_VALUE).at_least(0).at_most(10);

pub(super) static ENTITY_ATTRIBUTES_KEY: Shape = Shape::string().at_least(1).at_most(256);

pub(super) static ENTITY_ATTRIBUTES_VALUE: Shape = Shape::string().at_least(1).at_most(512);

pub(super) static ENTITY_KEY_ATTRIBUTES: Shape =
    Shape::map(&ENTITY_KEY_ATTRIBUTES_KEY, &ENTITY_KEY_ATTRIBUTES_VALUE).at_least(2).at_most(4);

pub(super) static ENTITY_KEY_ATTRIBUTES_KEY: Shape = Shape::string().at_least(1).at_most(32);

pub(super) static ENTITY_KEY_ATTRIBUTES_VALUE: Shape = Shape::string().at_least(1).at_most(512);

pub(super) static EVENT_MESSAGE: Shape = Shape::string().at_least(1);

pub(super) static EVENTS_LIMIT: Shape = Shape::integer().at_least(1).at_most(10000);

pub(super) static FILTER_LOG_EVENTS_REQUEST: Shape = Shape::structure(&[
    Member::body("logGroupName", &LOG_GROUP_NAME),
    Member::body("logGroupIdentifier", &LOG_GROUP_IDENTIFIER),
    Member::body("logStreamNames", &INPUT_LOG_STREAM_NAMES),
    Member::body("logStreamNamePrefix", &LOG_STREAM_NAME),
    Member::body("startTime", &TIMESTAMP),
    Member::body("endTime", &TIMESTAMP),
    Member::body("filterPattern", &FILTER_PATTERN),
    Member::body("nextToken", &NEXT_TOKEN),
    Member::body("limit", &EVENTS_LIMIT),
    Member::body("startFromHead", &START_FROM_HEAD),
    Member::body("interleaved", &INTERLEAVED),
    Member::body("unmask", &UNMASK),
]);

pub(super) static FILTER_PATTERN: Shape = Shape::string().at_least(0).at_most(1024);

pub(super) static GET_LOG_EVENTS_REQUEST: Shape = Shape::structure(&[
    Member::body("logGroupName", &LOG_GROUP_NAME),
    Member::body("logGroupIdentifier", &LOG_GROUP_IDENTIFIER),
    Member::body("logStreamName", &LOG_STREAM_NAME).required(),
    Member::body("startTime", &TIMESTAMP),
    Member::body("endTime", &TIMESTAMP),
    Member::body("nextToken", &NEXT_TOKEN),
    Member::body("limit", &EVENTS_LIMIT),
    Member::body("startFromHead", &START_FROM_HEAD),
    Member::body("unmask", &UNMASK),
]);

pub(super) static INCLUDE_LINKED_ACCOUNTS: Shape = Shape::boolean();

pub(super) static INPUT_LOG_EVENT: Shape = Shape::structure(&[
    Member::body("timestamp", &TIMESTAMP).required(),
    Member::body("message", &EVENT_MESSAGE).required(),
]);

pub(super) static INPUT_LOG_EVENTS: Shape = Shape::list(&INPUT_LOG_EVENT).at_least(1).at_most(10000);

pub(super) static INPUT_LOG_STREAM_NAMES: Shape = Shape::list(&LOG_STREAM_NAME).at_least(1).at_most(100);

pub(super) static INTERLEAVED: Shape = Shape::boolean();

pub(super) static KMS_KEY_ID: Shape = Shape::string().at_most(256);

pub(super) static LIST_TAGS_FOR_RESOURCE_REQUEST: Shape =
    Shape::structure(&[Member::body("resourceArn", &AMAZON_RESOURCE_NAME).required()]);

pub(super) static LIST_TAGS_LOG_GROUP_REQUEST: Shape =
    Shape::structure(&[Member::body("logGroupName", &LOG_GROUP_NAME).required()]);

pub(super) static LOG_GROUP_CLASS: Shape =
    Shape::enumeration(&["INFREQUENT_ACCESS", "ESSENTIALS", "STANDARD", "DELIVERY"]);

static LOG_GROUP_IDENTIFIER_REGEX: Pattern = Pattern::new(r"[\w#+=/:,.@-]*");
pub(super) static LOG_GROUP_IDENTIFIER: Shape =
    Shape::string().at_least(1).at_most(2048).matching(&LOG_GROUP_IDENTIFIER_REGEX);

static LOG_GROUP_NAME_REGEX: Pattern = Pattern::new(r"[\.\-_/#A-Za-z0-9]+");
pub(super) static LOG_GROUP_NAME: Shape =
    Shape::string().at_least(1).at_most(512).matching(&LOG_GROUP_NAME_REGEX);

static LOG_GROUP_NAME_PATTERN_REGEX: Pattern = Pattern::new(r"[\.\-_/#A-Za-z0-9]*");
pub(super) static LOG_GROUP_NAME_PATTERN: Shape =
    Shape::string().at_least(0).at_most(512).matching(&LOG_GROUP_NAME_PATTERN_REGEX);

static LOG_STREAM_NAME_REGEX: Pattern = Pattern::new(r"[^:*]*");
pub(super) static LOG_STREAM_NAME: Shape =
    Shape::string().at_least(1).at_most(512).matching(&LOG_STREAM_NAME_REGEX);

pub(super) static NEXT_TOKEN: Shape = Shape::string().at_least(1);

pub(super) static ORDER_BY: Shape = Shape::enumeration(&["LogStreamName", "LastEventTime"]);

pub(super) static PUT_LOG_EVENTS_REQUEST: Shape = Shape::structure(&[
    Member::body("logGroupName", &LOG_GROUP_NAME).required(),
    Member::body("logStreamName", &LOG_STREAM_NAME).required(),
    Member::body("logEvents", &INPUT_LOG_EVENTS).required(),
    Member::body("sequenceToken", &SEQUENCE_TOKEN),
    Member::body("entity", &ENTITY),
]);

pub(super) static PUT_RETENTION_POLICY_REQUEST: Shape = Shape::structure(&[
    Member::body("logGroupName", &LOG_GROUP_NAME).required(),
    Member::body("retentionInDays", &DAYS).required(),
]);

pub(super) static SEQUENCE_TOKEN: Shape = Shape::string().at_least(1);

pub(super) static START_FROM_HEAD: Shape = Shape::boolean();

static TAG_KEY_REGEX: Pattern = Pattern::new(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]+)$");
pub(super) static TAG_KEY: Shape = Shape::string().at_least(1).at_most(128).matching(&TAG_KEY_REGEX);

pub(super) static TAG_KEY_LIST: Shape = Shape::list(&TAG_KEY).at_least(0).at_most(50);

pub(super) static TAG_LIST: Shape = Shape::list(&TAG_KEY).at_least(1);

pub(super) static TAG_LOG_GROUP_REQUEST: Shape = Shape::structure(&[
    Member::body("logGroupName", &LOG_GROUP_NAME).required(),
    Member::body("tags", &TAGS).required(),
]);

pub(super) static TAG_RESOURCE_REQUEST: Shape = Shape::structure(&[
    Member::body("resourceArn", &AMAZON_RESOURCE_NAME).required(),
    Member::body("tags", &TAGS).required(),
]);

static TAG_VALUE_REGEX: Pattern = Pattern::new(r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$");
pub(super) static TAG_VALUE: Shape = Shape::string().at_most(256).matching(&TAG_VALUE_REGEX);

pub(super) static TAGS: Shape = Shape::map(&TAG_KEY, &TAG_VALUE).at_least(1).at_most(50);

pub(super) static TIMESTAMP: Shape = Shape::long().at_least(0);

pub(super) static UNMASK: Shape = Shape::boolean();

pub(super) static UNTAG_LOG_GROUP_REQUEST: Shape = Shape::structure(&[
    Member::body("logGroupName", &LOG_GROUP_NAME).required(),
    Member::body("tags", &TAG_LIST).required(),
]);

pub(super) static UNTAG_RESOURCE_REQUEST: Shape = Shape::structure(&[
    Member::body("resourceArn", &AMAZON_RESOURCE_NAME).required(),
    Member::body("tagKeys", &TAG_KEY_LIST).required(),
]);

#[cfg(test)]
pub(crate) static TOPS: &[&Shape] = &[
    &CREATE_LOG_GROUP_REQUEST,
    &CREATE_LOG_STREAM_REQUEST,
    &DELETE_LOG_GROUP_REQUEST,
    &DELETE_LOG_STREAM_REQUEST,
    &DELETE_RETENTION_POLICY_REQUEST,
    &DESCRIBE_LOG_GROUPS_REQUEST,
    &DESCRIBE_LOG_STREAMS_REQUEST,
    &FILTER_LOG_EVENTS_REQUEST,
    &GET_LOG_EVENTS_REQUEST,
    &LIST_TAGS_FOR_RESOURCE_REQUEST,
    &LIST_TAGS_LOG_GROUP_REQUEST,
    &PUT_LOG_EVENTS_REQUEST,
    &PUT_RETENTION_POLICY_REQUEST,
    &TAG_LOG_GROUP_REQUEST,
    &TAG_RESOURCE_REQUEST,
    &UNTAG_LOG_GROUP_REQUEST,
    &UNTAG_RESOURCE_REQUEST,
];
