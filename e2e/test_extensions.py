"""Extensions from layers: AWS's own crate, a shell script, and what becomes of a function whose extension fails."""

import json
import subprocess
import time

import pytest

from mayfly import package
from subjects import CACHE, FIXTURES
from test_layers import publish  # noqa: F401 - a fixture

PATIENCE_S = 30

SHELL = """#!/bin/bash
api="http://${AWS_LAMBDA_RUNTIME_API}/2020-01-01/extension"
id=$(curl -s -D - -o /tmp/registered -H "Lambda-Extension-Name: ${0##*/}" \\
    -d '{"events": ["INVOKE", "SHUTDOWN"]}' "$api/register" | tr -d '\\r' | sed -n 's/^Lambda-Extension-Identifier: //p')
echo "shell registered $(cat /tmp/registered)"
while true; do
    event=$(curl -s -H "Lambda-Extension-Identifier: $id" "$api/event/next")
    echo "shell heard $event"
    [[ "$event" == *SHUTDOWN* ]] && exit 0
done
"""


def rust_extension():
    target = CACHE / "rust"
    manifest = FIXTURES / "rust-extension" / "Cargo.toml"
    command = ["cargo", "build", "--quiet", "--release", "--manifest-path", manifest, "--target-dir", target]
    subprocess.run(command, check=True)
    return (target / "release" / "extension").read_bytes()


def lines(logs_client, function):
    events = logs_client.filter_log_events(logGroupName=f"/aws/lambda/{function.name}")["events"]
    return [event["message"].rstrip("\n") for event in events]


def line(logs_client, function, beginning):
    """The first line of the function's log that begins so, once there is one."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        found = [line for line in lines(logs_client, function) if line.startswith(beginning)]
        if found:
            return found[0]
        function.invoke()
    raise AssertionError(f"no line begins with {beginning!r}: {lines(logs_client, function)}")


def test_the_published_crate_hears_events_and_collects_telemetry(function, publish, logs_client):  # noqa: F811
    arn = publish({"extensions/crate": rust_extension()}, executable={"extensions/crate"})
    deployed = function("def handler(event, context):\n    print('from the function')\n", Layers=[arn], Timeout=20)
    answer = deployed.invoke()
    assert line(logs_client, deployed, "extension heard INVOKE ").endswith(answer.request_id)
    assert "from the function" in line(logs_client, deployed, "extension collected ")
    report = line(logs_client, deployed, "extension collected the report of ")
    assert report == f"extension collected the report of {answer.request_id}: Success"
    ready = "EXTENSION\tName: crate\tState: Ready\tEvents: [INVOKE, SHUTDOWN]"
    assert line(logs_client, deployed, "EXTENSION") == ready


def test_a_shell_script_is_an_extension(function, publish, logs_client):  # noqa: F811
    arn = publish({"extensions/hear.sh": SHELL}, executable={"extensions/hear.sh"})
    deployed = function(Layers=[arn], Timeout=20)
    answer = deployed.invoke()
    registered = json.loads(line(logs_client, deployed, "shell registered ").removeprefix("shell registered "))
    assert registered == {"functionName": deployed.name, "functionVersion": "$LATEST", "handler": "index.handler"}
    heard = json.loads(line(logs_client, deployed, "shell heard ").removeprefix("shell heard "))
    assert (heard["eventType"], heard["requestId"]) == ("INVOKE", answer.request_id)
    assert heard["invokedFunctionArn"].endswith(f":function:{deployed.name}")


@pytest.mark.parametrize(
    "extension, error, message",
    [
        ("#!/bin/sh\nexit 3\n", "Extension.Crash", "exit status 3"),
        ("no program", "Extension.LaunchError", "fork/exec /opt/extensions/bad: exec format error"),
    ],
)
def test_a_function_fails_with_its_extension(function, publish, extension, error, message):  # noqa: F811
    arn = publish({"extensions/bad": extension}, executable={"extensions/bad"})
    answer = function(Layers=[arn]).invoke()
    assert answer.value == {"errorType": error, "errorMessage": f"RequestId: {answer.request_id} Error: {message}"}


BUSY = """#!/var/lang/bin/python3
import http.client, json, os, time
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
def call(method, path, body=None, **headers):
    api.request(method, "/2020-01-01/extension/" + path, body, headers)
    answer = api.getresponse()
    answer.read()
    return answer.headers["Lambda-Extension-Identifier"]
identifier = call("POST", "register", json.dumps({"events": ["INVOKE"]}), **{"Lambda-Extension-Name": "busy"})
while True:
    call("GET", "event/next", **{"Lambda-Extension-Identifier": identifier})
    time.sleep(8)
"""


def test_an_environment_is_busy_until_its_extensions_are_done(function, publish, lambda_client):  # noqa: F811
    arn = publish({"extensions/busy": BUSY}, executable={"extensions/busy"})
    source = "import uuid\nwhere = str(uuid.uuid4())\ndef handler(event, context):\n    return where\n"
    deployed = function(source, Layers=[arn], Timeout=20)
    began = time.monotonic()
    where = {lambda_client.invoke(FunctionName=deployed.name)["Payload"].read() for _ in range(2)}
    assert len(where) == 2 and time.monotonic() - began < 8
