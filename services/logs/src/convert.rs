//! The store's values in AWS's spelling.

use std::collections::BTreeMap;

use bytes::Bytes;
use model::Timestamp;
use observability::Event;
use observability::logs::{
    FoundEvent, Group, GroupClass, GroupKey, PutOutcome, Rejected, Scope, StoredEvent, Stream, Tag,
};
use wire::logs::{
    FilteredLogEvent, InputLogEvent, LogGroup, LogGroupClass, LogStream, OutputLogEvent,
    PutLogEventsResponse, RejectedLogEventsInfo,
};

use crate::identifier;

pub(crate) fn class(class: LogGroupClass) -> GroupClass {
    match class {
        LogGroupClass::Standard => GroupClass::Standard,
        LogGroupClass::InfrequentAccess => GroupClass::InfrequentAccess,
        LogGroupClass::Delivery => GroupClass::Delivery,
        LogGroupClass::Essentials => GroupClass::Essentials,
    }
}

fn log_group_class(class: GroupClass) -> LogGroupClass {
    match class {
        GroupClass::Standard => LogGroupClass::Standard,
        GroupClass::InfrequentAccess => LogGroupClass::InfrequentAccess,
        GroupClass::Delivery => LogGroupClass::Delivery,
        GroupClass::Essentials => LogGroupClass::Essentials,
    }
}

pub(crate) fn log_group(scope: &Scope, group: Group) -> LogGroup {
    let arn = identifier::group_arn(scope, group.name.as_str());
    LogGroup {
        log_group_name: Some(group.name.to_string()),
        creation_time: Some(group.created.as_millis()),
        retention_in_days: group.retention.and_then(|retention| retention.days.try_into().ok()),
        metric_filter_count: Some(0),
        arn: Some(format!("{arn}:*")),
        stored_bytes: Some(group.stored_bytes.try_into().unwrap_or(i64::MAX)),
        kms_key_id: group.kms_key,
        log_group_class: Some(log_group_class(group.class)),
        log_group_arn: Some(arn),
        deletion_protection_enabled: Some(group.deletion_protection),
        ..LogGroup::default()
    }
}

/// AWS has reported zero stored bytes for every stream since 2019.
pub(crate) fn log_stream(group: &GroupKey, stream: &Stream) -> LogStream {
    LogStream {
        arn: Some(identifier::stream_arn(group, &stream.name)),
        log_stream_name: Some(stream.name.to_string()),
        creation_time: Some(stream.created.as_millis()),
        first_event_timestamp: stream.first_event.map(Timestamp::as_millis),
        last_event_timestamp: stream.last_event.map(Timestamp::as_millis),
        last_ingestion_time: stream.last_ingestion.map(Timestamp::as_millis),
        upload_sequence_token: Some(sequence_token(stream.next_sequence)),
        stored_bytes: Some(0),
    }
}

pub(crate) fn event(event: InputLogEvent) -> Event {
    Event { timestamp: Timestamp::from_millis(event.timestamp), message: Bytes::from(event.message) }
}

pub(crate) fn output_event(event: &StoredEvent) -> OutputLogEvent {
    OutputLogEvent {
        timestamp: Some(event.timestamp().as_millis()),
        message: Some(message(event)),
        ingestion_time: Some(event.ingestion.as_millis()),
    }
}

pub(crate) fn filtered_event(found: &FoundEvent) -> FilteredLogEvent {
    let FoundEvent { stream, event } = found;
    FilteredLogEvent {
        log_stream_name: Some(stream.to_string()),
        timestamp: Some(event.timestamp().as_millis()),
        message: Some(message(event)),
        ingestion_time: Some(event.ingestion.as_millis()),
        event_id: Some(event.id.to_string()),
    }
}

fn message(event: &StoredEvent) -> String {
    String::from_utf8_lossy(&event.message).into_owned()
}

pub(crate) fn put_response(outcome: PutOutcome) -> PutLogEventsResponse {
    let PutOutcome { rejected, next_sequence } = outcome;
    PutLogEventsResponse {
        next_sequence_token: Some(sequence_token(next_sequence)),
        rejected_log_events_info: (rejected != Rejected::default()).then(|| rejected_info(rejected)),
        rejected_entity_info: None,
    }
}

fn rejected_info(rejected: Rejected) -> RejectedLogEventsInfo {
    // A batch has 10,000 events at most.
    let place = |place: Option<usize>| place.and_then(|place| place.try_into().ok());
    RejectedLogEventsInfo {
        too_new_log_event_start_index: place(rejected.too_new_start),
        too_old_log_event_end_index: place(rejected.too_old_end),
        expired_log_event_end_index: place(rejected.expired_end),
    }
}

/// Nobody has to send it any more, but it is still answered, with 56 digits.
fn sequence_token(next_sequence: u64) -> String {
    format!("{next_sequence:056}")
}

pub(crate) fn tags(tags: BTreeMap<String, String>) -> Vec<Tag> {
    tags.into_iter().map(|(key, value)| Tag { key, value }).collect()
}

pub(crate) fn tag_map(tags: Vec<Tag>) -> BTreeMap<String, String> {
    tags.into_iter().map(|Tag { key, value }| (key, value)).collect()
}
