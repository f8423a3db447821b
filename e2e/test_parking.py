"""Cold starts that take a runtime which waited for its function: the function cannot tell, but for the time."""

import concurrent.futures
import os
import signal

import pytest

from test_durability import child
from mayfly import NODE_RUNTIME, PYTHON_RUNTIME, Function, eventually, package
from subjects import JAVA_RUNTIME, java_classes

# A process that was started for its function was started with its variables.
WAS_PARKED = "'_HANDLER' not in open('/proc/self/environ').read()"

SIMPLE = f"def handler(event, context):\n    return {{'parked': {WAS_PARKED}}}\n"

PYTHON_PROBE = f"""
import os, sys, time, traceback
def handler(event, context):
    return {{
        "parked": {WAS_PARKED},
        "variables": dict(os.environ),
        "child": os.popen("env").read(),
        "arguments": [sys.argv, open("/proc/self/cmdline").read()],
        "path": sys.path,
        "modules": sorted(name for name in sys.modules if not name.startswith("_")),
        "folder": os.getcwd(),
        "descriptors": sorted(os.listdir("/proc/self/fd")),
        "zone": time.tzname[0],
        "stack": traceback.format_stack()[:2],
    }}
"""

NODE_PROBE = """
const fs = require('fs');
exports.handler = async () => ({
  parked: !fs.readFileSync('/proc/self/environ', 'utf8').includes('_HANDLER'),
  variables: { ...process.env },
  child: require('child_process').execFileSync('env').toString(),
  arguments: [process.argv, process.execArgv, fs.readFileSync('/proc/self/cmdline', 'utf8')],
  folder: process.cwd(),
  globals: Object.keys(globalThis).sort(),
  modules: Object.keys(require.cache),
  zone: new Date(0).getTimezoneOffset(),
  heap: require('v8').getHeapStatistics().heap_size_limit,
});
"""

# Differs from start to start by its nature.
OF_ONE_START = {
    "AWS_ACCESS_KEY_ID",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_METADATA_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "_X_AMZN_TRACE_ID",
}


def first_answer(make):
    """A fresh function and what it first answers."""
    deployed = make()
    answer = deployed.invoke({})
    assert answer.error is None, answer.log
    return deployed, answer


def parked_start(make):
    """The same, of a function that took a parked environment."""

    def attempt():
        deployed, answer = first_answer(make)
        return (deployed, answer) if answer.value["parked"] else None

    return eventually(attempt, within_s=60, every_s=0.3)


def started_itself(make):
    _, answer = first_answer(make)
    assert answer.value["parked"] is False
    return answer.value


def seen(answer, only_in_one):
    """What the function saw, without what must differ."""
    child = dict(line.split("=", 1) for line in answer.pop("child").splitlines() if "=" in line)
    assert answer["variables"].items() <= child.items()
    for name in OF_ONE_START | {only_in_one}:
        answer["variables"].pop(name, None)
    answer.pop("parked")
    return answer


def test_a_parked_python_cannot_be_told_from_one_that_was_started_for_its_function(function):
    own = {"MINE": "ü = 1", "TZ": "Asia/Tokyo", "PATH": "/opt/mine:/usr/bin:/bin"}

    def make(**more):
        return lambda: function(PYTHON_PROBE, Environment={"Variables": {**own, **more}})

    parked = seen(parked_start(make())[1].value, "PYTHONUTF8")
    assert parked == seen(started_itself(make(PYTHONUTF8="1")), "PYTHONUTF8")
    assert parked["zone"] == "JST"
    assert own.items() <= parked["variables"].items()


def test_a_parked_node_cannot_be_told_from_one_that_was_started_for_its_function(function):
    own = {"MINE": "ü = 1", "NODE_ENV": "production", "TZ": "Asia/Tokyo"}

    def make(**more):
        settings = {"package": package({"index.js": NODE_PROBE}), "Runtime": NODE_RUNTIME}
        return lambda: function(Environment={"Variables": {**own, **more}}, **settings)

    parked = seen(parked_start(make())[1].value, "NODE_NO_WARNINGS")
    assert parked == seen(started_itself(make(NODE_NO_WARNINGS="0")), "NODE_NO_WARNINGS")
    assert parked["zone"] == -540
    assert own.items() <= parked["variables"].items()


NODE_TURN_PROBE = """
const seen = [];
process.nextTick(() => seen.push('tick'));
setImmediate(() => seen.push('turn'));
exports.handler = async () => ({
  parked: !require('fs').readFileSync('/proc/self/environ', 'utf8').includes('_HANDLER'),
  seen,
});
"""


def test_a_node_function_s_init_has_ended_its_turn_before_the_first_event(function):
    settings = {"package": package({"index.js": NODE_TURN_PROBE}), "Runtime": NODE_RUNTIME}
    _, answer = parked_start(lambda: function(**settings))
    assert answer.value["seen"] == ["tick", "turn"]


NODE_SDK_PROBE = """
const loaded = () => Object.keys(require.cache).filter((file) => file.startsWith('/var/runtime/node_modules/'));
const ahead = loaded().length;
const { S3Client } = require('@aws-sdk/client-s3');
%s
exports.handler = async () => ({
  parked: !require('fs').readFileSync('/proc/self/environ', 'utf8').includes('_HANDLER'),
  variables: Object.keys(process.env).filter((name) => name.includes('MAYFLY')),
  ahead,
  region: await new S3Client({}).config.region(),
  later: loaded().length,
});
"""


def test_a_node_function_that_takes_the_sdk_finds_it_loaded(function):
    def make(more=""):
        settings = {"package": package({"index.js": NODE_SDK_PROBE % more}), "Runtime": NODE_RUNTIME}
        return lambda: function(MemorySize=1769, **settings)

    answer = parked_start(make())[1].value
    assert answer["ahead"] > 0 and answer["ahead"] == answer["later"]
    assert (answer["region"], answer["variables"]) == ("us-east-1", [])
    # Whoever changes modules as they are loaded sees them loaded.
    answer = parked_start(make("// require-in-the-middle"))[1].value
    assert answer["ahead"] == 0 < answer["later"]


PYTHON_LINES = "print('of the init')\ndef handler(event, context):\n    print('of the handler')\n"

NODE_LINES = """
const fs = require('fs');
fs.writeSync(1, 'of the init\\n');
exports.handler = async () => fs.writeSync(1, 'of the handler\\n');
"""


@pytest.mark.parametrize(
    "settings",
    [
        {"package": package({"index.py": PYTHON_LINES})},
        {"package": package({"index.js": NODE_LINES}), "Runtime": NODE_RUNTIME},
    ],
    ids=["python", "node"],
)
def test_what_a_handler_writes_comes_behind_the_beginning_of_its_invocation(function, logs_client, settings):
    """A parked runtime has its event before it asks for it, and may be faster than the log."""
    for _ in range(12):
        deployed = function(**settings)
        answer = deployed.invoke({})
        streams = logs_client.filter_log_events(logGroupName=f"/aws/lambda/{deployed.name}")["events"]
        lines = [event["message"] for event in streams if not event["message"].startswith(("INIT_START", "REPORT"))]
        assert lines == [
            "of the init\n",
            f"START RequestId: {answer.request_id} Version: $LATEST\n",
            "of the handler\n",
            f"END RequestId: {answer.request_id}\n",
        ]


def java(method, **variables):
    """How to make a function of the fixture's probe."""
    settings = {"Runtime": JAVA_RUNTIME, "Handler": f"fixture.Probe::{method}", "MemorySize": 512}
    return {"package": package(java_classes()), "Environment": {"Variables": variables}, **settings}


def test_a_parked_java_cannot_be_told_from_one_that_was_started_for_its_function(function):
    own = {"MINE": "ü = 1", "TZ": "Asia/Tokyo", "PATH": "/opt/mine:/usr/bin:/bin"}
    parked = parked_start(lambda: function(**java("look", **own)))[1].value
    started = started_itself(lambda: function(**java("look", **own, LC_ALL="C.UTF-8")))
    for answer in (parked, started):
        assert answer["properties"].pop("com.amazonaws.xray.traceHeader").startswith("Root=")
    assert seen(parked, "LC_ALL") == seen(started, "LC_ALL")
    assert parked["zone"] == "Asia/Tokyo"
    assert own.items() <= parked["variables"].items()
    assert parked["folder"] == ["/var/task", "/var/task"]
    assert parked["here"] == ["fixture"]
    [size] = {parked["files"][0], parked["files"][1], int(parked["files"][2].split()[0])}
    assert size > 0
    assert [name for name in parked["variables"] if "MAYFLY" in name] == []


@pytest.mark.parametrize("memory_mib", [128, 512, 1769])
def test_a_parked_java_s_heap_is_that_of_its_function_s_memory(function, memory_mib):
    _, answer = parked_start(lambda: function(**{**java("look"), "MemorySize": memory_mib}))
    assert f"-XX:MaxHeapSize={memory_mib * 1024 // 100 * 85}k" in answer.value["arguments"][0]


@pytest.mark.parametrize("variable", ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS"])
def test_java_s_options_get_a_process_of_their_own(function, variable):
    parked_start(lambda: function(**java("look")))
    started_itself(lambda: function(**java("look", **{variable: ""})))


def test_nothing_of_mayfly_is_in_the_variables(function):
    _, answer = parked_start(lambda: function(PYTHON_PROBE))
    variables = answer.value["variables"]
    assert [name for name in variables if "MAYFLY" in name] == []
    assert variables["AWS_LAMBDA_INITIALIZATION_TYPE"] == "on-demand"


@pytest.mark.parametrize("memory_mib", [128, 256, 512, 1024, 1769])
def test_a_parked_node_s_heap_is_that_of_its_function_s_memory(function, memory_mib):
    settings = {"package": package({"index.js": NODE_PROBE}), "Runtime": NODE_RUNTIME, "MemorySize": memory_mib}
    _, answer = parked_start(lambda: function(**settings))
    assert f"--max-old-space-size={memory_mib * 9 // 10}" in answer.value["arguments"][1]


@pytest.mark.parametrize("variable", ["PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "LD_PRELOAD", "LC_ALL"])
def test_variables_that_act_only_at_start_get_a_process_of_their_own(function, variable):
    parked_start(lambda: function(SIMPLE))
    started_itself(lambda: function(SIMPLE, Environment={"Variables": {variable: ""}}))


def test_two_environments_of_a_function_share_nothing_random(function):
    source = f"""
import os, random, secrets, time, uuid
def handler(event, context):
    time.sleep(0.5)
    numbers = [random.random(), str(uuid.uuid4()), str(uuid.uuid1()), secrets.token_hex(8), os.urandom(8).hex()]
    return {{"parked": {WAS_PARKED}, "numbers": numbers}}
"""

    share_nothing(lambda: function(source, Timeout=20))


def test_two_environments_of_a_java_function_share_nothing_random(function):
    share_nothing(lambda: function(**java("numbers")))


def share_nothing(make):
    """Has environments of one function draw numbers until some that waited are among them."""

    def attempt():
        deployed = make()
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            answers = [answer.value for answer in pool.map(deployed.invoke, range(3))]
        for values in zip(*(answer["numbers"] for answer in answers)):
            assert len(set(values)) == 3
        return sum(answer["parked"] for answer in answers) >= 2

    eventually(attempt, within_s=60)


def test_what_is_printed_while_importing_is_in_the_log_between_init_start_and_start(function, logs_client):
    deployed, answer = parked_start(lambda: function("print('at import')\n" + SIMPLE))
    assert "Init Duration" in answer.log
    group = f"/aws/lambda/{deployed.name}"
    [stream] = logs_client.describe_log_streams(logGroupName=group)["logStreams"]
    read = logs_client.get_log_events(
        logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True
    )
    lines = [event["message"] for event in read["events"]]
    assert lines[0].startswith("INIT_START Runtime Version: ")
    assert lines[1] == "at import\n"
    assert lines[2].startswith("START RequestId: ")


def at_rest(server, tmp_mib, within_s=30):
    """What is parked with so much /tmp, once as many are as are wanted."""

    def found():
        kinds = [kind for kind in server.environments()["parked"] if kind["kind"].endswith(f", /tmp {tmp_mib} MiB")]
        return kinds and kinds[0]["starting"] == 0 and kinds[0]["parked"] == kinds[0]["wanted"] and kinds[0]

    return eventually(found, within_s=within_s)


def test_as_many_wait_as_were_lately_started(server, function):
    functions = [function(SIMPLE, EphemeralStorage={"Size": 601}) for _ in range(3)]
    before = at_rest(server, 601)
    assert (before["runtime"], before["parked"]) == (PYTHON_RUNTIME, 1)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        assert [answer.status for answer in pool.map(Function.invoke, functions)] == [200] * 3
    after = at_rest(server, 601)
    # Two of the three were started within one second, at least.
    assert 3 <= after["parked"] <= 4
    assert after["memory_mib"] > before["memory_mib"]


def test_a_burst_is_served_and_what_was_made_for_it_is_counted(server, function):
    starts = 12
    functions = [function(SIMPLE, EphemeralStorage={"Size": 602}) for _ in range(starts)]
    assert at_rest(server, 602)["parked"] == 1
    with concurrent.futures.ThreadPoolExecutor(starts) as pool:
        answers = list(pool.map(Function.invoke, functions))
    # One took what was parked; the others took what was forked for any of them, or was being parked meanwhile.
    assert [(answer.error, answer.value) for answer in answers] == [(None, {"parked": True})] * starts
    assert 1 < at_rest(server, 602, within_s=60)["parked"] <= starts + 1


FAILING = {
    "raises": "raise ValueError('at import')",
    "exits": "import sys\nsys.exit(3)",
    "is killed": "import os\nos.kill(os.getpid(), 9)",
    "has no handler": "other = 1",
    "has a syntax error": "def handler(:",
    "imports what is not there": "import absent_module",
}


@pytest.mark.parametrize("source", FAILING.values(), ids=FAILING)
def test_an_init_fails_in_a_parked_environment_as_in_any_other(function, source):
    parked_start(lambda: function(SIMPLE))
    fail_alike(function(source), function(source, Environment={"Variables": {"PYTHONUTF8": "1"}}))


def fail_alike(parked, started):
    """Both functions fail in init, with the same words but for the request's id."""
    answers = [parked.invoke(), started.invoke()]
    assert [answer.error for answer in answers] == ["Unhandled"] * 2
    texts = [answer.payload.decode().replace(answer.request_id, "ID") for answer in answers]
    assert texts[0] == texts[1]
    statuses = [answer.log.rpartition("Status: ")[2] for answer in answers]
    assert statuses[0] == statuses[1]


def test_parked_environments_are_there_again_after_the_launcher_was_killed(own_server):
    own_server.start()
    client = own_server.client("lambda")
    number = iter(range(1000))

    def make():
        return own_server.create_function(client, f"f-{next(number)}", SIMPLE)

    parked_start(make)
    os.kill(child(own_server, "launcher"), signal.SIGKILL)
    eventually(lambda: make().invoke({}).status == 200, within_s=20)
    parked_start(make)


def test_the_first_invocation_after_a_restart_takes_a_parked_environment(own_server):
    own_server.start()
    client = own_server.client("lambda")
    names = [f"f-{number}" for number in range(20)]
    for name in names:
        own_server.create_function(client, name, SIMPLE)
    own_server.stop()
    own_server.start()

    def attempt():
        answer = client.invoke(FunctionName=names.pop(), Payload=b"{}")
        return b"true" in answer["Payload"].read()

    eventually(attempt, within_s=20, every_s=0.3)

