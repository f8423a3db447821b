//! Processes that are forked from a zygote: as much of the sandbox as those that are started in it.

use std::collections::BTreeSet;

use sandbox::{Demand, Exit, Kind, Listeners, Output, Process, Root, Sandbox, Signal, Spec, TemplateId};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::place::{PATIENCE, Place, Test, shell, spec, start, tests};

tests! {
    a_forked_process_runs_inside
    a_forked_process_is_seen_to_end
    a_forked_process_is_signalled
    a_reset_kills_forked_processes
    forked_processes_end_with_their_sandbox
    a_template_without_a_zygote_forks_nothing
    no_two_children_draw_the_same
    processes_of_a_sandbox_signal_each_other
    a_zygote_may_stay_within_a_fork
    a_child_knows_whether_somebody_waits
    a_forked_process_counts_as_the_sandboxs
    a_child_that_ends_at_once_is_no_child
}

pub(crate) const ROOTLESS_TOO: &[(&str, Test)] =
    &[TESTS[0], TESTS[1], TESTS[2], TESTS[3], TESTS[4], TESTS[5], TESTS[6], TESTS[7], TESTS[8], TESTS[9]];

pub(crate) fn zygote_spec() -> Spec {
    spec_of(TemplateId(1))
}

/// Its zygote is never done with a fork.
pub(crate) fn lingering_spec() -> Spec {
    spec_of(TemplateId(2))
}

/// Its zygote forks once, and its children come out of that.
fn within_spec() -> Spec {
    spec_of(TemplateId(3))
}

fn spec_of(template: TemplateId) -> Spec {
    let spec = spec();
    Spec { kind: Kind { root: Root::Template(template), ..spec.kind }, ..spec }
}

/// A sandbox with a process that does what `script` says, in Python.
struct Forked {
    sandbox: Sandbox,
    process: Process,
    output: Output,
}

async fn fork(place: &Place, script: &str) -> Forked {
    let (sandbox, listeners) = place.create(zygote_spec()).await;
    let (process, output) = fork_into(&sandbox, &listeners, script).await;
    Forked { sandbox, process, output }
}

async fn fork_into(sandbox: &Sandbox, listeners: &Listeners, script: &str) -> (Process, Output) {
    fork_for(Demand::Ahead, sandbox, listeners, script).await
}

async fn fork_for(
    demand: Demand,
    sandbox: &Sandbox,
    listeners: &Listeners,
    script: &str,
) -> (Process, Output) {
    let forked = tokio::time::timeout(PATIENCE, sandbox.fork(demand)).await;
    let forked = forked.expect("in time").expect("a fork");
    let (mut told, _) = listeners.runtime_api_unix.accept().await.expect("the child asks");
    told.write_all(script.as_bytes()).await.expect("it listens");
    forked
}

/// All that it printed, once it has ended.
async fn printed(forked: &mut Forked) -> (String, Exit) {
    let (mut text, mut errors) = (String::new(), String::new());
    let Output { stdout, stderr } = &mut forked.output;
    let (out, err) = tokio::join!(stdout.read_to_string(&mut text), stderr.read_to_string(&mut errors));
    out.and(err).expect("output is text");
    (text + &errors, forked.process.wait().await)
}

async fn a_forked_process_runs_inside(place: Place) {
    let script = "print(os.getppid(), os.getuid(), os.getgid(), os.listdir('/tmp'), os.environ)";
    let mut forked = fork(&place, &format!("import os; {script}")).await;
    let (text, exit) = printed(&mut forked).await;
    assert_eq!((text.as_str(), exit), ("1 993 990 [] environ({})\n", Exit::Code(0)));
}

async fn a_forked_process_is_seen_to_end(place: Place) {
    let mut forked = fork(&place, "import os; os._exit(7)").await;
    assert_eq!(forked.process.wait().await, Exit::Code(7));
    let mut forked = fork(&place, "import os; os.abort()").await;
    assert_eq!(forked.process.wait().await, Exit::Signal(libc::SIGABRT));
}

async fn a_forked_process_is_signalled(place: Place) {
    let mut forked = fork(&place, "import time; time.sleep(60)").await;
    forked.process.signal(Signal::Term).await.expect("a signal");
    assert_eq!(forked.process.wait().await, Exit::Signal(libc::SIGTERM));
}

async fn a_reset_kills_forked_processes(place: Place) {
    let mut forked = fork(&place, "import time; time.sleep(60)").await;
    forked.sandbox.kill_processes().await.expect("a reset");
    assert_eq!(forked.process.wait().await, Exit::Signal(libc::SIGKILL));
    assert_eq!(shell(&forked.sandbox, "cat /proc/[0-9]*/comm | grep -c python").await.0, "0\n");
}

async fn forked_processes_end_with_their_sandbox(place: Place) {
    let mut forked = fork(&place, "import time; time.sleep(60)").await;
    forked.sandbox.freeze().expect("a freeze");
    forked.sandbox.destroy().await;
    assert_eq!(forked.process.wait().await, Exit::Signal(libc::SIGKILL));
}

async fn a_template_without_a_zygote_forks_nothing(place: Place) {
    let sandbox = place.sandbox().await;
    let error = sandbox.fork(Demand::Ahead).await.expect_err("no zygote");
    assert_eq!(
        error.to_string(),
        "the zygote has forked nothing: find a zygote: No such file or directory (os error 2)"
    );
    assert_eq!(shell(&sandbox, "echo still here").await.0, "still here\n");
}

async fn no_two_children_draw_the_same(place: Place) {
    const DRAW: &str = "\
import os, random, secrets, ssl, uuid
print(random.getrandbits(64), uuid.uuid4(), os.urandom(8).hex(), secrets.token_hex(8), ssl.RAND_bytes(8).hex())";
    const CHILDREN: usize = 6;
    let mut drawn = BTreeSet::new();
    for _ in 0..CHILDREN {
        let (text, exit) = printed(&mut fork(&place, DRAW).await).await;
        assert_eq!(exit, Exit::Code(0), "{text}");
        drawn.extend(text.split_whitespace().map(str::to_owned));
    }
    assert_eq!(drawn.len(), CHILDREN * 5, "{drawn:?}");
}

/// As runtime and extensions may on AWS, whichever way they came to be.
async fn processes_of_a_sandbox_signal_each_other(place: Place) {
    let (sandbox, listeners) = place.create(zygote_spec()).await;
    let (mut forked, _output) = fork_into(&sandbox, &listeners, "import time; time.sleep(60)").await;
    let pid = forked.pid();
    assert_eq!(
        shell(&sandbox, &format!("ls /proc/{pid}/fd > /dev/null && kill {pid}")).await.1,
        Exit::Code(0)
    );
    assert_eq!(forked.wait().await, Exit::Signal(libc::SIGTERM));
    let (mut started, _output) = start(&sandbox, "exec sleep 60").await;
    let pid = started.pid();
    let script = format!("import os; os.listdir('/proc/{pid}/fd'); os.kill({pid}, 15)");
    let (mut forked, _output) = fork_into(&sandbox, &listeners, &script).await;
    assert_eq!(forked.wait().await, Exit::Code(0));
    assert_eq!(started.wait().await, Exit::Signal(libc::SIGTERM));
    let sandbox = place.sandbox().await;
    let (mut started, _output) = start(&sandbox, "exec sleep 60").await;
    let pid = started.pid();
    assert_eq!(
        shell(&sandbox, &format!("ls /proc/{pid}/fd > /dev/null && kill {pid}")).await.1,
        Exit::Code(0)
    );
    assert_eq!(started.wait().await, Exit::Signal(libc::SIGTERM));
}

/// Its children see nothing of it, and fork as they like.
async fn a_zygote_may_stay_within_a_fork(place: Place) {
    let script = "import os; print(os.getppid(), os.getuid(), os.listdir('/proc/self/fd'), flush=True); \
                  os.fork() or os._exit(3); print(os.waitstatus_to_exitcode(os.wait()[1]))";
    for _ in 0..3 {
        let (sandbox, listeners) = place.create(within_spec()).await;
        let (process, output) = fork_into(&sandbox, &listeners, script).await;
        let (text, exit) = printed(&mut Forked { sandbox, process, output }).await;
        assert_eq!((text.as_str(), exit), ("1 993 ['0', '1', '2', '3']\n3\n", Exit::Code(0)));
    }
}

async fn a_child_knows_whether_somebody_waits(place: Place) {
    let script = "print(library.zygote_is_awaited())";
    for (demand, answer) in [(Demand::Awaited, "1\n"), (Demand::Ahead, "0\n")] {
        let (sandbox, listeners) = place.create(zygote_spec()).await;
        let (process, output) = fork_for(demand, &sandbox, &listeners, script).await;
        assert_eq!(printed(&mut Forked { sandbox, process, output }).await.0, answer);
    }
}

async fn a_forked_process_counts_as_the_sandboxs(place: Place) {
    let mut forked = fork(&place, "x = [b'x' * (1 << 20) for _ in range(1 << 10)]").await;
    assert_eq!(forked.process.wait().await, Exit::Signal(libc::SIGKILL));
    let usage = forked.sandbox.usage().expect("a usage");
    assert!(usage.oom_kills > 0, "{usage:?}");
}

async fn a_child_that_ends_at_once_is_no_child(place: Place) {
    for _ in 0..10 {
        let (sandbox, listeners) = place.create(zygote_spec()).await;
        drop(listeners);
        // The child finds nobody to ask and ends, before or after it is adopted.
        match sandbox.fork(Demand::Ahead).await {
            Ok((mut process, _output)) => assert_eq!(process.wait().await, Exit::Code(1)),
            Err(error) => assert!(error.to_string().contains("find the forked process"), "{error}"),
        }
    }
}
