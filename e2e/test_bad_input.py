"""Bad input gets AWS's own error and changes nothing."""

import io
import stat
import zipfile

import pytest
from botocore.exceptions import ClientError

from mayfly import ECHO, PYTHON_RUNTIME, ROLE, package, python_package

BAD_ZIP = "Could not unzip uploaded file. Please check your file, then try to upload again."


def create(client, name, **changes):
    settings = {
        "FunctionName": name,
        "Runtime": PYTHON_RUNTIME,
        "Handler": "index.handler",
        "Role": ROLE,
        "Code": {"ZipFile": python_package(ECHO)},
    }
    return client.create_function(**{**settings, **changes})


def refusal(client, name, **changes):
    """The error of a creation that must fail and leave nothing."""
    with pytest.raises(ClientError) as refused:
        create(client, name, **changes)
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_function(FunctionName=name)
    answer = refused.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def hostile_zip(path, content=b"x", mode=stat.S_IFREG | 0o644):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        entry = zipfile.ZipInfo(path)
        entry.external_attr = mode << 16
        archive.writestr(entry, content)
    return buffer.getvalue()


def zip_bomb():
    """A little over 250 MB of zeros in a few hundred kilobytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        with archive.open("zeros", "w", force_zip64=True) as entry:
            for _ in range(263):
                entry.write(bytes(1_000_000))
    return buffer.getvalue()


def test_what_is_not_a_zip_is_refused(lambda_client, name):
    assert refusal(lambda_client, name, Code={"ZipFile": b"not a zip"}) == (
        400,
        "InvalidParameterValueException",
        BAD_ZIP,
    )


def test_a_zip_bomb_is_refused(lambda_client, name):
    assert refusal(lambda_client, name, Code={"ZipFile": zip_bomb()}) == (
        400,
        "InvalidParameterValueException",
        "Unzipped size must be smaller than 262144000 bytes",
    )


@pytest.mark.parametrize(
    "hostile",
    [
        hostile_zip("../../escape.py"),
        hostile_zip("/etc/cron.d/escape"),
        hostile_zip("link", b"/etc/passwd", stat.S_IFLNK | 0o777),
        hostile_zip("link", b"../../../etc", stat.S_IFLNK | 0o777),
    ],
    ids=["dots", "absolute", "absolute-link", "dotted-link"],
)
def test_a_path_that_leaves_the_package_is_refused(lambda_client, name, hostile):
    assert refusal(lambda_client, name, Code={"ZipFile": hostile}) == (
        400,
        "InvalidParameterValueException",
        BAD_ZIP,
    )


def test_a_package_over_fifty_megabytes_is_refused(lambda_client, name):
    import os

    large = package({"noise": os.urandom(52_500_000)})
    status, code, message = refusal(lambda_client, name, Code={"ZipFile": large})
    assert (status, code) == (413, "RequestEntityTooLargeException")
    assert "must be smaller than" in message


@pytest.mark.parametrize(
    "changes, message",
    [
        (
            {"MemorySize": 64},
            "1 validation error detected: Value '64' at 'memorySize' failed to satisfy constraint: "
            "Member must have value greater than or equal to 128",
        ),
        (
            {"Timeout": 0},
            "1 validation error detected: Value '0' at 'timeout' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1",
        ),
    ],
)
def test_a_value_outside_its_range_is_a_validation_error(server, lambda_client, name, changes, message):
    from botocore.config import Config

    unchecked = server.client("lambda", config=Config(parameter_validation=False, retries={"total_max_attempts": 1}))
    assert refusal(unchecked, name, **changes) == (400, "ValidationException", message)


def test_an_unknown_runtime_is_named(lambda_client, name):
    status, code, message = refusal(lambda_client, name, Runtime="python9.9")
    assert (status, code) == (400, "InvalidParameterValueException")
    assert message.startswith(
        "Value python9.9 at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: ["
    )
    assert message.endswith("] or be a valid ARN")


def test_a_blocked_runtime_is_refused(lambda_client, name):
    _, code, message = refusal(lambda_client, name, Runtime="python3.6")
    assert code == "InvalidParameterValueException"
    assert message == (
        "The runtime parameter of python3.6 is no longer supported for creating or updating AWS Lambda functions. "
        "We recommend you use a supported runtime while creating or updating functions."
    )


def test_a_reserved_variable_is_refused(lambda_client, name):
    _, code, message = refusal(lambda_client, name, Environment={"Variables": {"AWS_REGION": "x"}})
    assert code == "InvalidParameterValueException"
    assert "Reserved keys used in this request: AWS_REGION" in message


def test_too_many_variables_are_refused(lambda_client, name):
    _, code, message = refusal(lambda_client, name, Environment={"Variables": {"LONG": "x" * 5000}})
    assert code == "InvalidParameterValueException"
    assert "exceeded the 4KB limit" in message


def test_an_unknown_function_is_not_found(lambda_client):
    with pytest.raises(lambda_client.exceptions.ResourceNotFoundException) as missing:
        lambda_client.invoke(FunctionName="nothing-here")
    assert missing.value.response["Error"]["Message"] == (
        "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nothing-here:$LATEST"
    )


def test_two_qualifiers_that_differ_are_refused(function, lambda_client):
    deployed = function()
    with pytest.raises(lambda_client.exceptions.InvalidParameterValueException) as refused:
        lambda_client.invoke(FunctionName=f"{deployed.name}:1", Qualifier="2")
    assert refused.value.response["Error"]["Message"] == (
        "The derived qualifier from the function name does not match the specified qualifier."
    )


def test_another_region_is_not_reachable(lambda_client):
    with pytest.raises(lambda_client.exceptions.ResourceNotFoundException) as refused:
        lambda_client.get_function(FunctionName="arn:aws:lambda:eu-west-1:000000000000:function:f")
    assert refused.value.response["Error"]["Message"] == (
        "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')"
    )


def test_an_operation_without_a_handler_answers_as_aws_does(lambda_client):
    with pytest.raises(ClientError) as refused:
        lambda_client.list_capacity_providers()
    assert refused.value.response["Error"]["Code"] == "UnknownOperationException"
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
