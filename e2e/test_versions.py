"""Versions never change; aliases point to them and may split traffic."""

import pytest

from mayfly import python_package

WHICH = "def handler(event, context):\n    return {answer}\n"


def update(client, deployed, source):
    client.update_function_code(FunctionName=deployed.name, ZipFile=python_package(source))
    client.get_waiter("function_updated_v2").wait(FunctionName=deployed.name, WaiterConfig={"Delay": 0.05})


@pytest.fixture
def two_versions(function, lambda_client):
    deployed = function(WHICH.format(answer=1))
    lambda_client.publish_version(FunctionName=deployed.name)
    update(lambda_client, deployed, WHICH.format(answer=2))
    lambda_client.publish_version(FunctionName=deployed.name)
    return deployed


def test_a_version_answers_as_it_did_after_latest_changed(two_versions, lambda_client):
    update(lambda_client, two_versions, WHICH.format(answer=3))
    assert two_versions.invoke(Qualifier="1").value == 1
    assert two_versions.invoke(Qualifier="2").value == 2
    assert two_versions.invoke().value == 3
    assert two_versions.invoke(Qualifier="1").version == "1"


def test_publishing_without_a_change_returns_the_same_version(function, lambda_client):
    deployed = function()
    first = lambda_client.publish_version(FunctionName=deployed.name)
    again = lambda_client.publish_version(FunctionName=deployed.name)
    assert (first["Version"], again["Version"]) == ("1", "1")
    assert first["RevisionId"] == again["RevisionId"]
    assert first["FunctionArn"].endswith(":1")


def test_create_with_publish_makes_version_one(function, lambda_client):
    deployed = function(Publish=True)
    assert deployed.created["Version"] == "1"
    assert deployed.created["FunctionArn"].endswith(deployed.name)
    versions = lambda_client.list_versions_by_function(FunctionName=deployed.name)["Versions"]
    assert [entry["Version"] for entry in versions] == ["$LATEST", "1"]


def test_numbers_are_not_used_again(two_versions, lambda_client):
    lambda_client.delete_function(FunctionName=two_versions.name, Qualifier="2")
    update(lambda_client, two_versions, WHICH.format(answer=4))
    assert lambda_client.publish_version(FunctionName=two_versions.name)["Version"] == "3"


def test_an_alias_follows_where_it_is_pointed(two_versions, lambda_client):
    created = lambda_client.create_alias(FunctionName=two_versions.name, Name="live", FunctionVersion="1")
    assert created["AliasArn"].endswith(f"{two_versions.name}:live")
    answer = two_versions.invoke(Qualifier="live")
    assert (answer.value, answer.version) == (1, "1")
    lambda_client.update_alias(FunctionName=two_versions.name, Name="live", FunctionVersion="2")
    assert two_versions.invoke(Qualifier="live").value == 2
    listed = lambda_client.list_aliases(FunctionName=two_versions.name)["Aliases"]
    assert [alias["Name"] for alias in listed] == ["live"]
    lambda_client.delete_alias(FunctionName=two_versions.name, Name="live")
    with pytest.raises(lambda_client.exceptions.ResourceNotFoundException) as missing:
        two_versions.invoke(Qualifier="live")
    assert missing.value.response["Error"]["Message"].startswith("Function not found: arn:aws:lambda:")


def test_a_weighted_alias_splits_calls(two_versions, lambda_client):
    lambda_client.create_alias(
        FunctionName=two_versions.name,
        Name="split",
        FunctionVersion="1",
        RoutingConfig={"AdditionalVersionWeights": {"2": 0.3}},
    )
    answers = [two_versions.invoke(Qualifier="split").value for _ in range(400)]
    # Five standard deviations (9.2 each) around 120: a fair splitter fails once in a million runs.
    assert 74 <= answers.count(2) <= 166
    assert answers.count(1) + answers.count(2) == 400


def test_the_handler_sees_the_arn_that_was_invoked(function, lambda_client):
    deployed = function("def handler(event, context):\n    return [context.invoked_function_arn, context.function_version]\n")
    lambda_client.publish_version(FunctionName=deployed.name)
    lambda_client.create_alias(FunctionName=deployed.name, Name="live", FunctionVersion="1")
    plain = deployed.created["FunctionArn"]
    assert deployed.invoke().value == [plain, "$LATEST"]
    assert deployed.invoke(Qualifier="live").value == [f"{plain}:live", "1"]
    assert deployed.invoke(Qualifier="$LATEST").value == [f"{plain}:$LATEST", "$LATEST"]


def test_a_version_that_an_alias_needs_cannot_be_deleted(two_versions, lambda_client):
    lambda_client.create_alias(FunctionName=two_versions.name, Name="live", FunctionVersion="1")
    with pytest.raises(lambda_client.exceptions.ResourceConflictException):
        lambda_client.delete_function(FunctionName=two_versions.name, Qualifier="1")
