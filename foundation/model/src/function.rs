//! What a function is configured to be, and one version of it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::arn::FunctionArn;
use crate::clock::Timestamp;
use crate::code::{CodeSha256, TreeId};
use crate::id::RevisionId;
use crate::image::{Image, ImageConfig};
use crate::layer::LayerStack;
use crate::limits;
use crate::qualifier::VersionRef;
use crate::runtime::Runtime;

/// One version of a function: for a published one this never changes.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FunctionVersion {
    /// Unqualified.
    pub arn: FunctionArn,
    pub version: VersionRef,
    pub config: FunctionConfig,
    pub code: Code,
    pub last_modified: Timestamp,
    pub revision: RevisionId,
    pub state: State,
    /// None until the first creation has ended.
    pub last_update: Option<LastUpdate>,
    /// Why the creation or the last update failed, if it did.
    #[serde(default)]
    pub failure: Option<Failure>,
}

impl FunctionVersion {
    /// Code and layers together.
    pub fn unzipped_bytes(&self) -> u64 {
        self.code.unzipped_bytes + self.config.layers.as_ref().map_or(0, LayerStack::unzipped_bytes)
    }
}

/// The package that a version runs.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Code {
    pub sha256: CodeSha256,
    /// As uploaded.
    pub size_bytes: u64,
    pub unzipped_bytes: u64,
    /// Mounted at `/var/task`, or as the root of an image's sandboxes.
    pub tree: TreeId,
    /// None for a package.
    #[serde(default)]
    pub image: Option<Image>,
    /// Its JavaScript takes the AWS SDK that the runtime brings.
    #[serde(default)]
    pub takes_sdk: bool,
}

impl Code {
    /// As the API shows it.
    pub fn shown_sha256(&self) -> String {
        if self.image.is_some() { self.sha256.to_string() } else { self.sha256.to_base64() }
    }
}

/// What runs a function's handler.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Program {
    /// One of Lambda's runtimes, with the function's package.
    Runtime { runtime: Runtime, handler: String },
    /// The function's image, with what the function sets in place of the image's own settings.
    Image(ImageConfig),
}

/// Everything a caller may set, as CreateFunction takes it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FunctionConfig {
    pub description: String,
    /// The execution role's ARN.
    pub role: String,
    pub program: Program,
    pub timeout_s: u32,
    pub memory_mib: u32,
    pub ephemeral_storage_mib: u32,
    /// None when it was never given; AWS tells that apart from an empty map.
    pub environment: Option<BTreeMap<String, String>>,
    pub architecture: Architecture,
    pub tracing: TracingMode,
    /// An SQS queue's or SNS topic's ARN.
    pub dead_letter_target: Option<String>,
    pub logging: LoggingConfig,
    pub snap_start: SnapStart,
    /// None without layers.
    #[serde(default)]
    pub layers: Option<LayerStack>,
}

impl FunctionConfig {
    /// None for an image.
    pub fn runtime(&self) -> Option<Runtime> {
        match self.program {
            Program::Runtime { runtime, .. } => Some(runtime),
            Program::Image(_) => None,
        }
    }

    /// None for an image.
    pub fn handler(&self) -> Option<&str> {
        match &self.program {
            Program::Runtime { handler, .. } => Some(handler),
            Program::Image(_) => None,
        }
    }

    pub fn timeout(&self) -> Duration {
        Duration::from_secs(u64::from(self.timeout_s))
    }

    /// How many processors a function of this size sees, observed on AWS.
    pub fn processors(&self) -> usize {
        processors(self.memory_mib)
    }

    /// Thousandths of a core that this much memory buys.
    pub fn cpu_millis(&self) -> u32 {
        self.memory_mib * 1000 / limits::MEMORY_PER_VCPU_MIB
    }
}

fn processors(memory_mib: u32) -> usize {
    match memory_mib {
        ..=3008 => 2,
        3009..=5307 => 3,
        5308..=7076 => 4,
        7077..=8845 => 5,
        _ => 6,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Architecture {
    X86_64,
    Arm64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum TracingMode {
    Active,
    PassThrough,
}

#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct LoggingConfig {
    pub format: LogFormat,
    pub group: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum LogFormat {
    Text,
    /// Levels below these are dropped.
    Json {
        application: LogLevel,
        system: SystemLogLevel,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum LogLevel {
    Trace,
    Debug,
    Info,
    Warn,
    Error,
    Fatal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum SystemLogLevel {
    Debug,
    Info,
    Warn,
}

/// Stored and shown; a version with it starts as any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum SnapStart {
    None,
    PublishedVersions,
}

/// Why a creation or an update failed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Failure {
    pub code: FailureCode,
    /// For people.
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum FailureCode {
    ImageAccessDenied,
    ImageDeleted,
    InvalidImage,
    InternalError,
}

/// Whether a version can be invoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum State {
    /// Being created.
    Pending,
    Active,
    /// Creation failed; delete and create again.
    Failed,
}

/// How the last change of code or configuration went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum LastUpdate {
    InProgress,
    Successful,
    Failed,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_follow_memory() {
        let seen = [128, 3008, 3009, 5307, 5308, 7076, 7077, 8845, 8846, 10_240].map(processors);
        assert_eq!(seen, [2, 2, 3, 3, 4, 4, 5, 5, 6, 6]);
    }
}
