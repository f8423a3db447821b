"""InvokeWithResponseStream: chunks reach the client while the function still runs."""

import base64
import json
import socket
import threading
import time

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from mayfly import REGION, eventually, package

# A custom runtime that answers each event by the steps in it, over plain HTTP/1.1.
BOOTSTRAP = r'''#!/usr/bin/python3
import base64, json, os, socket, sys, time

def connect():
    host, port = os.environ["AWS_LAMBDA_RUNTIME_API"].split(":")
    return socket.create_connection((host, int(port)))

def read_answer(stream):
    headers = {}
    status = stream.readline().split()[1]
    while (line := stream.readline().strip()):
        name, value = line.decode().split(": ", 1)
        headers[name.lower()] = value
    return status, headers, stream.read(int(headers.get("content-length", 0)))

connection = connect()
stream = connection.makefile("rb")
while True:
    connection.sendall(b"GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: x\r\n\r\n")
    _, headers, event = read_answer(stream)
    request = headers["lambda-runtime-aws-request-id"]
    connection.sendall((
        f"POST /2018-06-01/runtime/invocation/{request}/response HTTP/1.1\r\nHost: x\r\n"
        "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\n"
        "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n"
    ).encode())
    trailers = ""
    for step, value in json.loads(event):
        if step == "write":
            connection.sendall(f"{len(value):x}\r\n{value}\r\n".encode())
        elif step == "zeros":
            for _ in range(value):
                connection.sendall(b"10000\r\n" + bytes(65536) + b"\r\n")
                print("wrote", flush=True)
        elif step == "sleep":
            time.sleep(value)
        elif step == "exit":
            sys.exit(value)
        elif step == "fail":
            body = base64.b64encode(json.dumps({"errorType": "Late", "errorMessage": value}).encode()).decode()
            trailers = (
                f"Lambda-Runtime-Function-Error-Type: Function.Late\r\nLambda-Runtime-Function-Error-Body: {body}\r\n"
            )
    connection.sendall(f"0\r\n{trailers}\r\n".encode())
    status, _, body = read_answer(stream)
    print("answered", status.decode(), flush=True)
'''


class Streamed:
    """The answer, read event by event."""

    def __init__(self, client, name, event=None, **options):
        self.answer = client.invoke_with_response_stream(
            FunctionName=name, Payload=json.dumps(event).encode(), **options
        )
        self.events = iter(self.answer["EventStream"])

    def chunk(self):
        return next(self.events)["PayloadChunk"]["Payload"]

    def rest(self):
        """All chunks that are left, and what InvokeComplete says."""
        chunks = []
        for event in self.events:
            if "InvokeComplete" in event:
                assert next(self.events, None) is None
                return b"".join(chunks), event["InvokeComplete"]
            chunks.append(event["PayloadChunk"]["Payload"])
        raise AssertionError("the stream ended without InvokeComplete")


@pytest.fixture
def custom(function):
    return function(
        package=package({"bootstrap": BOOTSTRAP}, executable={"bootstrap"}),
        Runtime="provided.al2023",
        Handler="x",
        Timeout=30,
    )


def test_a_chunk_is_there_before_the_function_writes_the_next(custom, lambda_client):
    streamed = Streamed(lambda_client, custom.name, [["write", "one"], ["sleep", 2], ["write", "two"]])
    started = time.monotonic()
    assert streamed.chunk() == b"one"
    assert time.monotonic() - started < 1.5
    assert streamed.rest() == (b"two", {})
    assert time.monotonic() - started > 1.5


def test_the_answer_has_aws_s_headers(custom, lambda_client):
    streamed = Streamed(lambda_client, custom.name, [["write", "x"]], LogType="Tail")
    headers = streamed.answer["ResponseMetadata"]["HTTPHeaders"]
    assert headers["content-type"] == "application/vnd.amazon.eventstream"
    assert headers["x-amz-executed-version"] == "$LATEST"
    assert headers["x-amzn-trace-id"].startswith("Root=1-")
    assert streamed.answer["StatusCode"] == 200
    data, complete = streamed.rest()
    assert data == b"x"
    log = base64.b64decode(complete["LogResult"]).decode()
    request_id = streamed.answer["ResponseMetadata"]["RequestId"]
    assert f"START RequestId: {request_id}" in log and f"REPORT RequestId: {request_id}" in log


def test_an_error_in_mid_stream_comes_behind_the_chunks(custom, lambda_client):
    streamed = Streamed(lambda_client, custom.name, [["write", "half"], ["fail", "broken"]])
    data, complete = streamed.rest()
    assert data == b"half"
    assert complete["ErrorCode"] == "Unhandled"
    assert json.loads(complete["ErrorDetails"]) == {"errorType": "Late", "errorMessage": "broken"}
    assert Streamed(lambda_client, custom.name, [["write", "again"]]).rest() == (b"again", {})


def test_a_timeout_in_mid_stream_is_told(function, lambda_client):
    deployed = function(
        package=package({"bootstrap": BOOTSTRAP}, executable={"bootstrap"}),
        Runtime="provided.al2023", Handler="x", Timeout=2,
    )  # fmt: skip
    data, complete = Streamed(lambda_client, deployed.name, [["write", "half"], ["sleep", 30]]).rest()
    assert data == b"half"
    assert json.loads(complete["ErrorDetails"])["errorType"] == "Sandbox.Timedout"
    assert Streamed(lambda_client, deployed.name, [["write", "again"]]).rest() == (b"again", {})


def test_an_exit_in_mid_stream_is_told(custom, lambda_client):
    data, complete = Streamed(lambda_client, custom.name, [["write", "half"], ["exit", 3]]).rest()
    assert data == b"half"
    details = json.loads(complete["ErrorDetails"])
    assert details["errorType"] == "Runtime.ExitError"
    assert details["errorMessage"].endswith("Runtime exited with error: exit status 3")


def test_a_buffered_function_answers_in_chunks_too(function, lambda_client):
    deployed = function("def handler(event, context):\n    return event * 100_000\n")
    data, complete = Streamed(lambda_client, deployed.name, "0123456789").rest()
    assert json.loads(data) == "0123456789" * 100_000
    assert complete == {}


def test_a_buffered_function_s_error_is_told_at_the_end(function, lambda_client):
    deployed = function("def handler(event, context):\n    raise ValueError('broken')\n")
    streamed = Streamed(lambda_client, deployed.name)
    assert streamed.answer["StatusCode"] == 200
    data, complete = streamed.rest()
    assert (data, complete["ErrorCode"]) == (b"", "Unhandled")
    assert json.loads(complete["ErrorDetails"])["errorMessage"] == "broken"


def test_an_init_error_is_told_at_the_end(function, lambda_client):
    deployed = function("import nothing_of_that_name\n")
    data, complete = Streamed(lambda_client, deployed.name).rest()
    assert data == b""
    assert json.loads(complete["ErrorDetails"])["errorType"] == "Runtime.ImportModuleError"


def test_a_dry_run_streams_nothing(custom, lambda_client):
    answer = lambda_client.invoke_with_response_stream(FunctionName=custom.name, InvocationType="DryRun")
    assert answer["StatusCode"] == 204


def test_a_function_that_is_not_there_is_an_ordinary_error(lambda_client):
    with pytest.raises(lambda_client.exceptions.ResourceNotFoundException) as error:
        lambda_client.invoke_with_response_stream(FunctionName="nobody")
    assert error.value.response["Error"]["Message"].endswith("function:nobody:$LATEST")


def test_a_payload_that_is_no_json_is_an_ordinary_error(custom, lambda_client):
    with pytest.raises(ClientError) as error:
        lambda_client.invoke_with_response_stream(FunctionName=custom.name, Payload=b"{")
    assert error.value.response["Error"]["Code"] == "InvalidRequestContentException"


def test_a_plain_invoke_gets_the_stream_whole(custom):
    answer = custom.invoke([["write", "[1,"], ["sleep", 0.1], ["write", "2]"]])
    assert (answer.error, answer.value) == (None, [1, 2])
    failed = custom.invoke([["write", "half"], ["fail", "broken"]])
    assert failed.error == "Unhandled"
    assert failed.value == {"errorType": "Late", "errorMessage": "broken"}


def test_a_plain_invoke_of_a_stream_has_the_limit_of_others(custom):
    answer = custom.invoke([["zeros", 97]])
    assert answer.value["errorType"] == "Function.ResponseSizeTooLarge"
    assert "6291556 bytes" in answer.value["errorMessage"]
    assert custom.invoke([["write", "1"]]).value == 1


def test_more_than_six_megabytes_flow_at_two_a_second(custom, lambda_client):
    started = time.monotonic()
    data, complete = Streamed(lambda_client, custom.name, [["zeros", 160]]).rest()
    assert (len(data), complete) == (160 * 65536, {})
    assert 1.8 < time.monotonic() - started < 10


def unread(server, name, event):
    """A signed request on a connection that takes little: what is not read stops the sender soon."""
    path = f"/2021-11-15/functions/{name}/response-streaming-invocations"
    body = json.dumps(event).encode()
    request = AWSRequest("POST", server.url + path, data=body)
    SigV4Auth(Credentials(server.access_key, server.secret_key), "lambda", REGION).add_auth(request)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect((server.host, server.port))
    headers = {**dict(request.headers), "Host": f"{server.host}:{server.port}", "Content-Length": len(body)}
    head = "".join(f"{header}: {value}\r\n" for header, value in headers.items())
    connection.sendall(f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
    return connection


def test_a_client_that_does_not_read_stops_the_function(server, custom, logs_client):
    group = f"/aws/lambda/{custom.name}"

    def logged(text):
        try:
            return len(logs_client.filter_log_events(logGroupName=group, filterPattern=text)["events"])
        except logs_client.exceptions.ResourceNotFoundException:
            return 0

    # Less than what may flow at once, but more than what fits into the sockets between function and client.
    with unread(server, custom.name, [["zeros", 95]]):
        eventually(lambda: logged("wrote") > 10)
        time.sleep(1)
        assert not logged("answered")
    eventually(lambda: logged("answered"))


def test_a_client_that_hangs_up_does_not_stop_the_function(custom, lambda_client, logs_client):
    streamed = Streamed(lambda_client, custom.name, [["write", "x"], ["sleep", 1], ["zeros", 20]])
    assert streamed.chunk() == b"x"
    streamed.answer["EventStream"].close()

    def finished():
        events = logs_client.filter_log_events(logGroupName=f"/aws/lambda/{custom.name}", filterPattern="answered")
        return [event["message"] for event in events["events"]] == ["answered 202\n"]

    eventually(finished, within_s=20)


def test_streams_run_side_by_side(custom, lambda_client):
    results = []

    def run(number):
        streamed = Streamed(lambda_client, custom.name, [["write", str(number)], ["sleep", 0.3], ["write", "!"]])
        results.append(streamed.rest()[0].decode())

    threads = [threading.Thread(target=run, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [f"{number}!" for number in range(6)]


def test_the_log_tells_how_long_the_response_took(function, lambda_client, logs_client):
    deployed = function(
        package=package({"bootstrap": BOOTSTRAP}, executable={"bootstrap"}), Runtime="provided.al2023", Handler="x",
        Timeout=30, LoggingConfig={"LogFormat": "JSON", "SystemLogLevel": "DEBUG"},
    )  # fmt: skip
    Streamed(lambda_client, deployed.name, [["write", "one"], ["sleep", 0.5], ["write", "two"]]).rest()

    def done():
        events = logs_client.filter_log_events(logGroupName=f"/aws/lambda/{deployed.name}")["events"]
        records = [json.loads(event["message"]) for event in events if event["message"].startswith("{")]
        return next((record["record"] for record in records if record.get("type") == "platform.runtimeDone"), None)

    record = eventually(done)
    spans = {span["name"]: span["durationMs"] for span in record["spans"]}
    assert spans["responseDuration"] >= 500 > spans["responseLatency"]
    assert record["metrics"]["producedBytes"] == 6
