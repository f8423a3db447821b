"""Images built on the runtime clients that AWS publishes: the contract's fixtures, each in an image of its own."""

import re
import subprocess
from pathlib import Path

import pytest

from mayfly import BINARY, PYTHON_RUNTIME, ROLE, Function, package
from registry import Registry, busybox_layer, layer
from subjects import awslambdaric, go, interpreter
from test_images import BOOTSTRAP


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp("registry")).start()
    yield registry
    registry.stop()


def libraries(programs):
    """The shared libraries that the programs need, by the paths where they are looked for."""
    found = set()
    for program in programs:
        listed = subprocess.run(["ldd", program], capture_output=True, text=True, check=False).stdout
        found.update(re.findall(r"(/\S+\.so\S*)", listed))
    return {path.lstrip("/"): Path(path) for path in found}


def libraries_of_modules(files, folder):
    """The same for compiled modules that are here as bytes."""
    modules = [path for path in files if path.endswith(".so")]
    for number, path in enumerate(modules):
        (folder / f"{number}.so").write_bytes(files[path])
    return libraries(folder / f"{number}.so" for number in range(len(modules)))


def python_layer():
    """This machine's interpreter with its library, at the paths where it was installed."""
    program = Path(interpreter("python")).resolve()
    prefix, version = program.parent.parent, PYTHON_RUNTIME
    library = prefix / "lib" / version
    skipped = {"site-packages", "dist-packages", "test", "idlelib", "__pycache__", "ensurepip"}
    files = {
        str(path).lstrip("/"): path
        for path in library.rglob("*")
        if path.is_file() and not skipped & set(path.relative_to(library).parts)
    }
    files[str(program).lstrip("/")] = program
    files |= libraries([program, *library.glob("lib-dynload/*.so")])
    return program, layer(files)


def create(client, registry, name, layers, config):
    uri, _ = registry.push(name, "latest", layers, config)
    created = client.create_function(
        FunctionName=name, PackageType="Image", Code={"ImageUri": uri}, Role=ROLE, Timeout=20, MemorySize=512
    )
    client.get_waiter("function_active_v2").wait(
        FunctionName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300}
    )
    return Function(client, name, created)


def check(function, custom):
    echo = function.invoke({"do": "echo", "value": [1, "ü"]})
    assert echo.value == [1, "ü"], echo.log
    answer = function.invoke({"do": "context"})
    assert (answer.value["functionName"], answer.value["memory"]) == (function.name, 512)
    assert answer.value["requestId"] == answer.request_id
    failed = function.invoke({"do": "custom", "message": "sorry"})
    assert (failed.error, failed.value["errorType"], failed.value["errorMessage"]) == ("Unhandled", custom, "sorry")
    assert function.invoke({"do": "environment", "name": "AWS_LAMBDA_FUNCTION_NAME"}).value == function.name


def test_an_image_with_the_published_python_client(server, lambda_client, registry, name, tmp_path):
    program, python = python_layer()
    code = {f"var/task/{path}": content for path, content in awslambdaric().items()}
    needed = layer(libraries_of_modules(code, tmp_path))
    handler = next(path.stem for path in (Path(__file__).parent / "fixtures" / "python").glob("*.py"))
    config = {
        "Entrypoint": [str(program), "-m", "awslambdaric"],
        "Cmd": [f"{handler}.handler"],
        "WorkingDir": "/var/task",
        "Env": ["PATH=/usr/bin:/bin"],
    }
    function = create(lambda_client, registry, name, [python, needed, layer(code)], config)
    check(function, "CustomError")
    lambda_client.update_function_configuration(FunctionName=name, ImageConfig={"Command": ["absent.handler"]})
    lambda_client.get_waiter("function_updated_v2").wait(
        FunctionName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300}
    )
    assert function.invoke().value["errorType"] == "Runtime.ImportModuleError"
    lambda_client.delete_function(FunctionName=name)


def test_an_image_becomes_the_root_of_a_runtime(own_server, registry, name, tmp_path):
    program, python = python_layer()
    client = {
        f"var/runtime/{path}": content for path, content in awslambdaric().items() if not path.startswith("app")
    }
    client["var/runtime/bootstrap"] = f'#!/bin/sh\nexec {program} -m awslambdaric "$_HANDLER"\n'
    client["var/marker"] = "from the image"
    needed = layer(libraries_of_modules(client, tmp_path))
    uri, digest = registry.push(name, "latest", [busybox_layer(), python, needed, layer(client)])
    runtimes = tmp_path / "runtimes"
    command = [BINARY, "runtimes", "pull", PYTHON_RUNTIME, uri, "--runtimes-dir", str(runtimes)]
    subprocess.run(command, check=True, capture_output=True)
    listed = subprocess.check_output([BINARY, "runtimes", "--runtimes-dir", str(runtimes)], text=True)
    assert digest in listed
    own_server.environment = {"MAYFLY_RUNTIMES_DIR": str(runtimes)}
    own_server.start()
    source = (
        "import os\n"
        "def handler(event, context):\n"
        "    return [open('/var/marker').read(), os.path.exists('/usr/bin/env'), os.environ['AWS_EXECUTION_ENV']]\n"
    )
    function = own_server.create_function(own_server.client("lambda"), name, source, Timeout=20, MemorySize=512)
    answer = function.invoke()
    assert answer.value == ["from the image", False, f"AWS_Lambda_{PYTHON_RUNTIME}"], answer.log
    images = [path.name for path in (runtimes / "images").iterdir()]
    assert images == [digest.removeprefix("sha256:")]


def test_a_runtime_that_is_not_on_the_host_comes_as_an_image(own_server, registry, name, tmp_path):
    """The program stands for what AWS's image has: no registry that tests need has that image."""
    uri, _ = registry.push(name, "latest", [layer({f"var/runtime/{path}": content for path, content in go().items()})])
    runtimes = tmp_path / "runtimes"
    words = [BINARY, "runtimes", "--runtimes-dir", str(runtimes)]
    assert "Not on this machine: dotnet10 dotnet8 dotnet6 " in subprocess.check_output(words, text=True)
    subprocess.run([*words[:2], "pull", "dotnet8", uri, *words[2:]], check=True, capture_output=True)
    assert "Not on this machine: dotnet10 dotnet6 " in subprocess.check_output(words, text=True)
    own_server.environment = {"MAYFLY_RUNTIMES_DIR": str(runtimes)}
    own_server.start()
    settings = {"Runtime": "dotnet8", "Handler": "App::App.Function::Handle", "Timeout": 20, "MemorySize": 512}
    function = own_server.create_function(own_server.client("lambda"), name, **settings)
    check(function, "CustomError")
    assert function.invoke({"do": "environment", "name": "_HANDLER"}).value == "App::App.Function::Handle"


def test_a_bootstrap_of_the_function_s_runs_in_the_image_of_its_runtime(own_server, registry, name, tmp_path):
    script = {"handler.sh": "handle() {\necho '\"from the image\"'\n}\n"}
    uri, _ = registry.push(name, "latest", [busybox_layer(), layer(script)])
    runtimes = tmp_path / "runtimes"
    command = [BINARY, "runtimes", "pull", "provided.al2023", uri, "--runtimes-dir", str(runtimes)]
    subprocess.run(command, check=True, capture_output=True)
    own_server.environment = {"MAYFLY_RUNTIMES_DIR": str(runtimes)}
    own_server.start()
    code = package({"bootstrap": BOOTSTRAP}, executable=["bootstrap"])
    function = own_server.create_function(own_server.client("lambda"), name, package=code, Runtime="provided.al2023")
    assert function.invoke().value == "from the image"


def test_an_image_with_nothing_but_a_go_program(server, lambda_client, registry, name):
    function = create(lambda_client, registry, name, [layer(go())], {"Entrypoint": ["/bootstrap"]})
    check(function, "CustomError")
    assert "INIT_START" not in function.invoke({"do": "echo", "value": 1}).log
    lambda_client.delete_function(FunctionName=name)
