//! Names of log streams: one stream per execution environment.

use std::fmt::Display;

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

/// `2026/11/23/f[$LATEST]<32 hex>`: as the environment's stream, but always with the function's name.
pub(crate) fn instance_id(function: &impl Display, stream: &impl Display) -> String {
    stream.to_string().replacen("/[", &format!("/{function}["), 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_is_named_with_its_function_whatever_the_stream_s_group() {
        let instance = "2026/11/23/f[$LATEST]0123456789abcdef0123456789abcdef";
        for stream in ["2026/11/23/[$LATEST]0123456789abcdef0123456789abcdef", instance] {
            assert_eq!(instance_id(&"f", &stream), instance);
        }
    }
}
