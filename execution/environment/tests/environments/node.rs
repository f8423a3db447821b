use super::place::{Place, text};

crate::tests!(every_node_of_the_host_serves_its_runtime, a_node_function_logs_and_fails_as_on_aws);

async fn every_node_of_the_host_serves_its_runtime(place: Place) {
    for runtime in place.runtimes("nodejs") {
        let code = "exports.handler = async (event) => [process.version.split('.')[0], event];";
        let function = place.function(&runtime, "app.handler", &[("app.js", code)]).start().await;
        let major = runtime.trim_start_matches("nodejs").trim_end_matches(".x");
        assert_eq!(function.answer("{\"a\":1}").await, format!("[\"v{major}\",{{\"a\":1}}]"));
    }
}

async fn a_node_function_logs_and_fails_as_on_aws(place: Place) {
    let code = "exports.handler = async () => { console.log('line\\ntwo'); throw new TypeError('boom'); };";
    let function = place.node(code).start().await;
    let (payload, _, completed) = function.failure("{}").await;
    assert!(
        payload.starts_with(r#"{"errorType":"TypeError","errorMessage":"boom","trace":["TypeError: boom","#),
        "{payload}"
    );
    let log = function.log().await;
    assert!(log[2].ends_with("\tINFO\tline\ntwo\n"), "{log:?}");
    assert!(log[3].contains("\tERROR\tInvoke Error \t{\"errorType\":\"TypeError\""), "{log:?}");
    assert!(text(&completed.log_tail).ends_with(&log[5]), "{log:?}");
    assert!(log[5].starts_with("REPORT ") && log[5].contains("\tInit Duration: "), "{log:?}");
}
