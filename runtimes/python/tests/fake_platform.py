"""A Runtime API that plays a script: hands out events, notes what is posted, and collects the output."""

import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading

BOOTSTRAP = os.path.join(os.path.dirname(__file__), "..", "bootstrap.py")
REQUEST_ID = "8f507cfc-0000-4697-b07a-ac58fc914c9%d"


class Run:
    """What came of a run of the client: posts as (path, headers, body), log records, exit code."""

    def __init__(self, posts, output, code):
        self.posts, self.output, self.code = posts, output, code

    @property
    def bodies(self):
        return [json.loads(body) for _, _, body in self.posts]

    @property
    def text(self):
        return b"".join(self.records).decode()

    @property
    def records(self):
        return list(_records(self.output))


def run(code, events=(b"{}",), handler="app.handler", headers=(), files=(), framed=True, parked=False, **environment):
    """Runs the client on `app.py` until the events are used up or it ends by itself. A client that is parked starts
    without the function's variables and asks for them."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in dict(files, **{"app.py": code}).items():
            os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
            with open(os.path.join(folder, name), "w") as file:
                file.write(text)
        path = os.path.join(folder, "api.sock")
        start = {"AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9001", "_MAYFLY_RUNTIME_API_SOCKET": path}
        variables = {"LAMBDA_TASK_ROOT": folder, "_HANDLER": handler, "AWS_LAMBDA_FUNCTION_NAME": "f"}
        if framed:
            start["_LAMBDA_TELEMETRY_LOG_FD"] = "1"
        variables.update(environment)
        server = _Server(path, list(events), list(headers), variables)
        start_with = start if parked else dict(start, **variables)
        process = subprocess.Popen([sys.executable, BOOTSTRAP], env=start_with, stdout=subprocess.PIPE)
        server.on_end = process.kill
        output = process.communicate()[0]
        server.close()
        return Run(server.posts, output, process.returncode)


class _Server:
    def __init__(self, path, events, headers, settings):
        self.posts, self.on_end = [], None
        self._settings = settings
        self._events, self._headers = events, headers
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(path)
        self._listener.listen()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self):
        self._thread.join(10)
        self._listener.close()

    def _serve(self):
        connection, _ = self._listener.accept()
        # A client that ends in its init leaves the event unread that came before it was asked for.
        with connection, connection.makefile("rb") as stream, contextlib.suppress(ConnectionResetError):
            self._converse(connection, stream)

    def _converse(self, connection, stream):
        served, is_there = 0, False
        while True:
            line = stream.readline().split()
            if not line:
                return
            headers = dict(_headers(stream))
            body = stream.read(int(headers.get("content-length", 0)))
            if line[0] == b"POST":
                self.posts.append((line[1].decode(), headers, body))
                connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n")
            elif line[1].endswith(b"/settings"):
                document = json.dumps(self._settings).encode()
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % (len(document) + 1) + document)
                # The first event comes before it is asked for.
                connection.sendall(b"\n" + self._event(0, "Mayfly-Timeout-Ms: 60000"))
                served, is_there = 1, True
            elif is_there:
                is_there = False
            elif served == len(self._events):
                self.on_end()
                return
            else:
                connection.sendall(self._event(served))
                served += 1

    def _event(self, number, limit="Deadline-Ms: 99999999999999"):
        head = [
            "HTTP/1.1 200 OK",
            "Lambda-Runtime-Aws-Request-Id: " + REQUEST_ID % number,
            "Lambda-Runtime-" + limit,
            "Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:000000000000:function:f",
            "Content-Length: %d" % len(self._events[number]),
        ]
        return "\r\n".join(head + self._headers + ["", ""]).encode() + self._events[number]


def _headers(stream):
    for line in iter(stream.readline, b"\r\n"):
        name, _, value = line.decode().strip().partition(": ")
        yield name.lower(), value


def _records(output):
    """Frames and lines, in order."""
    while output:
        if output.startswith(b"\xa5\x5a"):
            _, length, _ = struct.unpack(">IIQ", output[:16])
            yield output[16 : 16 + length]
            output = output[16 + length :]
        else:
            end = output.find(b"\n") + 1 or len(output)
            yield output[:end]
            output = output[end:]
