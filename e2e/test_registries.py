"""Reaching registries of images: certificates, passwords, tokens, and those that stand for others."""

import json
import socket
import tempfile
from pathlib import Path

import pytest

from gate import Gate
from mayfly import ROLE, Function, eventually
from registry import Certificate, Registry, busybox_layer
from test_images import ECHO, create_function, ended, refusal

CONFIG = {"Entrypoint": ["/bootstrap"]}
LAYERS = [busybox_layer(), ECHO]
ECR = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
DENIED = "Lambda does not have permission to access the ECR image. Check the ECR permissions."


def own_name():
    """A name of this machine that does not say that it is the loopback."""
    name = socket.gethostname().lower()
    try:
        socket.getaddrinfo(name, None)
    except OSError:
        pytest.skip("this machine does not know its own name")
    return name


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp("registry")).start()
    yield registry
    registry.stop()


@pytest.fixture
def secure_registry():
    # The server is another user than the one that pytest keeps its folders for.
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        folder.chmod(0o755)
        registry = Registry(folder, password="secret", certificate=Certificate(folder, own_name())).start()
        yield registry
        registry.stop()


@pytest.fixture
def credentials(tmp_path):
    """Docker's configuration, with a password for the user `user` of one registry."""

    def write(host, password):
        path = tmp_path / "config.json"
        path.write_text(json.dumps({"auths": {host: {"username": "user", "password": password}}}))
        return ["--registry-config", str(path)]

    return write


def refused(server, name, uri):
    arguments = {"PackageType": "Image", "Code": {"ImageUri": uri}, "Role": ROLE}
    return refusal(server.client("lambda").create_function, FunctionName=name, **arguments)


def runs(server, name, uri):
    """Whether a function that is this image answers."""
    client = server.client("lambda")
    return Function(client, name, create_function(client, name, uri)).invoke(1).value == 1


def test_a_private_authority_is_trusted_when_the_operator_says_so(own_server, secure_registry, credentials, name):
    uri, _ = secure_registry.push(name, "latest", LAYERS, CONFIG)
    own_server.arguments = credentials(secure_registry.host, "secret")
    own_server.start()
    code, text = refused(own_server, name, uri)
    assert code == "InvalidParameterValueException"
    assert "cannot be reached: invalid peer certificate: UnknownIssuer" in text
    own_server.stop()
    own_server.environment["SSL_CERT_FILE"] = str(secure_registry.certificate.authority)
    own_server.start()
    assert runs(own_server, name, uri)


def test_a_wrong_password_is_access_denied(own_server, secure_registry, credentials, name):
    uri, _ = secure_registry.push(name, "latest", LAYERS, CONFIG)
    own_server.environment["SSL_CERT_FILE"] = str(secure_registry.certificate.authority)
    own_server.arguments = credentials(secure_registry.host, "guess")
    own_server.start()
    assert refused(own_server, name, uri) == ("AccessDeniedException", DENIED)


def test_a_registry_without_tls_is_asked_only_when_the_operator_names_it(own_server, registry, name):
    registry.push(name, "latest", LAYERS, CONFIG)
    host = f"{own_name()}:{registry.port}"
    own_server.start()
    _, text = refused(own_server, name, f"{host}/{name}:latest")
    assert f"https://{host}/v2/{name}/manifests/latest cannot be reached" in text
    own_server.stop()
    own_server.arguments = ["--registry-http", host]
    own_server.start()
    assert runs(own_server, name, f"{host}/{name}:latest")


def test_tokens_are_fetched_again_when_they_expire_in_mid_pull(own_server, registry, credentials, name):
    registry.push(name, "latest", LAYERS, CONFIG)
    with Gate(registry, uses=1, password="secret") as gate:
        own_server.arguments = credentials(gate.host, "secret")
        own_server.start()
        assert runs(own_server, name, f"{gate.host}/{name}:latest")
        # Manifest, configuration, manifest again, two layers: each with a token of its own.
        assert gate.asked == [{"scope": f"repository:{name}:pull", "service": "tests"}] * 5


def test_a_token_server_that_refuses_is_access_denied(own_server, registry, credentials, name):
    registry.push(name, "latest", LAYERS, CONFIG)
    with Gate(registry, uses=10, password="secret") as gate:
        own_server.arguments = credentials(gate.host, "guess")
        own_server.start()
        assert refused(own_server, name, f"{gate.host}/{name}:latest") == ("AccessDeniedException", DENIED)


def test_access_that_is_lost_in_mid_pull_fails_the_creation_and_says_why(own_server, registry, credentials, name):
    registry.push(name, "latest", LAYERS, CONFIG)
    # One token, enough for what CreateFunction itself looks at: the manifest and the configuration.
    with Gate(registry, uses=2, password="secret", tokens=1) as gate:
        own_server.arguments = credentials(gate.host, "secret")
        own_server.start()
        client = own_server.client("lambda")
        create_function(client, name, f"{gate.host}/{name}:latest", wait=False)
        shown = eventually(lambda: ended(client, name), within_s=30)
        assert (shown["State"], shown["StateReasonCode"], shown["StateReason"]) == (
            "Failed", "ImageAccessDenied", DENIED,
        )


def test_a_password_does_not_leave_the_machine_in_the_clear(own_server, registry, credentials, name):
    registry.push(name, "latest", LAYERS, CONFIG)
    with Gate(registry, uses=10, password="secret", name=own_name()) as gate:
        own_server.arguments = credentials(gate.host, "secret")
        own_server.start()
        _, text = refused(own_server, name, f"{gate.host}/{name}:latest")
        assert f"it wants plain HTTP with {gate.realm.split('/')[2]}, which is not allowed" in text
        assert gate.asked == []


def test_a_registry_stands_for_ecr_s(own_server, registry, name):
    _, digest = registry.push(name, "v1", LAYERS, CONFIG)
    own_server.arguments = ["--registry", f"*.dkr.ecr.us-east-1.amazonaws.com={registry.host}"]
    own_server.start()
    uri = f"{ECR}/{name}:v1"
    assert runs(own_server, name, uri)
    code = own_server.client("lambda").get_function(FunctionName=name)["Code"]
    assert (code["ImageUri"], code["ResolvedImageUri"]) == (uri, f"{ECR}/{name}@{digest}")


def test_what_is_no_registry_is_refused_at_the_start(own_server):
    own_server.arguments = ["--registry", f"{ECR}=http://127.0.0.1:5000"]
    with pytest.raises(AssertionError, match="'http://127.0.0.1:5000' is no registry: write HOST, HOST:PORT"):
        own_server.start()
