//! Processes: how they start, what they hear, how they end.

use sandbox::{Exit, MountPoint, SandboxError, Signal, SpawnError};
use tokio::io::AsyncReadExt;

use super::place::{PATIENCE, Place, command, shell, start, tests};

tests! {
    a_command_runs_and_its_exit_code_comes_back
    output_and_errors_come_by_their_own_pipes
    what_execve_refuses_comes_back_as_an_error
    a_missing_working_folder_is_told_apart
    the_environment_is_exactly_what_was_asked_for
    a_signal_ends_one_process_and_says_so
    orphans_are_reaped
    a_reset_kills_every_process_and_keeps_tmp
    processes_of_a_destroyed_sandbox_end_by_sigkill
    a_frozen_sandbox_stands_still_until_it_is_thawed
    a_frozen_sandbox_can_be_reset
    a_frozen_sandbox_can_be_destroyed
    a_dropped_sandbox_ends
    a_sandbox_that_outlives_the_launchers_handle_waits_for_nothing
}

async fn a_command_runs_and_its_exit_code_comes_back(place: Place) {
    let sandbox = place.sandbox().await;
    assert_eq!(shell(&sandbox, "echo hello; exit 3").await, ("hello\n".to_owned(), Exit::Code(3)));
}

async fn output_and_errors_come_by_their_own_pipes(place: Place) {
    let sandbox = place.sandbox().await;
    let (_process, mut output) = start(&sandbox, "echo out > /dev/stdout; echo err > /dev/stderr").await;
    let (mut out, mut err) = (String::new(), String::new());
    output.stdout.read_to_string(&mut out).await.expect("output");
    output.stderr.read_to_string(&mut err).await.expect("errors");
    assert_eq!((out.as_str(), err.as_str()), ("out\n", "err\n"));
}

async fn what_execve_refuses_comes_back_as_an_error(place: Place) {
    let tree = place.tree(&[("no-format", "neither a program nor a script")]);
    let sandbox = place.sandbox().await;
    sandbox.mount(MountPoint::Task, &tree).await.expect("a mount");
    let refusal = async |program| sandbox.spawn(command(&[program])).await.err();
    assert!(matches!(refusal("/var/task/absent").await, Some(SpawnError::NotFound)));
    assert!(matches!(refusal("absent").await, Some(SpawnError::NotFound)));
    assert!(matches!(refusal("/etc/passwd").await, Some(SpawnError::PermissionDenied)));
    assert!(matches!(refusal("/var/task/no-format").await, Some(SpawnError::NotExecutable)));
    assert!(matches!(refusal(&"x".repeat(200_000)).await, Some(SpawnError::TooLarge)));
    assert_eq!(shell(&sandbox, "echo still here").await.0, "still here\n");
}

async fn a_missing_working_folder_is_told_apart(place: Place) {
    let sandbox = place.sandbox().await;
    let mut command = command(&["/bin/true"]);
    command.cwd = "/absent".into();
    let Err(SpawnError::WorkingFolder(refusal)) = sandbox.spawn(command).await else {
        panic!("it started, or was refused for another reason");
    };
    assert!(matches!(*refusal, SpawnError::NotFound), "{refusal}");
}

async fn the_environment_is_exactly_what_was_asked_for(place: Place) {
    let sandbox = place.sandbox().await;
    let mut command = command(&["/usr/bin/env"]);
    command.env = vec![("A".into(), "1 2".into()), ("B".into(), String::new())];
    let (_process, mut output) = sandbox.spawn(command).await.expect("env starts");
    let mut text = String::new();
    output.stdout.read_to_string(&mut text).await.expect("output");
    assert_eq!(text, "A=1 2\nB=\n");
}

async fn a_signal_ends_one_process_and_says_so(place: Place) {
    let sandbox = place.sandbox().await;
    let (mut first, _output) = start(&sandbox, "exec sleep 60").await;
    let (mut second, _output) = start(&sandbox, "exec sleep 60").await;
    first.signal(Signal::Term).await.expect("a signal");
    assert_eq!(first.wait().await, Exit::Signal(libc::SIGTERM));
    second.signal(Signal::Kill).await.expect("a signal");
    assert_eq!(second.wait().await, Exit::Signal(libc::SIGKILL));
}

async fn orphans_are_reaped(place: Place) {
    let sandbox = place.sandbox().await;
    shell(&sandbox, "for i in 1 2 3; do (setsid true &) ; done").await;
    let count = "n=0; for s in /proc/[0-9]*/stat; do case $(cat $s 2>/dev/null) in *') Z '*) n=$((n+1));; esac; done; echo $n";
    let patience = tokio::time::Instant::now() + PATIENCE;
    while shell(&sandbox, count).await.0 != "0\n" {
        assert!(tokio::time::Instant::now() < patience, "zombies stay");
    }
}

async fn a_reset_kills_every_process_and_keeps_tmp(place: Place) {
    let sandbox = place.sandbox().await;
    let (mut process, mut output) =
        start(&sandbox, "echo kept > /tmp/file; setsid sleep 60 & echo ready; wait").await;
    output.stdout.read_u8().await.expect("a sign of life");
    sandbox.kill_processes().await.expect("a reset");
    assert_eq!(process.wait().await, Exit::Signal(libc::SIGKILL));
    let (text, _) = shell(&sandbox, "cat /tmp/file; cat /proc/[0-9]*/comm | sort").await;
    assert!(text.starts_with("kept\n") && !text.contains("sleep"), "{text}");
}

async fn processes_of_a_destroyed_sandbox_end_by_sigkill(place: Place) {
    let sandbox = place.sandbox().await;
    let (mut process, _output) = start(&sandbox, "exec sleep 60").await;
    sandbox.destroy().await;
    assert_eq!(process.wait().await, Exit::Signal(libc::SIGKILL));
    assert!(matches!(process.signal(Signal::Kill).await, Err(SandboxError::Gone)));
}

async fn a_frozen_sandbox_stands_still_until_it_is_thawed(place: Place) {
    let sandbox = place.sandbox().await;
    let (_process, mut output) =
        start(&sandbox, "while read -t 0.01 <> <(:) || true; do echo tick; done").await;
    output.stdout.read_u8().await.expect("a tick");
    sandbox.freeze().expect("a freeze");
    let drained = async {
        let mut buffer = [0; 4096];
        while tokio::time::timeout(std::time::Duration::from_millis(300), output.stdout.read(&mut buffer))
            .await
            .is_ok()
        {}
    };
    tokio::time::timeout(PATIENCE, drained).await.expect("it stands still");
    sandbox.thaw().expect("a thaw");
    tokio::time::timeout(PATIENCE, output.stdout.read_u8()).await.expect("it goes on").expect("a tick");
}

async fn a_frozen_sandbox_can_be_reset(place: Place) {
    let sandbox = place.sandbox().await;
    let (mut process, _output) = start(&sandbox, "exec sleep 60").await;
    sandbox.freeze().expect("a freeze");
    sandbox.kill_processes().await.expect("a reset");
    assert_eq!(process.wait().await, Exit::Signal(libc::SIGKILL));
}

async fn a_frozen_sandbox_can_be_destroyed(place: Place) {
    let sandbox = place.sandbox().await;
    let (mut process, _output) = start(&sandbox, "exec sleep 60").await;
    sandbox.freeze().expect("a freeze");
    tokio::time::timeout(PATIENCE, sandbox.destroy()).await.expect("an end");
    assert_eq!(process.wait().await, Exit::Signal(libc::SIGKILL));
}

async fn a_dropped_sandbox_ends(place: Place) {
    let sandbox = place.sandbox().await;
    let (mut process, _output) = start(&sandbox, "exec sleep 60").await;
    drop(sandbox);
    let ended = tokio::time::timeout(PATIENCE, process.wait()).await;
    assert_eq!(ended, Ok(Exit::Signal(libc::SIGKILL)));
}

async fn a_sandbox_that_outlives_the_launchers_handle_waits_for_nothing(place: Place) {
    let tree = place.tree(&[("file", "text")]);
    let sandbox = place.sandbox().await;
    drop(place);
    let mounted = tokio::time::timeout(PATIENCE, sandbox.mount(MountPoint::Task, &tree)).await;
    // One that is being parked at this moment keeps the handle a little longer.
    let mounted = mounted.expect("an answer");
    assert!(matches!(mounted, Ok(()) | Err(SandboxError::LauncherGone)), "{mounted:?}");
    assert_eq!(shell(&sandbox, "echo still here").await.0, "still here\n");
    tokio::time::timeout(PATIENCE, sandbox.destroy()).await.expect("an end");
}
