//! What callers set, and the rules that the API's model does not hold.

use std::collections::BTreeMap;

use catalog::{ConfigPatch, LoggingPatch, Setting};
use model::function::{Architecture, SnapStart, TracingMode};
use model::{Runtime, limits};
use wire::constraint::{Constraint, breach};
use wire::lambda;

use super::{InvalidMember, level};
use crate::absent::Absent;
use crate::refusal::Refusal;

/// What Lambda itself sets (AWS's page on environment variables).
const RESERVED_VARIABLES: &[&str] = &[
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_METADATA_API",
    "AWS_LAMBDA_METADATA_TOKEN",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
];

/// The members that a creation and an update have in common.
#[derive(Debug, Default)]
pub(crate) struct Members {
    pub(crate) description: Option<String>,
    pub(crate) timeout: Option<i32>,
    pub(crate) memory_size: Option<i32>,
    pub(crate) ephemeral_storage: Option<lambda::EphemeralStorage>,
    pub(crate) environment: Option<lambda::Environment>,
    pub(crate) tracing: Option<lambda::TracingConfig>,
    pub(crate) dead_letter: Option<lambda::DeadLetterConfig>,
    pub(crate) logging: Option<lambda::LoggingConfig>,
    pub(crate) snap_start: Option<lambda::SnapStart>,
}

/// Takes [`Members`] out of a request; creation and update have them under the same names.
macro_rules! members {
    ($request:expr) => {
        $crate::convert::config::Members {
            description: $request.description.take(),
            timeout: $request.timeout,
            memory_size: $request.memory_size,
            ephemeral_storage: $request.ephemeral_storage.take(),
            environment: $request.environment.take(),
            tracing: $request.tracing_config.take(),
            dead_letter: $request.dead_letter_config.take(),
            logging: $request.logging_config.take(),
            snap_start: $request.snap_start.take(),
        }
    };
}
pub(crate) use members;

impl Members {
    pub(crate) fn into_patch(self) -> Result<ConfigPatch, InvalidMember> {
        Ok(ConfigPatch {
            description: self.description,
            timeout_s: self.timeout.map(timeout_s).transpose()?,
            memory_mib: self.memory_size.map(memory_mib).transpose()?,
            ephemeral_storage_mib: self.ephemeral_storage.map(|given| storage_mib(&given)).transpose()?,
            environment: self.environment.map(variables).transpose()?,
            tracing: self.tracing.and_then(|given| given.mode).map(tracing),
            dead_letter_target: self.dead_letter.map_or(Setting::Keep, dead_letter_target),
            logging: self.logging.map(logging).transpose()?,
            snap_start: self.snap_start.and_then(|given| given.apply_on).map(snap_start),
            ..ConfigPatch::default()
        })
    }
}

/// The model's limit is that of Managed Instances.
fn timeout_s(given: i32) -> Result<u32, InvalidMember> {
    at_most(given, limits::TIMEOUT_MAX_S, "timeout")
}

fn storage_mib(given: &lambda::EphemeralStorage) -> Result<u32, InvalidMember> {
    at_most(given.size, limits::EPHEMERAL_STORAGE_MAX_MIB, "ephemeralStorage.size")
}

fn at_most(given: i32, most: u32, path: &str) -> Result<u32, InvalidMember> {
    let constraint = Constraint::ValueAtMost(i64::from(most));
    let refusal = || InvalidMember::Constraint(breach(Some(&given.to_string()), path, constraint));
    u32::try_from(given).ok().filter(|value| *value <= most).ok_or_else(refusal)
}

/// AWS words this limit unlike all others.
fn memory_mib(given: i32) -> Result<u32, InvalidMember> {
    let most = limits::MEMORY_MAX_MIB;
    u32::try_from(given).ok().filter(|value| *value <= most).ok_or_else(|| {
        InvalidMember::Value(format!(
            "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to {most}"
        ))
    })
}

fn variables(given: lambda::Environment) -> Result<BTreeMap<String, String>, InvalidMember> {
    const REFUSED: &str = "Lambda was unable to configure your environment variables because the environment variables you have provided";
    let variables = given.variables.unwrap_or_default();
    let reserved = RESERVED_VARIABLES.iter().filter(|name| variables.contains_key(**name));
    let reserved = reserved.copied().collect::<Vec<_>>();
    if !reserved.is_empty() {
        return Err(InvalidMember::Value(format!(
            "{REFUSED} contains reserved keys that are currently not supported for modification. Reserved keys used in this request: {}",
            reserved.join(", ")
        )));
    }
    if variables.values().any(|value| value.contains('\0')) {
        // No process can have such a variable.
        return Err(InvalidMember::Value(format!("{REFUSED} contain a null character.")));
    }
    let measured = serde_json::json!(variables).to_string();
    if measured.len() > limits::ENVIRONMENT_MAX_BYTES {
        return Err(InvalidMember::Value(format!(
            "{REFUSED} exceeded the 4KB limit. String measured: {measured}"
        )));
    }
    Ok(variables)
}

fn tracing(mode: lambda::TracingMode) -> TracingMode {
    match mode {
        lambda::TracingMode::Active => TracingMode::Active,
        lambda::TracingMode::PassThrough => TracingMode::PassThrough,
    }
}

/// An empty target clears, as on AWS.
fn dead_letter_target(given: lambda::DeadLetterConfig) -> Setting<String> {
    match given.target_arn {
        Some(arn) if !arn.is_empty() => Setting::Set(arn),
        _ => Setting::Clear,
    }
}

fn logging(given: lambda::LoggingConfig) -> Result<LoggingPatch, InvalidMember> {
    if given.log_group.as_deref().is_some_and(model::is_reserved_log_group) {
        return Err(InvalidMember::Value("Log groups starting with AWS/ are reserved for AWS.".to_owned()));
    }
    Ok(LoggingPatch {
        json: given.log_format.map(|format| format == lambda::LogFormat::Json),
        application: given.application_log_level.map(level::application_in),
        system: given.system_log_level.map(level::system_in),
        group: given.log_group,
    })
}

fn snap_start(apply_on: lambda::SnapStartApplyOn) -> SnapStart {
    match apply_on {
        lambda::SnapStartApplyOn::PublishedVersions => SnapStart::PublishedVersions,
        lambda::SnapStartApplyOn::None => SnapStart::None,
    }
}

/// A runtime that AWS still takes; whether this host has it is another question.
pub(crate) fn runtime(given: lambda::Runtime) -> Result<Runtime, Refusal> {
    let runtime: Runtime = given.as_str().parse().map_err(|_managed| Absent::Feature("Runtime custom"))?;
    if runtime.is_blocked() {
        let text = format!(
            "The runtime parameter of {runtime} is no longer supported for creating or updating AWS Lambda functions. We recommend you use a supported runtime while creating or updating functions."
        );
        return Err(InvalidMember::Value(text).into());
    }
    Ok(runtime)
}

/// The one that is given; code for another kind of processor than this host's would not run.
pub(crate) fn architecture(given: Option<&[lambda::Architecture]>) -> Result<Option<Architecture>, Absent> {
    match given.and_then(<[_]>::first) {
        None => Ok(None),
        Some(lambda::Architecture::X86_64) if cfg!(target_arch = "x86_64") => Ok(Some(Architecture::X86_64)),
        Some(lambda::Architecture::Arm64) if cfg!(target_arch = "aarch64") => Ok(Some(Architecture::Arm64)),
        Some(lambda::Architecture::X86_64) => Err(Absent::Feature("Architecture x86_64")),
        Some(lambda::Architecture::Arm64) => Err(Absent::Feature("Architecture arm64")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patch(members: Members) -> Result<ConfigPatch, String> {
        members.into_patch().map_err(|error| error.to_string())
    }

    fn with_variables(pairs: &[(&str, &str)]) -> Result<ConfigPatch, String> {
        let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let environment = Some(lambda::Environment { variables: Some(pairs.collect()) });
        patch(Members { environment, ..Members::default() })
    }

    #[test]
    fn limits_of_ordinary_functions_hold_though_the_model_allows_more() {
        let timeout = patch(Members { timeout: Some(901), ..Members::default() }).unwrap_err();
        assert_eq!(
            timeout,
            "1 validation error detected: Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or equal to 900"
        );
        let memory = patch(Members { memory_size: Some(10_241), ..Members::default() }).unwrap_err();
        assert_eq!(
            memory,
            "'MemorySize' value failed to satisfy constraint: Member must have value less than or equal to 10240"
        );
        assert_eq!(patch(Members { timeout: Some(900), ..Members::default() }).unwrap().timeout_s, Some(900));
    }

    #[test]
    fn variables_may_take_four_kilobytes_with_their_names_and_punctuation() {
        let value = "x".repeat(4096 - r#"{"KEY":""}"#.len());
        assert!(with_variables(&[("KEY", &value)]).is_ok());
        let refused = with_variables(&[("KEY", &format!("{value}x"))]).unwrap_err();
        assert!(refused.contains(r#"exceeded the 4KB limit. String measured: {"KEY":"xxx"#), "{refused}");
    }

    #[test]
    fn variables_that_lambda_sets_are_refused_by_name() {
        let refused = with_variables(&[("AWS_REGION", "x"), ("_HANDLER", "y"), ("MINE", "z")]).unwrap_err();
        assert!(refused.ends_with("Reserved keys used in this request: _HANDLER, AWS_REGION"), "{refused}");
    }

    #[test]
    fn a_variable_that_no_process_could_have_is_refused() {
        let refused = with_variables(&[("AB", "a\0b")]).unwrap_err();
        assert!(refused.ends_with("you have provided contain a null character."), "{refused}");
    }

    #[test]
    fn logs_do_not_go_where_aws_keeps_its_own() {
        let to = |group: &str| {
            let logging = lambda::LoggingConfig { log_group: Some(group.to_owned()), ..Default::default() };
            patch(Members { logging: Some(logging), ..Members::default() })
        };
        assert_eq!(to("aws/x").unwrap_err(), "Log groups starting with AWS/ are reserved for AWS.");
        assert_eq!(to("/aws/x").unwrap().logging.unwrap().group.as_deref(), Some("/aws/x"));
    }

    #[test]
    fn an_empty_environment_clears_and_an_absent_one_keeps() {
        assert_eq!(with_variables(&[]).unwrap().environment, Some(BTreeMap::new()));
        assert_eq!(patch(Members::default()).unwrap().environment, None);
    }

    #[test]
    fn an_empty_dead_letter_target_clears() {
        let given = |arn: &str| lambda::DeadLetterConfig { target_arn: Some(arn.to_owned()) };
        assert_eq!(dead_letter_target(given("")), Setting::Clear);
        assert_eq!(dead_letter_target(given("arn:aws:sqs:x")), Setting::Set("arn:aws:sqs:x".to_owned()));
    }

    #[test]
    fn old_runtimes_are_refused_in_awss_words() {
        let refused = runtime(lambda::Runtime::Python3_7).unwrap_err().to_string();
        assert!(
            refused.starts_with("The runtime parameter of python3.7 is no longer supported"),
            "{refused}"
        );
        assert_eq!(runtime(lambda::Runtime::Python3_12).unwrap().identifier(), "python3.12");
    }
}
