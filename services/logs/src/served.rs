//! The operations that are answered.

use wire::logs::Operation;

/// What writes and reads log lines; everything else administers groups and streams.
pub const DATA_PLANE: &[&str] = &["FilterLogEvents", "GetLogEvents", "PutLogEvents"];

pub const SERVED: &[Operation] = &[
    Operation::CreateLogGroup,
    Operation::CreateLogStream,
    Operation::DeleteLogGroup,
    Operation::DeleteLogStream,
    Operation::DeleteRetentionPolicy,
    Operation::DescribeLogGroups,
    Operation::DescribeLogStreams,
    Operation::FilterLogEvents,
    Operation::GetLogEvents,
    Operation::ListTagsForResource,
    Operation::ListTagsLogGroup,
    Operation::PutLogEvents,
    Operation::PutRetentionPolicy,
    Operation::TagLogGroup,
    Operation::TagResource,
    Operation::UntagLogGroup,
    Operation::UntagResource,
];
