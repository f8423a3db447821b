"""Starts the program under test and hands out clients for it."""

import base64
import io
import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

import boto3
from botocore.config import Config

REPOSITORY = Path(__file__).resolve().parent.parent
BINARY = Path(os.environ.get("MAYFLY_BINARY", REPOSITORY / "target" / "release" / "mayfly"))
ROLE = "arn:aws:iam::000000000000:role/lambda-role"
REGION = "us-east-1"



def newest(language):
    """The newest runtime of a language that this machine has; the table lists newest first."""
    names = subprocess.check_output([BINARY, "runtimes", "--names"], text=True).split()
    return next((name for name in names if name.startswith(language)), language)


PYTHON_RUNTIME = os.environ.get("MAYFLY_TEST_PYTHON") or newest("python")
NODE_RUNTIME = os.environ.get("MAYFLY_TEST_NODE") or newest("nodejs")

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20


class Server:
    """`mayfly serve` on a free port and a data folder below `folder`."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.data = self.folder / "data"
        self.access_key = "AKIAMAYFLYTESTS00000"
        self.secret_key = "tests-only-secret-key-0123456789abcdefgh"
        self.host = "127.0.0.1"
        self.port = free_port()
        self.arguments = []
        self.environment = {}
        self.command_prefix = []
        self.process = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def command(self):
        listen = f"{self.host}:{self.port}"
        serve = [str(BINARY), "serve", "--listen", listen, "--data-dir", str(self.data)]
        return self.command_prefix + serve + self.arguments

    def start(self):
        self.log_path = self.folder / "server.log"
        environment = dict(os.environ)
        environment.update(MAYFLY_ACCESS_KEY_ID=self.access_key, MAYFLY_SECRET_ACCESS_KEY=self.secret_key)
        environment.update(self.environment)
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(self.command(), env=environment, stdout=log, stderr=log)
        self.wait_until_healthy()
        return self

    def wait_until_healthy(self):
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}:\n{self.log()}")
            if self.is_healthy():
                return
            time.sleep(0.01)
        raise AssertionError(f"the server was not ready in {START_TIMEOUT_S} s:\n{self.log()}")

    def is_healthy(self):
        try:
            with urllib.request.urlopen(f"{self.url}/_mayfly/health", timeout=2) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def log(self):
        return self.log_path.read_text(errors="replace")[-6000:]

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return self.process and self.process.returncode
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the server did not drain in {STOP_TIMEOUT_S} s:\n{self.log()}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def client(self, service, **options):
        config = Config(retries={"total_max_attempts": 1}, read_timeout=60, max_pool_connections=64)
        settings = {
            "endpoint_url": self.url,
            "region_name": REGION,
            "aws_access_key_id": self.access_key,
            "aws_secret_access_key": self.secret_key,
            "config": config,
        }
        return boto3.client(service, **{**settings, **options})

    def environments(self):
        """What `mayfly environments` tells."""
        command = [str(BINARY), "environments", "--json", "--endpoint", self.url]
        key = {"MAYFLY_ACCESS_KEY_ID": self.access_key, "MAYFLY_SECRET_ACCESS_KEY": self.secret_key}
        return json.loads(subprocess.check_output(command, env={**os.environ, **key}))

    def shell_environment(self):
        """What a user exports to point any AWS client here."""
        return {
            **os.environ,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_PAGER": "",
        }

    def create_function(self, client, name, source=None, *, package=None, wait=True, **settings):
        """Creates a function from Python source (the default) or a ready package. What is None is left to AWS's default."""
        package = package or python_package(source or ECHO)
        # A small function has a fourteenth of a processor, and machines may be slow.
        defaults = {"Runtime": PYTHON_RUNTIME, "Handler": "index.handler", "Role": ROLE, "Timeout": 60}
        settings = {name: value for name, value in {**defaults, **settings}.items() if value is not None}
        created = client.create_function(FunctionName=name, Code={"ZipFile": package}, **settings)
        if wait:
            client.get_waiter("function_active_v2").wait(
                FunctionName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200}
            )
        return Function(client, name, created)


class Function:
    """A created function, with the shortest way to call it."""

    def __init__(self, client, name, created):
        self.client = client
        self.name = name
        self.created = created

    def invoke(self, event=None, **options):
        answer = self.client.invoke(
            FunctionName=self.name, Payload=json.dumps(event).encode(), LogType="Tail", **options
        )
        return Answer(answer)


class Answer:
    def __init__(self, answer):
        self.raw = answer
        self.status = answer["StatusCode"]
        self.error = answer.get("FunctionError")
        self.version = answer.get("ExecutedVersion")
        self.request_id = answer["ResponseMetadata"]["RequestId"]
        self.payload = answer["Payload"].read()
        self.log = base64.b64decode(answer.get("LogResult", "")).decode(errors="replace")

    @property
    def value(self):
        return json.loads(self.payload)


ECHO = "def handler(event, context):\n    return event\n"


def python_package(source):
    return package({"index.py": source})


def package(files, executable=()):
    """A zip of the given texts or bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path)
            entry.external_attr = (0o755 if path in executable else 0o644) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(condition, within_s=5.0, every_s=0.02):
    """The condition's first truthy value; an assertion error when there is none in time."""
    deadline = time.monotonic() + within_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {within_s} s: {condition}"
        time.sleep(every_s)
