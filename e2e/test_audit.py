"""The audit log: who did what to the control plane, with which result."""

import json
import stat

import pytest
from botocore.exceptions import ClientError

from mayfly import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("mayfly"))
    server.start()
    yield server
    server.stop()


def audited(server):
    return [json.loads(line) for line in (server.data / "audit.log").read_text().splitlines()]


def test_what_changes_and_reads_functions_is_written_down(server, function):
    secret = "correct horse battery staple"
    deployed = function(Environment={"Variables": {"PASSWORD": secret}})
    deployed.invoke({})
    with pytest.raises(ClientError):
        deployed.client.get_function(FunctionName="nowhere")
    calls = audited(server)
    created = next(call for call in calls if call["eventName"] == "CreateFunction")
    assert (created["status"], created["eventSource"], created["awsRegion"]) == (201, "lambda", "us-east-1")
    assert created["userIdentity"] == {"accountId": "000000000000", "arn": "arn:aws:iam::000000000000:root"}
    assert created["requestID"] == deployed.created["ResponseMetadata"]["RequestId"]
    assert calls[-1]["errorCode"] == "ResourceNotFoundException"
    assert calls[-1]["path"].endswith("/functions/nowhere")
    assert not any("Invoke" in call["eventName"] for call in calls)
    assert secret not in json.dumps(calls)


def test_the_log_survives_kill_and_only_its_owner_reads_it(own_server):
    own_server.start()
    own_server.client("logs").create_log_group(logGroupName="/kept")
    own_server.kill()
    assert audited(own_server)[-1]["eventName"] == "CreateLogGroup"
    assert stat.S_IMODE((own_server.data / "audit.log").stat().st_mode) == 0o600
    own_server.start()
    own_server.client("logs").delete_log_group(logGroupName="/kept")
    assert [call["eventName"] for call in audited(own_server)] == ["CreateLogGroup", "DeleteLogGroup"]
