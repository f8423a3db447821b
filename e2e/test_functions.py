"""The life of a function through boto3: create, read, list, update, delete."""

import base64
import hashlib
import re
import urllib.request

import pytest

from mayfly import ECHO, PYTHON_RUNTIME, ROLE, python_package

ARN = re.compile(r"arn:aws:lambda:us-east-1:000000000000:function:[a-z0-9-]+$")


def test_a_new_function_is_pending_then_active(server, lambda_client, name):
    package = python_package(ECHO)
    created = lambda_client.create_function(
        FunctionName=name, Runtime=PYTHON_RUNTIME, Handler="index.handler", Role=ROLE, Code={"ZipFile": package}
    )
    assert created["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (created["State"], created["StateReasonCode"]) == ("Pending", "Creating")
    assert "LastUpdateStatus" not in created
    lambda_client.get_waiter("function_active_v2").wait(FunctionName=name, WaiterConfig={"Delay": 0.05})
    active = lambda_client.get_function_configuration(FunctionName=name)
    assert (active["State"], active["LastUpdateStatus"]) == ("Active", "Successful")
    lambda_client.delete_function(FunctionName=name)


def test_defaults_are_those_that_aws_documents(function):
    created = function(Timeout=None).created
    assert ARN.match(created["FunctionArn"])
    assert created["MemorySize"] == 128
    assert created["Timeout"] == 3
    assert created["Architectures"] == ["x86_64"]
    assert created["EphemeralStorage"] == {"Size": 512}
    assert created["PackageType"] == "Zip"
    assert created["TracingConfig"] == {"Mode": "PassThrough"}
    assert created["SnapStart"] == {"ApplyOn": "None", "OptimizationStatus": "Off"}
    assert created["Version"] == "$LATEST"
    assert created["Description"] == ""
    assert created["LoggingConfig"] == {
        "LogFormat": "Text",
        "LogGroup": f"/aws/lambda/{created['FunctionName']}",
    }
    assert re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$", created["LastModified"])
    assert "Environment" not in created


def test_the_code_that_was_uploaded_can_be_downloaded(function, lambda_client):
    deployed = function()
    got = lambda_client.get_function(FunctionName=deployed.name)
    with urllib.request.urlopen(got["Code"]["Location"]) as answer:
        package = answer.read()
    digest = base64.b64encode(hashlib.sha256(package).digest()).decode()
    assert got["Code"]["RepositoryType"] == "S3"
    assert digest == got["Configuration"]["CodeSha256"]
    assert len(package) == got["Configuration"]["CodeSize"]


def test_a_changed_download_address_is_refused(function, lambda_client):
    location = lambda_client.get_function(FunctionName=function().name)["Code"]["Location"]
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(location[:-1] + ("0" if location[-1] != "0" else "1"))
    assert refused.value.code == 403


def test_an_update_runs_the_new_code_once_it_is_successful(function, lambda_client):
    deployed = function("def handler(event, context):\n    return 1\n")
    assert deployed.invoke().value == 1
    updated = lambda_client.update_function_code(
        FunctionName=deployed.name, ZipFile=python_package("def handler(event, context):\n    return 2\n")
    )
    assert updated["LastUpdateStatus"] == "InProgress"
    lambda_client.get_waiter("function_updated_v2").wait(FunctionName=deployed.name, WaiterConfig={"Delay": 0.05})
    assert deployed.invoke().value == 2


def test_a_configuration_change_keeps_what_it_does_not_name(function, lambda_client):
    deployed = function(Environment={"Variables": {"STAGE": "test"}}, Timeout=7)
    lambda_client.update_function_configuration(FunctionName=deployed.name, MemorySize=256)
    lambda_client.get_waiter("function_updated_v2").wait(FunctionName=deployed.name, WaiterConfig={"Delay": 0.05})
    got = lambda_client.get_function_configuration(FunctionName=deployed.name)
    assert (got["MemorySize"], got["Timeout"]) == (256, 7)
    assert got["Environment"] == {"Variables": {"STAGE": "test"}}


def test_a_stale_revision_is_refused(function, lambda_client):
    deployed = function()
    with pytest.raises(lambda_client.exceptions.PreconditionFailedException) as refused:
        lambda_client.update_function_configuration(
            FunctionName=deployed.name, Description="new", RevisionId="11111111-2222-3333-4444-555555555555"
        )
    assert "The Revision Id provided does not match the latest Revision Id" in str(refused.value)


def test_a_dry_run_changes_nothing(function, lambda_client):
    deployed = function()
    before = lambda_client.get_function_configuration(FunctionName=deployed.name)
    lambda_client.update_function_code(FunctionName=deployed.name, ZipFile=python_package("x = 1"), DryRun=True)
    after = lambda_client.get_function_configuration(FunctionName=deployed.name)
    assert (after["RevisionId"], after["CodeSha256"]) == (before["RevisionId"], before["CodeSha256"])


def test_a_deleted_function_is_gone_and_its_name_free(function, lambda_client):
    deployed = function()
    answer = lambda_client.delete_function(FunctionName=deployed.name)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    with pytest.raises(lambda_client.exceptions.ResourceNotFoundException) as missing:
        lambda_client.get_function(FunctionName=deployed.name)
    arn = deployed.created["FunctionArn"]
    assert missing.value.response["Error"]["Message"] == f"Function not found: {arn}"
    lambda_client.create_function(
        FunctionName=deployed.name,
        Runtime=PYTHON_RUNTIME,
        Handler="index.handler",
        Role=ROLE,
        Code={"ZipFile": python_package(ECHO)},
    )


def test_a_name_is_given_once(function, lambda_client):
    deployed = function()
    with pytest.raises(lambda_client.exceptions.ResourceConflictException) as conflict:
        lambda_client.create_function(
            FunctionName=deployed.name,
            Runtime=PYTHON_RUNTIME,
            Handler="index.handler",
            Role=ROLE,
            Code={"ZipFile": python_package(ECHO)},
        )
    assert conflict.value.response["Error"]["Message"] == f"Function already exist: {deployed.name}"


def test_listing_pages_through_all_functions(function, lambda_client):
    names = {function().name for _ in range(5)}
    pages = lambda_client.get_paginator("list_functions").paginate(PaginationConfig={"PageSize": 2})
    listed = [entry for page in pages for entry in page["Functions"]]
    assert names <= {entry["FunctionName"] for entry in listed}
    assert all("State" not in entry for entry in listed)


def test_tags_are_set_read_and_removed(function, lambda_client):
    deployed = function(Tags={"team": "a"})
    arn = deployed.created["FunctionArn"]
    lambda_client.tag_resource(Resource=arn, Tags={"stage": "test"})
    assert lambda_client.list_tags(Resource=arn)["Tags"] == {"team": "a", "stage": "test"}
    lambda_client.untag_resource(Resource=arn, TagKeys=["team"])
    assert lambda_client.get_function(FunctionName=deployed.name)["Tags"] == {"stage": "test"}


def test_account_settings_show_limits_and_use(function, lambda_client):
    function()
    settings = lambda_client.get_account_settings()
    assert settings["AccountLimit"]["ConcurrentExecutions"] == 1000
    assert settings["AccountLimit"]["CodeSizeUnzipped"] == 262144000
    assert settings["AccountUsage"]["FunctionCount"] >= 1
    assert settings["AccountUsage"]["TotalCodeSize"] > 0
