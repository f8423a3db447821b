//! Starting a function that is an image: its own entry point, as its author and its settings have it.

use std::fmt::Write;

use model::function::Program;
use model::image::Task;
use sandbox::{Command, Output, Process, Sandbox, SpawnError};

use crate::env_vars;
use crate::environment::Launch;
use crate::failure::Failure;
use crate::start::{Refused, why};

/// Of an image that names none.
const WORKING_FOLDER: &str = "/";

/// What is to be run; none for a function that is no image.
pub(crate) fn task(launch: &Launch) -> Option<Task> {
    let image = launch.version.code.image.as_ref()?;
    let Program::Image(config) = &launch.version.config.program else { return None };
    let mut task = config.over(&image.settings);
    if task.working_directory.is_empty() {
        WORKING_FOLDER.clone_into(&mut task.working_directory);
    }
    Some(task)
}

pub(crate) async fn start(
    sandbox: &Sandbox,
    launch: &Launch,
    task: &Task,
) -> Result<(Process, Output), Refused> {
    let argv = task.argv();
    let Some(program) = argv.first().cloned() else {
        let text = "no entry point and no command are set".to_owned();
        return Err(Refused::Failure(Failure::InvalidTaskConfig(text)));
    };
    let command = Command { argv, env: env_vars::of(launch), cwd: task.working_directory.clone() };
    let spawned = sandbox.spawn(command).await;
    spawned.map_err(|error| refused(&program, &task.working_directory, error))
}

/// The words of Go's standard library, which AWS's texts come from.
fn refused(program: &str, folder: &str, error: SpawnError) -> Refused {
    let failure = match error {
        SpawnError::Sandbox(error) => return Refused::Sandbox(error),
        SpawnError::WorkingFolder(error) => {
            Failure::InvalidWorkingDir(format!("chdir {folder}: {}", why(&error)))
        }
        SpawnError::NotFound if !program.contains('/') => {
            Failure::InvalidEntrypoint(format!("exec: \"{program}\": executable file not found in $PATH"))
        }
        error => Failure::InvalidEntrypoint(format!("fork/exec {program}: {}", why(&error))),
    };
    Refused::Failure(failure)
}

/// What the function's log says of a start that failed; none for what happens later.
pub(crate) fn log_line(task: &Task, failure: &Failure) -> Option<String> {
    match failure {
        Failure::InvalidTaskConfig(text) => Some(format!("IMAGE\tInvalid task config: {text}")),
        Failure::InvalidEntrypoint(text) | Failure::InvalidWorkingDir(text) => {
            let mut line = format!("IMAGE\tLaunch error: {text}");
            let fields = [("Entrypoint", task.entry_point.join(",")), ("Cmd", task.command.join(","))];
            for (name, value) in fields {
                // Writing to a string cannot fail.
                write!(line, "\t{name}: [{value}]").ok();
            }
            write!(line, "\tWorkingDir: [{}]", task.working_directory).ok();
            Some(line)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(program: &str, error: SpawnError) -> Failure {
        match refused(program, "/work", error) {
            Refused::Failure(failure) => failure,
            Refused::Sandbox(error) => panic!("{error}"),
        }
    }

    #[test]
    fn each_refusal_has_its_words() {
        assert_eq!(
            failure("/entry", SpawnError::NotFound),
            Failure::InvalidEntrypoint("fork/exec /entry: no such file or directory".to_owned())
        );
        assert_eq!(
            failure("entry", SpawnError::NotFound),
            Failure::InvalidEntrypoint("exec: \"entry\": executable file not found in $PATH".to_owned())
        );
        let folder = SpawnError::WorkingFolder(Box::new(SpawnError::NotFound));
        assert_eq!(
            failure("/entry", folder),
            Failure::InvalidWorkingDir("chdir /work: no such file or directory".to_owned())
        );
    }

    #[test]
    fn the_log_shows_what_was_to_be_run() {
        let task = Task {
            entry_point: vec!["/a".to_owned(), "b".to_owned()],
            command: vec!["c".to_owned()],
            working_directory: "/w".to_owned(),
        };
        let failure = Failure::InvalidEntrypoint("text".to_owned());
        assert_eq!(
            log_line(&task, &failure).as_deref(),
            Some("IMAGE\tLaunch error: text\tEntrypoint: [/a,b]\tCmd: [c]\tWorkingDir: [/w]")
        );
        assert_eq!(log_line(&task, &Failure::TimedOut), None);
    }
}
