"""The server as an ordinary user, and as root where no ordinary user can look."""

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from mayfly import BINARY, Server, eventually, package
from test_durability import alive, child, leftovers_of, processes

# A user without a name, as containers often have; its home is its own alone.
ORDINARY_ID = 61_053
GONE_WITHIN_S = 5.0

BOOTSTRAP = """#!/bin/sh
while :; do
    headers=$(mktemp)
    event=$(curl -sS -D "$headers" "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next")
    id=$(sed -n 's/^lambda-runtime-aws-request-id: *//Ip' "$headers" | tr -d '\\r')
    curl -sS -o /dev/null -d "$event" "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/$id/response"
done
"""

WHO = """
import os
def handler(event, context):
    print("said by", event)
    own = [word for word in open("/proc/self/status").read().splitlines() if word.startswith("CapEff")]
    return [os.getuid(), os.getgid(), own[0].split()[1].strip("0")]
"""

REACH = """
import os
def handler(event, context):
    found = [path for path in event if os.path.exists(path)]
    try:
        os.mkdir("/etc/made-inside")
        return found + ["/etc"]
    except OSError:
        return found
"""


def system_python():
    """The interpreter that every user finds; version managers put theirs into a home."""
    version = subprocess.check_output(["/usr/bin/python3", "-V"], text=True)
    return "python" + re.search(r"3\.\d+", version).group()


@pytest.fixture(scope="module")
def home():
    """A folder of the ordinary user's that nobody else may enter, with the program in it."""
    folder = Path(tempfile.mkdtemp(prefix="mayfly-home-"))
    shutil.copy(BINARY, folder / "mayfly")
    if os.geteuid() == 0:
        for path in (folder, folder / "mayfly"):
            os.chown(path, ORDINARY_ID, ORDINARY_ID)
    folder.chmod(0o700)
    yield folder
    shutil.rmtree(folder)


class OrdinaryServer(Server):
    """Runs the copy of the program in `home` as the ordinary user, with no setting but what such a user has."""

    def __init__(self, home, name):
        super().__init__(home)
        self.data = home / name
        self.environment = {"HOME": str(home), "PATH": "/usr/local/bin:/usr/bin:/bin"}

    def command(self):
        identity = ["--reuid", str(ORDINARY_ID), "--regid", str(ORDINARY_ID), "--clear-groups"]
        prefix = ["setpriv", *identity] if os.geteuid() == 0 else []
        _, *arguments = super().command()
        # What is prepared for root lies where this user cannot look.
        return [*prefix, "env", "-u", "MAYFLY_RUNTIMES_DIR", str(self.folder / "mayfly"), *arguments]


@pytest.fixture(scope="module")
def server(home):
    server = OrdinaryServer(home, "kept")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_server(home, name):
    server = OrdinaryServer(home, name)
    yield server
    server.stop()


@pytest.fixture
def python(server, name):
    return lambda source, **settings: deploy(server, name, source, **settings)


def deploy(server, name, source, **settings):
    # A slow machine may need a while for what a test is not about.
    settings = {"Timeout": 60, **settings}
    return server.create_function(server.client("lambda"), name, source, Runtime=system_python(), **settings)


def test_the_banner_names_what_is_weaker(server):
    banner = server.log()
    assert f"on http://127.0.0.1:{server.port}" in banner
    assert "Weaker than as root: /tmp of a function is kept in this machine's memory" in banner
    assert len(re.findall("^Weaker than as root: [^\n]+$", banner, re.M)) >= 2


def test_a_python_function_runs_as_aws_s_user_and_logs(python, server, name):
    answer = python(WHO).invoke("me")
    assert answer.error is None, answer.log
    assert answer.value == [993, 990, ""]
    events = server.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}", filterPattern="said")["events"]
    assert [event["message"] for event in events] == ["said by me\n"]


def test_a_bootstrap_in_shell_runs(server, name):
    code = package({"bootstrap": BOOTSTRAP}, executable={"bootstrap"})
    settings = {"package": code, "Runtime": "provided.al2023", "Handler": "x", "Timeout": 10}
    function = server.create_function(server.client("lambda"), name, **settings)
    answers = [function.invoke({"number": number}) for number in range(2)]
    assert [answer.value for answer in answers] == [{"number": 0}, {"number": 1}], answers[0].log


def test_layers_are_laid_over_each_other(server, name):
    client = server.client("lambda")
    arns = []
    for number in range(2):
        content = {"ZipFile": package({"file": str(number), f"own{number}": "x"})}
        arns.append(client.publish_layer_version(LayerName=f"{name}-{number}", Content=content)["LayerVersionArn"])
    source = "import os\ndef handler(event, context):\n    return [open('/opt/file').read(), *sorted(os.listdir('/opt'))]\n"
    assert deploy(server, name, source, Layers=arns).invoke().value == ["1", "file", "own0", "own1"]


def test_the_user_s_own_files_are_out_of_reach(python, home):
    files = [home, *(home / "kept").iterdir(), BINARY]
    assert python(REACH).invoke([str(path) for path in files]).value == []


def test_a_function_that_takes_too_long_is_ended(python):
    function = python("import time\ndef handler(event, context):\n    time.sleep(event)\n    return 'done'\n", Timeout=1)
    late = function.invoke(30)
    assert late.error == "Unhandled"
    assert late.value["errorMessage"] == f"RequestId: {late.request_id} Error: Task timed out after 1.00 seconds"
    assert function.invoke(0).value == "done"


PRIVATE = "len(bytearray(event * 2**20))"
# A process at a time, so that none has it all.
SHARED = "(lambda memory: [os.fork() or take(memory), os.wait()] and len(memory))(mmap.mmap(-1, event * 2**20))"


@pytest.mark.parametrize("taken", [PRIVATE, SHARED], ids=["private", "shared"])
def test_a_function_that_takes_too_much_memory_is_ended(python, taken):
    hog = (
        "import mmap, os, time\n"
        "def take(memory):\n"
        "    for page in range(0, len(memory), 4096): memory[page] = 1\n"
        "    time.sleep(1)\n"
        "    os._exit(0)\n"
        f"def handler(event, context):\n    return {taken}\n"
    )
    function = python(hog, MemorySize=128, Timeout=20)
    greedy = function.invoke(1024)
    assert greedy.error is not None, greedy.payload
    assert function.invoke(1).value == 2**20


def test_sigterm_leaves_nothing_behind(own_server):
    family = family_at_work(own_server)
    assert own_server.stop() == 0
    assert not alive(family)
    assert not leftovers_of(own_server)


def test_kill_leaves_nothing_behind_and_what_was_made_is_kept(own_server):
    family = family_at_work(own_server)
    own_server.kill()
    eventually(lambda: not alive(family), GONE_WITHIN_S)
    assert not leftovers_of(own_server)
    own_server.start()
    assert own_server.client("lambda").invoke(FunctionName="busy", Payload=b"0")["Payload"].read() == b'"slept"'


def family_at_work(server):
    """Every process of a server with one function idle that has a child, and one in an invocation."""
    server.start()
    source = (
        "import subprocess, time\n"
        "def handler(event, context):\n"
        "    subprocess.Popen(['sleep', '600'])\n"
        "    time.sleep(event)\n"
        "    return 'slept'\n"
    )
    busy = deploy(server, "busy", source)
    assert busy.invoke(0).value == "slept"
    family = processes(server)
    assert len(family) > 4
    return family


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user has one user id only")
def test_root_s_server_is_unprivileged_even_below_a_closed_folder(tmp_path, name):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copy(BINARY, closed / "mayfly")
    server = Server(closed)
    server.command = lambda: [str(closed / "mayfly"), *Server.command(server)[1:]]
    server.start()
    try:
        # A whole core: a slow machine shall not wait for a share of one.
        function = deploy(server, name, WHO, MemorySize=1769)
        assert function.invoke("me").value == [993, 990, ""]
        status = Path(f"/proc/{child(server, 'server')}/status").read_text()
        assert 0 not in ids(status, "Uid") | ids(status, "Gid")
        assert re.findall(r"^Cap(?:Eff|Prm|Inh|Amb):\s+(\w+)$", status, re.M) == ["0" * 16] * 4
    finally:
        server.stop()
    assert not leftovers_of(server)


def ids(status, kind):
    return {int(word) for word in re.search(rf"^{kind}:(.*)$", status, re.M).group(1).split()}
