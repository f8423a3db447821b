"""Web applications run unmodified behind the Lambda Web Adapter, attached as its documentation says: a layer with the
extension and the wrapper that starts the application."""

import base64
import json
import os
import shutil

import pytest

from mayfly import NODE_RUNTIME, PYTHON_RUNTIME, package
from subjects import complete, fill, kept, python_packages, run, tree

ADAPTER = "lambda_web_adapter@0.9.1"
WRAPPER = '#!/bin/bash\nexec -- "${LAMBDA_TASK_ROOT}/${_HANDLER}"\n'

EXPRESS = "express@5.3.0"
EXPRESS_APP = """
const express = require('express');
const app = express();
app.use(express.json());
app.get('/hello/:name', (request, response) => response.set('x-app', 'express').send(`Hello, ${request.params.name}`));
app.post('/sum', (request, response) => response.status(201).json({ sum: request.body.a + request.body.b }));
app.listen(process.env.PORT);
"""

FASTAPI = ["fastapi==0.165.0", "uvicorn==0.54.0"]
FASTAPI_APP = """
from fastapi import FastAPI, Response
from pydantic import BaseModel

app = FastAPI()


class Numbers(BaseModel):
    a: int
    b: int


@app.get("/hello/{name}")
def hello(name: str, response: Response):
    response.headers["x-app"] = "fastapi"
    return Response(f"Hello, {name}", media_type="text/plain", headers={"x-app": "fastapi"})


@app.post("/sum", status_code=201)
def add(numbers: Numbers):
    return {"sum": numbers.a + numbers.b}
"""


def adapter():
    folder, missing = kept("web-adapter", ADAPTER)
    if missing:
        # In debug, which compiles faster; its symbols would be most of the layer.
        run("cargo", "install", "--quiet", "--debug", "--locked", "--root", fill(folder), ADAPTER,
            env={**os.environ, "CARGO_TARGET_DIR": str(folder / "target")})  # fmt: skip
        shutil.rmtree(folder / "target")
        run("strip", folder / "bin" / "lambda-adapter")
        complete(folder)
    return (folder / "bin" / "lambda-adapter").read_bytes()


def express():
    folder, missing = kept("express", EXPRESS)
    if missing:
        run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", fill(folder), EXPRESS)
        complete(folder)
    start = "#!/bin/bash\nexec /var/lang/bin/node app.js\n"
    return NODE_RUNTIME, {**tree(folder), "app.js": EXPRESS_APP, "run.sh": start}


def fastapi():
    folder = python_packages("fastapi", *FASTAPI)
    start = "#!/bin/bash\nPYTHONPATH=/var/task exec /var/lang/bin/python3 -m uvicorn --port $PORT app:app\n"
    return PYTHON_RUNTIME, {**tree(folder), "app.py": FASTAPI_APP, "run.sh": start}


@pytest.fixture(scope="module")
def layer(server):
    client = server.client("lambda")
    files = {"extensions/lambda-adapter": adapter(), "bootstrap": WRAPPER}
    published = client.publish_layer_version(
        LayerName="web-adapter", Content={"ZipFile": package(files, executable=set(files))}
    )
    yield published["LayerVersionArn"]
    client.delete_layer_version(LayerName="web-adapter", VersionNumber=published["Version"])


@pytest.fixture(params=[express, fastapi], ids=["express", "fastapi"])
def application(function, layer, request):
    runtime, files = request.param()
    environment = {"AWS_LAMBDA_EXEC_WRAPPER": "/opt/bootstrap", "PORT": "8000", "AWS_LWA_READINESS_CHECK_PATH": "/hello/you"}
    return function(
        package=package(files, executable={"run.sh"}),
        Runtime=runtime,
        Handler="run.sh",
        Layers=[layer],
        Timeout=30,
        MemorySize=1024,
        Environment={"Variables": environment},
    )


def http(method, path, body=None):
    """A request as a function URL or an HTTP API puts it."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {"content-type": "application/json", "host": "example.com"},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "domainName": "example.com",
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "e2e"},
            "requestId": "id",
            "routeKey": "$default",
            "stage": "$default",
            "time": "24/Nov/2026:00:00:00 +0000",
            "timeEpoch": 1795000000000,
        },
        "body": body and json.dumps(body),
        "isBase64Encoded": False,
    }


def text(answer):
    body = answer.value["body"]
    return base64.b64decode(body).decode() if answer.value.get("isBase64Encoded") else body


def test_a_web_application_answers(application, request):
    answer = application.invoke(http("GET", "/hello/you"))
    assert answer.error is None, answer.log
    assert (answer.value["statusCode"], text(answer)) == (200, "Hello, you")
    assert answer.value["headers"]["x-app"] in ("express", "fastapi")
    answer = application.invoke(http("POST", "/sum", {"a": 1, "b": 2}))
    assert (answer.value["statusCode"], json.loads(text(answer))) == (201, {"sum": 3})
    assert application.invoke(http("GET", "/absent")).value["statusCode"] == 404
