//! Names of log streams: one stream per execution environment.

use model::{FunctionVersion, Timestamp};
use uuid::Uuid;

/// `2026/11/23/[$LATEST]<32 hex>`, with the function's name before the version when its group is not the default
/// one, since several functions may share such a group.
pub fn log_stream_name(version: &FunctionVersion, now: Timestamp) -> String {
    let date = now.to_log_stream_date();
    let function = &version.arn.name;
    let environment = Uuid::new_v4().simple();
    if version.config.logging.group == format!("/aws/lambda/{function}") {
        return format!("{date}/[{}]{environment}", version.version);
    }
    format!("{date}/{function}[{}]{environment}", version.version)
}
