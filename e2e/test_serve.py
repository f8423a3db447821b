"""How the server is told what to do, and what it says when it cannot."""

import concurrent.futures
import subprocess
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

from mayfly import free_port


def refusal(server, prefix=()):
    """The one sentence with which a server that cannot start ends."""
    done = subprocess.run([*prefix, *server.command()], capture_output=True, text=True, timeout=20)
    assert done.returncode != 0
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_too_few_descriptors_are_said_plainly(own_server):
    sentence = refusal(own_server, ["sh", "-c", 'ulimit -n 1000; exec "$@"', "sh"])
    assert "only 1000 open files" in sentence and "ulimit -Hn 4096" in sentence


def test_an_open_listener_without_authentication_is_refused(own_server):
    own_server.host = "0.0.0.0"
    own_server.arguments = ["--auth", "off"]
    assert "only on a loopback address" in refusal(own_server)


def test_a_folder_of_another_server_is_refused_with_what_to_do(own_server):
    own_server.start()
    first, own_server.port = own_server.port, free_port()
    sentence = refusal(own_server)
    own_server.port = first
    assert f"{own_server.data} is in use by another server; stop that one, or choose another folder" in sentence


def test_an_unknown_setting_is_named(own_server):
    settings = own_server.folder / "mayfly.toml"
    settings.write_text("lisen = '127.0.0.1:1'\n")
    own_server.arguments = ["--config", str(settings)]
    done = subprocess.run(own_server.command(), capture_output=True, text=True, timeout=20)
    assert done.returncode != 0 and "lisen" in done.stderr


def test_the_settings_file_is_read(own_server):
    settings = own_server.folder / "mayfly.toml"
    settings.write_text("account = '123456789012'\nconcurrency = 7\n")
    own_server.arguments = ["--config", str(settings)]
    own_server.start()
    client = own_server.client("lambda")
    assert client.get_account_settings()["AccountLimit"]["ConcurrentExecutions"] == 7
    deployed = own_server.create_function(client, "f")
    assert deployed.created["FunctionArn"] == "arn:aws:lambda:us-east-1:123456789012:function:f"


@pytest.fixture
def unsigned(own_server):
    own_server.arguments = ["--auth", "off"]
    own_server.start()
    return own_server


def test_without_authentication_a_key_of_twelve_digits_is_the_account(unsigned):
    client = unsigned.client("lambda", aws_access_key_id="111122223333", aws_secret_access_key="anything")
    deployed = unsigned.create_function(client, "f")
    assert deployed.created["FunctionArn"].split(":")[4] == "111122223333"
    other = unsigned.client("lambda", aws_access_key_id="test", aws_secret_access_key="test")
    assert other.list_functions()["Functions"] == []


def test_without_authentication_pages_of_other_sites_are_refused(unsigned):
    request = urllib.request.Request(f"{unsigned.url}/2015-03-31/functions", headers={"Origin": "https://example.com"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    assert refused.value.code == 403
    with urllib.request.urlopen(f"{unsigned.url}/2015-03-31/functions") as answer:
        assert answer.status == 200


def test_concurrency_beyond_the_limit_is_throttled(own_server):
    own_server.arguments = ["--concurrency", "1"]
    own_server.start()
    client = own_server.client("lambda")
    sleeper = own_server.create_function(client, "f", "import time\ndef handler(e, c):\n    time.sleep(2)\n", Timeout=10)
    with pytest.raises(ClientError) as throttled:
        _both_at_once(sleeper)
    assert throttled.value.response["Error"]["Code"] == "TooManyRequestsException"
    assert throttled.value.response["Reason"] == "ConcurrentInvocationLimitExceeded"
    assert throttled.value.response["ResponseMetadata"]["HTTPStatusCode"] == 429


def _both_at_once(function):
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for answer in [pool.submit(function.invoke) for _ in range(2)]:
            answer.result()
