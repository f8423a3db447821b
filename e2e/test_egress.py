"""What functions reach of the world and of the host: the world is a network namespace of the tests' own."""

import ctypes
import json
import os
import socket
import struct
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from mayfly import Server, eventually

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="making a network needs root")

NAMESPACE = f"mayfly-world-{os.getpid()}"
LINK = f"mf-world{os.getpid() % 10**6}"
# RFC 2544 keeps these for tests of networks, so no machine's own network is hidden by them.
HOST_SIDE, WORLD = "198.18.76.1", "198.18.76.2"
GREETING = "hello from the world"
NAMES = {
    "greeter.mayfly.test": WORLD,
    "host.mayfly.test": HOST_SIDE,
    "loopback.mayfly.test": "127.0.0.1",
    "metadata.mayfly.test": "169.254.169.254",
}
NAMES6 = {"greeter.mayfly.test": "2001:db8::1"}
REFUSED = {"ConnectionResetError", "ConnectionRefusedError", "TimeoutError", "OSError"}

# Does one thing that the event names, and says what came of it.
REACH = """
import errno, json, socket, time, urllib.request
def connect(host, port):
    with socket.create_connection((host, port), timeout=3) as link:
        return link.recv(100).decode() or "closed"
def datagram(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(3)
        link.sendto(b"ping", (host, port))
        answer, sender = link.recvfrom(100)
        return [answer.decode(), list(sender)]
def first(host, port):
    # As a client does that tries addresses in their order, and waits for each.
    began, refusals = time.monotonic(), []
    found = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)
    for family, kind, _, _, address in sorted(found, key=lambda one: -one[0]):
        with socket.socket(family, kind) as link:
            link.settimeout(3)
            try:
                link.connect(address)
                return [refusals, link.recv(100).decode(), time.monotonic() - began < 2]
            except OSError as error:
                refusals.append(errno.errorcode[error.errno])
def unreachable(host, port):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as link:
        try:
            return link.sendto(b"ping", (host, port))
        except OSError as error:
            return errno.errorcode[error.errno]
def resolve(host, port):
    return socket.getaddrinfo(host, port, socket.AF_INET, socket.SOCK_STREAM)[0][4][0]
def handler(event, context):
    try:
        return globals()[event["do"]](event["host"], event["port"])
    except OSError as error:
        return type(error).__name__
"""

CALL_MAYFLY = """
import boto3, json, os, time
def handler(event, context):
    answer = boto3.client("lambda").invoke(FunctionName=event, Payload=b'"inner"')
    boto3.client("logs").put_log_events(
        logGroupName=os.environ["AWS_LAMBDA_LOG_GROUP_NAME"],
        logStreamName=os.environ["AWS_LAMBDA_LOG_STREAM_NAME"],
        logEvents=[{"timestamp": int(time.time() * 1000), "message": "written by the SDK"}])
    return json.loads(answer["Payload"].read())
"""


class World:
    """A machine behind a link: greets over TCP, echoes datagrams, and resolves `NAMES`."""

    def __init__(self):
        self.peers = []
        run(f"ip netns add {NAMESPACE}")
        run(f"ip link add {LINK} type veth peer name eth0 netns {NAMESPACE}")
        run(f"ip addr add {HOST_SIDE}/30 dev {LINK}")
        run(f"ip link set {LINK} up")
        run(f"ip -n {NAMESPACE} addr add {WORLD}/30 dev eth0")
        run(f"ip -n {NAMESPACE} link set eth0 up")
        inside = ThreadPoolExecutor(1, initializer=enter, initargs=(NAMESPACE,))
        self.greeter = inside.submit(socket.create_server, (WORLD, 0)).result()
        self.echo, self.resolver = (inside.submit(datagrams, WORLD, port).result() for port in (0, 53))
        inside.shutdown()
        self.tcp_port, self.udp_port = self.greeter.getsockname()[1], self.echo.getsockname()[1]
        for serve in (self.greet, self.repeat, self.resolve):
            threading.Thread(target=serve, daemon=True).start()

    def greet(self):
        while True:
            link, peer = self.greeter.accept()
            self.peers.append(peer[0])
            link.sendall(GREETING.encode())
            link.close()

    def repeat(self):
        while True:
            self.echo.sendto(*self.echo.recvfrom(1500))

    def resolve(self):
        while True:
            query, client = self.resolver.recvfrom(1500)
            self.resolver.sendto(answer_to(query), client)

    def close(self):
        run(f"ip link delete {LINK}")
        run(f"ip netns delete {NAMESPACE}")


def run(command):
    subprocess.run(command.split(), check=True)


def enter(namespace):
    """Moves the calling thread only; the sockets that it opens stay where they were opened."""
    network_namespace = 0x40000000
    with open(f"/run/netns/{namespace}") as entrance:
        if ctypes.CDLL(None, use_errno=True).setns(entrance.fileno(), network_namespace) != 0:
            raise OSError(ctypes.get_errno(), "setns")


def datagrams(host, port):
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.bind((host, port))
    return link


def answer_to(query):
    """One A or AAAA record for a name that is known; for others that there is no such name."""
    labels, position = [], 12
    while query[position]:
        labels.append(query[position + 1 : position + 1 + query[position]].decode())
        position += 1 + query[position]
    question = query[12 : position + 5]
    name, (kind,) = ".".join(labels).lower(), struct.unpack("!H", question[-4:-2])
    family, names = {1: (socket.AF_INET, NAMES), 28: (socket.AF_INET6, NAMES6)}.get(kind, (None, {}))
    address = names.get(name)
    header = query[:2] + struct.pack("!5H", 0x8180 if name in NAMES else 0x8183, 1, int(address is not None), 0, 0)
    if address is None:
        return header + question
    data = socket.inet_pton(family, address)
    return header + question + struct.pack("!3HIH", 0xC00C, kind, 1, 60, len(data)) + data


@pytest.fixture(scope="module")
def world():
    world = World()
    yield world
    world.close()


@pytest.fixture(scope="module")
def start(world, tmp_path_factory):
    """Starts servers whose resolver is the world's, which only they see."""
    servers = []

    def start(egress):
        folder = tmp_path_factory.mktemp(f"egress-{egress}")
        resolv_conf = folder / "resolv.conf"
        resolv_conf.write_text(f"nameserver {WORLD}\n")
        server = Server(folder)
        bind = f'mount --bind {resolv_conf} /etc/resolv.conf && exec "$@"'
        server.command_prefix = ["unshare", "--mount", "sh", "-c", bind, "sh"]
        server.arguments = ["--egress", egress]
        servers.append(server)
        return server.start()

    yield start
    for server in servers:
        server.stop()


def deploy(server, name, source, **settings):
    return server.create_function(server.client("lambda"), name, source, Timeout=20, MemorySize=512, **settings)


@pytest.fixture(scope="module")
def internet(start):
    return start("internet")


@pytest.fixture(scope="module")
def none(start):
    return start("none")


@pytest.fixture(scope="module")
def open_function(internet):
    return deploy(internet, "open", REACH)


@pytest.fixture(scope="module")
def closed_function(none):
    return deploy(none, "closed", REACH)


def ask(function, do, host, port=80):
    answer = function.invoke({"do": do, "host": host, "port": port})
    assert answer.error is None, answer.log
    return answer.value


@pytest.fixture
def host_listeners():
    """Servers on the host's loopback, on all of its addresses, and on its side of the world's link."""
    reached = []
    listeners = [socket.create_server((host, 0)) for host in ("127.0.0.1", "0.0.0.0", HOST_SIDE)]

    def accept(listener):
        while True:
            try:
                link, peer = listener.accept()
            except OSError:
                return
            reached.append(peer)
            link.sendall(b"reached the host")
            link.close()

    for listener in listeners:
        threading.Thread(target=accept, args=(listener,), daemon=True).start()
    yield [listener.getsockname()[1] for listener in listeners], reached
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def own_addresses():
    addresses = json.loads(subprocess.check_output(["ip", "-4", "-json", "addr"]))
    return [entry["local"] for link in addresses for entry in link["addr_info"]]


def test_a_function_resolves_a_name_and_connects_to_it(open_function, world):
    assert ask(open_function, "resolve", "greeter.mayfly.test") == WORLD
    assert ask(open_function, "connect", "greeter.mayfly.test", world.tcp_port) == GREETING
    assert set(world.peers) == {HOST_SIDE}


def test_an_ipv6_address_is_refused_at_once_and_the_ipv4_one_taken(open_function, world):
    assert ask(open_function, "first", "greeter.mayfly.test", world.tcp_port) == [["ENETUNREACH"], GREETING, True]
    assert ask(open_function, "unreachable", "2001:db8::1", 53) == "ENETUNREACH"


def test_a_datagram_s_answer_comes_from_where_it_was_sent(open_function, world):
    assert ask(open_function, "datagram", WORLD, world.udp_port) == ["ping", [WORLD, world.udp_port]]


def test_a_name_that_does_not_exist_is_said_so(open_function):
    assert ask(open_function, "resolve", "nobody.mayfly.test") == "gaierror"


def test_no_address_or_name_of_the_host_is_reached(open_function, host_listeners):
    ports, reached = host_listeners
    hosts = ["127.0.0.1", "127.0.0.2", "0.0.0.0", "localhost", *own_addresses()]
    hosts += ["host.mayfly.test", "loopback.mayfly.test"]
    for host in hosts:
        for port in ports:
            assert ask(open_function, "connect", host, port) in REFUSED, (host, port)
    assert reached == []


def test_a_development_host_may_let_functions_reach_itself(start, world, host_listeners):
    (loopback_only, everywhere, world_side), _ = host_listeners
    function = deploy(start("host"), "trusted", REACH)
    assert ask(function, "connect", HOST_SIDE, world_side) == "reached the host"
    assert ask(function, "connect", "host.mayfly.test", everywhere) == "reached the host"
    assert ask(function, "connect", "greeter.mayfly.test", world.tcp_port) == GREETING
    # 127.0.0.1 is the sandbox's own, whatever the policy.
    assert ask(function, "connect", "127.0.0.1", loopback_only) in REFUSED


def test_mayfly_itself_is_reached_at_its_own_address_inside_only(open_function, internet):
    for host in {"127.0.0.1", *own_addresses()}:
        assert ask(open_function, "connect", host, internet.port) in REFUSED


@pytest.mark.parametrize("host", ["169.254.169.254", "169.254.170.2", "metadata.mayfly.test"])
def test_metadata_services_are_never_reached(open_function, host):
    assert ask(open_function, "connect", host) in REFUSED


LISTEN = """
import socket
def handler(event, context):
    listener = socket.create_server(("0.0.0.0", 8901))
    listener.settimeout(30)
    print("listening", socket.gethostbyname(socket.gethostname()), flush=True)
    with socket.create_connection((event["host"], event["port"])) as gate:
        gate.recv(100)
    listener.settimeout(0)
    try:
        listener.accept()
        return "reached"
    except BlockingIOError:
        return "alone"
"""

SETTLE = """
import http.client
def handler(event, context):
    api = http.client.HTTPConnection("127.0.0.1", 9001, timeout=5)
    api.request("POST", f"/2018-06-01/runtime/invocation/{event}/response", b'"forged"')
    return api.getresponse().status
"""


class Gate:
    """Holds whoever connects from inside, by way of the world's link, until it is opened."""

    def __init__(self, world):
        inside = ThreadPoolExecutor(1, initializer=enter, initargs=(NAMESPACE,))
        self.listener = inside.submit(socket.create_server, (WORLD, 0)).result()
        inside.shutdown()
        self.listener.settimeout(20)
        self.where = {"host": WORLD, "port": self.listener.getsockname()[1]}

    def wait(self):
        self.link, _ = self.listener.accept()

    def open(self):
        self.link.sendall(b"go")
        self.link.close()
        self.listener.close()


@pytest.fixture
def neighbour(internet, world, name):
    """A function in the middle of its invocation, listening on all of its addresses."""
    gate = Gate(world)
    function = deploy(internet, name, LISTEN)
    with ThreadPoolExecutor(1) as caller:
        outcome = caller.submit(function.invoke, gate.where)
        gate.wait()
        yield function, lambda: (gate.open(), outcome.result())[1]


def test_another_environment_is_out_of_reach(open_function, neighbour):
    _, finish = neighbour
    for host in ("127.0.0.1", "169.254.76.1", *own_addresses()):
        assert ask(open_function, "connect", host, 8901) in REFUSED
    assert finish().value == "alone"


def test_another_environment_s_invocation_cannot_be_answered(internet, neighbour):
    function, finish = neighbour
    logs = internet.client("logs")

    def started():
        group = f"/aws/lambda/{function.name}"
        return logs.filter_log_events(logGroupName=group, filterPattern='"START RequestId"')["events"]

    request_id = eventually(started)[0]["message"].split()[2]
    assert deploy(internet, f"{function.name}-forger", SETTLE).invoke(request_id).value == 400
    answer = finish()
    assert (answer.request_id, answer.value) == (request_id, "alone")


@pytest.mark.parametrize("egress", ["internet", "none"])
def test_a_function_calls_mayfly_by_default(request, egress):
    server = request.getfixturevalue(egress)
    callee = deploy(server, "callee", "def handler(event, context):\n    return event\n")
    caller = deploy(server, "caller", CALL_MAYFLY)
    answer = caller.invoke(callee.name)
    assert answer.value == "inner", answer.log
    events = server.client("logs").filter_log_events(logGroupName="/aws/lambda/caller", filterPattern="SDK")["events"]
    assert [event["message"] for event in events] == ["written by the SDK"]


def test_without_egress_nothing_is_reached_or_resolved(closed_function, world, host_listeners):
    ports, reached = host_listeners
    greeted = len(world.peers)
    assert ask(closed_function, "resolve", "greeter.mayfly.test") == "gaierror"
    assert ask(closed_function, "connect", WORLD, world.tcp_port) == "OSError"
    assert ask(closed_function, "datagram", WORLD, world.udp_port) == "OSError"
    for host in ("127.0.0.1", *own_addresses()):
        for port in ports:
            assert ask(closed_function, "connect", host, port) in REFUSED
    assert reached == [] and len(world.peers) == greeted
