//! Changes of a function's configuration: only what is given changes.

use std::collections::BTreeMap;

use model::function::{
    Architecture, LogFormat, LogLevel, LoggingConfig, Program, SnapStart, SystemLogLevel, TracingMode,
};
use model::runtime::Language;
use model::{FunctionConfig, FunctionName, ImageConfig, Runtime, limits};

use crate::layers::StackedLayers;

/// What a request says about a member that may be absent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Setting<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T> Setting<T> {
    pub(crate) fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        match self {
            Setting::Keep => Setting::Keep,
            Setting::Clear => Setting::Clear,
            Setting::Set(value) => Setting::Set(change(value)),
        }
    }

    pub(crate) fn apply(self, target: &mut Option<T>) {
        match self {
            Setting::Keep => {}
            Setting::Clear => *target = None,
            Setting::Set(value) => *target = Some(value),
        }
    }
}

/// None and `Keep` leave a member as it is.
#[derive(Debug, Clone, Default)]
pub struct ConfigPatch {
    pub description: Option<String>,
    pub role: Option<String>,
    pub runtime: Option<Runtime>,
    pub handler: Option<String>,
    /// Replaces the settings of an image's process as a whole.
    pub image: Option<ImageConfig>,
    pub timeout_s: Option<u32>,
    pub memory_mib: Option<u32>,
    pub ephemeral_storage_mib: Option<u32>,
    pub environment: Option<BTreeMap<String, String>>,
    pub tracing: Option<TracingMode>,
    pub dead_letter_target: Setting<String>,
    pub logging: Option<LoggingPatch>,
    pub snap_start: Option<SnapStart>,
    pub layers: Setting<StackedLayers>,
}

#[derive(Debug, Clone, Default)]
pub struct LoggingPatch {
    /// Some(true) for JSON, Some(false) for text.
    pub json: Option<bool>,
    pub application: Option<LogLevel>,
    pub system: Option<SystemLogLevel>,
    pub group: Option<String>,
}

/// Members that do not go together once merged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidConfig {
    #[error("log levels need the JSON format")]
    LogLevelWithText,
    #[error("{0} has no SnapStart")]
    SnapStartUnsupported(Runtime),
    #[error("an image has neither runtime nor handler")]
    RuntimeOfImage,
    #[error("a package has no settings of an image")]
    ImageOfPackage,
}

/// AWS's defaults (its API reference, CreateFunction).
pub(crate) fn defaults(name: &FunctionName, role: String, program: Program) -> FunctionConfig {
    FunctionConfig {
        description: String::new(),
        role,
        program,
        timeout_s: limits::TIMEOUT_DEFAULT_S,
        memory_mib: limits::MEMORY_DEFAULT_MIB,
        ephemeral_storage_mib: limits::EPHEMERAL_STORAGE_DEFAULT_MIB,
        environment: None,
        architecture: Architecture::X86_64,
        tracing: TracingMode::PassThrough,
        dead_letter_target: None,
        logging: LoggingConfig { format: LogFormat::Text, group: format!("/aws/lambda/{name}") },
        snap_start: SnapStart::None,
        layers: None,
    }
}

impl ConfigPatch {
    pub(crate) fn apply(self, mut config: FunctionConfig) -> Result<FunctionConfig, InvalidConfig> {
        set(&mut config.description, self.description);
        set(&mut config.role, self.role);
        run(&mut config.program, self.runtime, self.handler, self.image)?;
        set(&mut config.timeout_s, self.timeout_s);
        set(&mut config.memory_mib, self.memory_mib);
        set(&mut config.ephemeral_storage_mib, self.ephemeral_storage_mib);
        set(&mut config.tracing, self.tracing);
        set(&mut config.snap_start, self.snap_start);
        config.environment = self.environment.or(config.environment);
        self.dead_letter_target.apply(&mut config.dead_letter_target);
        self.layers.map(StackedLayers::into_stack).apply(&mut config.layers);
        if let Some(logging) = self.logging {
            config.logging = logging.apply(config.logging)?;
        }
        check_snap_start(&config)?;
        Ok(config)
    }
}

fn run(
    program: &mut Program,
    given_runtime: Option<Runtime>,
    given_handler: Option<String>,
    given_image: Option<ImageConfig>,
) -> Result<(), InvalidConfig> {
    match program {
        Program::Runtime { .. } if given_image.as_ref().is_some_and(|given| !given.is_empty()) => {
            return Err(InvalidConfig::ImageOfPackage);
        }
        Program::Runtime { runtime, handler } => {
            set(runtime, given_runtime);
            set(handler, given_handler);
        }
        Program::Image(_) if given_runtime.is_some() || given_handler.is_some() => {
            return Err(InvalidConfig::RuntimeOfImage);
        }
        Program::Image(config) => set(config, given_image),
    }
    Ok(())
}

fn set<T>(target: &mut T, given: Option<T>) {
    if let Some(value) = given {
        *target = value;
    }
}

impl LoggingPatch {
    /// Going back to text drops both levels.
    fn apply(self, current: LoggingConfig) -> Result<LoggingConfig, InvalidConfig> {
        let json = self.json.unwrap_or(matches!(current.format, LogFormat::Json { .. }));
        let group = self.group.unwrap_or(current.group);
        if json {
            return Ok(LoggingConfig {
                format: json_format(current.format, self.application, self.system),
                group,
            });
        }
        if self.application.is_some() || self.system.is_some() {
            return Err(InvalidConfig::LogLevelWithText);
        }
        Ok(LoggingConfig { format: LogFormat::Text, group })
    }
}

fn json_format(
    current: LogFormat,
    given_application: Option<LogLevel>,
    given_system: Option<SystemLogLevel>,
) -> LogFormat {
    let (application, system) = match current {
        LogFormat::Json { application, system } => (application, system),
        LogFormat::Text => (LogLevel::Info, SystemLogLevel::Info),
    };
    LogFormat::Json {
        application: given_application.unwrap_or(application),
        system: given_system.unwrap_or(system),
    }
}

fn check_snap_start(config: &FunctionConfig) -> Result<(), InvalidConfig> {
    match config.runtime() {
        Some(runtime) if config.snap_start != SnapStart::None && !has_snap_start(runtime) => {
            Err(InvalidConfig::SnapStartUnsupported(runtime))
        }
        _ => Ok(()),
    }
}

/// Java from 11, Python from 3.12, .NET from 8 (AWS's SnapStart page).
fn has_snap_start(runtime: Runtime) -> bool {
    let version =
        |part: usize| runtime.version().split('.').nth(part).and_then(|text| text.parse::<u32>().ok());
    match runtime.language() {
        Language::Java => version(0) >= Some(11),
        Language::Python => version(0) == Some(3) && version(1) >= Some(12),
        Language::Dotnet => version(0) >= Some(8) && version(1).is_none(),
        Language::Go | Language::Node | Language::Ruby | Language::Custom => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(runtime: &str) -> FunctionConfig {
        let runtime = runtime.parse().unwrap();
        let program = Program::Runtime { runtime, handler: "a.b".to_owned() };
        defaults(&"f".parse().unwrap(), "role".to_owned(), program)
    }

    fn logging(patch: LoggingPatch, config: FunctionConfig) -> Result<FunctionConfig, InvalidConfig> {
        ConfigPatch { logging: Some(patch), ..ConfigPatch::default() }.apply(config)
    }

    #[test]
    fn an_empty_patch_changes_nothing() {
        let config = config("python3.12");
        assert_eq!(ConfigPatch::default().apply(config.clone()), Ok(config));
    }

    #[test]
    fn json_logging_has_levels_and_text_has_none() {
        let json =
            LoggingPatch { json: Some(true), system: Some(SystemLogLevel::Warn), ..LoggingPatch::default() };
        let config = logging(json, config("python3.12")).unwrap();
        let expected = LogFormat::Json { application: LogLevel::Info, system: SystemLogLevel::Warn };
        assert_eq!(config.logging.format, expected);
        let text = LoggingPatch { json: Some(false), ..LoggingPatch::default() };
        let config = logging(text, config).unwrap();
        assert_eq!(config.logging.format, LogFormat::Text);
        let level = LoggingPatch { application: Some(LogLevel::Debug), ..LoggingPatch::default() };
        assert_eq!(logging(level, config), Err(InvalidConfig::LogLevelWithText));
    }

    #[test]
    fn snap_start_needs_a_runtime_that_has_it() {
        let with = |runtime: &str| {
            let patch =
                ConfigPatch { snap_start: Some(SnapStart::PublishedVersions), ..ConfigPatch::default() };
            patch.apply(config(runtime)).is_ok()
        };
        assert!(with("java21") && with("java17.al2023") && with("python3.13") && with("dotnet8"));
        assert!(!with("java8.al2") && !with("python3.11") && !with("dotnet6") && !with("nodejs22.x"));
    }
}
