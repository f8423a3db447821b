//! A version as the API shows it.

use environment::RuntimeEntry;
use model::function::{
    Architecture, FailureCode, LastUpdate, LogFormat, Program, SnapStart, State, TracingMode,
};
use model::{FunctionVersion, LayerStack, Qualifier};
use wire::lambda::{
    self, DeadLetterConfig, EnvironmentResponse, EphemeralStorage, FunctionConfiguration,
    LastUpdateStatusReasonCode, Layer, LoggingConfig, RuntimeVersionConfig, SnapStartResponse,
    StateReasonCode, TracingConfigResponse,
};

use super::level;
use crate::images;

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
        code_sha256: Some(code.shown_sha256()),
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
        package_type: Some(package_type(&config.program)),
        image_config_response: match &config.program {
            Program::Image(image) => images::shown(image),
            Program::Runtime { .. } => None,
        },
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
    let failure = version.failure.as_ref();
    let reason = failure.map(|failure| failure.reason.clone());
    let notice = runtime.and_then(|runtime| runtime.notice.clone());
    FunctionConfiguration {
        state: Some(state(version.state)),
        state_reason: match version.state {
            State::Pending => Some(BEING_CREATED.to_owned()),
            State::Failed => reason.clone(),
            State::Active => notice,
        },
        state_reason_code: match version.state {
            State::Pending => Some(StateReasonCode::Creating),
            State::Failed => failure.map(|failure| state_code(failure.code)),
            State::Active => None,
        },
        last_update_status: version.last_update.map(last_update),
        last_update_status_reason: match version.last_update {
            Some(LastUpdate::InProgress) => Some(BEING_CREATED.to_owned()),
            Some(LastUpdate::Failed) => reason,
            Some(LastUpdate::Successful) | None => None,
        },
        last_update_status_reason_code: match version.last_update {
            Some(LastUpdate::Failed) => failure.map(|failure| update_code(failure.code)),
            Some(LastUpdate::InProgress | LastUpdate::Successful) | None => None,
        },
        runtime_version_config: runtime.map(|runtime| RuntimeVersionConfig {
            runtime_version_arn: Some(runtime.version_arn(&version.arn.region)),
            error: None,
        }),
        ..listed(version, qualifier)
    }
}

fn package_type(program: &Program) -> lambda::PackageType {
    match program {
        Program::Runtime { .. } => lambda::PackageType::Zip,
        Program::Image(_) => lambda::PackageType::Image,
    }
}

fn state_code(code: FailureCode) -> StateReasonCode {
    match code {
        FailureCode::ImageAccessDenied => StateReasonCode::ImageAccessDenied,
        FailureCode::ImageDeleted => StateReasonCode::ImageDeleted,
        FailureCode::InvalidImage => StateReasonCode::InvalidImage,
        FailureCode::InternalError => StateReasonCode::InternalError,
    }
}

fn update_code(code: FailureCode) -> LastUpdateStatusReasonCode {
    match code {
        FailureCode::ImageAccessDenied => LastUpdateStatusReasonCode::ImageAccessDenied,
        FailureCode::ImageDeleted => LastUpdateStatusReasonCode::ImageDeleted,
        FailureCode::InvalidImage => LastUpdateStatusReasonCode::InvalidImage,
        FailureCode::InternalError => LastUpdateStatusReasonCode::InternalError,
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
