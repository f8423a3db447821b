use model::function::{LogFormat, LogLevel, SystemLogLevel};

use super::place::{Place, text};

crate::tests!(
    prints_errors_and_records_keep_their_order,
    output_without_a_line_end_is_there_when_the_answer_is,
    a_function_that_never_stops_writing_is_answered,
    json_logs_are_documents_and_follow_their_levels,
);

async fn prints_errors_and_records_keep_their_order(place: Place) {
    let code = "
import logging, sys
def handler(event, context):
    for i in range(20):
        print('out', i)
        print('err', i, file=sys.stderr)
        logging.warning('record %d\\nsecond line', i)
";
    let function = place.python(code).start().await;
    function.answer("{}").await;
    let log = function.log().await;
    for i in 0..20 {
        let group = &log[2 + 3 * i..5 + 3 * i];
        assert_eq!(group[..2], [format!("out {i}\n"), format!("err {i}\n")]);
        assert!(
            group[2].starts_with("[WARNING]\t")
                && group[2].ends_with(&format!("\trecord {i}\nsecond line\n"))
        );
    }
}

async fn output_without_a_line_end_is_there_when_the_answer_is(place: Place) {
    let function = place.python("def handler(e, c): print('no end', end='')").start().await;
    let tail = text(&function.invoke("{}").await.log_tail);
    assert!(tail.contains("\nno end\nEND RequestId"), "{tail}");
}

async fn a_function_that_never_stops_writing_is_answered(place: Place) {
    let code = "
import threading
def flood():
    while True: print('x' * 1000)
def handler(event, context):
    threading.Thread(target=flood, daemon=True).start()
    return 'answer'
";
    let function = place.python(code).start().await;
    assert_eq!(function.answer("{}").await, "\"answer\"");
    assert_eq!(function.answer("{}").await, "\"answer\"");
}

async fn json_logs_are_documents_and_follow_their_levels(place: Place) {
    let code = "
import logging, json
def handler(event, context):
    logging.info('hidden')
    logging.error('shown')
    print(json.dumps({'level': 'debug', 'message': 'hidden'}))
    print('text passes')
";
    let mut function = place.python(code);
    function.config.logging.format =
        LogFormat::Json { application: LogLevel::Warn, system: SystemLogLevel::Info };
    let function = function.start().await;
    function.answer("{}").await;
    let log = function.log().await;
    let kinds = log.iter().map(|line| kind(line)).collect::<Vec<_>>();
    assert_eq!(kinds, ["platform.initStart", "platform.start", "shown", "text passes", "platform.report"]);
}

fn kind(line: &str) -> String {
    let Ok(document) = serde_json::from_str::<serde_json::Value>(line) else { return line.trim().to_owned() };
    let word = document.get("type").or(document.get("message"));
    word.and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}
