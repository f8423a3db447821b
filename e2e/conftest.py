"""One real server for all tests, on a temporary data folder, reached by ordinary AWS clients."""

import itertools

import pytest

import terraform_provider
from mayfly import Server

collect_ignore = [] if terraform_provider.folder() else ["test_terraform_layers.py"]

_names = itertools.count(1)


def pytest_configure(config):
    config.addinivalue_line("markers", "loggers: only for subjects whose client brings a logger")


def pytest_generate_tests(metafunc):
    """Tests that ask for a subject run on each of their module's."""
    if "subject" not in metafunc.fixturenames:
        return
    needs_logger = metafunc.definition.get_closest_marker("loggers")
    subjects = [one for one in metafunc.module.SUBJECTS if one.has_log_levels or not needs_logger]
    metafunc.parametrize("subject", subjects, ids=lambda one: one.name, indirect=True, scope="module")


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("mayfly"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_server(tmp_path):
    """A server of the test's own, not yet started: for tests that kill it or configure it."""
    server = Server(tmp_path)
    yield server
    server.stop()


@pytest.fixture
def lambda_client(server):
    return server.client("lambda")


@pytest.fixture
def logs_client(server):
    return server.client("logs")


@pytest.fixture
def name(request):
    """A function name that no other test uses."""
    stem = request.node.name.split("[")[0].removeprefix("test_").replace("_", "-")[:48]
    return f"{stem}-{next(_names)}"


@pytest.fixture
def function(server, name):
    """Creates functions that are deleted when the test ends: `function(handler_source, Timeout=1)`."""
    client = server.client("lambda")
    created = []

    def create(source=None, **settings):
        deployed = server.create_function(client, f"{name}-{len(created)}", source, **settings)
        created.append(deployed)
        return deployed

    yield create
    for deployed in created:
        try:
            client.delete_function(FunctionName=deployed.name)
        except client.exceptions.ResourceNotFoundException:
            pass
