// Made by `cargo xtask generate` from foundation/wire/models; edit those, not this.

use crate::operation::operations;

operations! {
    CreateLogGroup => POST "/" 200,
    CreateLogStream => POST "/" 200,
    DeleteLogGroup => POST "/" 200,
    DeleteLogStream => POST "/" 200,
    DeleteRetentionPolicy => POST "/" 200,
    DescribeLogGroups => POST "/" 200,
    DescribeLogStreams => POST "/" 200,
    FilterLogEvents => POST "/" 200,
    GetLogEvents => POST "/" 200,
    ListTagsForResource => POST "/" 200,
    ListTagsLogGroup => POST "/" 200,
    PutLogEvents => POST "/" 200,
    PutRetentionPolicy => POST "/" 200,
    TagLogGroup => POST "/" 200,
    TagResource => POST "/" 200,
    UntagLogGroup => POST "/" 200,
    UntagResource => POST "/" 200,
}
