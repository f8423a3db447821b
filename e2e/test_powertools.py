"""Functions on Powertools for AWS Lambda run unmodified: its logger, metrics, tracer and metadata."""

import json

import pytest

from mayfly import NODE_RUNTIME, PYTHON_RUNTIME, package
from subjects import FIXTURES, complete, fill, kept, python_packages, run, tree

PYTHON_PACKAGES = ["aws-lambda-powertools[tracer]==3.37.0"]
NODE_PACKAGES = [f"@aws-lambda-powertools/{name}@2.36.0" for name in ("logger", "metrics", "tracer")]
# What only compilers and people read.
UNNEEDED = (".d.ts", ".map", ".md", ".ts", ".pyi")


def source(name):
    return (FIXTURES / "powertools" / name).read_bytes()


def python_files():
    folder = python_packages("powertools-python", *PYTHON_PACKAGES)
    return {**needed(folder), "app.py": source("app.py")}


def node_files():
    folder, missing = kept("powertools-node", *NODE_PACKAGES)
    if missing:
        run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", fill(folder), *NODE_PACKAGES)
        complete(folder)
    return {**needed(folder), "app.mjs": source("app.mjs")}


def needed(folder):
    files = tree(folder).items()
    return {name: content for name, content in files if not name.endswith(UNNEEDED) and "/.bin/" not in name}


@pytest.fixture(params=[(PYTHON_RUNTIME, python_files), (NODE_RUNTIME, node_files)], ids=["python", "typescript"])
def orders(function, request):
    runtime, files = request.param
    return function(
        package=package(files()),
        Runtime=runtime,
        Handler="app.handler",
        Timeout=30,
        MemorySize=1024,
        TracingConfig={"Mode": "Active"},
    )


def test_its_logger_metrics_tracer_and_metadata_work(orders):
    cold, warm = orders.invoke({"id": "c-1", "items": 3}), orders.invoke({"id": "c-2", "items": 4})
    assert (cold.error, warm.error) == (None, None), cold.log
    assert (cold.value["total"], warm.value["total"]) == (6, 8)
    assert (cold.value["zone"], warm.value["zone"]) == ("use1-az1", "use1-az1")
    for answer, correlation, items, is_cold in [(cold, "c-1", 3, True), (warm, "c-2", 4, False)]:
        documents = [json.loads(line) for line in answer.log.splitlines() if line.startswith("{")]
        [record] = [document for document in documents if document.get("message") == "order taken"]
        assert record["level"] == "INFO"
        assert record["service"] == "orders"
        assert record["correlation_id"] == correlation
        assert record["items"] == items
        assert record["function_request_id"] == answer.request_id
        assert record["cold_start"] is is_cold
        assert record["xray_trace_id"] in answer.raw["ResponseMetadata"]["HTTPHeaders"]["x-amzn-trace-id"]
        metrics = [document for document in documents if "_aws" in document]
        assert [document["Orders"] for document in metrics if "Orders" in document] in ([1], [[1]], [1.0], [[1.0]])
        assert any("ColdStart" in document for document in metrics) is is_cold
