use std::time::Duration;

use model::RequestId;

use super::place::{Place, text};

crate::tests!(
    answers_cold_and_warm_and_keeps_its_globals,
    the_log_reads_as_aws_s_from_init_to_report,
    the_tail_is_that_of_the_invocation,
    thaws_for_the_next_invocation_after_a_pause,
    serves_a_payload_of_six_megabytes,
    keeps_its_globals_through_forty_invocations,
    an_invocation_lasts_until_the_runtime_asks_for_the_next_event,
    a_small_function_has_more_processor_time_in_init_than_in_invocations,
    processor_time_is_counted_for_each_invocation,
    memory_is_shown_at_its_most_since_the_environment_was_made,
);

const COUNTER: &str = "
count = 0
def handler(event, context):
    global count
    count += 1
    print('call', count)
    return {'count': count, 'event': event}
";

async fn answers_cold_and_warm_and_keeps_its_globals(place: Place) {
    let function = place.python(COUNTER).start().await;
    assert_eq!(function.answer(r#"{"a": 1}"#).await, r#"{"count": 1, "event": {"a": 1}}"#);
    assert_eq!(function.answer("2").await, r#"{"count": 2, "event": 2}"#);
    function.environment.shutdown().await;
}

async fn the_log_reads_as_aws_s_from_init_to_report(place: Place) {
    let code = format!("print('at import')\n{COUNTER}");
    let function = place.python(&code).start().await;
    let id = RequestId::random();
    let completed = function.invoke_as(id, "{}").await;
    let log = function.log().await;
    assert!(log[0].starts_with("INIT_START Runtime Version: python:3."), "{log:?}");
    assert!(log[0].contains(".v1\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:"), "{log:?}");
    let start = format!("START RequestId: {id} Version: $LATEST\n");
    let end = format!("END RequestId: {id}\n");
    assert_eq!(log[1..5], ["at import\n", &start, "call 1\n", &end]);
    let report = &log[5];
    let fields =
        report.split('\t').map(|field| field.split(": ").next().unwrap_or_default()).collect::<Vec<_>>();
    let names = [
        "REPORT RequestId",
        "Duration",
        "Billed Duration",
        "Memory Size",
        "Max Memory Used",
        "Init Duration",
        "\n",
    ];
    assert_eq!(fields, names, "{report}");
    assert!(completed.init.is_some() && completed.billed >= completed.duration);
    assert!(completed.memory_peak_mib > 0, "{report}");
    let second = function.invoke("{}").await;
    assert_eq!(second.init, None);
    assert!(!text(&second.log_tail).contains("Init Duration"));
}

async fn the_tail_is_that_of_the_invocation(place: Place) {
    let function = place.python(COUNTER).start().await;
    function.invoke("1").await;
    let second = text(&function.invoke("2").await.log_tail);
    assert!(
        second.starts_with("START RequestId: ") && second.contains("\ncall 2\nEND RequestId: "),
        "{second}"
    );
    assert!(!second.contains("call 1"));
    let long = place.python("def handler(e, c): print('x' * 5000)").start().await;
    assert_eq!(long.invoke("{}").await.log_tail.len(), 4096);
}

async fn thaws_for_the_next_invocation_after_a_pause(place: Place) {
    let code = "
import threading, time
beats = []
def beat():
    while True:
        beats.append(time.monotonic())
        time.sleep(0.01)
threading.Thread(target=beat, daemon=True).start()
def handler(event, context):
    seen = len(beats)
    while len(beats) == seen:
        time.sleep(0.001)
    return max((b - a for a, b in zip(beats, beats[1:])), default=0) > 0.8
";
    let function = place.python(code).start().await;
    function.answer("{}").await;
    // The function's own clock tells that its threads stood still.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(function.answer("{}").await, "true");
}

async fn serves_a_payload_of_six_megabytes(place: Place) {
    let function = place.python("def handler(event, context): return event").start().await;
    let payload = format!("\"{}\"", "x".repeat(6 * 1024 * 1024 - 2));
    assert_eq!(function.answer(&payload).await, payload);
}

async fn keeps_its_globals_through_forty_invocations(place: Place) {
    let function = place.python(COUNTER).start().await;
    for count in 1..=40 {
        assert!(function.answer("0").await.contains(&format!("\"count\": {count},")));
    }
}

async fn a_small_function_has_more_processor_time_in_init_than_in_invocations(place: Place) {
    let code = "
import time
def work():
    began = time.monotonic()
    while time.process_time() < spent + 0.1: pass
    return time.monotonic() - began
spent = time.process_time()
in_init = work()
def handler(event, context):
    global spent
    spent = time.process_time()
    return [in_init, work()]
";
    let mut function = place.python(code);
    function.config.memory_mib = 128;
    let answer = function.start().await.answer("{}").await;
    let [in_init, in_handler]: [f64; 2] = serde_json::from_str(&answer).expect("two numbers");
    // 72 thousandths of a processor need 1.4 s for it.
    assert!(in_handler > 1.0 && in_init < in_handler / 2.0, "{answer}");
}

async fn processor_time_is_counted_for_each_invocation(place: Place) {
    let code = "
import subprocess, time
def burn(seconds):
    began = time.process_time()
    while time.process_time() < began + seconds: pass
burn(0.3)
def handler(event, context):
    if event == 'child': subprocess.run(['/var/lang/bin/python3', '-c', 'for _ in range(10**7): pass'])
    else: burn(event)
";
    let mut function = place.python(code);
    function.config.memory_mib = 1769;
    let function = function.start().await;
    let idle = function.invoke("0").await.cpu;
    assert!(idle < Duration::from_millis(100), "init is not the invocation's: {idle:?}");
    let busy = function.invoke("0.2").await.cpu;
    assert!(busy >= Duration::from_millis(190) && busy < Duration::from_millis(400), "{busy:?}");
    assert!(function.invoke("0").await.cpu < Duration::from_millis(100));
    let child = function.invoke("\"child\"").await.cpu;
    assert!(child > Duration::from_millis(150), "a process that has ended counts: {child:?}");
}

async fn memory_is_shown_at_its_most_since_the_environment_was_made(place: Place) {
    let function =
        place.python("def handler(event, context): return len(bytearray(event << 20))").start().await;
    let before = function.invoke("0").await.memory_peak_mib;
    let large = function.invoke("100").await.memory_peak_mib;
    assert!(before < 100 && (100..200).contains(&large), "{before}, then {large}");
    assert!(function.invoke("0").await.memory_peak_mib >= large);
}

async fn an_invocation_lasts_until_the_runtime_asks_for_the_next_event(place: Place) {
    let slow = super::custom::BASH.replace("  exec 3>&-\n", "  exec 3>&-\n  sleep 0.4\n");
    let function = place.function("provided.al2023", "h", &[("bootstrap", &slow)]).start().await;
    let completed = function.invoke("1").await;
    assert!(completed.answered - completed.sent < Duration::from_millis(350), "{completed:?}");
    assert!(completed.duration >= Duration::from_millis(400), "{completed:?}");
    assert!(!completed.extensions_work && completed.post_runtime_extensions < Duration::from_millis(100));
}
