"""Synchronous invocations: answers, errors of functions, limits, logs in the answer."""

import base64
import concurrent.futures
import json
import re
import time

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from mayfly import eventually

REPORT = re.compile(
    r"REPORT RequestId: (?P<id>[0-9a-f-]{36})\tDuration: (?P<duration>[\d.]+) ms\tBilled Duration: (?P<billed>\d+) ms\t"
    r"Memory Size: (?P<size>\d+) MB\tMax Memory Used: (?P<used>\d+) MB\t(Init Duration: (?P<init>[\d.]+) ms\t)?"
)


@pytest.mark.parametrize("event", [{"a": [1, 2.5, None]}, "text", 7, None, [], {"snow": "☃"}])
def test_an_event_reaches_the_handler_and_its_answer_the_caller(function, event):
    answer = function().invoke(event)
    assert (answer.status, answer.error, answer.value) == (200, None, event)


def test_the_answer_carries_the_log_of_this_invocation(function):
    deployed = function("def handler(event, context):\n    print('hello from', event)\n    return 1\n")
    first, second = deployed.invoke("one"), deployed.invoke("two")
    assert f"START RequestId: {first.request_id} Version: $LATEST\n" in first.log
    assert "hello from one\n" in first.log
    assert f"END RequestId: {first.request_id}\n" in first.log
    report = REPORT.search(first.log)
    assert report["id"] == first.request_id
    assert report["size"] == "128"
    assert report["init"]
    assert "hello from two" in second.log and "hello from one" not in second.log
    assert not REPORT.search(second.log)["init"]


def test_the_tail_is_the_last_four_kibibytes(function):
    deployed = function("def handler(event, context):\n    print('x' * 100_000)\n    print('the end')\n")
    log = deployed.invoke().log
    assert len(log) == 4096
    assert "the end" in log and "REPORT" in log


def test_globals_stay_while_an_environment_is_warm(function):
    deployed = function("count = 0\ndef handler(event, context):\n    global count\n    count += 1\n    return count\n")
    assert [deployed.invoke().value for _ in range(3)] == [1, 2, 3]


def test_a_dry_run_invokes_nothing(function, lambda_client):
    answer = lambda_client.invoke(FunctionName=function().name, InvocationType="DryRun")
    assert answer["StatusCode"] == 204


def test_the_client_context_reaches_the_handler(function, lambda_client):
    deployed = function("def handler(event, context):\n    return context.client_context.custom\n")
    context = base64.b64encode(json.dumps({"custom": {"k": "v"}}).encode()).decode()
    assert deployed.invoke(ClientContext=context).value == {"k": "v"}


def test_a_handler_error_is_an_answer(function):
    answer = function("def handler(event, context):\n    raise ValueError('broken')\n").invoke()
    assert (answer.status, answer.error) == (200, "Unhandled")
    assert answer.value["errorMessage"] == "broken"
    assert answer.value["errorType"] == "ValueError"
    assert answer.value["requestId"] == answer.request_id
    assert "raise ValueError" in "".join(answer.value["stackTrace"])
    assert "[ERROR] ValueError: broken" in answer.log


def test_a_module_that_cannot_be_imported_is_an_init_error(function):
    answer = function("import nothing_of_that_name\n").invoke()
    assert answer.error == "Unhandled"
    assert answer.value["errorType"] == "Runtime.ImportModuleError"
    assert answer.value["errorMessage"] == "Unable to import module 'index': No module named 'nothing_of_that_name'"
    assert "Status: error\tError Type: Runtime.ImportModuleError" in answer.log


def test_a_missing_handler_is_named(function):
    answer = function("x = 1\n").invoke()
    assert answer.value["errorType"] == "Runtime.HandlerNotFound"
    assert answer.value["errorMessage"] == "Handler 'handler' missing on module 'index'"


@pytest.mark.parametrize(
    "exit, message",
    [
        ("os._exit(0)", "Runtime exited without providing a reason"),
        ("os._exit(3)", "Runtime exited with error: exit status 3"),
        ("os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
        ("os.kill(os.getpid(), 11)", "Runtime exited with error: signal: segmentation fault"),
    ],
)
def test_a_process_that_ends_is_reported(function, exit, message):
    deployed = function(f"import os\ndef handler(event, context):\n    {exit}\n")
    answer = deployed.invoke()
    assert answer.error == "Unhandled"
    assert answer.value["errorType"] == "Runtime.ExitError"
    assert answer.value["errorMessage"].startswith(f"RequestId: {answer.request_id} Error: {message}")


def test_a_timeout_is_reported_and_tmp_survives_it(function):
    deployed = function(
        "import os, time\n"
        "def handler(event, context):\n"
        "    if event == 'sleep':\n"
        "        open('/tmp/kept', 'w').write('yes')\n"
        "        time.sleep(30)\n"
        "    return os.path.exists('/tmp/kept')\n",
        Timeout=1,
    )
    started = time.monotonic()
    answer = deployed.invoke("sleep")
    assert time.monotonic() - started < 5
    assert answer.value == {
        "errorType": "Sandbox.Timedout",
        "errorMessage": f"RequestId: {answer.request_id} Error: Task timed out after 1.00 seconds",
    }
    assert "Status: timeout" in answer.log
    assert deployed.invoke("look").value is True


def test_a_memory_hog_is_killed_and_others_go_on(function, server):
    hog = function("def handler(event, context):\n    return len(bytearray(1 << 30))\n", MemorySize=128, Timeout=20)
    other = function()
    answer = hog.invoke()
    assert answer.error == "Unhandled"
    assert answer.value["errorType"] == "Runtime.OutOfMemory"
    assert answer.value["errorMessage"] == (
        f"RequestId: {answer.request_id} Error: Runtime exited with error: signal: killed"
    )
    assert REPORT.search(answer.log)["used"] == "128"
    assert other.invoke("still here").value == "still here"
    assert server.is_healthy()


def test_a_response_over_six_megabytes_is_refused(function):
    answer = function("def handler(event, context):\n    return 'x' * (6 * 1024 * 1024 + 200)\n", Timeout=20).invoke()
    assert answer.value == {
        "errorType": "Function.ResponseSizeTooLarge",
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    }


def test_what_cannot_be_json_is_a_marshal_error(function):
    answer = function("def handler(event, context):\n    return {1, 2}\n").invoke()
    assert answer.value["errorType"] == "Runtime.MarshalError"
    assert answer.value["errorMessage"] == "Unable to marshal response: Object of type set is not JSON serializable"


def test_a_payload_that_is_not_json_is_refused(function, lambda_client):
    with pytest.raises(lambda_client.exceptions.InvalidRequestContentException) as refused:
        lambda_client.invoke(FunctionName=function().name, Payload=b"{broken")
    assert refused.value.response["Error"]["Message"].startswith("Could not parse request body into json: ")


def test_an_empty_payload_is_an_empty_object(function, lambda_client):
    answer = lambda_client.invoke(FunctionName=function().name)
    assert answer["Payload"].read() == b"{}"


def test_a_payload_over_six_megabytes_is_refused(function, lambda_client):
    payload = json.dumps("x" * (6 * 1024 * 1024)).encode()
    with pytest.raises(ClientError) as refused:
        lambda_client.invoke(FunctionName=function().name, Payload=payload)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413


def test_twenty_invocations_run_side_by_side(function):
    deployed = function("import time\ndef handler(event, context):\n    time.sleep(1)\n    return event\n", Timeout=10)
    deployed.invoke("warm up the road")
    started = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(deployed.invoke, range(20)))
    assert [answer.value for answer in answers] == list(range(20))
    assert time.monotonic() - started < 2


def test_a_thousand_warm_invocations_do_not_fail(function):
    deployed = function()
    for number in range(1000):
        answer = deployed.invoke(number)
        assert (answer.status, answer.error, answer.value) == (200, None, number)


def test_a_caller_that_hangs_up_does_not_stop_the_function(function, server, logs_client):
    deployed = function(
        "import time\ndef handler(event, context):\n    time.sleep(1)\n    print('worked to the end')\n", Timeout=10
    )
    impatient = server.client("lambda", config=_impatient())
    with pytest.raises(ReadTimeoutError):
        impatient.invoke(FunctionName=deployed.name)
    assert eventually(lambda: _logged(logs_client, deployed, "worked to the end"), within_s=10)


def _logged(client, deployed, text):
    try:
        found = client.filter_log_events(logGroupName=f"/aws/lambda/{deployed.name}", filterPattern=f'"{text}"')
    except client.exceptions.ResourceNotFoundException:
        return False
    return found["events"]


def _impatient():
    return Config(read_timeout=0.2, retries={"total_max_attempts": 1})


def test_boto3_is_there_and_reaches_this_server(function):
    deployed = function(
        "import boto3\n"
        "def handler(event, context):\n"
        "    return boto3.client('lambda').get_account_settings is not None and boto3.__version__\n",
        Timeout=20,
        MemorySize=512,
    )
    assert re.match(r"\d+\.\d+", deployed.invoke().value)
