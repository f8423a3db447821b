"""Python's zygote: runtimes are forked from a process that has loaded what functions import, and nobody can tell."""

import concurrent.futures
import os
import signal
from pathlib import Path

import pytest

from mayfly import eventually, package
from test_durability import processes
from test_rootless import OrdinaryServer, home, system_python  # noqa: F401

# Only a zygote freezes what its children shall not collect; Python 3.12 starts with a few hundred objects frozen.
FORKED = "__import__('gc').get_freeze_count() > 1000"

SIMPLE = f"def handler(event, context):\n    return {{'forked': {FORKED}}}\n"


def forked_start(make):
    """What a fresh function first answers that was served by a forked runtime."""

    def attempt():
        deployed = make()
        answer = deployed.invoke({})
        assert answer.error is None, answer.log
        return answer.value if answer.value["forked"] else None

    return eventually(attempt, within_s=60, every_s=0.3)


def started_itself(function, **settings):
    """The same of a runtime that was started for its function."""
    answer = function(Environment={"Variables": {"PYTHONUTF8": "1"}}, **settings).invoke({})
    assert answer.error is None, answer.log
    assert answer.value["forked"] is False
    return answer.value


def test_a_parked_python_is_forked(function):
    forked_start(lambda: function(SIMPLE))


MODULES = f"""
import sys
before = set(sys.modules)
import %s
after = set(sys.modules)
def handler(event, context):
    # Another name of `__main__`, which multiprocessing makes.
    new = sorted(after - before - {{"__mp_main__"}})
    places = {{name: getattr(sys.modules[name], "__file__", None) for name in new}}
    return {{"forked": {FORKED}, "new": new, "places": places}}
"""


IMPORTED = ["json", "decimal", "uuid", "asyncio", "logging.handlers", "urllib.request", "boto3"]


@pytest.mark.parametrize("module", IMPORTED)
def test_an_import_brings_what_it_always_brings(function, module):
    source = MODULES % module
    forked = forked_start(lambda: function(source))
    started = started_itself(function, source=source)
    assert forked["places"] == started["places"]


def test_a_module_that_nobody_has_imported_is_not_there(function):
    source = f"""
import sys, logging
def handler(event, context):
    return {{
        "forked": {FORKED},
        "parts": [hasattr(logging, "handlers"), hasattr(logging, "config")],
        "modules": [name for name in ("boto3", "uuid", "ctypes", "mayfly_lambda.zygote") if name in sys.modules],
    }}
"""
    forked = forked_start(lambda: function(source))
    assert forked == {**started_itself(function, source=source), "forked": True}


HOMES = f"""
import site
import botocore.credentials, botocore.loaders
def handler(event, context):
    files = botocore.loaders.Loader.CUSTOMER_DATA_PATH, botocore.credentials.JSONFileCache.CACHE_DIR
    return {{"forked": {FORKED}, "homes": [site.getuserbase(), site.getusersitepackages(), *files]}}
"""


def test_a_child_is_at_home_where_a_runtime_of_its_own_is(function):
    forked = forked_start(lambda: function(HOMES))
    assert forked == {**started_itself(function, source=HOMES), "forked": True}
    assert [home for home in forked["homes"] if not home.startswith("/home/sbx_user1051/")] == []


def test_a_home_of_the_function_s_is_its_modules_too(function):
    forked_start(lambda: function(SIMPLE))
    answer = function(HOMES, Environment={"Variables": {"HOME": "/tmp/home"}}).invoke({})
    assert [home for home in answer.value["homes"] if not home.startswith("/tmp/home/")] == []


TRACES = f"""
import threading, warnings
def filters():
    return [repr(filter) for filter in warnings.filters]
shown = [filters()]
import boto3
shown.append(filters())
def handler(event, context):
    is_main = threading.main_thread().native_id == threading.get_native_id()
    return {{"forked": {FORKED}, "filters": shown, "is_main": is_main}}
"""


def test_a_child_has_the_warning_filters_and_the_main_thread_of_a_runtime_of_its_own(function):
    forked = forked_start(lambda: function(TRACES))
    assert forked == {**started_itself(function, source=TRACES), "forked": True}
    assert forked["is_main"]


OWN = f"""
import importlib
def handler(event, context):
    files = [importlib.import_module(name).__file__ for name in %s]
    return {{"forked": {FORKED}, "files": files, "version": %s}}
"""


def test_a_function_s_own_package_comes_before_one_that_was_loaded_ahead(function):
    files = {
        "index.py": OWN % (["boto3", "urllib3", "dateutil", "queue"], "importlib.import_module('boto3').version"),
        "boto3/__init__.py": "import urllib3\nversion = urllib3.version\n",
        "urllib3/__init__.py": "version = 'my own'\n",
        "dateutil.py": "",
        "queue.py": "",
    }
    answer = forked_start(lambda: function(package=package(files)))
    names = ["boto3/__init__.py", "urllib3/__init__.py", "dateutil.py", "queue.py"]
    assert answer["files"] == [f"/var/task/{name}" for name in names]
    assert answer["version"] == "my own"


def test_what_is_built_on_a_package_of_the_function_s_is_loaded_anew(function):
    version = "importlib.import_module('botocore.paginate').jmespath.__version__"
    files = {
        "index.py": OWN % (["boto3", "jmespath"], version),
        "jmespath/__init__.py": "__version__ = 'my own'\nclass JMESPathError(ValueError): pass\ndef compile(*_): pass\n",
        "jmespath/exceptions.py": "from jmespath import JMESPathError\n",
    }
    answer = forked_start(lambda: function(package=package(files)))
    assert answer["files"][0].startswith("/var/runtime/boto3/")
    assert answer["files"][1] == "/var/task/jmespath/__init__.py"
    assert answer["version"] == "my own"


DRAW = f"""
import multiprocessing.process, os, random, secrets, ssl, tempfile, time, uuid
def handler(event, context):
    time.sleep(0.5)
    drawn = [
        random.getrandbits(64), random.Random().random(), str(uuid.uuid1()), str(uuid.uuid4()), os.urandom(8).hex(),
        secrets.token_hex(8), ssl.RAND_bytes(8).hex(), tempfile.mktemp(), tempfile.mkdtemp(),
        bytes(multiprocessing.process.current_process().authkey).hex(),
    ]
    return {{"forked": {FORKED}, "pid": os.getpid(), "drawn": drawn}}
"""


def test_no_two_children_draw_the_same(function):
    draw_differently(lambda: function(DRAW, Timeout=20))


def draw_differently(make):
    """Children of one zygote do, also those with the same pid, by which libraries know a fork."""

    def attempt():
        deployed = make()
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            answers = [answer.value for answer in pool.map(deployed.invoke, range(4))]
        for values in zip(*(answer["drawn"] for answer in answers)):
            assert len(set(values)) == 4, values
        forked = [answer["pid"] for answer in answers if answer["forked"]]
        return len(forked) >= 3 and len(set(forked)) == 1

    eventually(attempt, within_s=60)


def test_what_comes_at_once_is_forked_too(function):
    forked_start(lambda: function(SIMPLE))
    slow = f"import time\ndef handler(event, context):\n    time.sleep(1)\n    return {{'forked': {FORKED}}}\n"
    deployed = function(slow, Timeout=30)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = [answer.value for answer in pool.map(deployed.invoke, range(8))]
    assert [answer["forked"] for answer in answers] == [True] * 8


def zygotes(server):
    """Runtimes that are the launcher's own children; those in sandboxes are their inits', copies of the launcher."""
    table = dict(filter(None, map(parent_and_command, processes(server))))
    return [
        pid
        for pid, (parent, command) in table.items()
        if "bootstrap.py" in command and table.get(parent, (0, ""))[0] == server.process.pid
    ]


def parent_and_command(pid):
    try:
        parent = int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
        return pid, (parent, Path(f"/proc/{pid}/cmdline").read_text())
    except OSError:
        return None  # ended since it was listed


def test_a_zygote_that_was_killed_is_followed_by_another(own_server):
    own_server.start()
    client = own_server.client("lambda")
    number = iter(range(1000))

    def make():
        return own_server.create_function(client, f"f-{next(number)}", SIMPLE)

    forked_start(make)
    [zygote] = zygotes(own_server)
    os.kill(zygote, signal.SIGKILL)
    [other] = eventually(lambda: make().invoke({}).error is None and zygotes(own_server), within_s=60)
    assert other != zygote
    forked_start(make)


LOOK = f"""
import os, signal
def attempt(call, *arguments):
    try:
        return repr(call(*arguments))
    except OSError as error:
        return type(error).__name__
def handler(event, context):
    pids = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
    return {{
        "forked": {FORKED},
        "pids": [pid for pid in pids if pid not in (1, os.getpid())],
        "outside": [pid for pid in range(2, 4000) if pid != os.getpid() and attempt(os.kill, pid, 0) != "ProcessLookupError"],
        "parent": os.getppid(),
        "init": [attempt(os.kill, 1, signal.SIGKILL) and os.path.exists("/proc/1"), attempt(open, "/proc/1/mem", "rb")],
        "library": os.path.exists("/run/zygote.so"),
    }}
"""


def looks_alone(make):
    forked_start(lambda: make(SIMPLE))
    forked_start(lambda: make(SIMPLE))
    assert forked_start(lambda: make(LOOK)) == {
        "forked": True,
        "pids": [],
        "outside": [],
        "parent": 1,
        "init": [True, "PermissionError"],
        "library": False,
    }


def test_a_child_sees_neither_its_zygote_nor_a_sibling(function):
    looks_alone(function)


def test_an_ordinary_user_s_child_sees_neither_its_zygote_nor_a_sibling(home):
    server = OrdinaryServer(home, "zygote")
    server.start()
    client = server.client("lambda")
    number = iter(range(1000))
    try:
        looks_alone(
            lambda source: server.create_function(client, f"f-{next(number)}", source, Runtime=system_python())
        )
    finally:
        server.stop()
