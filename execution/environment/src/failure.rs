//! Why a runtime could not go on, and the error documents that the platform makes of it.

use std::time::Duration;

use bytes::Bytes;
use model::{ErrorType, RequestId};
use sandbox::Exit;

/// The end of a runtime process, or of the environment's patience with it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Failure {
    /// The runtime process ended, by its own doing or by a signal.
    Exited(Exit),
    /// The kernel killed it for going over its memory limit.
    OutOfMemory(Exit),
    /// Init or invocation went over its time.
    TimedOut,
    /// The runtime reported that it cannot initialise.
    Init { error: ErrorType, payload: Bytes },
    /// There was nothing to execute; the text says what was tried, as AWS words it.
    InvalidEntrypoint(String),
    /// An image's process cannot start where it should.
    InvalidWorkingDir(String),
    /// An image says nothing of what to run.
    InvalidTaskConfig(String),
    /// An extension is to blame; the text is AWS's.
    Extension(ExtensionFault, String),
}

/// What an extension did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExtensionFault {
    /// Its process ended.
    Crash,
    /// It reported that it cannot initialise, and ended.
    Init,
    /// It reported that it cannot go on, and ended.
    Exit,
    /// It could not be started.
    Launch,
}

/// How an invocation or an init ended, as REPORT lines and telemetry show it. What a handler raised is a success:
/// the runtime did its duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    Success,
    Error(ErrorType),
    Timeout,
}

#[derive(serde::Serialize)]
struct ErrorDocument<'a> {
    #[serde(rename = "errorType")]
    error: &'a str,
    #[serde(rename = "errorMessage")]
    message: &'a str,
}

impl Failure {
    pub(crate) fn error(&self) -> ErrorType {
        match self {
            Failure::Exited(_) => ErrorType::platform("Runtime.ExitError"),
            Failure::OutOfMemory(_) => ErrorType::platform("Runtime.OutOfMemory"),
            Failure::TimedOut => ErrorType::platform("Sandbox.Timedout"),
            Failure::Init { error, .. } => error.clone(),
            Failure::InvalidEntrypoint(_) => ErrorType::platform("Runtime.InvalidEntrypoint"),
            Failure::InvalidWorkingDir(_) => ErrorType::platform("Runtime.InvalidWorkingDir"),
            Failure::InvalidTaskConfig(_) => ErrorType::platform("Runtime.InvalidTaskConfig"),
            Failure::Extension(fault, _) => ErrorType::platform(match fault {
                ExtensionFault::Crash => "Extension.Crash",
                ExtensionFault::Init => "Extension.InitError",
                ExtensionFault::Exit => "Extension.ExitError",
                ExtensionFault::Launch => "Extension.LaunchError",
            }),
        }
    }

    pub(crate) fn status(&self) -> Status {
        match self {
            Failure::TimedOut => Status::Timeout,
            _ => Status::Error(self.error()),
        }
    }

    /// AWS's words for the end of an extension's process.
    pub(crate) fn process_end(exit: Exit) -> String {
        match exit {
            Exit::Code(0) => "exit code 0".to_owned(),
            Exit::Code(code) => format!("exit status {code}"),
            Exit::Signal(number) => format!("signal: {}", signal_name(number)),
        }
    }

    /// What the caller of the function gets. What a runtime said of its init passes unchanged.
    pub(crate) fn payload(&self, request: RequestId, timeout: Duration) -> Bytes {
        let text = match self {
            Failure::Init { payload, error } if payload.is_empty() => return unexplained(error),
            Failure::Init { payload, .. } => return payload.clone(),
            Failure::Exited(exit) | Failure::OutOfMemory(exit) => exit_text(*exit),
            Failure::TimedOut => format!("Task timed out after {}.00 seconds", timeout.as_secs()),
            Failure::InvalidEntrypoint(text)
            | Failure::InvalidWorkingDir(text)
            | Failure::InvalidTaskConfig(text)
            | Failure::Extension(_, text) => text.clone(),
        };
        document(self.error().as_str(), &format!("RequestId: {request} Error: {text}"))
    }
}

/// The runtime may post more than a caller may get; then this stands in its answer's place.
pub(crate) fn response_too_large(limit_bytes: usize) -> (ErrorType, Bytes) {
    let error = ErrorType::platform("Function.ResponseSizeTooLarge");
    let text = format!("Response payload size exceeded maximum allowed payload size ({limit_bytes} bytes).");
    let payload = document(error.as_str(), &text);
    (error, payload)
}

/// For a runtime that reported an error without a body.
pub(crate) fn unexplained(error: &ErrorType) -> Bytes {
    #[derive(serde::Serialize)]
    struct Unexplained<'a> {
        #[serde(rename = "errorMessage")]
        message: &'a str,
        #[serde(rename = "errorType")]
        error: &'a str,
    }
    json(&Unexplained { message: "Unknown application error occurred", error: error.as_str() })
}

fn document(error: &str, message: &str) -> Bytes {
    json(&ErrorDocument { error, message })
}

fn json(document: &impl serde::Serialize) -> Bytes {
    // Structs of strings always have a JSON form.
    serde_json::to_vec(document).unwrap_or_default().into()
}

fn exit_text(exit: Exit) -> String {
    match exit {
        Exit::Code(0) => "Runtime exited without providing a reason".to_owned(),
        Exit::Code(code) => format!("Runtime exited with error: exit status {code}"),
        Exit::Signal(number) => format!("Runtime exited with error: signal: {}", signal_name(number)),
    }
}

/// The words of Go's standard library, which AWS's texts come from.
fn signal_name(number: i32) -> String {
    const NAMES: [&str; 15] = [
        "hangup",
        "interrupt",
        "quit",
        "illegal instruction",
        "trace/breakpoint trap",
        "aborted",
        "bus error",
        "floating point exception",
        "killed",
        "user defined signal 1",
        "segmentation fault",
        "user defined signal 2",
        "broken pipe",
        "alarm clock",
        "terminated",
    ];
    let name = usize::try_from(number - 1).ok().and_then(|index| NAMES.get(index));
    name.map_or_else(|| format!("signal {number}"), |name| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "8f507cfc-0123-4697-b07a-ac58fc914c95";

    fn payload(failure: &Failure) -> String {
        let bytes = failure.payload(ID.parse().unwrap(), Duration::from_secs(3));
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    fn platform(error: &str, message: &str) -> String {
        format!(r#"{{"errorType":"{error}","errorMessage":"RequestId: {ID} Error: {message}"}}"#)
    }

    #[test]
    fn an_exit_says_how_the_runtime_ended() {
        let exit = |exit| payload(&Failure::Exited(exit));
        assert_eq!(
            exit(Exit::Code(0)),
            platform("Runtime.ExitError", "Runtime exited without providing a reason")
        );
        assert_eq!(
            exit(Exit::Code(127)),
            platform("Runtime.ExitError", "Runtime exited with error: exit status 127")
        );
        assert_eq!(
            exit(Exit::Signal(11)),
            platform("Runtime.ExitError", "Runtime exited with error: signal: segmentation fault")
        );
        assert_eq!(
            exit(Exit::Signal(34)),
            platform("Runtime.ExitError", "Runtime exited with error: signal: signal 34")
        );
    }

    #[test]
    fn a_timeout_names_the_configured_limit() {
        assert_eq!(
            payload(&Failure::TimedOut),
            platform("Sandbox.Timedout", "Task timed out after 3.00 seconds")
        );
        assert_eq!(Failure::TimedOut.status(), Status::Timeout);
    }

    #[test]
    fn out_of_memory_has_its_own_type_and_the_text_of_a_kill() {
        assert_eq!(
            payload(&Failure::OutOfMemory(Exit::Signal(9))),
            platform("Runtime.OutOfMemory", "Runtime exited with error: signal: killed")
        );
    }

    #[test]
    fn what_a_runtime_says_of_its_init_passes_unchanged() {
        let error = ErrorType::reported("Runtime.ImportModuleError");
        let failure = Failure::Init { error: error.clone(), payload: Bytes::from_static(b"{\"a\": 1}") };
        assert_eq!(payload(&failure), "{\"a\": 1}");
        assert_eq!(
            payload(&Failure::Init { error, payload: Bytes::new() }),
            r#"{"errorMessage":"Unknown application error occurred","errorType":"Runtime.ImportModuleError"}"#
        );
    }

    #[test]
    fn a_response_over_the_limit_is_replaced() {
        assert_eq!(
            response_too_large(model::limits::RESPONSE_MAX_BYTES).1,
            r#"{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}"#
        );
    }
}
