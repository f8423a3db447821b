"""Node and custom runtimes, and every Python that this machine has."""

import json
import os
import subprocess

import pytest

from mayfly import BINARY, NODE_RUNTIME, package

BOOTSTRAP = r"""#!/bin/sh
set -eu
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime"
while true; do
    headers=$(mktemp)
    event=$(curl -sS -D "$headers" "$api/invocation/next")
    id=$(grep -i '^Lambda-Runtime-Aws-Request-Id:' "$headers" | tr -d '\r' | cut -d' ' -f2)
    echo "handling $id with $_HANDLER"
    curl -sS -o /dev/null -d "{\"echo\":$event}" "$api/invocation/$id/response"
done
"""


def node(function, source, file="index.js", **settings):
    return function(package=package({file: source}), Runtime=NODE_RUNTIME, **settings)


def found_runtimes():
    if not os.access(BINARY, os.X_OK):
        return []
    table = json.loads(subprocess.check_output([BINARY, "runtimes", "--json"]))
    return [row["name"] for row in table["runtimes"] if row["available"] and row["name"].startswith("python")]


@pytest.mark.parametrize("runtime", found_runtimes())
def test_every_python_found_runs(function, runtime):
    deployed = function(
        "import sys, os\ndef handler(event, context):\n"
        "    return [list(sys.version_info[:2]), os.environ['AWS_EXECUTION_ENV'], sys.executable]\n",
        Runtime=runtime,
    )
    major, minor = runtime.removeprefix("python").split(".")
    version, execution, executable = deployed.invoke().value
    assert version == [int(major), int(minor)]
    assert execution == f"AWS_Lambda_{runtime}"
    assert executable.startswith("/var/lang/bin/python")


def test_a_node_function_awaits(function):
    deployed = node(
        function,
        "exports.handler = async (event, context) => {\n"
        "  console.log('got', event.a);\n"
        "  await new Promise((done) => setTimeout(done, 10));\n"
        "  return { a: event.a, name: context.functionName, left: context.getRemainingTimeInMillis() > 0 };\n"
        "};\n",
    )
    answer = deployed.invoke({"a": 1})
    assert answer.value == {"a": 1, "name": deployed.name, "left": True}
    assert f"\t{answer.request_id}\tINFO\tgot 1\n" in answer.log


def test_a_node_module_is_imported(function):
    deployed = node(function, "export const handler = async (event) => ({ module: true });\n", "index.mjs")
    assert deployed.invoke().value == {"module": True}


def test_a_node_callback_answers(function):
    deployed = node(function, "exports.handler = (event, context, callback) => callback(null, 'called');\n")
    assert deployed.invoke().value == "called"


def test_a_node_error_has_node_s_shape(function):
    answer = node(function, "exports.handler = async () => { throw new TypeError('broken'); };\n").invoke()
    assert answer.error == "Unhandled"
    assert answer.value["errorType"] == "TypeError"
    assert answer.value["errorMessage"] == "broken"
    assert answer.value["trace"][0] == "TypeError: broken"


def test_a_missing_node_module_is_an_init_error(function):
    answer = node(function, "require('nothing-of-that-name'); exports.handler = async () => 1;\n").invoke()
    assert answer.value["errorType"] == "Runtime.ImportModuleError"
    assert answer.value["errorMessage"].startswith("Error: Cannot find module 'nothing-of-that-name'\nRequire stack:")


def test_the_node_sdk_is_there(function):
    deployed = node(
        function,
        "const { LambdaClient } = require('@aws-sdk/client-lambda');\n"
        "exports.handler = async () => typeof LambdaClient;\n",
        Timeout=20,
        MemorySize=512,
    )
    assert deployed.invoke().value == "function"


def test_a_bootstrap_in_shell_runs(function):
    deployed = function(
        package=package({"bootstrap": BOOTSTRAP}, executable={"bootstrap"}),
        Runtime="provided.al2023",
        Handler="any.name",
        Timeout=10,
    )
    answer = deployed.invoke({"a": 1})
    assert answer.value == {"echo": {"a": 1}}
    assert f"handling {answer.request_id} with any.name" in answer.log


@pytest.mark.parametrize("files", [{"other": "x"}, {"bootstrap": BOOTSTRAP}], ids=["none", "not executable"])
def test_a_package_without_a_bootstrap_that_can_run_is_an_invalid_entrypoint(function, files):
    answer = function(package=package(files), Runtime="provided.al2023", Handler="x").invoke()
    assert answer.value["errorType"] == "Runtime.InvalidEntrypoint"
    assert answer.value["errorMessage"] == (
        f"RequestId: {answer.request_id} Error: Couldn't find valid bootstrap(s): "
        "[/var/task/bootstrap /opt/bootstrap]"
    )


def test_the_environment_is_the_documented_one(function):
    deployed = function(
        "import os\ndef handler(event, context):\n    return dict(os.environ)\n",
        Environment={"Variables": {"STAGE": "test", "LANG": "C"}},
        MemorySize=256,
    )
    seen = deployed.invoke().value
    assert seen["STAGE"] == "test"
    assert seen["LANG"] == "C"
    assert seen["TZ"] == ":UTC"
    assert seen["_HANDLER"] == "index.handler"
    assert seen["LAMBDA_TASK_ROOT"] == "/var/task"
    assert seen["AWS_LAMBDA_FUNCTION_NAME"] == deployed.name
    assert seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert seen["AWS_LAMBDA_FUNCTION_VERSION"] == "$LATEST"
    assert seen["AWS_LAMBDA_INITIALIZATION_TYPE"] == "on-demand"
    assert seen["AWS_LAMBDA_LOG_GROUP_NAME"] == f"/aws/lambda/{deployed.name}"
    assert seen["AWS_REGION"] == "us-east-1"
    assert seen["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert not [key for key in seen if key.startswith("MAYFLY")]
