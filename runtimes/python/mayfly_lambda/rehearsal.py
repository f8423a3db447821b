"""Plays a first invocation before there is a function.

A process that waits for its function has time. What it would do for the first time while somebody waits for the
answer, it does now, on a platform of its own at the other end of a pair of sockets: take on a function's variables,
find its code, read an event, write the answer. So the memory that this writes to is its own already when it matters,
and nothing is left behind that a function can see.
"""

import gc
import json
import os
import socket
import sys

from . import handler, place
from .api import RuntimeApi

_STAGE = os.path.join(os.path.dirname(__file__), "stage")

# What a function has and its runtime does not, about as long as it is there.
_OF_A_FUNCTION = {
    "AWS_ACCESS_KEY_ID": 20,
    "AWS_DEFAULT_REGION": 9,
    "AWS_ENDPOINT_URL": 21,
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": 4,
    "AWS_LAMBDA_FUNCTION_NAME": 20,
    "AWS_LAMBDA_FUNCTION_VERSION": 7,
    "AWS_LAMBDA_LOG_FORMAT": 4,
    "AWS_LAMBDA_LOG_GROUP_NAME": 32,
    "AWS_LAMBDA_LOG_STREAM_NAME": 52,
    "AWS_REGION": 9,
    "AWS_SECRET_ACCESS_KEY": 40,
    "AWS_SESSION_TOKEN": 300,
}

_EVENT = (
    b"HTTP/1.1 200 OK\r\n"
    b"Content-Type: application/json\r\n"
    b"Lambda-Runtime-Aws-Request-Id: rehearsal\r\n"
    b"Lambda-Runtime-Mayfly-Timeout-Ms: 0\r\n"
    b"Lambda-Runtime-Invoked-Function-Arn: \r\n"
    b"Lambda-Runtime-Trace-Id: \r\n"
    b"Content-Length: 11\r\n\r\n"
    b'"rehearsal"'
)

_READ_BYTES = 65536

# Newer interpreters specialise code that has run several times.
_ROUNDS = 10
# Whose zygote has rehearsed needs only touch its own memory: what the first round has left free, the second takes.
_ROUNDS_OF_A_CHILD = 2


class Silent:
    """Takes the part of the log in a zygote, which has none."""

    def __init__(self):
        self.invocation = self

    def follow(self):
        pass

    def end(self):
        pass


def rehearse(output, serve, was_rehearsed=False):
    """`serve` takes an event to the answer."""
    folder, variables, path = os.getcwd(), dict(os.environ), list(sys.path)
    try:
        for _ in range(_ROUNDS_OF_A_CHILD if was_rehearsed else _ROUNDS):
            _play(output, serve)
            _restore(folder, variables, path)
    except Exception:
        # Whatever is wrong shows again when it matters.
        _restore(folder, variables, path)
    output.invocation.end()
    if not was_rehearsed:
        # Not while somebody waits.
        gc.collect()


def _play(output, serve):
    platform, connection = socket.socketpair()
    with platform, connection:
        api = RuntimeApi(connection, "127.0.0.1:9001")
        platform.sendall(_settings())
        place.take(api.settings())
        sys.path[:] = place.search_path(sys.path)
        output.follow()
        api.wait_for_code()
        place.enter()
        function = handler.load(os.environ["_HANDLER"])
        _forget()
        platform.sendall(_EVENT)
        # Whoever expects more is not left waiting.
        platform.shutdown(socket.SHUT_WR)
        event = api.next()
        platform.recv(_READ_BYTES)
        serve(api, output, function, event)


def _settings():
    own = {name: "-" * length for name, length in _OF_A_FUNCTION.items()}
    document = json.dumps({**own, "LAMBDA_TASK_ROOT": _STAGE, "_HANDLER": "index.handler"}).encode() + b"\n"
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(document) + document


def _forget():
    sys.modules.pop("index", None)
    sys.path_importer_cache.pop(_STAGE, None)


def _restore(folder, variables, path):
    os.chdir(folder)
    for name in set(os.environ) - set(variables):
        del os.environ[name]
    for name, value in variables.items():
        if os.environ.get(name) != value:
            os.environ[name] = value
    sys.path[:] = path
