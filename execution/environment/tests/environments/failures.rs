use environment::Status;
use model::RequestId;

use super::place::{Place, text};

crate::tests!(
    a_handler_s_error_is_no_failure_of_the_environment,
    an_init_error_runs_init_twice_and_answers_what_the_runtime_said,
    a_runtime_that_ends_with_its_init_error_leaves_the_next_init_alone,
    a_runtime_that_ends_in_init_is_told_with_its_status,
    a_timeout_answers_in_time_and_the_next_invocation_works,
    an_exit_is_told_with_its_status,
    a_signal_is_told_by_its_name,
    memory_beyond_the_limit_is_out_of_memory,
    memory_beyond_the_limit_in_init_is_out_of_memory,
    a_response_that_is_too_large_is_replaced,
    the_temporary_folder_outlives_a_reset,
    a_slow_init_runs_again_under_the_function_s_own_timeout,
);

const ON_DEMAND: &str = "
import os, signal, sys, time
def handler(event, context):
    if event == 'exit': os._exit(3)
    if event == 'leave': sys.exit(0)
    if event == 'segv': os.kill(os.getpid(), signal.SIGSEGV)
    if event == 'sleep': time.sleep(60)
    if event == 'hog': return len(bytearray(1 << 30))
    if event == 'large': return 'x' * (6 * 1024 * 1024 + 100)
    if event == 'raise': raise ValueError('boom')
    if event == 'write': open('/tmp/kept', 'w').write('kept'); os._exit(1)
    if event == 'read': return open('/tmp/kept').read()
    return os.getpid()
";

fn platform_error(kind: &str, id: RequestId, message: &str) -> String {
    format!(r#"{{"errorType":"{kind}","errorMessage":"RequestId: {id} Error: {message}"}}"#)
}

/// What the caller gets, the end of the REPORT line, and whether the next invocation works.
async fn fails(place: &Place, event: &str, kind: &str, message: &str, report: &str) {
    let function = place.python(ON_DEMAND);
    let function = function.start().await;
    function.answer("{}").await;
    let id = RequestId::random();
    let completed = function.invoke_as(id, &format!("\"{event}\"")).await;
    let model::Outcome::FunctionError { payload, .. } = &completed.outcome else { panic!("{completed:?}") };
    assert_eq!(text(payload), platform_error(kind, id, message));
    let tail = text(&completed.log_tail);
    assert!(tail.ends_with(report), "{tail}");
    assert!(tail.contains(&format!("END RequestId: {id}\n")), "{tail}");
    assert!(completed.reusable);
    let next = function.invoke("{}").await;
    assert!(matches!(next.outcome, model::Outcome::Success { .. }), "{next:?}");
    assert_eq!(next.init, None, "an init inside an invocation is part of its duration");
    assert!(!function.log().await[1..].iter().any(|line| line.starts_with("INIT_START")));
}

async fn a_handler_s_error_is_no_failure_of_the_environment(place: Place) {
    let function = place.python(ON_DEMAND).start().await;
    let pid = function.answer("{}").await;
    let (payload, error, completed) = function.failure("\"raise\"").await;
    assert!(
        payload.starts_with(r#"{"errorMessage": "boom", "errorType": "ValueError", "requestId": ""#),
        "{payload}"
    );
    assert_eq!((error.as_str(), completed.status), ("Runtime.Unknown", Status::Success));
    let tail = text(&completed.log_tail);
    assert!(tail.contains("[ERROR] ValueError: boom\nTraceback (most recent call last):\n"), "{tail}");
    assert!(tail.ends_with("MB\t\n"), "{tail}");
    assert_eq!(function.answer("{}").await, pid);
}

async fn an_init_error_runs_init_twice_and_answers_what_the_runtime_said(place: Place) {
    let function = place.python("print('importing')\nimport absent\n").start().await;
    let (payload, error, completed) = function.failure("{}").await;
    assert_eq!(
        payload,
        r#"{"errorMessage": "Unable to import module 'app': No module named 'absent'", "errorType": "Runtime.ImportModuleError", "requestId": "", "stackTrace": []}"#
    );
    assert_eq!(error, "Runtime.ImportModuleError");
    assert!(!completed.reusable);
    let log = function.log().await;
    let kinds =
        log.iter().map(|line| line.split([' ', '\t', '\n']).next().unwrap_or_default()).collect::<Vec<_>>();
    assert_eq!(
        kinds,
        [
            "INIT_START",
            "importing",
            "[WARNING]",
            "[ERROR]",
            "INIT_REPORT",
            "importing",
            "[WARNING]",
            "[ERROR]",
            "INIT_REPORT",
            "START",
            "END",
            "REPORT"
        ]
    );
    let end = "Status: error\tError Type: Runtime.ImportModuleError\n";
    assert!(log[4].contains("\tPhase: init\t") && log[4].ends_with(end), "{log:?}");
    assert!(log[8].contains("\tPhase: invoke\t") && log[8].ends_with(end), "{log:?}");
    assert!(log[11].ends_with(end) && !log[11].contains("Init Duration"), "{log:?}");
}

/// The output keeps the server so busy that it hears of the runtime's words and of its end at once.
async fn a_runtime_that_ends_with_its_init_error_leaves_the_next_init_alone(place: Place) {
    const BOOTSTRAP: &str = r#"#!/bin/bash
yes &
exec 3<>"/dev/tcp/${AWS_LAMBDA_RUNTIME_API/://}"
printf 'POST /2018-06-01/runtime/init/error HTTP/1.1\r\nContent-Length: 4\r\n\r\n"no"' >&3
kill -9 $$
"#;
    for _ in 0..20 {
        let function = place.function("provided.al2023", "h", &[("bootstrap", BOOTSTRAP)]).start().await;
        let (payload, _, _) = function.failure("{}").await;
        assert_eq!(payload, "\"no\"");
    }
}

async fn a_runtime_that_ends_in_init_is_told_with_its_status(place: Place) {
    let endings = [
        ("sys.exit(0)", "Runtime exited without providing a reason"),
        ("os._exit(7)", "Runtime exited with error: exit status 7"),
        ("os.kill(os.getpid(), 6)", "Runtime exited with error: signal: aborted"),
    ];
    for (ending, message) in endings {
        let function = place.python(&format!("import os, sys\n{ending}\n")).start().await;
        let id = RequestId::random();
        let completed = function.invoke_as(id, "{}").await;
        let model::Outcome::FunctionError { payload, .. } = &completed.outcome else {
            panic!("{completed:?}")
        };
        assert_eq!(text(payload), platform_error("Runtime.ExitError", id, message));
        let log = function.log().await;
        let end = "Status: error\tError Type: Runtime.ExitError\n";
        let reports = log.iter().filter(|line| line.starts_with("INIT_REPORT ") && line.ends_with(end));
        assert_eq!(reports.count(), 2, "{log:?}");
        assert!(text(&completed.log_tail).ends_with(end), "{log:?}");
    }
}

async fn a_timeout_answers_in_time_and_the_next_invocation_works(place: Place) {
    let mut function = place.python(ON_DEMAND);
    function.config.timeout_s = 1;
    let function = function.start().await;
    function.answer("{}").await;
    let id = RequestId::random();
    let completed = function.invoke_as(id, "\"sleep\"").await;
    let model::Outcome::FunctionError { payload, .. } = &completed.outcome else { panic!("{completed:?}") };
    assert_eq!(text(payload), platform_error("Sandbox.Timedout", id, "Task timed out after 1.00 seconds"));
    assert_eq!(completed.status, Status::Timeout);
    let tail = text(&completed.log_tail);
    assert!(tail.contains("\tDuration: 1000.00 ms\tBilled Duration: 1000 ms\t"), "{tail}");
    assert!(tail.ends_with("\tStatus: timeout\n"), "{tail}");
    assert!(function.answer("{}").await.parse::<u32>().is_ok());
}

async fn an_exit_is_told_with_its_status(place: Place) {
    let report = "\tStatus: error\tError Type: Runtime.ExitError\n";
    fails(&place, "exit", "Runtime.ExitError", "Runtime exited with error: exit status 3", report).await;
    fails(&place, "leave", "Runtime.ExitError", "Runtime exited without providing a reason", report).await;
}

async fn a_signal_is_told_by_its_name(place: Place) {
    let message = "Runtime exited with error: signal: segmentation fault";
    fails(&place, "segv", "Runtime.ExitError", message, "\tStatus: error\tError Type: Runtime.ExitError\n")
        .await;
}

async fn memory_beyond_the_limit_is_out_of_memory(place: Place) {
    let report =
        "\tMemory Size: 256 MB\tMax Memory Used: 256 MB\tStatus: error\tError Type: Runtime.OutOfMemory\n";
    fails(&place, "hog", "Runtime.OutOfMemory", "Runtime exited with error: signal: killed", report).await;
}

async fn memory_beyond_the_limit_in_init_is_out_of_memory(place: Place) {
    let function = place.python("full = bytearray(1 << 30)\ndef handler(e, c): pass\n").start().await;
    let id = RequestId::random();
    let completed = function.invoke_as(id, "{}").await;
    let model::Outcome::FunctionError { payload, .. } = &completed.outcome else { panic!("{completed:?}") };
    let message = "Runtime exited with error: signal: killed";
    assert_eq!(text(payload), platform_error("Runtime.OutOfMemory", id, message));
    let log = function.log().await;
    let end = "\tStatus: error\tError Type: Runtime.OutOfMemory\n";
    for phase in ["init", "invoke"] {
        let report = format!("\tPhase: {phase}{end}");
        assert!(
            log.iter().any(|line| line.starts_with("INIT_REPORT ") && line.ends_with(&report)),
            "{log:?}"
        );
    }
}

async fn a_response_that_is_too_large_is_replaced(place: Place) {
    let function = place.python(ON_DEMAND).start().await;
    let pid = function.answer("{}").await;
    let (payload, error, _) = function.failure("\"large\"").await;
    assert_eq!(
        payload,
        r#"{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}"#
    );
    assert_eq!(error, "Function.ResponseSizeTooLarge");
    assert_eq!(function.answer("{}").await, pid, "the runtime goes on");
}

async fn the_temporary_folder_outlives_a_reset(place: Place) {
    let function = place.python(ON_DEMAND).start().await;
    function.failure("\"write\"").await;
    assert_eq!(function.answer("\"read\"").await, "\"kept\"");
}

async fn a_slow_init_runs_again_under_the_function_s_own_timeout(place: Place) {
    let mut function = place.python("import time\ntime.sleep(30)\ndef handler(e, c): pass\n");
    function.config.timeout_s = 1;
    let function = function.start().await;
    let (_, error, _) = function.failure("{}").await;
    assert_eq!(error, "Sandbox.Timedout");
    let log = function.log().await;
    assert!(log[1].contains("\tPhase: init\tStatus: timeout\n"), "{log:?}");
    assert!(log[2].contains("\tPhase: invoke\tStatus: timeout\n"), "{log:?}");
}
