"""Handlers that stream, on Mayfly's Node.js client and on the clients that AWS publishes."""

import json
import shutil
import subprocess
import time

import pytest

from mayfly import NODE_RUNTIME, REPOSITORY, package
from subjects import CACHE, SUBJECTS, rust
from test_clients import javascript  # noqa: F401
from test_response_stream import Streamed

HANDLER = """
const { pipeline } = require('node:stream/promises');
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const actions = {
  async pause(stream, { ms }) {
    stream.write('one');
    await wait(ms);
    stream.end('two');
  },
  async http(stream) {
    stream = awslambda.HttpResponseStream.from(stream, { statusCode: 418, headers: { 'X-Pot': 'tea' } });
    stream.write('short');
    stream.end();
  },
  async large(stream, { kib }) {
    async function* pieces() { for (let i = 0; i < kib; i += 1) yield Buffer.alloc(1024, 'x'); }
    await pipeline(pieces, stream);
  },
  async early() { throw new TypeError('early'); },
  async late(stream) {
    stream.write('half');
    await wait(100);
    throw new TypeError('late');
  },
  async exit(stream) {
    stream.write('half');
    await wait(100);
    process.exit(7);
  },
  async environment(stream, { name }) { stream.end(process.env[name]); },
};
exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
  if (event.id) return stream.end(context.awsRequestId);
  await actions[event.do](stream, event);
});
"""

NODE = [subject for subject in SUBJECTS if subject.name.startswith("node")]


@pytest.fixture(params=NODE, ids=lambda subject: subject.name)
def node(request, function):
    subject = request.param
    files = {name: content for name, content in subject.files().items() if name.startswith("node_modules/")}
    files["app.js"] = HANDLER
    if subject.wrapper:
        files["wrapper"] = f"#!/bin/sh\nexec {subject.wrapper}\n"
    return function(package=package(files, executable={"wrapper"}), **subject.options())


def stream(client, deployed, **event):
    return Streamed(client, deployed.name, event)


def test_a_piece_is_there_before_the_pause_ends(node, lambda_client):
    stream(lambda_client, node, do="pause", ms=0).rest()
    streamed = stream(lambda_client, node, do="pause", ms=2000)
    started = time.monotonic()
    assert streamed.chunk() == b"one"
    assert time.monotonic() - started < 1.5
    assert streamed.rest() == (b"two", {})


def test_an_http_response_has_its_metadata_ahead(node, lambda_client):
    data, _ = stream(lambda_client, node, do="http").rest()
    metadata, body = data.split(b"\0" * 8)
    assert json.loads(metadata) == {"statusCode": 418, "headers": {"X-Pot": "tea"}}
    assert body == b"short"


def test_a_response_over_six_megabytes_arrives_whole(node, lambda_client):
    data, complete = stream(lambda_client, node, do="large", kib=7000).rest()
    assert (len(data), complete) == (7000 * 1024, {})


def test_an_early_error_is_told_at_the_end(node, lambda_client):
    data, complete = stream(lambda_client, node, do="early").rest()
    assert data == b""
    details = json.loads(complete["ErrorDetails"])
    assert (complete["ErrorCode"], details["errorType"], details["errorMessage"]) == ("Unhandled", "TypeError", "early")


def test_a_late_error_is_told_behind_the_pieces(node, lambda_client):
    data, complete = stream(lambda_client, node, do="late").rest()
    assert data == b"half"
    assert json.loads(complete["ErrorDetails"])["errorMessage"] == "late"
    assert stream(lambda_client, node, do="pause", ms=0).rest()[0] == b"onetwo"


def test_an_exit_is_told_behind_the_pieces(node, lambda_client):
    data, complete = stream(lambda_client, node, do="exit").rest()
    assert data == b"half"
    assert json.loads(complete["ErrorDetails"])["errorType"] == "Runtime.ExitError"
    assert stream(lambda_client, node, do="pause", ms=0).rest()[0] == b"onetwo"


def test_each_invocation_has_its_own_context(node, lambda_client):
    for _ in range(3):
        streamed = stream(lambda_client, node, id=True)
        assert streamed.rest()[0].decode() == streamed.answer["ResponseMetadata"]["RequestId"]


def test_a_plain_invoke_gets_all_of_it(node):
    answer = node.invoke({"do": "pause", "ms": 50})
    assert (answer.error, answer.payload) == (None, b"onetwo")
    failed = node.invoke({"do": "late"})
    assert (failed.error, failed.value["errorMessage"]) == ("Unhandled", "late")


@pytest.fixture
def rust_function(function):
    rust()
    program = (CACHE / "rust" / "release" / "streaming").read_bytes()
    files = package({"bootstrap": program}, executable={"bootstrap"})
    return function(package=files, Runtime="provided.al2023", Handler="x", Timeout=20)


def test_the_published_rust_client_streams(rust_function, lambda_client):
    streamed = stream(lambda_client, rust_function, pauseMs=2000)
    started, seen = time.monotonic(), b""
    while not seen.endswith(b"one"):
        seen += streamed.chunk()
    assert time.monotonic() - started < 1.5
    metadata, body = seen.split(b"\0" * 8)
    assert (json.loads(metadata)["statusCode"], body) == (200, b"one")
    assert streamed.rest() == (b"two", {})


def test_the_published_rust_client_goes_on_after_a_stream_that_broke_off(rust_function, lambda_client):
    # This client writes its error into the body, as it does on AWS.
    data, _ = stream(lambda_client, rust_function, breaks=True).rest()
    assert b"\0one" in data and b"Runtime.StreamError" in data
    assert stream(lambda_client, rust_function).rest()[0].endswith(b"onetwo")


def test_the_javascript_sdk_reads_the_stream(server, function, javascript):  # noqa: F811
    deployed = function(package=package({"index.js": HANDLER}), Runtime=NODE_RUNTIME, Timeout=20)
    shutil.copy(REPOSITORY / "e2e" / "response_stream.mjs", javascript / "response_stream.mjs")
    done = subprocess.run(
        ["node", "response_stream.mjs", deployed.name],
        cwd=javascript, env=server.shell_environment(), capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert [event["text"] for event in seen["events"] if "text" in event] == ["one", "two"]
    first, second = (event["at"] for event in seen["events"] if "text" in event)
    assert second - first > 900
    assert seen["events"][-1]["complete"] == {"LogResult": True}
    assert seen["version"] == "$LATEST"
    assert seen["missing"] == "ResourceNotFoundException"


def test_a_function_reads_another_function_s_stream(function):
    streaming = function(package=package({"index.js": HANDLER}), Runtime=NODE_RUNTIME, Timeout=20)
    calling = function(
        package=package({
            "index.mjs": "import { LambdaClient, InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda';\n"
            "export const handler = async (FunctionName) => {\n"
            "  const command = new InvokeWithResponseStreamCommand({ FunctionName, Payload: '{\"do\":\"pause\",\"ms\":10}' });\n"
            "  const seen = [];\n"
            "  for await (const event of (await new LambdaClient({}).send(command)).EventStream)\n"
            "    if (event.PayloadChunk) seen.push(Buffer.from(event.PayloadChunk.Payload).toString());\n"
            "  return seen.join('');\n"
            "};\n"
        }),
        Runtime=NODE_RUNTIME, Timeout=20, MemorySize=512,
    )  # fmt: skip
    answer = calling.invoke(streaming.name)
    assert (answer.error, answer.value) == (None, "onetwo"), answer.log
