"""Pulls that are broken off: by a registry that cuts, hangs or dribbles, and by `kill -9`."""

import threading
import time

import pytest

from gate import Gate, begin, respond
from mayfly import Function, eventually
from registry import Registry, busybox_layer, layer
from test_images import ECHO, create_function, ended, wait_active

CONFIG = {"Entrypoint": ["/bootstrap"]}
# Larger than what the kernel keeps for a connection, and not to be compressed.
BULK = layer({"bulk": b"".join(i.to_bytes(4, "big") * 16 + i.to_bytes(8, "little") for i in range(300_000))})


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp("registry")).start()
    yield registry
    registry.stop()


@pytest.fixture
def gate(registry):
    with Gate(registry) as gate:
        yield gate


@pytest.fixture
def image(registry, gate, name):
    """The name of an image with one large layer, by way of the gate."""
    registry.push(name, "latest", [busybox_layer(), BULK, ECHO], CONFIG, compress=lambda tar: tar, types=PLAIN)
    return f"{gate.host}/{name}:latest"


PLAIN = {
    "manifest": "application/vnd.oci.image.manifest.v1+json",
    "config": "application/vnd.oci.image.config.v1+json",
    "layer": "application/vnd.oci.image.layer.v1.tar",
}


def leftovers(server):
    """What is in the making, or was when somebody died."""
    trees = [path for path in (server.data / "trees").iterdir() if path.name.startswith(".")]
    return trees + list((server.data / "blobs" / "incoming").iterdir())


class Cut:
    """Breaks the large layer off in the middle, so many times."""

    def __init__(self, times):
        self.times = times

    def __call__(self, handler, body):
        if len(body) < len(BULK) or self.times == 0:
            return respond(handler, 200, body)
        self.times -= 1
        begin(handler, body, len(body) // 2)
        handler.close_connection = True


class Refuse:
    """Answers what is wanted of the large layer with a status of trouble, each once."""

    def __init__(self, *statuses):
        self.statuses = list(statuses)

    def __call__(self, handler, body):
        if len(body) < len(BULK) or not self.statuses:
            return respond(handler, 200, body)
        return respond(handler, self.statuses.pop(0), b"")


class Stall:
    """Sends half of the large layer, and then nothing until it is released."""

    def __init__(self):
        self.reached, self.released = threading.Event(), threading.Event()

    def __call__(self, handler, body):
        if len(body) < len(BULK):
            return respond(handler, 200, body)
        begin(handler, body, len(body) // 2)
        self.reached.set()
        self.released.wait(60)
        try:
            handler.wfile.write(body[len(body) // 2 :])
        except OSError:
            pass


def test_a_layer_that_breaks_off_is_pulled_again(own_server, gate, image, name):
    gate.disturb = Cut(times=1)
    own_server.start()
    client = own_server.client("lambda")
    created = create_function(client, name, image)
    assert Function(client, name, created).invoke(1).value == 1
    assert leftovers(own_server) == []


def test_a_registry_in_trouble_is_asked_again(own_server, gate, image, name):
    gate.disturb = Refuse(503, 429)
    own_server.start()
    client = own_server.client("lambda")
    created = create_function(client, name, image)
    assert Function(client, name, created).invoke(1).value == 1


def test_a_layer_that_always_breaks_off_fails_the_creation_and_leaves_nothing(own_server, gate, image, name):
    gate.disturb = Cut(times=3)
    own_server.start()
    client = own_server.client("lambda")
    create_function(client, name, image, wait=False)
    shown = eventually(lambda: ended(client, name), within_s=30)
    assert (shown["State"], shown["StateReasonCode"]) == ("Failed", "InternalError")
    assert shown["StateReason"].startswith(f"Source image {image} could not be pulled: the registry cannot be reached")
    assert leftovers(own_server) == []
    client.delete_function(FunctionName=name)
    created = create_function(client, name, image)
    assert Function(client, name, created).invoke(1).value == 1


def test_a_pull_that_is_killed_in_mid_layer_leaves_nothing_and_goes_on(own_server, gate, image, name):
    gate.disturb = stall = Stall()
    own_server.start()
    client = own_server.client("lambda")
    created = create_function(client, name, image, wait=False)
    assert stall.reached.wait(20)
    eventually(lambda: leftovers(own_server))
    own_server.kill()
    gate.disturb = None
    stall.released.set()
    own_server.start()
    wait_active(client, name)
    assert leftovers(own_server) == []
    assert Function(client, name, created).invoke(1).value == 1


def test_a_registry_that_hangs_is_given_up_and_asked_again(own_server, gate, image, name):
    stalls = [Stall()]
    gate.disturb = lambda handler, body: (stalls.pop() if len(body) >= len(BULK) and stalls else Cut(0))(handler, body)
    own_server.start()
    client = own_server.client("lambda")
    created = create_function(client, name, image, wait=False)
    waiter = client.get_waiter("function_active_v2")
    waiter.wait(FunctionName=name, WaiterConfig={"Delay": 0.5, "MaxAttempts": 120})
    assert Function(client, name, created).invoke(1).value == 1


def test_a_slow_registry_holds_up_nobody_else(own_server, gate, registry, image, name):
    other, _ = registry.push(f"{name}-quick", "latest", [busybox_layer(), ECHO], CONFIG)
    gate.disturb = stall = Stall()
    own_server.start()
    client = own_server.client("lambda")
    created = create_function(client, name, image, wait=False)
    assert stall.reached.wait(20)
    began = time.monotonic()
    quick = create_function(client, f"{name}-quick", other)
    assert Function(client, f"{name}-quick", quick).invoke(1).value == 1
    assert time.monotonic() - began < 15
    assert client.get_function_configuration(FunctionName=name)["State"] == "Pending"
    stall.released.set()
    wait_active(client, name)
    assert Function(client, name, created).invoke(1).value == 1


def test_a_server_stops_in_mid_pull_and_goes_on_later(own_server, gate, image, name):
    gate.disturb = stall = Stall()
    own_server.start()
    client = own_server.client("lambda")
    created = create_function(client, name, image, wait=False)
    assert stall.reached.wait(20)
    assert own_server.stop() == 0
    gate.disturb = None
    stall.released.set()
    own_server.start()
    wait_active(client, name)
    assert leftovers(own_server) == []
    assert Function(client, name, created).invoke(1).value == 1
