"""Functions built on the runtime clients that AWS publishes run unmodified."""

import os
import subprocess
import sys

import pytest

from mayfly import REPOSITORY, package

CACHE = REPOSITORY / "target" / "cache"
FIXTURES = REPOSITORY / "e2e" / "fixtures"

AWSLAMBDARIC_BOOTSTRAP = """#!/bin/sh
exec /usr/bin/python3 -m awslambdaric "$_HANDLER"
"""


def go_bootstrap():
    folder = CACHE / "go"
    folder.mkdir(parents=True, exist_ok=True)
    binary = folder / "bootstrap"
    if not binary.exists():
        (folder / "main.go").write_text((FIXTURES / "go" / "main.go").read_text())
        environment = {**os.environ, "CGO_ENABLED": "0", "GOFLAGS": "-mod=mod"}
        if not (folder / "go.mod").exists():
            subprocess.run(["go", "mod", "init", "fixture"], cwd=folder, env=environment, check=True)
        subprocess.run(["go", "get", "github.com/aws/aws-lambda-go@v1.49.0"], cwd=folder, env=environment, check=True)
        subprocess.run(["go", "build", "-tags", "lambda.norpc", "-o", "bootstrap"], cwd=folder, env=environment, check=True)
    return binary.read_bytes()


def rust_bootstrap():
    target = CACHE / "rust"
    subprocess.run(
        ["cargo", "build", "--quiet", "--release", "--manifest-path", FIXTURES / "rust" / "Cargo.toml",
         "--target-dir", target],
        check=True,
    )  # fmt: skip
    return (target / "release" / "bootstrap").read_bytes()


@pytest.mark.parametrize(
    "build, error_type", [(go_bootstrap, "errorString"), (rust_bootstrap, "&alloc::string::String")],
    ids=["go", "rust"],
)
def test_a_compiled_function_answers_and_fails(function, build, error_type):
    deployed = function(
        package=package({"bootstrap": build()}, executable={"bootstrap"}), Runtime="provided.al2023", Handler="bootstrap"
    )
    answer = deployed.invoke({"text": "hello"})
    assert answer.value == {"text": "hello", "requestId": answer.request_id}
    failed = deployed.invoke({"fail": True})
    assert failed.error == "Unhandled"
    assert failed.value["errorMessage"] == "asked to fail"
    assert deployed.invoke({"text": "again"}).value["text"] == "again"


def test_a_function_on_awslambdaric_answers_and_fails(function):
    folder = CACHE / "awslambdaric"
    if not folder.exists():
        version = subprocess.check_output(["/usr/bin/python3", "-c", "import platform; print(platform.python_version())"], text=True)
        subprocess.run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--target", folder, "--only-binary", ":all:",
             "--python-version", version.strip(), "awslambdaric"],
            check=True,
        )  # fmt: skip
    files = {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    files["index.py"] = "def handler(event, context):\n    if event == 'fail':\n        raise KeyError('k')\n    return [event, context.aws_request_id]\n"
    files["bootstrap"] = AWSLAMBDARIC_BOOTSTRAP
    deployed = function(
        package=package(files, executable={"bootstrap"}),
        Runtime="provided.al2023",
        Handler="index.handler",
        Timeout=10,
    )
    answer = deployed.invoke("hello")
    assert answer.value == ["hello", answer.request_id]
    assert deployed.invoke("fail").value["errorType"] == "KeyError"
