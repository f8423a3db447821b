//! A version as the API shows it.

use environment::RuntimeEntry;
use model::function::{Architecture, LastUpdate, LogFormat, SnapStart, State, TracingMode};
use model::{FunctionVersion, LayerStack, Qualifier};
use wire::lambda::{
    self, DeadLetterConfig, EnvironmentResponse, EphemeralStorage, FunctionConfiguration, Layer,
    LoggingConfig, RuntimeVersionConfig, SnapStartResponse, StateReasonCode, TracingConfigResponse,
};

use super::level;

/// What AWS says of creations, and of updates as well.
const BEING_CREATED: &str = "The function is being created.";

/// As lists show it: without its states. `qualifier` is what its ARN ends with.
pub(crate) fn listed(version: &FunctionVersion, qualifier: Option<Qualifier>) -> FunctionConfiguration {
    let FunctionVersion { arn, config, code, .. } = version;
    FunctionConfiguration {
        function_name: Some(arn.name.to_string()),
        function_arn: Some(arn.qualified(qualifier).to_string()),
        runtime: config.runtime().and_then(|runtime| runtime.identifier().parse().ok()),
        role: Some(config.role.clone()),
        handler: config.handler().map(str::to_owned),
        code_size: i64::try_from(code.size_bytes).ok(),
        description: Some(config.description.clone()),
        timeout: i32::try_from(config.timeout_s).ok(),
        memory_size: i32::try_from(config.memory_mib).ok(),
        last_modified: Some(version.last_modified.to_lambda_string()),
        code_sha256: Some(code.sha256.to_base64()),
        version: Some(version.version.to_string()),
        dead_letter_config: config
            .dead_letter_target
            .clone()
            .map(|arn| DeadLetterConfig { target_arn: Some(arn) }),
        environment: config
            .environment
            .clone()
            .map(|variables| EnvironmentResponse { variables: Some(variables), error: None }),
        tracing_config: Some(TracingConfigResponse { mode: Some(tracing(config.tracing)) }),
        revision_id: Some(version.revision.to_string()),
        package_type: Some(lambda::PackageType::Zip),
        architectures: Some(vec![architecture(config.architecture)]),
        ephemeral_storage: i32::try_from(config.ephemeral_storage_mib)
            .ok()
            .map(|size| EphemeralStorage { size }),
        snap_start: Some(snap_start(config.snap_start)),
        logging_config: Some(logging(&config.logging)),
        layers: config.layers.as_ref().map(layers),
        ..FunctionConfiguration::default()
    }
}

/// As everything but lists shows it. `runtime` is what would run it here, None when that is gone from the host.
pub(crate) fn shown(
    version: &FunctionVersion,
    qualifier: Option<Qualifier>,
    runtime: Option<&RuntimeEntry>,
) -> FunctionConfiguration {
    let pending = version.state == State::Pending;
    let updating = version.last_update == Some(LastUpdate::InProgress);
    let notice = runtime.and_then(|runtime| runtime.notice.clone());
    FunctionConfiguration {
        state: Some(state(version.state)),
        state_reason: if pending { Some(BEING_CREATED.to_owned()) } else { notice },
        state_reason_code: pending.then_some(StateReasonCode::Creating),
        last_update_status: version.last_update.map(last_update),
        last_update_status_reason: updating.then(|| BEING_CREATED.to_owned()),
        runtime_version_config: runtime.map(|runtime| RuntimeVersionConfig {
            runtime_version_arn: Some(runtime.version_arn(&version.arn.region)),
            error: None,
        }),
        ..listed(version, qualifier)
    }
}

fn state(state: State) -> lambda::State {
    match state {
        State::Pending => lambda::State::Pending,
        State::Active => lambda::State::Active,
        State::Failed => lambda::State::Failed,
    }
}

fn last_update(status: LastUpdate) -> lambda::LastUpdateStatus {
    match status {
        LastUpdate::InProgress => lambda::LastUpdateStatus::InProgress,
        LastUpdate::Successful => lambda::LastUpdateStatus::Successful,
        LastUpdate::Failed => lambda::LastUpdateStatus::Failed,
    }
}

fn tracing(mode: TracingMode) -> lambda::TracingMode {
    match mode {
        TracingMode::Active => lambda::TracingMode::Active,
        TracingMode::PassThrough => lambda::TracingMode::PassThrough,
    }
}

pub(super) fn architecture(architecture: Architecture) -> lambda::Architecture {
    match architecture {
        Architecture::X86_64 => lambda::Architecture::X86_64,
        Architecture::Arm64 => lambda::Architecture::Arm64,
    }
}

fn layers(stack: &LayerStack) -> Vec<Layer> {
    let layers = stack.layers.iter().map(|layer| Layer {
        arn: Some(layer.arn.to_string()),
        code_size: i64::try_from(layer.size_bytes).ok(),
        ..Layer::default()
    });
    layers.collect()
}

/// No snapshots are made, so none is ever on.
fn snap_start(setting: SnapStart) -> SnapStartResponse {
    let apply_on = match setting {
        SnapStart::None => lambda::SnapStartApplyOn::None,
        SnapStart::PublishedVersions => lambda::SnapStartApplyOn::PublishedVersions,
    };
    SnapStartResponse {
        apply_on: Some(apply_on),
        optimization_status: Some(lambda::SnapStartOptimizationStatus::Off),
    }
}

fn logging(config: &model::function::LoggingConfig) -> LoggingConfig {
    let (log_format, application_log_level, system_log_level) = match config.format {
        LogFormat::Text => (lambda::LogFormat::Text, None, None),
        LogFormat::Json { application, system } => (
            lambda::LogFormat::Json,
            Some(level::application_out(application)),
            Some(level::system_out(system)),
        ),
    };
    LoggingConfig {
        log_format: Some(log_format),
        application_log_level,
        system_log_level,
        log_group: Some(config.group.clone()),
    }
}
