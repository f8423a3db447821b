"""What functions write is in CloudWatch Logs right after the answer."""

import time

import pytest

from mayfly import eventually


def messages(client, group, **options):
    pages = client.get_paginator("filter_log_events").paginate(logGroupName=group, **options)
    return [event["message"] for page in pages for event in page["events"]]


def test_a_line_is_readable_right_after_the_answer(function, logs_client):
    deployed = function("def handler(event, context):\n    print('seen', event)\n")
    answer = deployed.invoke("at once")
    group = f"/aws/lambda/{deployed.name}"
    lines = messages(logs_client, group)
    assert lines[0].startswith("INIT_START Runtime Version: python:3.")
    assert lines[1:4] == [
        f"START RequestId: {answer.request_id} Version: $LATEST\n",
        "seen at once\n",
        f"END RequestId: {answer.request_id}\n",
    ]
    assert lines[4].startswith(f"REPORT RequestId: {answer.request_id}\tDuration: ")


def test_streams_are_named_as_aws_names_them(function, logs_client):
    deployed = function()
    deployed.invoke()
    streams = logs_client.describe_log_streams(logGroupName=f"/aws/lambda/{deployed.name}")["logStreams"]
    date = time.strftime("%Y/%m/%d", time.gmtime())
    assert len(streams) == 1
    assert streams[0]["logStreamName"].startswith(f"{date}/[$LATEST]")
    events = logs_client.get_log_events(
        logGroupName=f"/aws/lambda/{deployed.name}",
        logStreamName=streams[0]["logStreamName"],
        startFromHead=True,
    )
    assert events["events"][0]["message"].startswith("INIT_START")
    assert events["nextForwardToken"].startswith("f/")


def test_filters_find_lines(function, logs_client):
    deployed = function("import json\ndef handler(event, context):\n    print(json.dumps(event))\n    print('plain', event['n'])\n")
    for number in range(3):
        deployed.invoke({"n": number, "level": "ERROR" if number == 1 else "INFO"})
    group = f"/aws/lambda/{deployed.name}"
    assert messages(logs_client, group, filterPattern='{ $.level = "ERROR" }') == ['{"n": 1, "level": "ERROR"}\n']
    assert messages(logs_client, group, filterPattern="plain -1") == ["plain 0\n", "plain 2\n"]


def test_groups_are_made_listed_kept_for_a_while_and_deleted(logs_client, name):
    group = f"/tests/{name}"
    logs_client.create_log_group(logGroupName=group, tags={"team": "a"})
    with pytest.raises(logs_client.exceptions.ResourceAlreadyExistsException):
        logs_client.create_log_group(logGroupName=group)
    logs_client.put_retention_policy(logGroupName=group, retentionInDays=7)
    described = logs_client.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert [(entry["logGroupName"], entry["retentionInDays"]) for entry in described] == [(group, 7)]
    logs_client.delete_log_group(logGroupName=group)
    with pytest.raises(logs_client.exceptions.ResourceNotFoundException) as missing:
        logs_client.delete_log_group(logGroupName=group)
    assert missing.value.response["Error"]["Message"] == "The specified log group does not exist."


def test_put_events_are_read_back(logs_client, name):
    group = f"/tests/{name}"
    logs_client.create_log_group(logGroupName=group)
    logs_client.create_log_stream(logGroupName=group, logStreamName="s")
    now = int(time.time() * 1000)
    logs_client.put_log_events(
        logGroupName=group,
        logStreamName="s",
        logEvents=[{"timestamp": now + number, "message": f"line {number}"} for number in range(3)],
    )
    read = logs_client.get_log_events(logGroupName=group, logStreamName="s", startFromHead=True)["events"]
    assert [(event["timestamp"] - now, event["message"]) for event in read] == [
        (0, "line 0"),
        (1, "line 1"),
        (2, "line 2"),
    ]
    logs_client.delete_log_group(logGroupName=group)


def test_endless_output_neither_stops_the_function_nor_the_server(function, server):
    deployed = function(
        "def handler(event, context):\n"
        "    for _ in range(200_000):\n"
        "        print('x' * 200)\n"
        "    return 'done'\n",
        Timeout=60,
        MemorySize=1769,
    )
    assert deployed.invoke().value == "done"
    assert server.is_healthy()


def test_stderr_is_logged_too(function, logs_client):
    deployed = function("import sys\ndef handler(event, context):\n    print('to stderr', file=sys.stderr)\n")
    deployed.invoke()
    assert eventually(lambda: "to stderr\n" in messages(logs_client, f"/aws/lambda/{deployed.name}"))
