//! Starting the runtime process, and AWS's words for a start that fails.

use sandbox::{Command, Output, Process, Sandbox, SandboxError, SpawnError};

use crate::env_vars;
use crate::environment::Launch;
use crate::failure::Failure;
use crate::image_task;

/// Where a function's own bootstrap may stand; the first that is there is taken.
const BOOTSTRAPS: [&str; 2] = ["/var/task/bootstrap", "/opt/bootstrap"];

const WORKING_FOLDER: &str = "/var/task";

/// A managed runtime is started through this program of the function's, if it is set. Own bootstraps do it
/// themselves.
const WRAPPER: &str = "AWS_LAMBDA_EXEC_WRAPPER";

/// Why no runtime process came up.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The function's package is to blame.
    Failure(Failure),
    Sandbox(SandboxError),
}

pub(crate) async fn runtime(sandbox: &Sandbox, launch: &Launch) -> Result<(Process, Output), Refused> {
    if let Some(task) = image_task::task(launch) {
        return image_task::start(sandbox, launch, &task).await;
    }
    let env = env_vars::of(launch);
    let runtime = launch.runtime.as_ref();
    let command = runtime.and_then(|runtime| runtime.interpreter_command(launch.version.config.memory_mib));
    let Some(mut argv) = command else {
        return bootstrap(sandbox, env).await;
    };
    if let Some((_, wrapper)) = env.iter().find(|(name, value)| name == WRAPPER && !value.is_empty()) {
        argv.insert(0, wrapper.clone());
    }
    let program = argv[0].clone();
    let spawned = sandbox.spawn(Command { argv, env, cwd: WORKING_FOLDER.to_owned() }).await;
    spawned.map_err(|error| cannot_execute(&program, error))
}

async fn bootstrap(sandbox: &Sandbox, env: Vec<(String, String)>) -> Result<(Process, Output), Refused> {
    for path in BOOTSTRAPS {
        let command =
            Command { argv: vec![path.to_owned()], env: env.clone(), cwd: WORKING_FOLDER.to_owned() };
        match sandbox.spawn(command).await {
            Ok(started) => return Ok(started),
            // A script whose interpreter is missing is not found either.
            Err(SpawnError::NotFound) if is_there(sandbox, path).await => {
                return Err(cannot_execute(path, SpawnError::NotFound));
            }
            Err(SpawnError::NotFound | SpawnError::PermissionDenied) => {}
            Err(error) => return Err(cannot_execute(path, error)),
        }
    }
    let text = format!("Couldn't find valid bootstrap(s): [{}]", BOOTSTRAPS.join(" "));
    Err(Refused::Failure(Failure::InvalidEntrypoint(text)))
}

async fn is_there(sandbox: &Sandbox, path: &str) -> bool {
    let Some((folder, name)) = path.rsplit_once('/') else { return false };
    sandbox.list(folder).await.is_ok_and(|names| names.iter().any(|found| found == name))
}

fn cannot_execute(program: &str, error: SpawnError) -> Refused {
    match error {
        SpawnError::Sandbox(error) => Refused::Sandbox(error),
        error => {
            Refused::Failure(Failure::InvalidEntrypoint(format!("fork/exec {program}: {}", why(&error))))
        }
    }
}

pub(crate) fn why(error: &SpawnError) -> String {
    match error {
        SpawnError::NotFound => "no such file or directory".to_owned(),
        SpawnError::PermissionDenied => "permission denied".to_owned(),
        SpawnError::NotExecutable => "exec format error".to_owned(),
        SpawnError::TooLarge => "argument list too long".to_owned(),
        SpawnError::WorkingFolder(error) => why(error),
        SpawnError::Other(error) => error.to_string(),
        SpawnError::Sandbox(error) => error.to_string(),
    }
}
