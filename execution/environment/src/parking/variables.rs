//! A runtime process before it has a function, and what it is told when it gets one.

use model::runtime::Language;
use sandbox::Command;

use super::kind::ParkedKind;
use crate::env_vars::{self, Variables};
use crate::environment::Launch;
use crate::runtimes::RuntimeEntry;

/// No function is there whose folder it could be; the runtime goes to that one's.
const WORKING_FOLDER: &str = "/";

/// Java notes at its start in which folder it is, for good. This one is empty, and hidden once the function's code is
/// there.
const JAVA_WORKING_FOLDER: &str = "/var/task";

/// Tells Mayfly's Node.js client, which takes it away, to load the SDK while it waits.
const WITH_SDK: &str = "_MAYFLY_SDK";

/// Starts a runtime that waits for its function. Its variables are only those that every function of the runtime has
/// too: `/proc/self/environ` shows them for ever.
pub(crate) fn command(runtime: &RuntimeEntry, heap_mib: Option<u32>) -> Option<Command> {
    let argv = runtime.interpreter_command(heap_mib.unwrap_or_default())?;
    let env = env_vars::of_every_function(runtime).into_iter().collect();
    let is_java = runtime.runtime.language() == Language::Java;
    let folder = if is_java { JAVA_WORKING_FOLDER } else { WORKING_FOLDER };
    Some(Command { argv, env, cwd: folder.to_owned() })
}

/// As [`command`], for what is parked.
pub(super) fn command_of(runtime: &RuntimeEntry, kind: ParkedKind) -> Option<Command> {
    let mut command = command(runtime, kind.heap_mib)?;
    if kind.has_sdk {
        command.env.push((WITH_SDK.to_owned(), "1".to_owned()));
    }
    Some(command)
}

/// The function's variables that its runtime does not have yet, as a JSON object.
pub(crate) fn settings(launch: &Launch) -> Vec<u8> {
    let known =
        launch.runtime.as_ref().map(|runtime| env_vars::of_every_function(runtime)).unwrap_or_default();
    let mut variables = Variables::from_iter(env_vars::of(launch));
    variables.retain(|name, value| known.get(name) != Some(value));
    // A map of strings always has a JSON form.
    serde_json::to_vec(&variables).unwrap_or_default()
}
