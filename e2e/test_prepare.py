"""`mayfly runtimes prepare NAME` gets runtimes that the machine lacks, and functions run on them."""

import json
import subprocess

import pytest

from mayfly import BINARY, Server, package
from subjects import CACHE, java

FOLDER = CACHE / "prepared"


def mayfly(*words):
    return subprocess.run([BINARY, "runtimes", *words], text=True, capture_output=True)


def row(name):
    table = json.loads(mayfly("--json", "--runtimes-dir", FOLDER).stdout)
    return next(row for row in table["runtimes"] if row["name"] == name)


@pytest.fixture(scope="module")
def prepared():
    done = mayfly("prepare", "nodejs24.x", "java21", "--runtimes-dir", FOLDER)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    server.environment = {"MAYFLY_RUNTIMES_DIR": str(FOLDER)}
    server.start()
    yield server
    server.stop()


def test_a_prepared_runtime_runs_functions(prepared, function):
    source = "exports.handler = async () => [process.version, typeof require('@aws-sdk/client-s3').S3Client];\n"
    deployed = function(package=package({"index.js": source}), Runtime="nodejs24.x", MemorySize=512, Timeout=20)
    version, client = deployed.invoke().value
    assert version.startswith("v24.")
    assert client == "function"
    deployed = function(package=package(java()), Runtime="java21", Handler="fixture.Plain::property", MemorySize=512, Timeout=20)
    assert deployed.invoke("java.specification.version").value == "21"


def test_the_table_says_where_a_runtime_comes_from(prepared):
    for name, version in [("nodejs24.x", "24."), ("java21", "21.")]:
        assert row(name)["available"]
        assert row(name)["interpreter"].startswith("/")
        assert row(name)["version"].startswith(version)


def test_what_cannot_be_fetched_says_how_to_get_it(tmp_path):
    refused = mayfly("prepare", "dotnet8", "java8.al2", "--runtimes-dir", tmp_path)
    assert refused.returncode != 0
    assert "dotnet8: The runtime dotnet8 is not installed on this host. Found: none. Install it with the package" in refused.stderr
    assert "java8.al2: The runtime java8.al2 is not installed on this host." in refused.stderr
