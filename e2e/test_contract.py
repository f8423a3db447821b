"""One suite for every language, on Mayfly's own runtime client and on the published one: the same results."""

import base64
import json
import re

import pytest

from mayfly import Server
from subjects import SUBJECTS, dotnet_path  # noqa: F401 - what these tests run on


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("contract"))
    server.environment = {"MAYFLY_RUNTIMES_FALLBACK": "nearest", "PATH": dotnet_path()}
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def subject(request):
    return request.param


@pytest.fixture(scope="module")
def deployed(server, subject):
    """One function for all tests of a subject: most differ only in what the event asks for."""
    client = server.client("lambda")
    name = f"contract-{subject.name}"
    function = server.create_function(client, name, package=subject.package(), **subject.options(GREETING="grüß dich"))
    yield function
    client.delete_function(FunctionName=name)


def ask(function, action, **event):
    options = event.pop("options", {})
    return function.invoke({"do": action, **event}, **options)


@pytest.mark.parametrize(
    "value",
    [None, True, 0, -7, 2.5, "", "text", "\u00e9 \u4e16\u754c \U0001f600 \"quoted\" \\ \n\t", [], [1, [2, {"a": False}]], {"a": {"b": [1.5, "x"]}}],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_events_and_results_are_json(deployed, value):
    answer = ask(deployed, "echo", value=value)
    assert answer.error is None, answer.log
    assert answer.value == value


def test_the_context_says_what_is_invoked(deployed):
    names = ["installation_id", "app_title", "app_version_name", "app_version_code", "app_package_name"]
    client_context = {"custom": {"a": "b"}, "client": {name: f"the {name}" for name in names}, "env": {}}
    encoded = base64.b64encode(json.dumps(client_context).encode()).decode()
    answer = ask(deployed, "context", options={"ClientContext": encoded})
    context = answer.value
    log_stream = context.pop("logStream")
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", log_stream)
    assert context == {
        "requestId": answer.request_id,
        "functionName": deployed.name,
        "functionVersion": "$LATEST",
        "arn": f"arn:aws:lambda:us-east-1:000000000000:function:{deployed.name}",
        "memory": 512,
        "logGroup": f"/aws/lambda/{deployed.name}",
        "hasTime": True,
        "custom": {"a": "b"},
        "appTitle": "the app_title",
    }


def test_without_a_client_context_there_is_none(deployed):
    context = ask(deployed, "context").value
    assert not context.get("custom") and not context.get("appTitle")


def test_the_environment_is_the_function_s(deployed, subject):
    environment = {name: ask(deployed, "environment", name=name).value for name in ["GREETING", "AWS_REGION", "_HANDLER"]}
    assert environment == {"GREETING": "grüß dich", "AWS_REGION": "us-east-1", "_HANDLER": subject.handler}


def test_the_time_zone_is_utc(deployed):
    assert ask(deployed, "zone").value in ("+0000", "Z")


def test_the_trace_id_is_that_of_the_invocation(deployed):
    first, second = (ask(deployed, "trace") for _ in range(2))
    for answer in (first, second):
        sent = answer.raw["ResponseMetadata"]["HTTPHeaders"]["x-amzn-trace-id"]
        assert answer.value.split(";")[0] == sent.split(";")[0]
    assert first.value != second.value


def test_an_error_has_its_type_message_and_stack(deployed, subject):
    answer = ask(deployed, "fail", message="bröken")
    assert answer.error == "Unhandled"
    assert (answer.value["errorType"], answer.value["errorMessage"]) == (subject.failure, "bröken")
    if subject.stack:
        stack = answer.value[subject.stack]
        assert subject.stack_names in "".join(stack), stack
        assert not [frame for frame in stack if "mayfly" in frame], stack
    assert ask(deployed, "echo", value="alive").value == "alive"


def test_an_error_of_the_function_s_own_has_its_name(deployed, subject):
    answer = ask(deployed, "custom", message="own")
    assert (answer.value["errorType"], answer.value["errorMessage"]) == (subject.custom, "own")


def test_prints_are_in_the_log(deployed):
    answer = ask(deployed, "print", text="prínted\nin two lines")
    assert answer.error is None
    assert "prínted\nin two lines" in answer.log


@pytest.mark.loggers
def test_log_records_are_in_the_log(deployed, subject):
    assert "wärn of it" in ask(deployed, "log", level="ERROR", text="wärn of it").log


def test_large_payloads_pass(deployed):
    size = 5 * 1024 * 1024
    assert ask(deployed, "large", size=size).value == "x" * size
    assert ask(deployed, "length", value="x" * size).value == size


def test_an_exit_ends_the_invocation_and_not_the_function(deployed):
    answer = ask(deployed, "exit")
    assert answer.value["errorType"] == "Runtime.ExitError"
    assert answer.value["errorMessage"] == f"RequestId: {answer.request_id} Error: Runtime exited with error: exit status 3"
    assert ask(deployed, "echo", value="again").value == "again"


@pytest.fixture
def json_logging(function, subject):
    logging = {"LogFormat": "JSON", "ApplicationLogLevel": "WARN"}
    return function(package=subject.package(), LoggingConfig=logging, **subject.options())


@pytest.mark.loggers
def test_json_records_have_level_message_and_request_id(json_logging, subject):
    answer = ask(json_logging, "log", level="ERROR", text="bad\nnews")
    ask(json_logging, "log", level="INFO", text="good news")
    records = [json.loads(line) for line in answer.log.splitlines() if r"bad\nnews" in line]
    assert [(record["level"].upper(), record["message"]) for record in records] == [("ERROR", "bad\nnews")]
    assert answer.request_id in (records[0].get("requestId"), records[0].get("AWSRequestId"))
    quiet = ask(json_logging, "log", level="INFO", text="good news")
    assert "good news" not in quiet.log
