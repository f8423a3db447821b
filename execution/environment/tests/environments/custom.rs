use super::place::Place;

crate::tests!(
    a_shell_script_is_a_runtime,
    a_bootstrap_applies_wrappers_by_itself,
    a_missing_bootstrap_is_an_invalid_entrypoint,
    a_bootstrap_that_cannot_be_executed_is_an_invalid_entrypoint,
    a_bootstrap_without_its_interpreter_is_an_invalid_entrypoint,
    a_stream_that_is_cut_short_is_told_and_the_runtime_goes_on,
    a_response_in_an_unknown_mode_is_told_and_the_runtime_goes_on,
    an_error_without_a_body_has_the_platform_s,
);

/// A runtime in bash alone: it speaks HTTP over bash's own sockets.
pub(crate) const BASH: &str = r#"#!/bin/bash
api="${AWS_LAMBDA_RUNTIME_API}"
while true; do
  exec 3<>"/dev/tcp/${api%:*}/${api#*:}"
  printf 'GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: %s\r\n\r\n' "$api" >&3
  id=; length=0
  while IFS= read -r line <&3; line="${line%$'\r'}"; [ -n "$line" ]; do
    case "$line" in
      Lambda-Runtime-Aws-Request-Id:*) id="${line#*: }" ;;
      Content-Length:*) length="${line#*: }" ;;
    esac
  done
  IFS= read -r -N "$length" event <&3
  echo "bash got $event with $_HANDLER"
  body="\"bash: $event\""
  printf 'POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s' "$id" "$api" "${#body}" "$body" >&3
  cat <&3 >/dev/null
  exec 3>&-
done
"#;

async fn a_shell_script_is_a_runtime(place: Place) {
    let function = place.function("provided.al2023", "any.thing", &[("bootstrap", BASH)]).start().await;
    assert_eq!(function.answer("1").await, "\"bash: 1\"");
    assert_eq!(function.answer("2").await, "\"bash: 2\"");
    let log = function.log().await;
    assert!(log[0].starts_with("INIT_START Runtime Version: provided:al2023.v1\t"), "{log:?}");
    assert_eq!(log[2], "bash got 1 with any.thing\n");
}

async fn a_missing_bootstrap_is_an_invalid_entrypoint(place: Place) {
    let function = place.function("provided.al2023", "h", &[]).start().await;
    let (payload, error, _) = function.failure("{}").await;
    assert_eq!(error, "Runtime.InvalidEntrypoint");
    assert!(
        payload.ends_with("Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]\"}"),
        "{payload}"
    );
}

async fn a_bootstrap_that_cannot_be_executed_is_an_invalid_entrypoint(place: Place) {
    let function = place.function("provided.al2023", "h", &[("bootstrap", "neither script nor program")]);
    let (payload, error, _) = function.start().await.failure("{}").await;
    assert_eq!(error, "Runtime.InvalidEntrypoint");
    assert!(payload.ends_with("Error: fork/exec /var/task/bootstrap: exec format error\"}"), "{payload}");
}

async fn a_bootstrap_applies_wrappers_by_itself(place: Place) {
    let files = [("bootstrap", BASH), ("wrapper", "#!/bin/bash\nexit 9\n")];
    let function = place.function("provided.al2023", "h", &files);
    let function = function.variable("AWS_LAMBDA_EXEC_WRAPPER", "/var/task/wrapper").start().await;
    assert_eq!(function.answer("1").await, "\"bash: 1\"");
}

async fn a_bootstrap_without_its_interpreter_is_an_invalid_entrypoint(place: Place) {
    let function = place.function("provided.al2023", "h", &[("bootstrap", "#!/no/such/program\n")]);
    let (payload, error, _) = function.start().await.failure("{}").await;
    assert_eq!(error, "Runtime.InvalidEntrypoint");
    let why = "Error: fork/exec /var/task/bootstrap: no such file or directory\"}";
    assert!(payload.ends_with(why), "{payload}");
}

/// A runtime that does something else with the event `"wrong"`; each pair is what it does and what it does then.
fn wrong(changes: &[(&str, &str)]) -> String {
    let [before, post] = BASH.split_inclusive("$_HANDLER\"\n").collect::<Vec<_>>()[..] else {
        panic!("the answer follows the only print")
    };
    let (post, end) = post.split_at(post.rfind("done\n").expect("the end of the loop"));
    let wrong = changes.iter().fold(post.to_owned(), |text, (right, wrong)| {
        assert!(text.contains(right), "{right}");
        text.replace(right, wrong)
    });
    format!("{before}if [ \"$event\" = '\"wrong\"' ]; then\n{wrong}else\n{post}fi\n{end}")
}

/// What becomes of a wrong answer; the next invocation has the same process.
async fn answers_wrongly(place: &Place, changes: &[(&str, &str)], error: &str) {
    let bootstrap = wrong(changes);
    let function = place.function("provided.al2023", "h", &[("bootstrap", &bootstrap)]).start().await;
    assert_eq!(function.answer("1").await, "\"bash: 1\"");
    let (payload, kind, _) = function.failure("\"wrong\"").await;
    let unexplained =
        format!("{{\"errorMessage\":\"Unknown application error occurred\",\"errorType\":\"{error}\"}}");
    assert_eq!((kind.as_str(), payload), (error, unexplained));
    assert_eq!(function.answer("2").await, "\"bash: 2\"");
    let log = function.log().await;
    assert!(!log.iter().any(|line| line.starts_with("INIT_REPORT")), "{log:?}");
}

async fn a_stream_that_is_cut_short_is_told_and_the_runtime_goes_on(place: Place) {
    let mode = "Lambda-Runtime-Function-Response-Mode: streaming\\r\\nConnection: close";
    let short = ("\"${#body}\"", "\"$((${#body} + 9))\"");
    let changes = [("Connection: close", mode), short, ("  cat <&3 >/dev/null\n", "")];
    answers_wrongly(&place, &changes, "Runtime.TruncatedResponse").await;
}

async fn a_response_in_an_unknown_mode_is_told_and_the_runtime_goes_on(place: Place) {
    let mode = "Lambda-Runtime-Function-Response-Mode: odd\\r\\nConnection: close";
    answers_wrongly(&place, &[("Connection: close", mode)], "Runtime.InvalidResponseModeHeader").await;
}

async fn an_error_without_a_body_has_the_platform_s(place: Place) {
    let named = "Lambda-Runtime-Function-Error-Type: Runtime.Odd\\r\\nConnection: close";
    let changes =
        [("/response", "/error"), ("body=\"\\\"bash: $event\\\"\"", "body="), ("Connection: close", named)];
    answers_wrongly(&place, &changes, "Runtime.Odd").await;
}
