"""Plays a first invocation before there is a function.

A process that waits for its function has time. What it would do for the first time while somebody waits for the
answer, it does now: touch the memory of the client and of the import system, read from and write to the connection.
It leaves nothing behind that a function can see.
"""

import gc
import os
import sys

from . import handler, place
from .api import Event

_STAGE = os.path.join(os.path.dirname(__file__), "stage")

# The platform refuses an answer to an invocation that does not exist, which is an answer too.
_HEADERS = {
    "lambda-runtime-aws-request-id": "rehearsal",
    "lambda-runtime-deadline-ms": "0",
    "lambda-runtime-invoked-function-arn": "",
    "lambda-runtime-trace-id": "",
}
_EVENT = Event(_HEADERS, b'"rehearsal"')

# Newer interpreters specialise code that has run several times.
_ROUNDS = 10


class Absent:
    """Takes the part of the platform, and of the log, in a zygote, which has neither."""

    def __init__(self):
        self.invocation = self

    def follow(self):
        pass

    def respond(self, request_id, body, content_type):
        pass


def rehearse(api, output, serve, was_rehearsed=False):
    """`serve` takes an event to the answer. Whose zygote has rehearsed needs only touch its own memory."""
    folder, variables, path = os.getcwd(), dict(os.environ), list(sys.path)
    try:
        for _ in range(1 if was_rehearsed else _ROUNDS):
            _play(api, output, serve)
    except Exception:
        # Whatever is wrong shows again when it matters.
        pass
    _restore(folder, variables, path)
    if not was_rehearsed:
        # Not while somebody waits.
        gc.collect()


def _play(api, output, serve):
    place.take({"LAMBDA_TASK_ROOT": _STAGE, "_HANDLER": "index.handler"})
    sys.path[:] = place.search_path(sys.path)
    output.follow()
    place.enter()
    function = handler.load(os.environ["_HANDLER"])
    _forget()
    serve(api, output, function, _EVENT)


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
