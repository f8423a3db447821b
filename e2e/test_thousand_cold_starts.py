"""A thousand cold starts back to back: none fails, and afterwards the machine is as it was before."""

import itertools
import json
import os
from pathlib import Path

import pytest

from mayfly import eventually
from test_durability import alive, child, processes

STARTS = 1000

# Sixteen environments have room beside some parked ones. Of more functions that are invoked in turns none finds an
# environment of its own again: it has given way to the others'.
ENVIRONMENTS, FUNCTIONS, FUNCTION_MIB, PARKED_MIB = 16, 24, 128, 100
BUDGET_MIB = ENVIRONMENTS * FUNCTION_MIB + PARKED_MIB

NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts")

# Tells how often its environment was invoked.
COUNTER = "count = 0\ndef handler(event, context):\n    global count\n    count += 1\n    return count\n"

# What an allocator keeps. A kilobyte that stayed of each start would be more.
MEMORY_SLACK_MB = 8


@pytest.fixture
def small_server(own_server):
    own_server.arguments = ["--memory-mib", str(BUDGET_MIB)]
    own_server.start()
    return own_server


def test_a_thousand_cold_starts_leave_nothing_behind(small_server):
    client = small_server.client("lambda")
    functions = [
        small_server.create_function(client, f"cold-{number}", COUNTER, MemorySize=FUNCTION_MIB, Timeout=30)
        for number in range(FUNCTIONS)
    ]
    # Whoever has all memory leaves none for environments of others, nor for parked ones.
    greedy = small_server.create_function(client, "greedy", COUNTER, MemorySize=BUDGET_MIB, Timeout=30)
    start_cold(functions, 2 * FUNCTIONS)
    before, memory_before = alone(small_server, greedy)

    start_cold(functions, STARTS)

    after, memory_after = alone(small_server, greedy, before)
    assert after == before
    assert memory_after < memory_before + MEMORY_SLACK_MB


def start_cold(functions, starts):
    for function in itertools.islice(itertools.cycle(functions), starts):
        answer = function.invoke()
        assert (answer.error, answer.value) == (None, 1), answer.log


def alone(server, greedy, expected=None):
    """What the machine holds for the server, and its memory, when no environment is left but one of that function."""
    assert greedy.invoke().error is None
    eventually(lambda: not server.environments()["parked"], 20, 0.1)
    readings = []

    def at_rest():
        readings.append(holdings(server))
        return expected == readings[-1] or (len(readings) >= 10 and len(set(map(str, readings[-10:]))) == 1)

    eventually(at_rest, 20, 0.1)
    return readings[-1], memory_mb(child(server, "server"))


def holdings(server):
    """How many there are of everything that an environment takes."""
    family = alive(processes(server))
    namespaces = {kind: {} for kind in NAMESPACES}
    for pid in family:
        for kind, members in namespaces.items():
            members.setdefault(link(f"/proc/{pid}/ns/{kind}"), pid)
    return {
        "processes": len(family),
        "namespaces": {kind: len(members) for kind, members in namespaces.items()},
        "mounts": sum(len(lines(f"/proc/{pid}/mountinfo")) for pid in namespaces["mnt"].values()),
        "control groups": len(control_groups(server)),
        "loop devices": len(loop_devices(server)),
        "descriptors of the launcher": len(os.listdir(f"/proc/{child(server, 'launcher')}/fd")),
    }


def link(path):
    """None of a process that has just ended."""
    try:
        return os.readlink(path)
    except OSError:
        return None


def lines(path):
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


def control_groups(server):
    """All folders below those that the warden noted as its own."""
    noted = server.data / "scratch" / "cgroups.json"
    places = json.loads(noted.read_text()) if noted.exists() else []
    return {folder for place in places for folder, _, _ in os.walk(place["folder"])}


def loop_devices(server):
    backing = Path("/sys/block").glob("loop*/loop/backing_file")
    return [file for path in backing for file in lines(path) if file.startswith(str(server.data))]


def memory_mb(pid):
    [line] = [line for line in lines(f"/proc/{pid}/smaps_rollup") if line.startswith("Pss_Anon:")]
    return int(line.split()[1]) / 1024
