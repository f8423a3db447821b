//! What a sandbox may use.

use std::time::{Duration, Instant};

use sandbox::{Exit, Sandbox};
use tokio::io::AsyncReadExt;

use super::place::{MIB, Place, Test, shell, spec, start, tests, until};

tests! {
    memory_beyond_the_limit_ends_every_process_and_not_the_sandbox
    memory_within_the_limit_is_counted
    processes_beyond_the_limit_are_refused
    a_quarter_of_a_core_is_a_quarter_of_a_core
    after_running_out_of_memory_the_share_of_a_core_can_be_set_again
    limits_can_be_raised_while_it_runs
    tmp_has_the_size_that_was_asked_for
    what_is_written_to_tmp_is_no_memory_of_the_function
    no_process_opens_more_than_1024_files
    processes_see_the_processors_that_they_may_use
    processor_time_is_counted_also_of_processes_that_have_ended
}

pub(crate) const ROOTLESS_TOO: &[(&str, Test)] =
    &[TESTS[0], TESTS[1], TESTS[5], TESTS[6], TESTS[9], TESTS[10]];

/// A command that keeps so many mebibytes in memory before it prints how many bytes they were.
fn hold(mebibytes: u64) -> String {
    format!("head -c {mebibytes}M /dev/zero | tail -c {mebibytes}M | (sleep 0.3; wc -c)")
}

async fn memory_beyond_the_limit_ends_every_process_and_not_the_sandbox(place: Place) {
    let sandbox = place.sandbox().await;
    let (mut bystander, _output) = start(&sandbox, "exec sleep 60").await;
    let (_text, exit) = shell(&sandbox, "exec tail /dev/zero").await;
    assert_eq!(exit, Exit::Signal(libc::SIGKILL));
    assert_eq!(bystander.wait().await, Exit::Signal(libc::SIGKILL));
    assert!(sandbox.usage().expect("usage").oom_kills > 0);
    assert_eq!(shell(&sandbox, "echo alive").await.0, "alive\n");
}

async fn memory_within_the_limit_is_counted(place: Place) {
    let sandbox = place.sandbox().await;
    let (_, exit) = shell(&sandbox, &hold(30)).await;
    assert_eq!(exit, Exit::Code(0));
    let usage = sandbox.usage().expect("usage");
    assert!(usage.memory_peak_bytes > 30 * MIB && usage.memory_peak_bytes < 128 * MIB, "{usage:?}");
    assert_eq!(usage.oom_kills, 0);
    assert_eq!(sandbox.spent().expect("usage").memory_peak_bytes, usage.memory_peak_bytes);
}

async fn processor_time_is_counted_also_of_processes_that_have_ended(place: Place) {
    let sandbox = place.sandbox().await;
    let processors =
        u32::try_from(std::thread::available_parallelism().expect("a number").get()).expect("few");
    let began = Instant::now();
    let before = sandbox.spent().expect("usage").cpu;
    let (_, exit) = shell(&sandbox, "timeout 0.5 sh -c 'while :; do :; done'").await;
    assert_eq!(exit, Exit::Code(124));
    let used = || sandbox.spent().expect("usage").cpu.saturating_sub(before);
    until("the processor time is counted", || used() >= Duration::from_millis(100)).await;
    assert!(used() <= began.elapsed() * processors, "{:?}", used());
}

async fn processes_beyond_the_limit_are_refused(place: Place) {
    let mut spec = spec();
    spec.limits.processes = 10;
    let (sandbox, _listeners) = place.create(spec).await;
    let (text, _) =
        shell(&sandbox, "for i in $(seq 20); do sleep 5 & done; jobs -p | wc -l; kill $(jobs -p)").await;
    assert!(text.contains("Resource temporarily unavailable"), "{text}");
}

async fn a_quarter_of_a_core_is_a_quarter_of_a_core(place: Place) {
    let mut spec = spec();
    spec.limits.cpu_millis = 250;
    let (sandbox, _listeners) = place.create(spec).await;
    let share = share_of_a_core(&sandbox).await;
    assert!(share < 0.35, "{share} of a core");
}

async fn after_running_out_of_memory_the_share_of_a_core_can_be_set_again(place: Place) {
    let mut spec = spec();
    spec.limits.cpu_millis = 250;
    let (sandbox, _listeners) = place.create(spec).await;
    assert_eq!(shell(&sandbox, "exec tail /dev/zero").await.1, Exit::Signal(libc::SIGKILL));
    sandbox.set_limits(&spec.limits).expect("the same limits");
    let share = share_of_a_core(&sandbox).await;
    assert!(share < 0.35, "{share} of a core");
}

async fn share_of_a_core(sandbox: &Sandbox) -> f64 {
    let before = sandbox.usage().expect("usage").cpu;
    let began = Instant::now();
    shell(sandbox, "timeout 2 sh -c 'while :; do :; done'").await;
    (sandbox.usage().expect("usage").cpu - before).as_secs_f64() / began.elapsed().as_secs_f64()
}

async fn limits_can_be_raised_while_it_runs(place: Place) {
    let mut spec = spec();
    spec.limits.memory_bytes = 32 * MIB;
    let (sandbox, _listeners) = place.create(spec).await;
    spec.limits.memory_bytes = 128 * MIB;
    sandbox.set_limits(&spec.limits).expect("new limits");
    assert_eq!(shell(&sandbox, &hold(60)).await, (format!("{}\n", 60 * MIB), Exit::Code(0)));
}

async fn tmp_has_the_size_that_was_asked_for(place: Place) {
    let sandbox = place.sandbox().await;
    let megabytes = spec().kind.tmp_bytes / MIB;
    let fill = format!("head -c {megabytes}M /dev/zero > /tmp/all && stat -c %s /tmp/all");
    assert_eq!(shell(&sandbox, &fill).await.0, format!("{}\n", megabytes * MIB));
    let (text, _) = shell(&sandbox, "head -c 16M /dev/zero > /tmp/more").await;
    assert!(text.contains("No space left on device"), "{text}");
}

async fn what_is_written_to_tmp_is_no_memory_of_the_function(place: Place) {
    let mut spec = spec();
    spec.kind.tmp_bytes = 512 * MIB;
    spec.limits.memory_bytes = 64 * MIB;
    let (sandbox, _listeners) = place.create(spec).await;
    let (text, exit) = shell(&sandbox, "head -c 300M /dev/zero > /tmp/large; stat -c %s /tmp/large").await;
    assert_eq!((text.as_str(), exit), ("314572800\n", Exit::Code(0)));
    assert_eq!(sandbox.usage().expect("usage").oom_kills, 0);
}

async fn no_process_opens_more_than_1024_files(place: Place) {
    let sandbox = place.sandbox().await;
    assert_eq!(shell(&sandbox, "ulimit -Sn; ulimit -Hn").await.0, "1024\n1024\n");
    until("the processor time is counted", || sandbox.usage().expect("usage").cpu > Duration::ZERO).await;
}

async fn processes_see_the_processors_that_they_may_use(place: Place) {
    let sandbox = place.sandbox().await;
    let (mut earlier, mut output) = start(&sandbox, "until [ -e /tmp/go ]; do :; done; nproc").await;
    sandbox.limit_processors(1).expect("a limit");
    assert_eq!(shell(&sandbox, "nproc; touch /tmp/go").await.0, "1\n");
    let mut text = String::new();
    output.stdout.read_to_string(&mut text).await.expect("output");
    assert_eq!((text.as_str(), earlier.wait().await), ("1\n", Exit::Code(0)));
}
