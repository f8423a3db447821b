"""Each ordinary client does the whole round: create, invoke, read logs, publish, alias, update, delete."""

import base64
import json
import os
import shutil
import subprocess

import pytest

from mayfly import ECHO, PYTHON_RUNTIME, REPOSITORY, ROLE, eventually, python_package

CACHE = REPOSITORY / "target" / "cache"

# Version 1 comes first on PATH here; Debian's awscli package is version 2.
COMMAND_LINES = {"v1": CACHE / "venv" / "bin" / "aws", "v2": "/usr/bin/aws"}


class CommandLine:
    def __init__(self, program, server):
        self.program = str(program)
        self.url = server.url
        self.environment = server.shell_environment()

    def run(self, *arguments):
        # Version 2 has read AWS_ENDPOINT_URL only since 2.13; Debian's is older.
        command = [self.program, "--endpoint-url", self.url, *map(str, arguments), "--output", "json"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stderr}"
        return done.stdout

    def json(self, *arguments):
        return json.loads(self.run(*arguments))


@pytest.fixture(params=COMMAND_LINES)
def aws(request, server):
    program = COMMAND_LINES[request.param]
    version = subprocess.check_output([program, "--version"], text=True)
    assert version.startswith(f"aws-cli/{request.param[1:]}.")
    return CommandLine(program, server)


def test_the_command_line_does_the_whole_round(aws, name, tmp_path):
    archive = tmp_path / "function.zip"
    archive.write_bytes(python_package("def handler(event, context):\n    print('seen by the CLI')\n    return event\n"))
    aws.json(
        "lambda", "create-function", "--function-name", name, "--runtime", PYTHON_RUNTIME,
        "--handler", "index.handler", "--role", ROLE, "--zip-file", f"fileb://{archive}",
    )  # fmt: skip
    aws.run("lambda", "wait", "function-active-v2", "--function-name", name)
    out = tmp_path / "out.json"
    payload = tmp_path / "in.json"
    payload.write_text('{"from": "cli"}')
    invoked = aws.json(
        "lambda", "invoke", "--function-name", name, "--payload", f"fileb://{payload}", "--log-type", "Tail", out
    )
    assert invoked["StatusCode"] == 200
    assert json.loads(out.read_text()) == {"from": "cli"}
    assert "seen by the CLI" in base64.b64decode(invoked["LogResult"]).decode()
    events = aws.json("logs", "filter-log-events", "--log-group-name", f"/aws/lambda/{name}")["events"]
    assert "seen by the CLI\n" in [event["message"] for event in events]
    assert aws.json("lambda", "publish-version", "--function-name", name)["Version"] == "1"
    aws.json(
        "lambda", "create-alias", "--function-name", name, "--name", "live", "--function-version", "1"
    )
    archive.write_bytes(python_package(ECHO))
    aws.json("lambda", "update-function-code", "--function-name", name, "--zip-file", f"fileb://{archive}")
    aws.run("lambda", "wait", "function-updated-v2", "--function-name", name)
    aws.run("lambda", "delete-function", "--function-name", name)
    names = [entry["FunctionName"] for entry in aws.json("lambda", "list-functions")["Functions"]]
    assert name not in names


def test_logs_tail_follows(server, function):
    deployed = function("def handler(event, context):\n    print('followed', event)\n")
    deployed.invoke("first")
    follower = subprocess.Popen(
        [COMMAND_LINES["v2"], "--endpoint-url", server.url, "logs", "tail", f"/aws/lambda/{deployed.name}", "--follow", "--format", "short"],
        env={**server.shell_environment(), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
    )
    os.set_blocking(follower.stdout.fileno(), False)
    seen = bytearray()

    def has(text):
        seen.extend(follower.stdout.read() or b"")
        return text in seen.decode()

    try:
        assert eventually(lambda: has("followed first"), within_s=20)
        deployed.invoke("second")
        assert eventually(lambda: has("followed second"), within_s=20)
    finally:
        follower.kill()
        follower.wait()


@pytest.fixture(scope="session")
def javascript():
    """A folder with the JavaScript SDK, installed once."""
    folder = CACHE / "javascript"
    packages = ["@aws-sdk/client-lambda@3", "@aws-sdk/client-cloudwatch-logs@3"]
    if not (folder / "node_modules" / "@aws-sdk" / "client-cloudwatch-logs").exists():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text("{}")
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", *packages], cwd=folder, check=True)
    return folder


def test_the_javascript_sdk_does_the_whole_round(server, name, javascript, tmp_path):
    (tmp_path / "function.zip").write_bytes(python_package("def handler(event, context):\n    print('seen')\n    return event\n"))
    shutil.copy(REPOSITORY / "e2e" / "whole_round.mjs", javascript / "whole_round.mjs")
    done = subprocess.run(
        ["node", "whole_round.mjs", name, str(tmp_path / "function.zip"), PYTHON_RUNTIME, ROLE],
        cwd=javascript, env=server.shell_environment(), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "echo": {"from": "javascript"},
        "logged": True,
        "version": "1",
        "alias": "live",
        "updated": "Successful",
        "deleted": "ResourceNotFoundException",
    }
