use super::place::Place;

crate::tests!(
    a_shell_script_is_a_runtime,
    a_bootstrap_applies_wrappers_by_itself,
    a_missing_bootstrap_is_an_invalid_entrypoint,
    a_bootstrap_that_cannot_be_executed_is_an_invalid_entrypoint,
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
