"""The Runtime API over one kept connection.

This is the warm path, so there is no HTTP library on it: the server sends every answer with a Content-Length and
header names that are known, which leaves little to parse.
"""

import json
import os
import socket
import time

_READ_BYTES = 65536
_CONTENT_LENGTH = b"\r\nContent-Length: "
_PREFIX = "/2018-06-01/runtime/"


class Event:
    """One invocation as `next` gives it. Headers that were not sent are None."""

    __slots__ = (
        "request_id",
        "deadline_ms",
        "came_ahead",
        "arn",
        "trace_id",
        "client_context",
        "identity",
        "tenant_id",
        "body",
    )

    def __init__(self, head, body):
        fields = _fields(head)
        self.request_id = fields["Lambda-Runtime-Aws-Request-Id"]
        # An event that was there before it was asked for says how long it may take, from now.
        timeout_ms = fields.get("Lambda-Runtime-Mayfly-Timeout-Ms")
        self.came_ahead = timeout_ms is not None
        if self.came_ahead:
            self.deadline_ms = int(time.time() * 1000) + int(timeout_ms)
        else:
            self.deadline_ms = int(fields["Lambda-Runtime-Deadline-Ms"])
        self.arn = fields.get("Lambda-Runtime-Invoked-Function-Arn")
        self.trace_id = fields.get("Lambda-Runtime-Trace-Id")
        self.client_context = fields.get("Lambda-Runtime-Client-Context")
        self.identity = fields.get("Lambda-Runtime-Cognito-Identity")
        self.tenant_id = fields.get("Lambda-Runtime-Aws-Tenant-Id")
        self.body = body


def _fields(head):
    """A value has no line break."""
    fields = {}
    for line in head.decode().split("\r\n"):
        name, _, value = line.partition(": ")
        fields[name] = value
    return fields


class RuntimeApi:
    """One request at a time; every method waits for its answer."""

    def __init__(self, connection, address):
        self._socket = connection
        self._received = b""
        # The next event was asked for together with the last response, whose own answer comes before it.
        self._has_asked = False
        host = "Host: %s\r\n" % address
        self._settings = ("GET %smayfly/settings HTTP/1.1\r\n%s\r\n" % (_PREFIX, host)).encode()
        self._next = ("GET %sinvocation/next HTTP/1.1\r\n%s\r\n" % (_PREFIX, host)).encode()
        self._post = "POST %s%%s HTTP/1.1\r\n%sContent-Type: %%s\r\nContent-Length: %%d\r\n%%s\r\n" % (_PREFIX, host)

    @classmethod
    def connect(cls, environment=os.environ):
        """To the platform that the environment names."""
        # Nobody else's business.
        path = environment.pop("_MAYFLY_RUNTIME_API_SOCKET", None)
        address = environment["AWS_LAMBDA_RUNTIME_API"]
        return cls(_connection(path, address), address)

    def settings(self):
        """Waits for the function that this process is to serve: those of its variables that are not here yet."""
        self._socket.sendall(self._settings)
        head, body = self._answer(held_back=1)
        self._is_whole = len(body) == _length(head)
        _check(head, body)
        return json.loads(body)

    def wait_for_code(self):
        """The last byte of the settings comes when the function's code is there."""
        if not self._is_whole:
            self._receive(1)

    def next(self):
        """Waits for the next event, however long that takes."""
        if self._has_asked:
            self._has_asked = False
            self._answer()
        else:
            self._socket.sendall(self._next)
        head, body = self._answer()
        _check(head, body)
        return Event(head, body)

    def respond(self, request_id, body, content_type):
        """Asks for the next event at once: a response that is refused, because it is too large, is the platform's to
        report."""
        head = self._post % ("invocation/%s/response" % request_id, content_type, len(body), "")
        self._socket.sendall(b"".join((head.encode(), body, self._next)))
        self._has_asked = True

    def fail(self, request_id, body, error_type):
        self._send("invocation/%s/error" % request_id, body, "application/json", _error_header(error_type))

    def fail_init(self, body, error_type):
        self._send("init/error", body, "application/json", _error_header(error_type))

    def _send(self, path, body, content_type, headers):
        head = self._post % (path, content_type, len(body), headers)
        self._socket.sendall(head.encode() + body)
        self._answer()

    def _answer(self, held_back=0):
        received = self._received or self._receive()
        while True:
            end = received.find(b"\r\n\r\n")
            if end >= 0:
                break
            received += self._receive()
        start = end + 4
        head = received[:start]
        end = start + _length(head)
        body, self._received = received[start:end], received[end:]
        missing = end - held_back - len(received)
        if missing > 0:
            body = self._rest(body, missing)
        return head, body

    def _rest(self, body, missing):
        pieces = [body]
        while missing > 0:
            piece = self._receive(min(missing, 1 << 20))
            pieces.append(piece)
            missing -= len(piece)
        return b"".join(pieces)

    def _receive(self, size=_READ_BYTES):
        received = self._socket.recv(size)
        if not received:
            raise ConnectionError("the Runtime API closed the connection")
        return received


def _length(head):
    start = head.find(_CONTENT_LENGTH) + len(_CONTENT_LENGTH)
    return int(head[start : head.find(b"\r", start)])


def _check(head, body):
    if not head.startswith(b"HTTP/1.1 200 "):
        raise ConnectionError("the Runtime API answered %r with %r" % (head, body))


def _connection(path, address):
    if path and hasattr(socket, "AF_UNIX"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(path)
        return connection
    host, port = address.rsplit(":", 1)
    connection = socket.create_connection((host, int(port)))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def _error_header(error_type):
    # A class name holds no line break; a name made up at run time might.
    name = "".join(c for c in error_type if c.isprintable() and ord(c) < 128)
    return "Lambda-Runtime-Function-Error-Type: %s\r\n" % name
