"""Functions that are container images, pulled from a real registry."""

import json

import pytest
from botocore.exceptions import ClientError

from mayfly import ROLE, Function, eventually
from registry import DOCKER, OCI, Registry, busybox_layer, layer

# The Runtime API in shell: what any image can do that holds one program for HTTP.
BOOTSTRAP = """#!/bin/sh
api="http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation"
while :; do
  rm -f /tmp/headers
  event=$(wget -S -q -O - "$api/next" 2>/tmp/headers)
  id=$(sed -n 's/^ *[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: *//p' /tmp/headers | tr -d '\\r')
  . /handler.sh
  wget -q -O /dev/null --post-data "$(handle "$event")" "$api/$id/response"
done
"""


def handler(script):
    return layer({"handler.sh": "handle() {\n" + script + "\n}\n", "bootstrap": BOOTSTRAP})


ECHO = handler('echo "$1"')


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp("registry")).start()
    yield registry
    registry.stop()


@pytest.fixture
def image(registry, lambda_client, name):
    """Creates image functions that are deleted afterwards: `image([layers], config, **settings)`."""
    created = []

    def create(layers, config=None, wait=True, tag="latest", **settings):
        config = {"Entrypoint": ["/bootstrap"]} if config is None else config
        uri, digest = registry.push(name, tag, [busybox_layer(), *layers], config)
        answer = create_function(lambda_client, name, uri, wait=wait, **settings)
        created.append(name)
        return Function(lambda_client, name, answer), uri, digest

    yield create
    for function in created:
        lambda_client.delete_function(FunctionName=function)


def create_function(client, name, uri, wait=True, **settings):
    answer = client.create_function(
        FunctionName=name, PackageType="Image", Code={"ImageUri": uri}, Role=ROLE, **{"Timeout": 20, **settings}
    )
    if wait:
        wait_active(client, name)
    return answer


def wait_active(client, name):
    waiter = client.get_waiter("function_active_v2")
    waiter.wait(FunctionName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})


def wait_updated(client, name):
    def done():
        status = client.get_function_configuration(FunctionName=name)["LastUpdateStatus"]
        return status != "InProgress" and status

    return eventually(done, within_s=30)


def ended(client, name):
    """What a creation has come to."""
    shown = client.get_function_configuration(FunctionName=name)
    return shown["State"] != "Pending" and shown


def refusal(call, **arguments):
    with pytest.raises(ClientError) as refused:
        call(**arguments)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_an_image_runs_and_shows_what_it_is(image, lambda_client, name):
    function, uri, digest = image([ECHO])
    created = function.created
    assert (created["State"], created["PackageType"], created["CodeSize"]) == ("Pending", "Image", 0)
    assert created["CodeSha256"] == digest.removeprefix("sha256:")
    assert "Runtime" not in created and "Handler" not in created and "ImageConfigResponse" not in created
    assert function.invoke({"a": 1}).value == {"a": 1}
    code = lambda_client.get_function(FunctionName=name)["Code"]
    repository = uri.rsplit(":", 1)[0]
    assert code == {"RepositoryType": "ECR", "ImageUri": uri, "ResolvedImageUri": f"{repository}@{digest}"}


def test_nothing_of_the_host_is_in_an_image(image):
    function, _, _ = image([handler('echo "{\\"root\\": \\"$(ls / | tr \'\\n\' \' \')\\", \\"usr\\": \\"$(ls /usr 2>&1)\\"}"')])
    value = function.invoke().value
    assert value["root"].split() == sorted(["bin", "bootstrap", "dev", "etc", "handler.sh", "proc", "run", "tmp"])
    assert "No such file" in value["usr"]


def test_the_image_s_environment_and_folder_reach_the_process(image):
    script = 'echo "{\\"mine\\": \\"$MINE\\", \\"own\\": \\"$OWN\\", \\"both\\": \\"$BOTH\\", \\"cwd\\": \\"$PWD\\", \\"handler\\": \\"$_HANDLER\\", \\"name\\": \\"$AWS_LAMBDA_FUNCTION_NAME\\"}"'
    config = {
        "Entrypoint": ["/bootstrap"],
        "Cmd": ["app.handler"],
        "Env": ["MINE=image", "BOTH=image"],
        "WorkingDir": "/work",
    }
    function, _, _ = image(
        [handler(script), layer(folders=["work"])], config, Environment={"Variables": {"OWN": "f", "BOTH": "f"}}
    )
    value = function.invoke().value
    assert value == {
        "mine": "image", "own": "f", "both": "f", "cwd": "/work", "handler": "app.handler", "name": function.name,
    }


def test_settings_of_the_function_replace_the_image_s(image, lambda_client, name):
    script = 'echo "{\\"cwd\\": \\"$PWD\\", \\"handler\\": \\"$_HANDLER\\"}"'
    wanted = {"EntryPoint": ["/bin/sh", "/bootstrap"], "Command": ["other"], "WorkingDirectory": "/tmp"}
    function, _, _ = image([handler(script)], {"Entrypoint": ["/absent"], "Cmd": ["x"]}, ImageConfig=wanted)
    assert function.created["ImageConfigResponse"] == {"ImageConfig": wanted}
    assert function.invoke().value == {"cwd": "/tmp", "handler": "other"}
    less = {"EntryPoint": ["/bootstrap"]}
    lambda_client.update_function_configuration(FunctionName=name, ImageConfig=less)
    assert wait_updated(lambda_client, name) == "Successful"
    shown = lambda_client.get_function_configuration(FunctionName=name)
    assert shown["ImageConfigResponse"] == {"ImageConfig": less}
    assert function.invoke().value == {"cwd": "/", "handler": ""}
    lambda_client.update_function_configuration(FunctionName=name, ImageConfig={})
    assert wait_updated(lambda_client, name) == "Successful"
    assert "ImageConfigResponse" not in lambda_client.get_function_configuration(FunctionName=name)


def test_layers_hide_and_replace_what_is_below(image):
    below = layer({"a": "old", "b": "gone", "d/x": "gone", "d/y": "gone"})
    above = layer({"a": "new", "d/z": "kept"}, whiteouts=[".wh.b", "d/.wh..wh..opq"])
    function, _, _ = image([below, above, handler('echo "\\"$(cat /a) $(ls /b /d 2>/dev/null | tr \'\\n\' \' \')\\""')])
    assert function.invoke().value == "new /d: z "


@pytest.mark.parametrize("kind", ["docker", "index", "plain"])
def test_every_form_of_image_is_pulled(registry, lambda_client, name, kind):
    config = {"Entrypoint": ["/bootstrap"]}
    layers = [busybox_layer(), ECHO]
    if kind == "docker":
        uri, digest = registry.push(name, "v1", layers, config, types=DOCKER)
    elif kind == "plain":
        plain = {**OCI, "layer": "application/vnd.oci.image.layer.v1.tar"}
        uri, digest = registry.push(name, "v1", layers, config, types=plain, compress=lambda tar: tar)
    else:
        uri, digest = registry.push(name, "amd64", layers, config)
        platform = {"architecture": "amd64", "os": "linux"}
        size = len(registry.request("GET", f"/v2/{name}/manifests/{digest}", headers={"Accept": OCI["manifest"]})[1])
        entry = {"mediaType": OCI["manifest"], "digest": digest, "size": size, "platform": platform}
        index = {"schemaVersion": 2, "mediaType": OCI["index"], "manifests": [entry]}
        registry.push_manifest(name, index, "v1")
        uri = uri.replace(":amd64", ":v1")
    created = create_function(lambda_client, name, uri)
    assert created["CodeSha256"] == digest.removeprefix("sha256:")
    assert Function(lambda_client, name, created).invoke("x").value == "x"
    lambda_client.delete_function(FunctionName=name)


def test_a_tag_that_moves_changes_nothing_until_the_next_update(image, registry, lambda_client, name):
    function, uri, first = image([handler("echo 1")])
    version = lambda_client.publish_version(FunctionName=name)["Version"]
    _, second = registry.push(name, "latest", [busybox_layer(), handler("echo 2")], {"Entrypoint": ["/bootstrap"]})
    lambda_client.update_function_configuration(FunctionName=name, MemorySize=256)
    wait_updated(lambda_client, name)
    assert function.invoke().value == 1
    updated = lambda_client.update_function_code(FunctionName=name, ImageUri=uri)
    assert (updated["LastUpdateStatus"], updated["CodeSha256"]) == ("InProgress", second.removeprefix("sha256:"))
    assert wait_updated(lambda_client, name) == "Successful"
    assert function.invoke().value == 2
    assert function.invoke(Qualifier=version).value == 1
    shown = lambda_client.get_function(FunctionName=name, Qualifier=version)
    assert shown["Code"]["ResolvedImageUri"].endswith(first)


def test_functions_share_an_image(image, lambda_client, name, server):
    image([ECHO])
    trees = server.data / "trees"
    uri = lambda_client.get_function(FunctionName=name)["Code"]["ImageUri"]
    before = set(trees.iterdir())
    create_function(lambda_client, f"{name}-b", uri)
    assert {tree for tree in trees.iterdir() if not tree.name.startswith(".")} <= before
    assert Function(lambda_client, f"{name}-b", None).invoke(1).value == 1
    lambda_client.delete_function(FunctionName=f"{name}-b")


def test_what_is_no_image_is_refused_in_aws_s_words(registry, lambda_client, name):
    def create(uri, **settings):
        arguments = {"PackageType": "Image", "Code": {"ImageUri": uri}, "Role": ROLE, **settings}
        return refusal(lambda_client.create_function, FunctionName=name, **arguments)

    absent = f"{registry.host}/absent:latest"
    invalid = "InvalidParameterValueException"
    assert create(absent) == (invalid, f"Source image {absent} does not exist. Provide a valid source image.")
    assert create("app:latest") == (invalid, "Source image app:latest is not valid. Provide a valid source image.")
    untagged = f"{registry.host}/app"
    assert create(untagged) == (invalid, f"Source image {untagged} is not valid. Provide a valid source image.")
    odd = {**OCI, "layer": "application/vnd.example.layer"}
    uri, _ = registry.push(name, "odd", [ECHO], types=odd)
    text = f"The image manifest, config or layer media type for the source image {uri} is not supported."
    assert create(uri) == (invalid, text)
    text = "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
    assert create(uri, Handler="a.b") == (invalid, text)
    assert create(uri, Runtime="python3.12") == (invalid, text)


def test_packages_and_images_do_not_mix(image, function, lambda_client, name):
    image_function, uri, _ = image([ECHO])
    zip_function = function()
    text = "Please don't provide ImageUri when updating a function with packageType Zip."
    update = lambda_client.update_function_code
    assert refusal(update, FunctionName=zip_function.name, ImageUri=uri)[1] == text
    text = "Please provide ImageUri when updating a function with packageType Image."
    assert refusal(update, FunctionName=name, ZipFile=b"zip")[1] == text
    configure = lambda_client.update_function_configuration
    text = "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
    assert refusal(configure, FunctionName=name, Handler="a.b")[1] == text
    text = "Please don't provide ImageConfig when the intended function PackageType is Zip."
    settings = {"Command": ["x"]}
    assert refusal(configure, FunctionName=zip_function.name, ImageConfig=settings)[1] == text


def test_a_layer_that_is_gone_fails_the_creation_and_says_why(registry, lambda_client, name):
    lost = layer({"lost": name})
    uri, _ = registry.push(name, "latest", [busybox_layer(), lost, ECHO], {"Entrypoint": ["/bootstrap"]})
    registry.delete_blob(name, registry.layers(name, "latest")[1])
    create_function(lambda_client, name, uri, wait=False)
    shown = eventually(lambda: ended(lambda_client, name), within_s=30)
    assert (shown["State"], shown["StateReasonCode"]) == ("Failed", "ImageDeleted")
    assert shown["StateReason"] == f"Source image {uri} does not exist. Provide a valid source image."
    lambda_client.delete_function(FunctionName=name)


def test_a_hostile_layer_fails_the_update_and_the_function_goes_on(image, registry, lambda_client, name):
    function, uri, digest = image([ECHO])
    registry.push(name, "latest", [layer({"../../evil": "x"})], {"Entrypoint": ["/bootstrap"]})
    lambda_client.update_function_code(FunctionName=name, ImageUri=uri)
    assert wait_updated(lambda_client, name) == "Failed"
    shown = lambda_client.get_function_configuration(FunctionName=name)
    assert (shown["State"], shown["LastUpdateStatusReasonCode"]) == ("Active", "InvalidImage")
    assert "entry '../../evil' leaves the image" in shown["LastUpdateStatusReason"]
    assert shown["CodeSha256"] == digest.removeprefix("sha256:")
    assert function.invoke(7).value == 7


def test_a_registry_that_sends_something_else_is_not_believed(registry, lambda_client, name):
    swapped = layer({"swapped": name})
    uri, _ = registry.push(name, "latest", [busybox_layer(), swapped, ECHO], {"Entrypoint": ["/bootstrap"]})
    digest = registry.layers(name, "latest")[1]
    registry.overwrite_blob(digest)
    create_function(lambda_client, name, uri, wait=False)
    shown = eventually(lambda: ended(lambda_client, name), within_s=30)
    assert (shown["State"], shown["StateReasonCode"]) == ("Failed", "InvalidImage")
    assert f"what the registry sent as {digest.removeprefix('sha256:')} is something else" in shown["StateReason"]
    lambda_client.delete_function(FunctionName=name)


@pytest.mark.parametrize(
    ("settings", "kind", "text"),
    [
        ({"EntryPoint": ["/absent"]}, "Runtime.InvalidEntrypoint", "fork/exec /absent: no such file or directory"),
        (
            {"EntryPoint": ["absent"]},
            "Runtime.InvalidEntrypoint",
            'exec: "absent": executable file not found in $PATH',
        ),
        ({"EntryPoint": ["/handler.sh"]}, "Runtime.InvalidEntrypoint", "fork/exec /handler.sh: permission denied"),
        ({"WorkingDirectory": "/absent"}, "Runtime.InvalidWorkingDir", "chdir /absent: no such file or directory"),
    ],
)
def test_what_cannot_be_started_says_why(image, settings, kind, text):
    quiet = layer({"handler.sh": "x", "bootstrap": BOOTSTRAP}, modes={"handler.sh": 0o644, "bootstrap": 0o755})
    function, _, _ = image([quiet], ImageConfig=settings)
    answer = function.invoke()
    assert answer.error == "Unhandled"
    assert answer.value == {"errorType": kind, "errorMessage": f"RequestId: {answer.request_id} Error: {text}"}


def test_the_log_shows_what_was_to_be_started(image, logs_client):
    function, _, _ = image([ECHO], {"Entrypoint": ["/absent", "a"], "Cmd": ["b"], "WorkingDir": "/bin"})
    function.invoke()

    def line():
        events = logs_client.filter_log_events(logGroupName=f"/aws/lambda/{function.name}")["events"]
        return next((event["message"] for event in events if event["message"].startswith("IMAGE")), None)

    expected = "IMAGE\tLaunch error: fork/exec /absent: no such file or directory"
    assert eventually(line).strip() == expected + "\tEntrypoint: [/absent,a]\tCmd: [b]\tWorkingDir: [/bin]"


def test_an_image_without_anything_to_run_says_so(image):
    function, _, _ = image([ECHO], {})
    assert function.invoke().value["errorType"] == "Runtime.InvalidTaskConfig"


def test_a_registry_that_asks_for_a_password_gets_the_operator_s(own_server, tmp_path, name):
    folder = tmp_path / "registry"
    folder.mkdir()
    registry = Registry(folder, password="secret").start()
    try:
        uri, _ = registry.push(name, "latest", [busybox_layer(), ECHO], {"Entrypoint": ["/bootstrap"]})
        own_server.start()
        client = own_server.client("lambda")
        arguments = {"PackageType": "Image", "Code": {"ImageUri": uri}, "Role": ROLE}
        code, text = refusal(client.create_function, FunctionName=name, **arguments)
        assert code == "AccessDeniedException"
        assert text == "Lambda does not have permission to access the ECR image. Check the ECR permissions."
        own_server.stop()
        config = tmp_path / "config.json"
        config.write_text(json.dumps({"auths": {registry.host: {"username": "user", "password": "secret"}}}))
        own_server.arguments = ["--registry-config", str(config)]
        own_server.start()
        created = create_function(client, name, uri)
        assert Function(client, name, created).invoke(1).value == 1
    finally:
        registry.stop()


def test_a_pull_goes_on_after_a_kill(own_server, registry, name):
    big = layer({"big": b"".join(i.to_bytes(4, "big") * 64 for i in range(200_000))})
    uri, _ = registry.push(name, "latest", [busybox_layer(), big, ECHO], {"Entrypoint": ["/bootstrap"]})
    own_server.start()
    client = own_server.client("lambda")
    created = create_function(client, name, uri, wait=False)
    own_server.kill()
    own_server.start()
    wait_active(client, name)
    assert Function(client, name, created).invoke(1).value == 1


def test_an_image_that_nothing_uses_is_removed(own_server, registry, name):
    uri, digest = registry.push(name, "latest", [busybox_layer(), ECHO], {"Entrypoint": ["/bootstrap"]})
    own_server.start()
    client = own_server.client("lambda")
    create_function(client, name, uri)
    tree = own_server.data / "trees" / digest.removeprefix("sha256:")
    assert tree.is_dir()
    client.delete_function(FunctionName=name)
    own_server.stop()
    own_server.start()
    eventually(lambda: not tree.exists(), within_s=20)
    assert [path for path in (own_server.data / "blobs").rglob("*") if path.is_file()] == []
    created = create_function(client, name, uri)
    assert Function(client, name, created).invoke(1).value == 1
