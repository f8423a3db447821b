use model::function::{LogFormat, LogLevel, SystemLogLevel};
use serde_json::Value;

use super::extensions::EXTENSION;
use super::place::{Function, Place, Running};

crate::tests!(
    a_subscriber_hears_the_whole_story_of_an_invocation,
    a_subscriber_hears_only_what_it_asked_for,
    a_json_line_is_an_object_for_subscribers_of_json_logs,
    a_subscriber_over_tcp_gets_lines,
    a_subscriber_of_the_logs_api_hears_its_events,
    a_subscriber_that_does_not_read_holds_nothing_up,
    a_subscriber_that_falls_behind_is_told_what_was_dropped,
    a_subscriber_that_recovers_is_told_all_that_was_dropped,
    a_subscription_is_refused_in_aws_s_words,
    the_runtime_s_last_words_reach_a_subscriber_before_it_ends,
);

/// A listener that writes all it hears to a file, which the function can read.
const LISTENER: &str = r#"
import http.server, socketserver, threading
posts = 0
def keep(events):
    with open('/tmp/heard', 'a') as heard:
        for event in events: heard.write(json.dumps(event) + '\n')
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        global posts
        posts += 1
        body = self.rfile.read(int(self.headers['Content-Length']))
        if posts == 1 and 'SLOW' in os.environ: time.sleep(1.5)
        fails = posts <= int(os.environ.get('FAILS', 0))
        if not fails: keep(json.loads(body))
        self.send_response(503 if fails else 200)
        self.end_headers()
    def log_message(self, *_): pass
def listen():
    server = http.server.ThreadingHTTPServer(('0.0.0.0', 8080), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
def subscribe(types, path='/2022-07-01/telemetry', schema='2022-12-13', destination=None, timeout=25):
    destination = destination or {'protocol': 'HTTP', 'URI': 'http://sandbox.localdomain:8080/x'}
    body = {'schemaVersion': schema, 'types': types, 'destination': destination, 'buffering': {'timeoutMs': timeout}}
    connection = http.client.HTTPConnection(os.environ['AWS_LAMBDA_RUNTIME_API'])
    connection.request('PUT', path, json.dumps(body), {'Lambda-Extension-Identifier': identifier or ''})
    response = connection.getresponse()
    return response.status, response.read().decode().strip()
"#;

const HANDLER: &str = "
import json, os
def handler(event, context):
    if event == 'heard':
        return open('/tmp/heard').read() if os.path.exists('/tmp/heard') else ''
    if event == 'flood':
        for _ in range(20000): print('x' * 100)
    if event == 'json':
        print(json.dumps({'level': 'ERROR', 'n': 1}))
    print('a line')
";

fn function(place: &Place, extension: &str) -> Function {
    let extension = format!("{EXTENSION}{LISTENER}{extension}");
    place.python(HANDLER).layer(&[("extensions/ext", &extension)])
}

fn events(text: &str) -> Vec<Value> {
    let text = serde_json::from_str::<String>(text).expect("a string");
    // The last line may be half written.
    let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
    whole.lines().map(|line| serde_json::from_str(line).expect("an event")).collect()
}

/// All that the subscriber heard, once an event of this type is among it. What is sent after an invocation arrives when
/// the environment goes on, so each question is an invocation.
async fn heard(function: &Running, kind: &str) -> Vec<Value> {
    loop {
        let events = events(&function.answer("\"heard\"").await);
        if events.iter().any(|event| event["type"] == kind) {
            return events;
        }
    }
}

fn kinds(events: &[Value]) -> Vec<&str> {
    events.iter().filter_map(|event| event["type"].as_str()).collect()
}

async fn a_subscriber_hears_the_whole_story_of_an_invocation(place: Place) {
    let code = "
listen()
register('INVOKE', 'SHUTDOWN')
say(*subscribe(['platform', 'function', 'extension']))
serve()
";
    let function = function(&place, code).start().await;
    function.answer("1").await;
    let events = heard(&function, "platform.report").await;
    let end = kinds(&events).iter().position(|kind| *kind == "platform.report").expect("a report");
    let kinds = kinds(&events[..=end]).into_iter().filter(|kind| *kind != "extension").collect::<Vec<_>>();
    assert_eq!(
        kinds,
        [
            "platform.initStart",
            "platform.telemetrySubscription",
            "platform.extension",
            "platform.initRuntimeDone",
            "platform.initReport",
            "platform.start",
            "function",
            "platform.runtimeDone",
            "platform.report"
        ]
    );
    let record = |kind: &str| {
        events
            .iter()
            .find(|event| event["type"] == kind)
            .map(|event| event["record"].clone())
            .expect("a record")
    };
    assert_eq!(record("function"), "a line\n");
    assert_eq!(record("extension"), "ext 200 \"OK\"\n");
    assert_eq!(record("platform.initStart")["initializationType"], "on-demand");
    let extension = serde_json::json!({ "name": "ext", "state": "Ready", "events": ["INVOKE", "SHUTDOWN"] });
    assert_eq!(record("platform.extension"), extension);
    assert_eq!(record("platform.runtimeDone")["status"], "success");
    assert_eq!(record("platform.runtimeDone")["spans"][0]["name"], "responseLatency");
    let report = record("platform.report");
    assert_eq!(
        (&report["status"], &report["spans"][0]["name"]),
        (&"success".into(), &"extensionOverhead".into())
    );
    let log = function.log().await;
    let line = "TELEMETRY\tName: ext\tState: Subscribed\tTypes: [Platform, Function, Extension]\n";
    assert!(log.iter().any(|logged| logged == line), "{log:?}");
}

async fn a_subscriber_hears_only_what_it_asked_for(place: Place) {
    let code = "listen()\nregister('INVOKE')\nsubscribe(['function'])\nserve()";
    let function = function(&place, code).start().await;
    function.answer("1").await;
    let events = heard(&function, "function").await;
    assert!(kinds(&events).iter().all(|kind| *kind == "function"), "{events:?}");
}

async fn a_json_line_is_an_object_for_subscribers_of_json_logs(place: Place) {
    let code = "listen()\nregister('INVOKE')\nsubscribe(['function'])\nserve()";
    let mut function = function(&place, code);
    function.config.logging.format =
        LogFormat::Json { application: LogLevel::Info, system: SystemLogLevel::Info };
    let function = function.start().await;
    function.answer("\"json\"").await;
    let events = heard(&function, "function").await;
    assert_eq!(events[0]["record"], serde_json::json!({ "level": "ERROR", "n": 1 }));
    assert_eq!(events[1]["record"], "a line\n");
}

async fn a_subscriber_over_tcp_gets_lines(place: Place) {
    let code = "
class Lines(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile: keep([json.loads(line)])
server = socketserver.ThreadingTCPServer(('0.0.0.0', 8080), Lines)
threading.Thread(target=server.serve_forever, daemon=True).start()
register('INVOKE')
subscribe(['platform'], destination={'protocol': 'TCP', 'port': 8080})
serve()
";
    let function = function(&place, code).start().await;
    function.answer("1").await;
    let events = heard(&function, "platform.report").await;
    assert_eq!(events[0]["type"], "platform.initStart");
}

async fn a_subscriber_of_the_logs_api_hears_its_events(place: Place) {
    let code = "
listen()
register('INVOKE')
say(*subscribe(['platform'], path='/2020-08-15/logs', schema='2021-03-18'))
say(*subscribe(['platform']))
serve()
";
    let function = function(&place, code).start().await;
    function.answer("1").await;
    let events = heard(&function, "platform.report").await;
    let end = kinds(&events).iter().position(|kind| *kind == "platform.report").expect("a report");
    assert_eq!(
        kinds(&events[..=end]),
        [
            "platform.logsSubscription",
            "platform.extension",
            "platform.start",
            "platform.runtimeDone",
            "platform.end",
            "platform.report"
        ]
    );
    assert_eq!(events[2]["record"].get("functionArn"), None);
    assert_eq!(events[3]["record"].as_object().map(serde_json::Map::len), Some(2));
    let log = function.log().await;
    assert!(log.contains(&"LOGS\tName: ext\tState: Subscribed\tTypes: [Platform]\n".to_owned()), "{log:?}");
    assert!(log.iter().any(|line| line.starts_with("ext 400 ")), "{log:?}");
}

async fn a_subscriber_that_does_not_read_holds_nothing_up(place: Place) {
    let code = "
import socket
mute = socket.create_server(('0.0.0.0', 8080))
register('INVOKE')
subscribe(['function'])
serve()
";
    let function = function(&place, code).start().await;
    for _ in 0..3 {
        assert_eq!(function.answer("\"flood\"").await, "null");
    }
}

async fn a_subscriber_that_falls_behind_is_told_what_was_dropped(place: Place) {
    let code = "listen()\nregister('INVOKE')\nsubscribe(['function'])\nserve()";
    let function = function(&place, code).variable("SLOW", "1").start().await;
    function.answer("\"flood\"").await;
    let events = heard(&function, "platform.logsDropped").await;
    let dropped = events.iter().find(|event| event["type"] == "platform.logsDropped").expect("a record");
    assert!(dropped["record"]["droppedRecords"].as_u64() > Some(1000), "{dropped}");
    assert!(dropped["record"]["droppedBytes"].as_u64() > Some(100_000), "{dropped}");
}

/// Two batches and what came meanwhile; the news of the first is in the second.
async fn a_subscriber_that_recovers_is_told_all_that_was_dropped(place: Place) {
    let code = "listen()\nregister('INVOKE')\nsubscribe(['function'])\nserve()";
    let function = function(&place, code).variable("FAILS", "6").start().await;
    function.answer("\"flood\"").await;
    loop {
        let events = heard(&function, "platform.logsDropped").await;
        let told = events.iter().filter_map(|event| event["record"]["droppedRecords"].as_u64()).sum::<u64>();
        let lines = events.iter().filter_map(|event| event["record"].as_str());
        let heard = lines.filter(|line| line.starts_with("xxx")).count() as u64;
        if told + heard >= 20_000 {
            break;
        }
    }
}

async fn a_subscription_is_refused_in_aws_s_words(place: Place) {
    let code = "
say(*subscribe(['platform']))
register('INVOKE')
say(*subscribe([], destination={'protocol': 'HTTP', 'URI': 'http://sandbox.localdomain'}))
say(*subscribe(['platform'], timeout=24))
serve(lambda event: say(*subscribe(['platform'])))
";
    let function = function(&place, code).start().await;
    function.answer("1").await;
    let log = function.log().await;
    let refusals = [
        r#"ext 403 {"errorMessage":"Missing Lambda-Extension-Identifier header","errorType":"Extension.MissingExtensionIdentifier"}"#,
        r#"ext 400 {"errorMessage":"URI port is not provided; types should not be empty","errorType":"ValidationError"}"#,
        r#"ext 400 {"errorMessage":"timeoutMs should be between 25 and 30000","errorType":"ValidationError"}"#,
        r#"ext 403 {"errorMessage":"Telemetry API subscription is closed","errorType":"Telemetry.SubscriptionClosed"}"#,
    ];
    for refusal in refusals {
        assert!(log.iter().any(|line| line.trim_end() == refusal), "{refusal}: {log:?}");
    }
}

async fn the_runtime_s_last_words_reach_a_subscriber_before_it_ends(place: Place) {
    let code = "
listen()
register('SHUTDOWN')
subscribe(['function'], timeout=30000)
serve()
deadline = time.time() + 1.5
while time.time() < deadline and not (os.path.exists('/tmp/heard') and 'last words' in open('/tmp/heard').read()):
    time.sleep(0.01)
say('heard', 'last words' in open('/tmp/heard').read())
";
    let handler = "
import signal, sys
def end(*_):
    print('last words', flush=True)
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
def handler(event, context): pass
";
    let extension = format!("{EXTENSION}{LISTENER}{code}");
    let function = place.python(handler).layer(&[("extensions/ext", &extension)]).start().await;
    function.answer("1").await;
    let log = function.shut_down().await;
    assert!(log.contains(&"ext heard True\n".to_owned()), "{log:?}");
}
