//! Why a request is refused, and how AWS words it: the only file that knows the service's error codes.

mod layer;

use artifact::UnpackError;
use artifact::image::{InvalidReference, PullError};
use catalog::{CatalogError, InvalidConfig, PackageError};
use environment::runtimes::MissingRuntime;
use invoke::{InvokeError, Throttled};
use model::function::State;
use model::{AccessDenied, FunctionArn, Region, RequestId, limits};
use wire::Error;
use wire::lambda::ErrorCode;

use crate::absent::Absent;
use crate::convert::InvalidMember;
use crate::images::ImageError;
use crate::s3::S3Error;

pub(crate) use layer::LayerRefusal;

#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Wire(#[from] Error),
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Invoke(#[from] InvokeError),
    #[error(transparent)]
    S3(#[from] S3Error),
    #[error(transparent)]
    Layer(#[from] LayerRefusal),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error("an image has neither runtime nor handler nor layers")]
    RuntimeOfImage,
    #[error(transparent)]
    Absent(#[from] Absent),
    #[error(transparent)]
    Member(#[from] InvalidMember),
    #[error(transparent)]
    Runtime(#[from] MissingRuntime),
    #[error("there is no function {arn}")]
    FunctionNotFound { arn: FunctionArn },
    #[error("there is no alias {arn}")]
    AliasNotFound { arn: FunctionArn },
    #[error("the name is longer than any function's: {0}")]
    ImpossibleName(String),
    #[error("the name and the qualifier beside it disagree")]
    QualifiersDiffer,
    #[error("the name in {0} is longer than a function's may be")]
    LongName(String),
    #[error("only $LATEST can be changed")]
    NotLatest,
    #[error("the function is in {named}, this is {here}")]
    OtherRegion { named: Region, here: Region },
    #[error("the function belongs to another account")]
    OtherAccount,
    #[error("an alias cannot be deleted as a version")]
    DeletesAlias,
    #[error("$LATEST cannot be deleted alone")]
    DeletesLatest,
    #[error("versions and aliases have no tags")]
    QualifiedTags,
    #[error("there is no {kind} {arn}")]
    UnknownResource { kind: &'static str, arn: String },
    #[error("the client context is not base64")]
    ClientContext,
    #[error("there are no tags in the request")]
    NoTags,
    #[error("a tag has a key that is AWS's own")]
    ReservedTag,
    #[error("the client context is longer than {} bytes", limits::CLIENT_CONTEXT_MAX_BYTES)]
    LongClientContext,
    #[error("the marker was not given by a list: {0}")]
    Marker(String),
    #[error("the package is larger than {} bytes", limits::ZIPPED_CODE_MAX_BYTES)]
    ZipTooLarge,
}

impl Refusal {
    /// AWS's error. What went wrong on our side is logged here, since callers learn only that it did.
    pub(crate) fn into_error(self, request_id: RequestId) -> Error {
        let error = self.error();
        if error.status().is_server_error() {
            tracing::error!(%request_id, refusal = %self, "a request failed");
        }
        error
    }

    fn error(&self) -> Error {
        match self {
            Refusal::Wire(error) => error.clone(),
            Refusal::Denied(denied) => ErrorCode::AccessDenied.with(denied.to_string()),
            Refusal::Catalog(error) => catalog(error),
            Refusal::Package(error) => package(error),
            Refusal::Invoke(error) => invocation(error),
            Refusal::S3(error) => invalid(s3(error)),
            Refusal::Layer(refusal) => layer::layer(refusal),
            Refusal::Image(error) => image(error),
            Refusal::RuntimeOfImage => runtime_of_image(),
            Refusal::Absent(absent) => self::absent(absent),
            Refusal::Member(member) => self::member(member),
            Refusal::Runtime(missing) => invalid(missing.to_string()),
            Refusal::FunctionNotFound { arn } => not_found(format!("Function not found: {arn}")),
            Refusal::AliasNotFound { arn } => not_found(format!("Cannot find alias arn: {arn}")),
            Refusal::ImpossibleName(name) => not_found(format!("Function not found: {name}")),
            Refusal::QualifiersDiffer => invalid(
                "The derived qualifier from the function name does not match the specified qualifier.",
            ),
            Refusal::LongName(name) => invalid(format!(
                "1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to {}",
                limits::FUNCTION_NAME_MAX_BYTES
            )),
            Refusal::NotLatest => invalid(
                "Current operation does not support versions other than $LATEST. Please set the version to $LATEST or do not set a version in your request.",
            ),
            Refusal::OtherRegion { named, here } => {
                not_found(format!("Functions from '{named}' are not reachable in this region ('{here}')"))
            }
            Refusal::OtherAccount => Error::without_message(ErrorCode::AccessDenied.kind()),
            Refusal::DeletesAlias => invalid("Deletion of aliases is not currently supported."),
            Refusal::DeletesLatest => {
                invalid("$LATEST version cannot be deleted without deleting the function.")
            }
            Refusal::QualifiedTags => invalid(
                "Tags on function aliases and versions are not supported. Please specify a function ARN.",
            ),
            Refusal::UnknownResource { kind, arn } => not_found(format!("{kind} not found: {arn}")),
            Refusal::ClientContext => client_context(),
            Refusal::ReservedTag => invalid("aws: prefixed tag key names are not allowed for external use."),
            Refusal::LongClientContext => ErrorCode::InvalidRequestContent.with(format!(
                "Client context must not be longer than {} bytes.",
                limits::CLIENT_CONTEXT_MAX_BYTES
            )),
            Refusal::NoTags => invalid("An error occurred and the request cannot be processed."),
            Refusal::Marker(_) => invalid("The Marker is invalid."),
            Refusal::ZipTooLarge => ErrorCode::RequestEntityTooLarge
                .with(format!("Zipped size must be smaller than {} bytes", limits::ZIPPED_CODE_MAX_BYTES)),
        }
    }
}

fn invalid(text: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    ErrorCode::InvalidParameterValue.with(text)
}

fn not_found(text: String) -> Error {
    ErrorCode::ResourceNotFound.with(text)
}

fn conflict(text: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    ErrorCode::ResourceConflict.with(text)
}

/// Callers learn no more of our own failures.
fn failed() -> Error {
    ErrorCode::Service.with("An error occurred and the request cannot be processed.")
}

fn catalog(error: &CatalogError) -> Error {
    match error {
        CatalogError::FunctionExists { name } => conflict(format!("Function already exist: {name}")),
        CatalogError::FunctionNotFound { arn } => not_found(format!("Function not found: {arn}")),
        CatalogError::FunctionPending { .. } => in_state(State::Pending),
        CatalogError::UpdateInProgress { arn } => conflict(format!(
            "The operation cannot be performed at this time. An update is in progress for resource: {arn}"
        )),
        CatalogError::RevisionMismatch => ErrorCode::PreconditionFailed.with(
            "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id",
        ),
        CatalogError::CodeMismatch { given, current } => invalid(format!(
            "CodeSHA256 ({given}) is different from current CodeSHA256 in $LATEST ({current}). Please try again with the CodeSHA256 in $LATEST."
        )),
        CatalogError::VersionInUse { aliases } => {
            let aliases = aliases.iter().map(model::AliasName::as_str).collect::<Vec<_>>().join(", ");
            conflict(format!("Unable to delete version because the following aliases reference it: [{aliases}]"))
        }
        CatalogError::AliasExists { arn } => conflict(format!("Alias already exists: {arn}")),
        CatalogError::AliasNotFound { arn } => not_found(format!("Alias not found: {arn}")),
        CatalogError::LatestWithRouting => {
            invalid("$LATEST is not supported for an alias pointing to more than 1 version")
        }
        CatalogError::RoutesTwice { version } => invalid(format!(
            "Invalid function version {version}. Function version {version} is already included in routing configuration."
        )),
        CatalogError::RoutesDiffer => invalid(
            "The versions of an alias must have the same execution role and the same dead-letter queue configuration.",
        ),
        CatalogError::Config(error) => config(error),
        CatalogError::TooManyTags { .. } => invalid("Number of tags exceeds resource tag limit."),
        CatalogError::CodeStorageExceeded(_) => {
            ErrorCode::CodeStorageExceeded.with("Code storage limit exceeded.")
        }
        CatalogError::CodeWithLayersTooLarge { actual, limit } => invalid(format!(
            "Function code combined with layers exceeds the maximum allowed size of {limit} bytes. The actual size is {actual} bytes."
        )),
        CatalogError::Storage(_) | CatalogError::Closed => failed(),
    }
}

fn config(error: &InvalidConfig) -> Error {
    match error {
        InvalidConfig::LogLevelWithText => invalid(
            "LogLevel is not supported when LogFormat is set to \"Text\". Remove LogLevel from your request or change the LogFormat to \"JSON\" and try again.",
        ),
        InvalidConfig::SnapStartUnsupported(runtime) => {
            invalid(format!("{runtime} is not supported for SnapStart enabled functions."))
        }
        InvalidConfig::RuntimeOfImage => runtime_of_image(),
        InvalidConfig::ImageOfPackage => {
            invalid("Please don't provide ImageConfig when the intended function PackageType is Zip.")
        }
    }
}

fn in_state(state: State) -> Error {
    conflict(format!(
        "The operation cannot be performed at this time. The function is currently in the following state: {state:?}"
    ))
}

fn package(error: &PackageError) -> Error {
    match error {
        PackageError::Unpack(error) => unpacking(error),
        PackageError::Io(_) | PackageError::Closed => failed(),
    }
}

fn unpacking(error: &UnpackError) -> Error {
    match error {
        UnpackError::Empty => invalid("Uploaded file must be a non-empty zip"),
        UnpackError::Unreadable(_) | UnpackError::Entry(_) | UnpackError::TooManyEntries { .. } => {
            invalid("Could not unzip uploaded file. Please check your file, then try to upload again.")
        }
        UnpackError::TooLarge { limit } => {
            invalid(format!("Unzipped size must be smaller than {limit} bytes"))
        }
        UnpackError::Io(_) => failed(),
    }
}

fn runtime_of_image() -> Error {
    invalid(
        "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image.",
    )
}

fn image(error: &ImageError) -> Error {
    let (uri, error) = match error {
        ImageError::Name(InvalidReference(uri)) => {
            return invalid(format!("Source image {uri} is not valid. Provide a valid source image."));
        }
        ImageError::Pull { uri, error } => (uri, error),
    };
    match error {
        PullError::Denied => ErrorCode::AccessDenied
            .with("Lambda does not have permission to access the ECR image. Check the ECR permissions."),
        PullError::NotFound => {
            invalid(format!("Source image {uri} does not exist. Provide a valid source image."))
        }
        PullError::Unsupported(_) => invalid(format!(
            "The image manifest, config or layer media type for the source image {uri} is not supported."
        )),
        PullError::Invalid(_) | PullError::Damaged(_) | PullError::Layer(_) | PullError::Protocol(_) => {
            invalid(format!("Source image {uri} is not valid. Provide a valid source image. ({error})"))
        }
        PullError::Unreachable(_) | PullError::TimedOut => {
            invalid(format!("Source image {uri} could not be pulled: {error}."))
        }
        PullError::Io(_) => failed(),
    }
}

fn s3(error: &S3Error) -> String {
    match error {
        S3Error::Refused { code, message } => {
            format!("Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {message}")
        }
        S3Error::NotConfigured | S3Error::Address(_) | S3Error::Client(_) => {
            format!("Error occurred while GetObject. {error}.")
        }
    }
}

fn absent(absent: &Absent) -> Error {
    match absent {
        Absent::Feature(_) | Absent::Subnet(_) | Absent::SecurityGroup(_) => invalid(absent.to_string()),
        Absent::CodeSigningConfig(_) => ErrorCode::CodeSigningConfigNotFound.with(absent.to_string()),
    }
}

fn member(member: &InvalidMember) -> Error {
    match member {
        InvalidMember::Constraint(_) => ErrorCode::Validation.with(member.to_string()),
        InvalidMember::Value(_) => invalid(member.to_string()),
    }
}

fn client_context() -> Error {
    ErrorCode::InvalidRequestContent.with("Client context must be a valid Base64-encoded JSON object.")
}

fn invocation(error: &InvokeError) -> Error {
    match error {
        InvokeError::PayloadTooLarge { limit, .. } => ErrorCode::RequestEntityTooLarge
            .with(format!("Request must be smaller than {limit} bytes for the InvokeFunction operation")),
        InvokeError::NotFound { arn } => not_found(format!("Function not found: {arn}")),
        InvokeError::Payload(reason) => ErrorCode::InvalidRequestContent.with(format!(
            "Could not parse request body into json: Could not parse payload into json: {reason}"
        )),
        InvokeError::ClientContext => client_context(),
        InvokeError::NotActive { state } => in_state(*state),
        InvokeError::Throttled(Throttled::Concurrency | Throttled::Memory) => ErrorCode::TooManyRequests
            .with("Rate Exceeded.")
            .with_member("Reason", "ConcurrentInvocationLimitExceeded"),
        InvokeError::Unstartable(scheduler::LaunchError::Runtime(missing)) => {
            ErrorCode::InvalidRuntime.with(missing.to_string())
        }
        InvokeError::Unstartable(
            scheduler::LaunchError::Log(_)
            | scheduler::LaunchError::Environment(_)
            | scheduler::LaunchError::TimedOut,
        )
        | InvokeError::EnvironmentLost
        | InvokeError::ShuttingDown => failed(),
    }
}
