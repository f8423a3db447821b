"""Layers: published, stacked into /opt, and found by each language where AWS looks for them."""

import base64
import ctypes
import hashlib
import io
import json
import os
import pathlib
import stat
import subprocess
import urllib.request
import zipfile

import pytest
from botocore.exceptions import ClientError

from mayfly import BINARY, NODE_RUNTIME, PYTHON_RUNTIME, package
from test_parking import WAS_PARKED, parked_start

SHOW = """
import os

def handler(event, context):
    found = {}
    for path in event:
        try:
            with open(path) as file:
                found[path] = file.read()
        except OSError as error:
            found[path] = type(error).__name__
    return found
"""


@pytest.fixture
def publish(lambda_client, name):
    """Publishes layer versions that are deleted when the test ends; gives the ARN of each."""
    published = []

    def publish(files, *, layer=name, executable=(), **members):
        content = {"ZipFile": package(files, executable)}
        version = lambda_client.publish_layer_version(LayerName=layer, Content=content, **members)
        published.append(version)
        return version["LayerVersionArn"]

    yield publish
    for version in published:
        lambda_client.delete_layer_version(LayerName=version["LayerArn"], VersionNumber=version["Version"])


def refused(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def configured(function, **members):
    function.client.update_function_configuration(FunctionName=function.name, **members)
    waiter = function.client.get_waiter("function_updated_v2")
    waiter.wait(FunctionName=function.name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200})


def test_a_python_layer_is_imported_from_both_places(function, publish, name):
    version = PYTHON_RUNTIME.removeprefix("python")
    arn = publish(
        {
            "python/plain.py": "WHO = 'plain'\n",
            f"python/lib/python{version}/site-packages/packaged/__init__.py": "WHO = 'packaged'\n",
        },
        layer=name,
    )
    source = "import plain, packaged\ndef handler(event, context):\n    return [plain.WHO, packaged.WHO]\n"
    assert function(source, Layers=[arn]).invoke().value == ["plain", "packaged"]


def test_a_node_layer_is_required_from_both_places(function, publish, name):
    major = NODE_RUNTIME.removeprefix("nodejs").removesuffix(".x")
    arn = publish(
        {
            "nodejs/node_modules/plain/index.js": "module.exports = 'plain';\n",
            f"nodejs/node{major}/node_modules/versioned/index.js": "module.exports = 'versioned';\n",
        },
        layer=name,
    )
    source = "exports.handler = async () => [require('plain'), require('versioned')];\n"
    code = package({"index.js": source})
    deployed = function(package=code, Runtime=NODE_RUNTIME, Layers=[arn])
    assert deployed.invoke().value == ["plain", "versioned"]


def test_five_layers_are_laid_over_each_other_in_order(function, publish, name):
    arns = [
        publish({"own%d" % number: str(number), "shared/who": str(number)}, layer=f"{name}-{number}")
        for number in range(5)
    ]
    deployed = function(SHOW, Layers=arns)
    paths = ["/opt/shared/who"] + ["/opt/own%d" % number for number in range(5)]
    assert list(deployed.invoke(paths).value.values()) == ["4", "0", "1", "2", "3", "4"]
    configured(deployed, Layers=arns[::-1])
    assert deployed.invoke(paths[:1]).value == {"/opt/shared/who": "0"}
    configured(deployed, Layers=[])
    assert deployed.invoke(paths[:1]).value == {"/opt/shared/who": "FileNotFoundError"}


def test_programs_and_libraries_of_a_layer_are_found(function, publish, name):
    tool = "#!/bin/sh\necho from the layer\n"
    arn = publish({"bin/tool": tool, "lib/data": "x"}, executable=["bin/tool"], layer=name)
    source = (
        "import os, subprocess\n"
        "def handler(event, context):\n"
        "    said = subprocess.check_output(['tool'], text=True)\n"
        "    return [said, os.access('/opt/lib/data', os.X_OK), os.environ['LD_LIBRARY_PATH'].split(':')]\n"
    )
    said, executable, libraries = function(source, Layers=[arn]).invoke().value
    assert (said, executable) == ("from the layer\n", False)
    assert "/opt/lib" in libraries


# Loads libraries by their names alone: what is found may be no addon, but is there.
PYTHON_LINKER_PROBE = f"""
import ctypes
def found(name):
    try:
        return bool(ctypes.CDLL(name))
    except OSError as error:
        return str(error)
def handler(event, context):
    return {{"parked": {WAS_PARKED}, "found": [found("libof_code.so"), found("libof_layer.so")]}}
"""

NODE_LINKER_PROBE = """
const found = (name) => {
  try {
    process.dlopen({ exports: {} }, name);
  } catch (error) {
    return error.message.includes('did not self-register') || error.message;
  }
  return true;
};
exports.handler = async () => ({
  parked: !require('fs').readFileSync('/proc/self/environ', 'utf8').includes('_HANDLER'),
  found: [found('libof_code.so'), found('libof_layer.so')],
});
"""


def some_library():
    """One that a runtime has not loaded under another name."""
    ctypes.CDLL("libm.so.6")
    with open("/proc/self/maps") as maps:
        [path] = {line.split()[-1] for line in maps if "/libm.so" in line or "/libm-" in line}
    return pathlib.Path(path).read_bytes()


@pytest.mark.parametrize(
    ("runtime", "file", "source"),
    [(PYTHON_RUNTIME, "index.py", PYTHON_LINKER_PROBE), (NODE_RUNTIME, "index.js", NODE_LINKER_PROBE)],
)
def test_libraries_of_code_and_layers_are_found_by_a_runtime_that_was_there_before(
    function, publish, name, runtime, file, source
):
    library = some_library()
    layer = publish({"lib/libof_layer.so": library}, layer=name)
    code = package({file: source, "lib/libof_code.so": library})
    _, answer = parked_start(lambda: function(package=code, Runtime=runtime, Layers=[layer]))
    assert answer.value["found"] == [True, True]


@pytest.mark.parametrize("environment", [{}, {"PYTHONHASHSEED": "1"}], ids=["parked", "started for itself"])
def test_no_library_of_a_layer_comes_before_the_system_s(function, publish, name, environment):
    layer = publish({"lib/libc.so.6": "no library", "lib/libm.so.6": "no library"}, layer=name)
    source = "import math, subprocess\ndef handler(event, context):\n    return subprocess.check_output(['echo', str(math.log(1))], text=True)\n"
    deployed = function(source, Layers=[layer], Environment={"Variables": environment})
    assert deployed.invoke().value == "0.0\n"


def test_a_layer_cannot_be_written(function, publish, name):
    arn = publish({"file": "x"}, layer=name)
    source = (
        "def handler(event, context):\n"
        "    try:\n"
        "        open('/opt/new', 'w')\n"
        "    except OSError as error:\n"
        "        return error.strerror\n"
    )
    assert function(source, Layers=[arn]).invoke().value == "Read-only file system"


def test_layers_show_in_every_configuration_and_stay_in_versions(function, publish, lambda_client, name):
    arn = publish({"file": "one"}, layer=name)
    size = lambda_client.get_layer_version_by_arn(Arn=arn)["Content"]["CodeSize"]
    deployed = function(SHOW, Layers=[arn])
    expected = [{"Arn": arn, "CodeSize": size}]
    assert deployed.created["Layers"] == expected
    version = lambda_client.publish_version(FunctionName=deployed.name)
    assert version["Layers"] == expected
    configured(deployed, Layers=[publish({"file": "two"}, layer=name)])
    shown = lambda_client.get_function(FunctionName=deployed.name, Qualifier="1")["Configuration"]
    assert shown["Layers"] == expected
    assert deployed.invoke(["/opt/file"], Qualifier="1").value == {"/opt/file": "one"}
    assert deployed.invoke(["/opt/file"]).value == {"/opt/file": "two"}
    listed = lambda_client.list_versions_by_function(FunctionName=deployed.name)["Versions"]
    assert [version["Layers"][0]["Arn"][-1] for version in listed] == ["2", "1"]
    configured(deployed, Layers=[])
    assert "Layers" not in lambda_client.get_function_configuration(FunctionName=deployed.name)


def test_a_function_outlives_its_deleted_layers_and_a_restart(own_server):
    own_server.start()
    client = own_server.client("lambda")
    arns = []
    for number in (1, 2):
        content = {"ZipFile": package({f"file{number}": str(number)})}
        version = client.publish_layer_version(LayerName=f"layer{number}", Content=content)
        arns.append(version["LayerVersionArn"])
    deployed = own_server.create_function(client, "f", SHOW, Layers=arns)
    for number in (1, 2):
        client.delete_layer_version(LayerName=f"layer{number}", VersionNumber=1)
    assert client.list_layers()["Layers"] == []
    own_server.kill()
    own_server.start()
    paths = {"/opt/file1": "1", "/opt/file2": "2"}
    assert deployed.invoke(list(paths)).value == paths
    code, text = refused(client.update_function_configuration, FunctionName="f", Layers=arns)[1:]
    assert (code, text) == ("InvalidParameterValueException", f"Layer version {arns[0]} does not exist.")
    content = {"ZipFile": package({"file1": "again"})}
    assert client.publish_layer_version(LayerName="layer1", Content=content)["Version"] == 2


def test_a_published_version_shows_what_was_said_of_it(lambda_client, publish, name):
    files = {"file": "x"}
    arn = publish(
        files,
        layer=name,
        Description="shared",
        CompatibleRuntimes=[PYTHON_RUNTIME],
        CompatibleArchitectures=["x86_64", "arm64"],
        LicenseInfo="MIT",
    )
    shown = lambda_client.get_layer_version(LayerName=name, VersionNumber=1)
    assert shown["LayerVersionArn"] == arn
    assert shown["LayerArn"] == arn.rsplit(":", 1)[0]
    assert (shown["Version"], shown["Description"], shown["LicenseInfo"]) == (1, "shared", "MIT")
    assert shown["CompatibleRuntimes"] == [PYTHON_RUNTIME]
    assert shown["CompatibleArchitectures"] == ["x86_64", "arm64"]
    assert shown["CreatedDate"].endswith("+0000")
    with urllib.request.urlopen(shown["Content"]["Location"]) as answer:
        downloaded = answer.read()
    assert downloaded == package(files)
    digest = base64.b64encode(hashlib.sha256(downloaded).digest()).decode()
    assert (shown["Content"]["CodeSha256"], shown["Content"]["CodeSize"]) == (digest, len(downloaded))
    by_arn = lambda_client.get_layer_version_by_arn(Arn=arn)
    assert {key: value for key, value in by_arn.items() if key not in ("ResponseMetadata", "Content")} == {
        key: value for key, value in shown.items() if key not in ("ResponseMetadata", "Content")
    }
    by_layer_arn = lambda_client.get_layer_version(LayerName=shown["LayerArn"], VersionNumber=1)
    assert by_layer_arn["LayerVersionArn"] == arn


def test_layers_and_versions_are_listed_with_filters_and_pages(own_server):
    own_server.start()
    client = own_server.client("lambda")

    def add(layer, **members):
        content = {"ZipFile": package({"file": layer})}
        client.publish_layer_version(LayerName=layer, Content=content, **members)

    add("a", CompatibleRuntimes=["python3.12"], CompatibleArchitectures=["x86_64"])
    add("a", CompatibleRuntimes=["nodejs22.x"], CompatibleArchitectures=["arm64"])
    add("a")
    add("b", CompatibleRuntimes=["python3.12", "python3.13"])

    def layers(**filters):
        pages = client.get_paginator("list_layers").paginate(PaginationConfig={"PageSize": 1}, **filters)
        found = [layer for page in pages for layer in page["Layers"]]
        return [(layer["LayerName"], layer["LatestMatchingVersion"]["Version"]) for layer in found]

    def versions(**filters):
        pages = client.get_paginator("list_layer_versions")
        pages = pages.paginate(LayerName="a", PaginationConfig={"PageSize": 2}, **filters)
        return [version["Version"] for page in pages for version in page["LayerVersions"]]

    assert layers() == [("a", 3), ("b", 1)]
    assert layers(CompatibleRuntime="python3.12") == [("a", 1), ("b", 1)]
    assert layers(CompatibleRuntime="nodejs22.x", CompatibleArchitecture="arm64") == [("a", 2)]
    assert layers(CompatibleRuntime="ruby3.4") == []
    assert versions() == [3, 2, 1]
    assert versions(CompatibleRuntime="python3.12") == [1]
    assert versions(CompatibleArchitecture="arm64") == [2]
    assert client.list_layer_versions(LayerName="nowhere")["LayerVersions"] == []


def test_a_version_s_number_does_not_come_back(lambda_client, publish, name):
    publish({"file": "1"}, layer=name)
    publish({"file": "2"}, layer=name)
    lambda_client.delete_layer_version(LayerName=name, VersionNumber=2)
    lambda_client.delete_layer_version(LayerName=name, VersionNumber=2)
    assert publish({"file": "3"}, layer=name).endswith(":3")
    missing = (404, "ResourceNotFoundException", "The resource you requested does not exist.")
    assert refused(lambda_client.get_layer_version, LayerName=name, VersionNumber=2) == missing


def test_what_functions_cannot_have_is_refused_in_aws_s_words(function, publish, lambda_client, name):
    deployed = function(SHOW)
    first, second = publish({"file": "1"}, layer=name), publish({"file": "2"}, layer=name)

    def refuse(*layers):
        status, code, text = refused(
            lambda_client.update_function_configuration, FunctionName=deployed.name, Layers=layers
        )
        return status, code, text

    invalid = (400, "InvalidParameterValueException")
    assert refuse(*[first] * 6) == (*invalid, "Cannot reference more than 5 layers.")
    twice = (
        "Two different versions of the same layer are not allowed to be referenced in the same function. "
        "{} and {} are versions of the same layer."
    )
    assert refuse(first, second) == (*invalid, twice.format(first, second))
    assert refuse(first, first) == (*invalid, twice.format(first, first))
    missing = first.rsplit(":", 1)[0] + ":99"
    assert refuse(missing) == (*invalid, f"Layer version {missing} does not exist.")
    far = first.replace("us-east-1", "eu-west-1")
    expected = "Layers are not in the same region as the function. Layers are expected to be in region us-east-1."
    assert refuse(far) == (*invalid, expected)
    foreign = first.replace("000000000000", "123456789012")
    status, code, text = refuse(foreign)
    assert (status, code) == (403, "AccessDeniedException")
    assert text.endswith(
        f"is not authorized to perform: lambda:GetLayerVersion on resource: {foreign} "
        "because no resource-based policy allows the lambda:GetLayerVersion action"
    )
    assert "Layers" not in lambda_client.get_function_configuration(FunctionName=deployed.name)


def zeros(mib):
    return package({f"zeros-{mib}": b"\0" * (mib * 1024 * 1024)})


def test_code_and_layers_together_have_a_limit(function, lambda_client, name):
    arns = []
    for number, mib in enumerate((100, 140, 20)):
        layer = lambda_client.publish_layer_version(LayerName=f"{name}-{number}", Content={"ZipFile": zeros(mib)})
        arns.append(layer["LayerVersionArn"])
    deployed = function(SHOW, Layers=arns[:2])
    update = lambda_client.update_function_configuration
    text = "Layers consume more than the available size of 262144000 bytes"
    invalid = (400, "InvalidParameterValueException")
    assert refused(update, FunctionName=deployed.name, Layers=arns) == (*invalid, text)
    refusal = refused(lambda_client.update_function_code, FunctionName=deployed.name, ZipFile=zeros(11))
    actual = 251 * 1024 * 1024
    text = (
        "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. "
        f"The actual size is {actual} bytes."
    )
    assert refusal == (*invalid, text)
    for arn in arns:
        layer, version = arn.rsplit(":", 1)
        lambda_client.delete_layer_version(LayerName=layer, VersionNumber=int(version))


def test_a_layer_that_is_no_zip_is_refused(lambda_client, name):
    text = "Could not unzip uploaded file. Please check your file, then try to upload again."
    refusal = refused(lambda_client.publish_layer_version, LayerName=name, Content={"ZipFile": b"no zip"})
    assert refusal == (400, "InvalidParameterValueException", text)
    assert lambda_client.list_layer_versions(LayerName=name)["LayerVersions"] == []


def test_a_layer_that_links_out_of_itself_is_refused(lambda_client, name):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as layer:
        link = zipfile.ZipInfo("python/secrets")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        layer.writestr(link, "../../../../root-key.json")
    content = {"ZipFile": archive.getvalue()}
    status, code, _text = refused(lambda_client.publish_layer_version, LayerName=name, Content=content)
    assert (status, code) == (400, "InvalidParameterValueException")


def test_numbers_below_one_are_refused(lambda_client, name):
    refusal = (400, "InvalidParameterValueException", "Layer Version Cannot be less than 1")
    assert refused(lambda_client.get_layer_version, LayerName=name, VersionNumber=0) == refusal
    assert refused(lambda_client.delete_layer_version, LayerName=name, VersionNumber=-1) == refusal


def test_permissions_make_a_policy(lambda_client, publish, name):
    arn = publish({"file": "x"}, layer=name)
    version = {"LayerName": name, "VersionNumber": 1}
    no_policy = (404, "ResourceNotFoundException", "No policy is associated with the given resource.")
    assert refused(lambda_client.get_layer_version_policy, **version) == no_policy

    def grant(sid, principal, **members):
        return lambda_client.add_layer_version_permission(
            **version, StatementId=sid, Action="lambda:GetLayerVersion", Principal=principal, **members
        )

    statement = {
        "Sid": "all",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "lambda:GetLayerVersion",
        "Resource": arn,
    }
    granted = grant("all", "*")
    assert json.loads(granted["Statement"]) == statement
    text = (
        "The statement id (all) provided already exists. Please provide a new statement id, "
        "or remove the existing statement."
    )
    assert refused(grant, sid="all", principal="*") == (409, "ResourceConflictException", text)
    stale = refused(grant, sid="one", principal="123456789012", RevisionId="stale")
    assert stale[:2] == (412, "PreconditionFailedException")
    grant("one", "123456789012", RevisionId=granted["RevisionId"])
    policy = json.loads(lambda_client.get_layer_version_policy(**version)["Policy"])
    assert (policy["Version"], policy["Id"]) == ("2012-10-17", "default")
    account = {"AWS": "arn:aws:iam::123456789012:root"}
    assert policy["Statement"] == [statement, {**statement, "Sid": "one", "Principal": account}]
    remove = lambda_client.remove_layer_version_permission
    text = "Statement two is not found in resource policy."
    assert refused(remove, **version, StatementId="two") == (404, "ResourceNotFoundException", text)
    remove(**version, StatementId="all")
    remove(**version, StatementId="one")
    assert refused(lambda_client.get_layer_version_policy, **version) == no_policy
    text = f"Layer version {arn[:-1]}9 does not exist."
    missing = {"LayerName": name, "VersionNumber": 9}
    assert refused(lambda_client.get_layer_version_policy, **missing) == (404, "ResourceNotFoundException", text)


def test_a_deployment_may_name_layers(server, publish, tmp_path, name):
    arns = [publish({"file": str(number)}, layer=f"{name}-{number}") for number in range(2)]
    (tmp_path / "index.py").write_text("def handler(event, context):\n    return open('/opt/file').read()\n")
    environment = {
        **os.environ,
        "MAYFLY_LISTEN": f"127.0.0.1:{server.port}",
        "MAYFLY_ACCESS_KEY_ID": server.access_key,
        "MAYFLY_SECRET_ACCESS_KEY": server.secret_key,
    }

    def mayfly(*arguments):
        command = [str(BINARY), *map(str, arguments)]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    settings = ["--name", name, "--runtime", PYTHON_RUNTIME]
    mayfly("deploy", tmp_path, *settings, "--layer", arns[0], "--layer", arns[1])
    assert json.loads(mayfly("invoke", name)) == "1"
    mayfly("deploy", tmp_path, *settings, "--layer", arns[0])
    assert json.loads(mayfly("invoke", name)) == "0"


def test_the_aws_cli_publishes_and_reads_layers(server, tmp_path, name):
    archive = tmp_path / "layer.zip"
    archive.write_bytes(package({"python/shared.py": "X = 1\n"}))

    def aws(*arguments):
        command = ["aws", "lambda", *arguments, "--output", "json"]
        ended = subprocess.run(
            command, env=server.shell_environment(), capture_output=True, text=True, timeout=120
        )
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout or "null")

    published = aws(
        "publish-layer-version", "--layer-name", name, "--zip-file", f"fileb://{archive}",
        "--compatible-runtimes", PYTHON_RUNTIME,
    )  # fmt: skip
    assert published["Version"] == 1
    arn = published["LayerVersionArn"]
    assert aws("get-layer-version-by-arn", "--arn", arn)["LayerVersionArn"] == arn
    assert aws("list-layer-versions", "--layer-name", name)["LayerVersions"][0]["LayerVersionArn"] == arn
    aws("delete-layer-version", "--layer-name", name, "--version-number", "1")
    assert aws("list-layer-versions", "--layer-name", name)["LayerVersions"] == []
