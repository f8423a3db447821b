use std::time::Duration;

use environment::Status;
use model::Outcome;

use super::place::{Place, Running, text};

crate::tests!(
    an_extension_hears_of_its_function_of_invocations_and_of_the_end,
    the_caller_has_its_answer_while_an_extension_still_works,
    an_extension_that_asked_for_nothing_holds_nothing_up,
    an_extension_sees_nothing_of_the_runtime,
    an_internal_extension_hears_of_invocations_and_its_runtime_is_asked_to_end,
    a_wrapper_from_a_layer_brings_an_internal_extension,
    a_runtime_without_extensions_is_killed_without_a_word,
    a_runtime_that_ignores_its_end_is_killed_before_the_extensions_are_told,
    an_extension_that_crashes_in_an_invocation_fails_it,
    an_extension_that_ends_in_init_fails_the_invocation,
    an_extension_that_reports_an_init_error_fails_the_invocation,
    an_extension_that_reports_an_exit_error_fails_the_invocation,
    an_extension_that_cannot_be_started_fails_the_invocation,
    an_extension_that_never_registers_makes_init_time_out,
    an_extension_that_never_asks_for_the_next_event_makes_an_answered_invocation_time_out,
    a_function_that_times_out_has_its_extensions_told_and_keeps_its_temporary_folder,
    an_extension_that_takes_all_memory_is_out_of_memory,
);

/// What the extensions of these tests have in common; each adds what it does.
pub(crate) const EXTENSION: &str = r#"#!/var/lang/bin/python3
import http.client, json, os, signal, sys, time
name = os.path.basename(__file__)
identifier = None
def call(method, path, body=None, **headers):
    headers = {'Lambda-Extension-' + k.replace('_', '-'): v for k, v in headers.items()}
    if identifier: headers['Lambda-Extension-Identifier'] = identifier
    connection = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
    connection.request(method, '/2020-01-01/extension/' + path, body, headers)
    response = connection.getresponse()
    return response.status, response.headers, response.read().decode()
def register(*events):
    global identifier
    status, headers, body = call('POST', 'register', json.dumps({'events': events}), Name=name)
    identifier = headers['Lambda-Extension-Identifier']
    return body
def next():
    return json.loads(call('GET', 'event/next')[2])
def say(*words):
    print(name, *words, flush=True)
def serve(handle=lambda event: None):
    while True:
        event = next()
        say(event['eventType'], event.get('shutdownReason', ''))
        if event['eventType'] == 'SHUTDOWN': return event
        handle(event)
"#;

const HANDLER: &str = "
import os, sys, time
def handler(event, context):
    if event == 'sleep': time.sleep(60)
    if event == 'write': open('/tmp/kept', 'w').write('kept'); time.sleep(60)
    if event == 'read': return open('/tmp/kept').read()
    return os.getpid()
";

async fn start(place: &Place, handler: &str, extension: &str) -> Running {
    start_within(place, handler, extension, 10).await
}

async fn start_within(place: &Place, handler: &str, extension: &str, timeout_s: u32) -> Running {
    let extension = format!("{EXTENSION}{extension}");
    let mut function = place.python(handler).layer(&[("extensions/ext", &extension)]);
    function.config.timeout_s = timeout_s;
    function.start().await
}

fn has(log: &[String], line: &str) -> bool {
    log.iter().any(|logged| logged.trim_end() == line)
}

/// A failed invocation's error, the rest of its message behind the request id, and the end of REPORT.
async fn fails(function: &Running, payload: &str) -> (String, String, String) {
    let (body, error, completed) = function.failure(payload).await;
    let message = body.split_once(" Error: ").map(|(_, rest)| rest.trim_end_matches("\"}").to_owned());
    let tail = text(&completed.log_tail);
    let end = tail.rsplit_once("\tStatus: ").map(|(_, end)| end.trim_end().to_owned());
    (error, message.unwrap_or(body), end.unwrap_or(tail))
}

async fn an_extension_hears_of_its_function_of_invocations_and_of_the_end(place: Place) {
    let code = "
say('registered', register('INVOKE', 'SHUTDOWN'))
def handle(event):
    say('keys', *sorted(event), event['tracing']['value'], event['deadlineMs'] - int(time.time() * 1000) > 5000)
end = serve(handle)
say('left', end['deadlineMs'] - int(time.time() * 1000) > 1000)
";
    let function = start(&place, HANDLER, code).await;
    function.answer("1").await;
    function.answer("2").await;
    let log = function.shut_down().await;
    let registered =
        r#"ext registered {"functionName":"f","functionVersion":"$LATEST","handler":"app.handler"}"#;
    assert!(has(&log, registered), "{log:?}");
    let keys = "ext keys deadlineMs eventType invokedFunctionArn requestId tracing \
                Root=1-5e34a614-10bd0000000000000000000a;Sampled=0 True";
    assert_eq!(log.iter().filter(|line| line.trim_end() == keys).count(), 2, "{log:?}");
    assert!(has(&log, "ext SHUTDOWN spindown") && has(&log, "ext left True"), "{log:?}");
    let ready = "EXTENSION\tName: ext\tState: Ready\tEvents: [INVOKE, SHUTDOWN]";
    let line = |wanted: &str| log.iter().position(|line| line.starts_with(wanted));
    assert!(line(ready).is_some() && line(ready) < line("START "), "{log:?}");
}

async fn the_caller_has_its_answer_while_an_extension_still_works(place: Place) {
    let code = "register('INVOKE')\nserve(lambda event: time.sleep(0.5))";
    let function = start(&place, HANDLER, code).await;
    let began = std::time::Instant::now();
    function.answer("1").await;
    let completed = function.invoke("2").await;
    assert!(completed.extensions_work);
    assert!(completed.answered - completed.sent < Duration::from_millis(400), "{completed:?}");
    assert!(completed.duration > Duration::from_millis(450), "{completed:?}");
    assert!(completed.post_runtime_extensions > Duration::from_millis(300), "{completed:?}");
    assert!(completed.post_runtime_extensions < completed.duration, "{completed:?}");
    assert!(began.elapsed() > Duration::from_millis(900), "each invocation lasts as long as its extension");
}

async fn an_extension_that_asked_for_nothing_holds_nothing_up(place: Place) {
    let function = start(&place, HANDLER, "register()\nnext()\ntime.sleep(60)").await;
    let completed = function.invoke("1").await;
    assert_eq!(completed.status, Status::Success);
    assert!(!completed.extensions_work);
    assert!(has(&function.log().await, "EXTENSION\tName: ext\tState: Ready\tEvents: []"));
}

async fn an_extension_sees_nothing_of_the_runtime(place: Place) {
    let extension = format!("{EXTENSION}say(os.getcwd(), *sorted(os.environ))\nregister()\nserve()");
    let function = place.python(HANDLER).layer(&[("extensions/ext", &extension)]).variable("MINE", "1");
    let function = function.start().await;
    function.answer("1").await;
    let log = function.log().await;
    let expected = "ext / AWS_ACCESS_KEY_ID AWS_ENDPOINT_URL AWS_LAMBDA_FUNCTION_MEMORY_SIZE \
        AWS_LAMBDA_FUNCTION_NAME AWS_LAMBDA_FUNCTION_VERSION AWS_LAMBDA_INITIALIZATION_TYPE \
        AWS_LAMBDA_LOG_FORMAT AWS_LAMBDA_METADATA_API AWS_LAMBDA_METADATA_TOKEN AWS_LAMBDA_RUNTIME_API \
        AWS_REGION AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN LANG \
        LC_CTYPE LD_LIBRARY_PATH MINE PATH TZ";
    let line = log.iter().find(|line| line.starts_with("ext /")).expect("the extension's line");
    assert_eq!(line.trim_end().replace(" LC_CTYPE", ""), expected.replace(" LC_CTYPE", ""));
}

async fn an_internal_extension_hears_of_invocations_and_its_runtime_is_asked_to_end(place: Place) {
    let library = EXTENSION.replace("os.path.basename(__file__)", "'internal'");
    let code = "
import threading
from library import register, serve, say, call
import signal, sys
def end(*_):
    say('SIGTERM')
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
say(call('POST', 'register', '{\"events\":[\"SHUTDOWN\"]}', Name='internal')[0])
register('INVOKE')
threading.Thread(target=serve, daemon=True).start()
def handler(event, context): pass
";
    let newest = place.runtimes("python").pop().expect("a Python");
    let files = [("app.py", code), ("library.py", &library)];
    let function = place.function(&newest, "app.handler", &files).start().await;
    function.answer("1").await;
    let log = function.shut_down().await;
    for line in ["internal 403", "internal INVOKE", "internal SIGTERM"] {
        assert!(has(&log, line), "{line}: {log:?}");
    }
    assert!(has(&log, "EXTENSION\tName: internal\tState: Ready\tEvents: [INVOKE]"), "{log:?}");
}

async fn a_wrapper_from_a_layer_brings_an_internal_extension(place: Place) {
    let library = EXTENSION.replace("os.path.basename(__file__)", "'wrapped'");
    let site = "
import threading
from library import register, serve
register('INVOKE')
threading.Thread(target=serve, daemon=True).start()
";
    let layer = [
        ("wrapper", "#!/bin/bash\nexport PYTHONPATH=/opt/lib:$PYTHONPATH\nexec \"$@\"\n"),
        ("lib/sitecustomize.py", site),
        ("lib/library.py", &library),
    ];
    let function = place.python(HANDLER).layer(&layer).variable("AWS_LAMBDA_EXEC_WRAPPER", "/opt/wrapper");
    let function = function.start().await;
    function.answer("1").await;
    let log = function.log().await;
    assert!(has(&log, "wrapped INVOKE"), "{log:?}");
    assert!(has(&log, "EXTENSION\tName: wrapped\tState: Ready\tEvents: [INVOKE]"), "{log:?}");
}

const SAYS_WHEN_ASKED_TO_END: &str = "
import signal
signal.signal(signal.SIGTERM, lambda *_: print('SIGTERM', flush=True))
def handler(event, context): pass
";

async fn a_runtime_without_extensions_is_killed_without_a_word(place: Place) {
    let function = place.python(SAYS_WHEN_ASKED_TO_END).start().await;
    function.answer("1").await;
    assert!(!has(&function.shut_down().await, "SIGTERM"));
}

async fn a_runtime_that_ignores_its_end_is_killed_before_the_extensions_are_told(place: Place) {
    let code = "register('SHUTDOWN')\nend = serve()\nsay(end['deadlineMs'] - int(time.time() * 1000) < 1450)";
    let function = start(&place, SAYS_WHEN_ASKED_TO_END, code).await;
    function.answer("1").await;
    let began = std::time::Instant::now();
    let log = function.shut_down().await;
    assert!(has(&log, "SIGTERM") && has(&log, "ext True"), "{log:?}");
    assert!(began.elapsed() > Duration::from_millis(600));
}

async fn an_extension_that_crashes_in_an_invocation_fails_it(place: Place) {
    let code = "
register('INVOKE')
crash = not os.path.exists('/tmp/crashed')
def handle(event):
    if crash:
        open('/tmp/crashed', 'w')
        os._exit(3)
serve(handle)
";
    let function = start(&place, "import time\ndef handler(e, c): time.sleep(e); return 1", code).await;
    let (error, message, end) = fails(&function, "5").await;
    assert_eq!((error.as_str(), message.as_str()), ("Extension.Crash", "exit status 3"));
    assert_eq!(end, "error\tError Type: Extension.Crash");
    assert_eq!(function.answer("0").await, "1");
}

async fn an_extension_that_ends_in_init_fails_the_invocation(place: Place) {
    let function = start(&place, HANDLER, "register('INVOKE')").await;
    let (error, message, end) = fails(&function, "1").await;
    assert_eq!((error.as_str(), message.as_str()), ("Extension.Crash", "exit code 0"));
    assert_eq!(end, "error\tError Type: Extension.Crash");
    let log = function.log().await;
    let reports = log.iter().filter(|line| line.starts_with("INIT_REPORT ")).collect::<Vec<_>>();
    let end = "Status: error\tError Type: Extension.Crash\n";
    assert!(reports[0].contains("\tPhase: init\t") && reports[0].ends_with(end), "{log:?}");
    assert!(reports[1].contains("\tPhase: invoke\t") && reports[1].ends_with(end), "{log:?}");
    assert!(has(&log, "EXTENSION\tName: ext\tState: Registered\tEvents: [INVOKE]"), "{log:?}");
}

async fn an_extension_that_reports_an_init_error_fails_the_invocation(place: Place) {
    let code =
        "register('INVOKE')\nsay(call('POST', 'init/error', Function_Error_Type='Extension.NoKey')[0])";
    let function = start(&place, HANDLER, code).await;
    let (error, message, _) = fails(&function, "1").await;
    assert_eq!((error.as_str(), message.as_str()), ("Extension.InitError", "exit code 0"));
    let line = "EXTENSION\tName: ext\tState: InitError\tEvents: [INVOKE]\tError Type: Extension.NoKey";
    let log = function.log().await;
    assert!(has(&log, line) && has(&log, "ext 202"), "{log:?}");
}

async fn an_extension_that_reports_an_exit_error_fails_the_invocation(place: Place) {
    let code = "
register('INVOKE')
def handle(event):
    call('POST', 'exit/error', Function_Error_Type='Extension.Lost')
    sys.exit(1)
serve(handle)
";
    let function = start(&place, HANDLER, code).await;
    let (error, message, _) = fails(&function, "\"sleep\"").await;
    assert_eq!((error.as_str(), message.as_str()), ("Extension.ExitError", "exit status 1"));
}

async fn an_extension_that_cannot_be_started_fails_the_invocation(place: Place) {
    let function = place.python(HANDLER).layer(&[("extensions/bad.sh", "neither script nor program")]);
    let function = function.start().await;
    let (error, message, _) = fails(&function, "1").await;
    let why = "fork/exec /opt/extensions/bad.sh: exec format error";
    assert_eq!((error.as_str(), message.as_str()), ("Extension.LaunchError", why));
    let line = "EXTENSION\tName: bad.sh\tState: LaunchError\tEvents: []\tError Type: UnknownError";
    assert!(has(&function.log().await, line));
}

async fn an_extension_that_never_registers_makes_init_time_out(place: Place) {
    let function = start_within(&place, HANDLER, "time.sleep(60)", 1).await;
    let (error, message, end) = fails(&function, "1").await;
    assert_eq!((error.as_str(), message.as_str()), ("Sandbox.Timedout", "Task timed out after 1.00 seconds"));
    assert_eq!(end, "timeout");
    let log = function.log().await;
    assert!(log.iter().any(|line| line.ends_with("\tPhase: init\tStatus: timeout\n")), "{log:?}");
    assert!(has(&log, "EXTENSION\tName: ext\tState: Started\tEvents: []"), "{log:?}");
}

async fn an_extension_that_never_asks_for_the_next_event_makes_an_answered_invocation_time_out(place: Place) {
    let code = "
register('INVOKE', 'SHUTDOWN')
def handle(event):
    with open('/tmp/count', 'a+') as count:
        count.write('x')
        if count.tell() == 2: time.sleep(3.3)
serve(handle)
";
    let function = start_within(&place, "def handler(e, c): return 'answer'", code, 3).await;
    function.answer("0").await;
    let completed = function.invoke("1").await;
    assert!(matches!(&completed.outcome, Outcome::Success { payload } if payload == "\"answer\""));
    assert_eq!((completed.status, completed.duration), (Status::Timeout, Duration::from_secs(3)));
    assert!(text(&completed.log_tail).ends_with("\tStatus: timeout\n"));
    assert_eq!(function.answer("0").await, "\"answer\"");
    let log = function.log().await;
    assert!(has(&log, "ext SHUTDOWN timeout"), "{log:?}");
}

async fn a_function_that_times_out_has_its_extensions_told_and_keeps_its_temporary_folder(place: Place) {
    let function = start_within(&place, HANDLER, "register('INVOKE', 'SHUTDOWN')\nserve()", 3).await;
    function.answer("1").await;
    let (error, _, end) = fails(&function, "\"write\"").await;
    assert_eq!((error.as_str(), end.as_str()), ("Sandbox.Timedout", "timeout"));
    assert_eq!(function.answer("\"read\"").await, "\"kept\"");
    let log = function.log().await;
    assert!(has(&log, "ext SHUTDOWN timeout"), "{log:?}");
    assert_eq!(log.iter().filter(|line| line.starts_with("INIT_START")).count(), 1);
}

async fn an_extension_that_takes_all_memory_is_out_of_memory(place: Place) {
    let code = "
register('INVOKE')
def handle(event):
    if not os.path.exists('/tmp/full'):
        open('/tmp/full', 'w')
        return len(bytearray(1 << 30))
serve(handle)
";
    // A machine that has just been given its memory takes its time to hand it out, and the function's share of the
    // processor is small.
    let function = start_within(&place, HANDLER, code, 60).await;
    let (error, message, end) = fails(&function, "\"sleep\"").await;
    assert_eq!(
        (error.as_str(), message.as_str()),
        ("Runtime.OutOfMemory", "Runtime exited with error: signal: killed")
    );
    assert_eq!(end, "error\tError Type: Runtime.OutOfMemory");
    function.answer("1").await;
}
