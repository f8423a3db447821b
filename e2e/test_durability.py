"""Nothing acknowledged is lost, and nothing is left behind, whatever is killed."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from mayfly import PYTHON_RUNTIME, ROLE, Server, eventually, python_package

SOURCE = "def handler(event, context):\n    print('line', event)\n    return event\n"
WITHIN_S = 3.0


def processes(server):
    """Every process of the server, found by its data folder or by descent from its warden."""
    table = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                table[int(entry.name)] = (int(fields[1]), (entry / "cmdline").read_bytes().decode(errors="replace"))
            except OSError:
                continue
    found, wave = set(), {server.process.pid}
    while wave:
        found |= wave
        wave = {pid for pid, (parent, _) in table.items() if parent in wave} - found
    return found & set(table)


def alive(pids):
    return {pid for pid in pids if _is_running(pid)}


def _is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def leftovers():
    cgroups = subprocess.check_output(["find", "/sys/fs/cgroup", "-type", "d", "-path", "*mayfly*"], text=True).split()
    loops = [line for line in subprocess.check_output(["losetup", "-a"], text=True).splitlines() if "scratch" in line]
    mounts = [line for line in Path("/proc/mounts").read_text().splitlines() if "mayfly" in line]
    return cgroups + loops + mounts


def child(server, role):
    """The warden's own; inits of sandboxes are copies of the launcher, and called like it."""
    for pid in children(server.process.pid):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
        except FileNotFoundError:
            continue  # ended since it was listed
        if any(role in word for word in command[1:2]):
            return pid
    raise AssertionError(f"no {role} below {server.process.pid}")


def children(pid):
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@pytest.fixture
def running(own_server):
    own_server.start()
    client = own_server.client("lambda")
    deployed = own_server.create_function(client, "kept", SOURCE)
    assert deployed.invoke("before").value == "before"
    return own_server, deployed


def test_functions_and_logs_survive_a_restart(running):
    server, deployed = running
    assert server.stop() == 0
    server.start()
    assert deployed.invoke("after").value == "after"
    events = server.client("logs").filter_log_events(logGroupName="/aws/lambda/kept", filterPattern="line")["events"]
    assert [event["message"] for event in events] == ["line before\n", "line after\n"]


def test_functions_survive_kill_and_nothing_is_left_behind(running):
    server, deployed = running
    time.sleep(2.1)  # Two seconds of log lines may be missing after kill -9; older ones may not.
    family = processes(server)
    assert len(family) > 3
    server.kill()
    eventually(lambda: not alive(family), WITHIN_S)
    server.start()
    assert deployed.invoke("after").value == "after"
    events = server.client("logs").filter_log_events(logGroupName="/aws/lambda/kept", filterPattern="line")["events"]
    assert [event["message"] for event in events] == ["line before\n", "line after\n"]
    server.stop()
    eventually(lambda: not leftovers_of(server), WITHIN_S)


def leftovers_of(server):
    return [entry for entry in leftovers() if str(server.process.pid) in entry or str(server.data) in entry]


def test_every_answered_creation_survives_kill(own_server):
    own_server.start()
    client = own_server.client("lambda")
    created = []
    for number in range(10):
        client.create_function(
            FunctionName=f"f{number}",
            Runtime=PYTHON_RUNTIME,
            Handler="index.handler",
            Role=ROLE,
            Code={"ZipFile": python_package(f"def handler(e, c):\n    return {number}\n")},
        )
        created.append(f"f{number}")
    own_server.kill()
    own_server.start()
    listed = {entry["FunctionName"] for entry in client.list_functions()["Functions"]}
    assert set(created) <= listed
    client.get_waiter("function_active_v2").wait(FunctionName="f9", WaiterConfig={"Delay": 0.05})
    assert client.invoke(FunctionName="f9")["Payload"].read() == b"9"


@pytest.mark.parametrize("role", ["launcher", "server"])
def test_a_killed_part_is_replaced_while_the_rest_goes_on(running, role):
    server, deployed = running
    victim = child(server, role)
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: server.is_healthy() and child_or_none(server, role) not in (None, victim), 10)

    def answers():
        try:
            return deployed.invoke("again").raw["StatusCode"] == 200
        except Exception:
            return False

    assert eventually(answers, 10)
    assert server.process.poll() is None


def child_or_none(server, role):
    try:
        return child(server, role)
    except AssertionError:
        return None


def test_a_second_server_on_the_same_folder_is_refused(running, tmp_path):
    server, _ = running
    second = Server(server.folder)
    second.data = server.data
    result = subprocess.run(
        second.command(), env={**os.environ, **{"MAYFLY_ACCESS_KEY_ID": "AKIAX", "MAYFLY_SECRET_ACCESS_KEY": "x"}},
        capture_output=True, text=True, timeout=20,
    )
    assert result.returncode != 0
    assert str(server.data) in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_a_port_in_use_is_said_plainly(running, tmp_path):
    server, _ = running
    second = Server(tmp_path / "second")
    second.folder.mkdir()
    second.port = server.port
    result = subprocess.run(second.command(), capture_output=True, text=True, timeout=20)
    assert result.returncode != 0
    assert re.search(rf"127\.0\.0\.1:{server.port}.*in use", result.stderr)


def test_the_server_process_is_unprivileged(running):
    if os.geteuid() != 0:
        pytest.skip("the demo as an ordinary user has one user id only")
    server, _ = running
    status = Path(f"/proc/{child(server, 'server')}/status").read_text()
    assert not re.search(r"^Uid:\s+0\s", status, re.M)
    assert re.search(r"^CapEff:\s+0+$", status, re.M)
    assert re.search(r"^NoNewPrivs:\s+1$", status, re.M)
