//! The processes of external extensions.

use sandbox::{Command, Exit, Output, Process, Sandbox, SandboxError, Signal, SpawnError};
use tokio::task::JoinSet;

use crate::env_vars;
use crate::environment::Launch;
use crate::phase::ExtensionId;
use crate::start::why;

/// Every file in it is an extension.
const FOLDER: &str = "/opt/extensions";

/// Where extensions find themselves.
const WORKING_FOLDER: &str = "/";

/// An extension that did not start.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The word that the log shows, and AWS's text for the caller.
    Launch {
        word: &'static str,
        text: String,
    },
    Sandbox(SandboxError),
}

/// Those that live.
#[derive(Debug, Default)]
pub(crate) struct Externals {
    processes: Vec<(ExtensionId, Process)>,
    ends: JoinSet<(ExtensionId, Exit)>,
}

impl Externals {
    /// The names of the extensions that the layers hold, in the order in which they start.
    pub(crate) async fn of(sandbox: &Sandbox) -> Result<Vec<String>, SandboxError> {
        sandbox.list(FOLDER).await
    }

    pub(crate) async fn start(
        &mut self,
        id: ExtensionId,
        name: &str,
        sandbox: &Sandbox,
        launch: &Launch,
    ) -> Result<Output, Refused> {
        let path = format!("{FOLDER}/{name}");
        let env = env_vars::of_extension(launch);
        let command = Command { argv: vec![path.clone()], env, cwd: WORKING_FOLDER.to_owned() };
        let (process, output) = sandbox.spawn(command).await.map_err(|error| refused(&path, error))?;
        let end = process.end();
        self.ends.spawn(async move { (id, end.await) });
        self.processes.push((id, process));
        Ok(output)
    }

    /// The next that ends; never resolves when there is none. Cancel-safe.
    pub(crate) async fn ended(&mut self) -> (ExtensionId, Exit) {
        match self.ends.join_next().await {
            Some(Ok((id, exit))) => {
                self.processes.retain(|(other, _)| *other != id);
                (id, exit)
            }
            // The tasks do not panic, and are aborted only when all are forgotten.
            Some(Err(_)) | None => std::future::pending().await,
        }
    }

    pub(crate) async fn kill(&self, ids: &[ExtensionId]) -> Result<(), SandboxError> {
        for (id, process) in &self.processes {
            if ids.contains(id) {
                process.signal(Signal::Kill).await?;
            }
        }
        Ok(())
    }

    /// They have been killed.
    pub(crate) fn forget(&mut self) {
        *self = Externals::default();
    }
}

fn refused(path: &str, error: SpawnError) -> Refused {
    let word = match error {
        SpawnError::Sandbox(error) => return Refused::Sandbox(error),
        SpawnError::PermissionDenied => "PermissionDenied",
        _ => "UnknownError",
    };
    Refused::Launch { word, text: format!("fork/exec {path}: {}", why(&error)) }
}
