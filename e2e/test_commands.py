"""Mayfly's own commands, as a shell runs them."""

import json
import os
import subprocess

import pytest

from mayfly import BINARY, NODE_RUNTIME, PYTHON_RUNTIME, eventually
from registry import Registry, busybox_layer, layer
from test_images import ECHO

HANDLER = 'def handler(event, context):\n    print("got", event)\n    return {"echo": event}\n'


@pytest.fixture
def mayfly(server):
    """Runs a command against the server; gives what it printed, or fails as it failed."""
    environment = dict(os.environ)
    environment.update(
        MAYFLY_LISTEN=f"127.0.0.1:{server.port}",
        MAYFLY_ACCESS_KEY_ID=server.access_key,
        MAYFLY_SECRET_ACCESS_KEY=server.secret_key,
    )

    def run(*arguments, status=0, **options):
        ended = subprocess.run(
            [str(BINARY), *map(str, arguments)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=60,
            **options,
        )
        assert ended.returncode == status, ended.stderr
        return ended

    return run


@pytest.fixture
def folder(tmp_path, name):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "index.py").write_text(HANDLER)
    return folder


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp("registry")).start()
    yield registry
    registry.stop()


def test_a_folder_is_deployed_invoked_and_its_log_read(mayfly, folder, name):
    assert f"Created {name}" in mayfly("deploy", folder, "--runtime", PYTHON_RUNTIME).stdout
    answer = mayfly("invoke", name, "--payload", '{"a": 1}', "--log")
    assert json.loads(answer.stdout) == {"echo": {"a": 1}}
    assert "got {'a': 1}\n" in answer.stderr
    assert "REPORT RequestId: " in answer.stderr
    assert "got {'a': 1}\n" in mayfly("logs", name).stdout
    assert name in mayfly("ls").stdout


def test_a_second_deployment_updates_code_and_configuration(mayfly, folder, name):
    mayfly("deploy", folder, "--runtime", PYTHON_RUNTIME)
    (folder / "index.py").write_text("import os\ndef handler(event, context):\n    return os.environ['STAGE']\n")
    deployed = mayfly("deploy", folder, "--env", "STAGE=two", "--memory", "256", "--json")
    assert json.loads(deployed.stdout)["MemorySize"] == 256
    assert json.loads(mayfly("invoke", name).stdout) == "two"


def test_a_setting_that_is_refused_leaves_the_code_as_it_was(mayfly, folder, name):
    mayfly("deploy", folder, "--runtime", PYTHON_RUNTIME)
    (folder / "index.py").write_text("def handler(event, context):\n    return 'new'\n")
    assert "ValidationException" in mayfly("deploy", folder, "--memory", "1", status=1).stderr
    assert json.loads(mayfly("invoke", name).stdout) == {"echo": {}}


def test_a_node_file_needs_no_more_than_its_path(mayfly, tmp_path, name):
    code = tmp_path / f"{name}.mjs"
    code.write_text("export const handler = async (event) => event.length;\n")
    mayfly("deploy", code, "--runtime", NODE_RUNTIME)
    assert mayfly("invoke", name, "--payload", "-", input="[1, 2, 3]").stdout == "3\n"


def test_an_image_is_deployed_by_its_name(mayfly, registry, name):
    uri, digest = registry.push(name, "v1", [busybox_layer(), ECHO], {"Entrypoint": ["/absent"]})
    command = ["--entrypoint", "/bin/sh", "--entrypoint", "/bootstrap", "--command", "-v", "--workdir", "/tmp"]
    shown = mayfly("deploy", "--image", uri, *command).stdout
    assert shown.startswith(f"Created {name}: {uri}, {digest}\narn:aws:lambda:")
    assert mayfly("invoke", name, "--payload", "[1]").stdout == "[1]\n"
    updated = json.loads(mayfly("deploy", "--image", uri, "--entrypoint", "/bootstrap", "--json").stdout)
    assert updated["ImageConfigResponse"] == {"ImageConfig": {"EntryPoint": ["/bootstrap"]}}
    row = next(line for line in mayfly("ls").stdout.splitlines() if line.startswith(f"{name} "))
    assert row.split()[1:3] == ["image", "-"]


def test_a_function_that_never_came_up_is_deployed_again(mayfly, registry, name):
    uri, _ = registry.push(name, "v1", [busybox_layer(), ECHO], {"Entrypoint": ["/bootstrap"]})
    bad, _ = registry.push(name, "v2", [layer({"lost": name})])
    registry.delete_blob(name, registry.layers(name, "v2")[0])
    assert "does not exist" in mayfly("deploy", "--image", bad, status=1).stderr
    assert "`mayfly deploy` it again" in mayfly("invoke", name, status=1).stderr
    assert mayfly("deploy", "--image", uri, "--memory", "256").stdout.startswith(f"Updated {name}: ")
    assert mayfly("invoke", name, "--payload", "[1]").stdout == "[1]\n"


def test_an_image_that_cannot_start_becomes_no_runtime(mayfly, registry, tmp_path, name):
    runtimes = tmp_path / "runtimes"
    uri, _ = registry.push(name, "v1", [busybox_layer()])
    refused = mayfly("runtimes", "pull", "python3.14", uri, "--runtimes-dir", runtimes, status=1).stderr
    assert refused == f"{uri}: it has no program /var/runtime/bootstrap, with which the runtime starts.\n"
    assert list((runtimes / "images").iterdir()) == [] and not (runtimes / "python3.14.image").exists()


def test_an_image_has_no_path_and_no_runtime(mayfly, folder):
    image = ["--image", "127.0.0.1:5000/app:v1"]
    assert "cannot be used with" in mayfly("deploy", folder, *image, status=2).stderr
    assert "cannot be used with" in mayfly("deploy", *image, "--runtime", PYTHON_RUNTIME, status=2).stderr
    assert "cannot be used with" in mayfly("deploy", folder, "--command", "app.handler", status=2).stderr


def test_a_function_that_fails_is_a_command_that_fails(mayfly, folder, name):
    (folder / "index.py").write_text("def handler(event, context):\n    raise ValueError('no')\n")
    mayfly("deploy", folder, "--runtime", PYTHON_RUNTIME)
    answer = json.loads(mayfly("invoke", name, "--json", status=1).stdout)
    assert answer["FunctionError"] == "Unhandled"
    assert answer["Payload"]["errorType"] == "ValueError"


def test_following_a_log_shows_lines_as_they_come(mayfly, folder, name, server):
    mayfly("deploy", folder, "--runtime", PYTHON_RUNTIME)
    following = subprocess.Popen(
        [str(BINARY), "logs", name, "-f", "--endpoint", server.url],
        env={**os.environ, "MAYFLY_ACCESS_KEY_ID": server.access_key, "MAYFLY_SECRET_ACCESS_KEY": server.secret_key},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        mayfly("invoke", name, "--payload", '{"n": 7}')
        lines = iter(following.stdout.readline, "")
        assert next(line for line in lines if "got" in line).endswith("got {'n': 7}\n")
    finally:
        following.kill()
        following.wait()


def test_the_shell_s_exports_are_an_aws_client_s_configuration(mayfly, server):
    exports = json.loads(mayfly("env", "--json").stdout)
    assert exports == {
        "AWS_ENDPOINT_URL": server.url,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": server.access_key,
        "AWS_SECRET_ACCESS_KEY": server.secret_key,
    }


def test_environments_are_shown_with_what_waits_for_functions(mayfly, folder, name, server):
    mayfly("deploy", folder, "--runtime", PYTHON_RUNTIME)
    mayfly("invoke", name)
    eventually(lambda: server.environments()["parked"], 20)
    census = server.environments()
    [pool] = [pool for pool in census["functions"] if pool["name"] == name]
    assert pool == {"name": name, "version": "$LATEST", "starting": 0, "busy": 0, "idle": 1}
    assert 128 <= census["memory_mib"] <= census["memory_max_mib"]
    assert sum(kind["memory_mib"] for kind in census["parked"]) <= census["parked_memory_max_mib"]
    assert {"json", "boto3"} < set(census["preloaded"][PYTHON_RUNTIME])
    shown = mayfly("environments").stdout
    assert next(line for line in shown.splitlines() if line.startswith(f"{name} ")).split()[1:] == ["$LATEST", *"001"]
    assert f"Loaded ahead for {PYTHON_RUNTIME}, where it is there: asyncio base64 " in shown


def test_environments_of_other_regions_are_not_shown(mayfly, folder, name):
    mayfly("deploy", folder, "--runtime", PYTHON_RUNTIME)
    mayfly("invoke", name)
    elsewhere = json.loads(mayfly("environments", "--json", "--region", "eu-west-1").stdout)
    assert elsewhere["functions"] == []


def test_errors_say_what_to_do_next(mayfly, tmp_path):
    missing = mayfly("invoke", "nothing-of-that-name", status=1).stderr
    assert missing.startswith("ResourceNotFoundException: Function not found: arn:aws:lambda:")
    assert "mayfly ls" in missing
    nowhere = mayfly("ls", "--endpoint", "http://127.0.0.1:1", status=1).stderr
    assert nowhere == (
        "Nothing answers at http://127.0.0.1:1. "
        "Start the server with `mayfly serve`, or name another one with --endpoint.\n"
    )
    (tmp_path / "notes.txt").write_text("no code")
    assert "Give --handler and --runtime" in mayfly("deploy", tmp_path, "--name", "x", status=1).stderr
