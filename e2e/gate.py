"""A gate before a registry of images: it wants tokens of its own, or is as slow and as broken as a test wants."""

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Gate:
    """Hands reading requests through to `registry`.

    With `uses`, a request needs a token, which is good for so many requests, and which the user `user` gets for
    `password`; there are `tokens` of them, or any number. `disturb(handler, body)` sends what a test wants in place of a layer or configuration.
    """

    def __init__(self, registry, uses=None, password=None, tokens=None, name="127.0.0.1"):
        self.registry = registry
        self.uses = uses
        self.password = password
        self.tokens = tokens
        self.name = name
        self.left = {}
        self.asked = []
        self.disturb = None
        gate = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_arguments):
                pass

            def do_GET(self):
                gate.answer(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True

    @property
    def host(self):
        return f"127.0.0.1:{self.server.server_address[1]}"

    @property
    def realm(self):
        return f"http://{self.name}:{self.server.server_address[1]}/token"

    def __enter__(self):
        Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()

    def answer(self, handler):
        if handler.path.startswith("/token"):
            return self.give_token(handler)
        if not self.lets_in(handler.headers.get("Authorization", "")):
            challenge = f'Bearer realm="{self.realm}",service="tests",scope="ignored"'
            return respond(handler, 401, b"", {"WWW-Authenticate": challenge})
        status, kind, body = self.fetch(handler.path, handler.headers.get("Accept", "*/*"))
        if self.disturb and "/blobs/" in handler.path:
            return self.disturb(handler, body)
        return respond(handler, status, body, {"Content-Type": kind})

    def give_token(self, handler):
        asked = urllib.parse.parse_qs(urllib.parse.urlparse(handler.path).query)
        self.asked.append({name: values[0] for name, values in asked.items()})
        expected = "Basic " + base64.b64encode(f"user:{self.password}".encode()).decode()
        if self.password is None or handler.headers.get("Authorization") != expected:
            return respond(handler, 401, b"{}")
        token = f"token-{len(self.asked)}"
        self.left[token] = self.uses
        if self.tokens == len(self.left):
            self.password = None
        return respond(handler, 200, json.dumps({"token": token, "expires_in": 60}).encode())

    def lets_in(self, authorization):
        if self.uses is None:
            return True
        token = authorization.removeprefix("Bearer ")
        if self.left.get(token, 0) == 0:
            return False
        self.left[token] -= 1
        return True

    def fetch(self, path, accept):
        request = urllib.request.Request(f"{self.registry.url}{path}", headers={"Accept": accept})
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, answer.headers["Content-Type"], answer.read()
        except urllib.error.HTTPError as error:
            return error.code, "application/json", error.read()


def respond(handler, status, body, headers=None):
    handler.send_response(status)
    for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)


def begin(handler, body, count):
    """Announces the whole body and sends its first `count` bytes."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[:count])
    handler.wfile.flush()
