""".NET functions: the shapes that a handler may have, its log, and what AWS says of a handler that is none."""

import json
import re

import pytest

from mayfly import REPOSITORY, package
from subjects import dotnet, dotnet_program, tree
from test_contract import server  # noqa: F401 - one that takes the nearest .NET there is

RUNTIME = "dotnet8"


@pytest.fixture
def handler(function):
    def deploy(name, files=None, **settings):
        settings = {"Runtime": RUNTIME, "Handler": name, "Timeout": 20, "MemorySize": 512, **settings}
        return function(package=package(files or dotnet()), **settings)

    return deploy


def message(answer):
    assert answer.error == "Unhandled", answer.log
    return answer.value["errorType"], answer.value["errorMessage"]


def test_a_handler_may_be_awaited_and_take_only_the_event(handler):
    assert handler("Fixture::Fixture.App::Later").invoke({"a": "b"}).value == {"a": "b"}


def test_streams_pass_as_they_are(handler):
    assert handler("Fixture::Fixture.App::Stream").invoke({"a": [1, "ü"]}).value == {"a": [1, "ü"]}


def test_a_handler_may_take_and_return_nothing(handler):
    answer = handler("Fixture::Fixture.App::Nothing").invoke({})
    assert (answer.error, answer.payload) == (None, b"")
    line = rf"\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{{3}}Z\t{answer.request_id}\tinfo\tnothing to see\n"
    assert re.search(line, answer.log), answer.log


def test_an_error_tells_its_causes(handler):
    answer = handler("Fixture::Fixture.App::Nested").invoke({})
    inside = {"errorType": "CustomError", "errorMessage": "inside", "stackTrace": ["at Fixture.App.Nested()"]}
    assert answer.value == {
        "errorType": "AggregateException",
        "errorMessage": "outside (inside) (beside)",
        "stackTrace": ["at Fixture.App.Nested()"],
        "cause": inside,
        "causes": [inside, {"errorType": "ArgumentException", "errorMessage": "beside"}],
    }
    assert answer.payload.startswith(b'{\n  "errorType"')
    assert f"\t{answer.request_id}\tfail\tSystem.AggregateException: outside" in answer.log


def test_loggers_and_the_console_write_as_aws_shows_them(handler):
    answer = handler("Fixture::Fixture.App::Words").invoke({})
    lines = [line.split("\t", 2) for line in answer.log.splitlines()]
    assert [line[2] for line in lines if len(line) == 3 and line[1] == answer.request_id] == [
        "of no level",
        "warn\t3 of pears",
        "17\tof a level of its own",
        "info\ta and 2.5 and a",
        "fail\tit 1.3 {so}",
        "fail\tto the other console",
    ]
    assert "Fixture.CustomError: told\n" in answer.log and "\nin pieces\n" in answer.log


def test_json_records_name_the_values_of_their_messages(handler):
    deployed = handler("Fixture::Fixture.App::Words", LoggingConfig={"LogFormat": "JSON"})
    answer = deployed.invoke({})
    records = [json.loads(line) for line in answer.log.splitlines() if '"level"' in line]
    for record in records:
        del record["timestamp"], record["traceId"]
        assert record.pop("requestId") == answer.request_id
    assert records == [
        {"level": "Information", "message": "of no level"},
        {"level": "Warning", "message": "3 of pears", "count": 3, "kind": "pears"},
        {"level": "Information", "message": "of a level of its own"},
        {"level": "Information", "message": "a and 2.5 and a", "0": "a", "1": 2.5},
        {"level": "Error", "message": "it 1.3 {so}", "what": "1.3", "errorType": "Fixture.CustomError",
         "errorMessage": "told", "stackTrace": ["Fixture.CustomError: told"]},
        {"level": "Error", "message": "to the other console"},
    ]  # fmt: skip


def test_a_value_that_cannot_be_formatted_is_shown_by_its_own_text(handler):
    answer = handler("Fixture::Fixture.App::Unformattable").invoke({})
    assert answer.error is None, answer.log
    assert f"\t{answer.request_id}\tinfo\t3 and a loop and 50 % and plain\n" in answer.log
    of_json = handler("Fixture::Fixture.App::Unformattable", LoggingConfig={"LogFormat": "JSON"}).invoke({})
    [record] = [json.loads(line) for line in of_json.log.splitlines() if '"level"' in line]
    values = [record[name] for name in ("count", "loop", "share", "plain")]
    assert values == ["3", "a loop", "50 %", "plain"]


def test_the_lowest_level_can_be_set(handler):
    deployed = handler("Fixture::Fixture.App::Words", LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "ERROR"})
    levels = [json.loads(line)["level"] for line in deployed.invoke({}).log.splitlines() if '"level"' in line]
    assert levels == ["Error", "Error"]
    named = handler("Fixture::Fixture.App::Words", Environment={"Variables": {"AWS_LAMBDA_HANDLER_LOG_LEVEL": "Warning"}})
    log = named.invoke({}).log
    assert "3 of pears" in log and "a and 2.5" not in log


@pytest.mark.parametrize(
    ("method", "says"),
    [
        ("Fixture::Fixture.App", "Invalid lambda function handler: 'Fixture::Fixture.App'. The valid format is 'ASSEMBLY::TYPE::METHOD'."),
        ("Fixture::::Handle", "Invalid lambda function handler: 'Fixture::::Handle', the type is missing. The valid format is 'ASSEMBLY::TYPE::METHOD'."),
        ("Absent::Fixture.App::Handle", "Could not find the specified handler assembly with the file name 'Absent, Culture=neutral, PublicKeyToken=null'. The assembly should be located in the root of your uploaded .zip file."),
        ("Fixture::Fixture.Absent::Handle", "Unable to load type 'Fixture.Absent' from assembly 'Fixture'."),
        ("Fixture::Fixture.App::Absent", "Unable to find method 'Absent' in type 'Fixture.App' from assembly 'Fixture': Found no methods matching method name 'Absent'."),
        ("Fixture::Fixture.App::Many", "Method 'Many' of type 'Fixture.App' is not supported: the method has more than 2 parameters."),
        ("Fixture::Fixture.App::Twice", "The method 'Twice' in type 'Fixture.App' appears to have a number of overloads. To call this method please specify a complete method signature. Possible candidates are:\nVoid Twice(System.String)\nVoid Twice(Int32)."),
    ],
)  # fmt: skip
def test_a_handler_that_is_none_fails_the_init_in_aws_s_words(handler, method, says):
    answer = handler(method).invoke({})
    assert message(answer) == ("LambdaValidationException", says)
    assert f"fail\tLambdaValidationException: {says}\n" in answer.log
    assert "INIT_REPORT" in answer.log


def test_an_error_of_the_constructor_is_the_function_s_own(handler):
    answer = handler("Fixture::Fixture.Broken::Handle").invoke({})
    assert message(answer) == ("CustomError", "cannot start")
    assert answer.value["stackTrace"] == ["at Fixture.Broken..ctor()"]


def test_a_program_serves_itself(handler):
    for name in ("Program", "Program.dll"):
        assert handler(name, dotnet_program()).invoke({"a": 1}).value == {"program": {"a": 1}}


@pytest.mark.parametrize(
    ("method", "absent", "status", "says"),
    [
        ("Fixture::Fixture.App::Later", "Fixture.deps.json", 105, "missing the required .deps.json file."),
        ("Fixture::Fixture.App::Later", "Fixture.runtimeconfig.json", 106, "missing the required .runtimeconfig.json file."),
        ("Nowhere", "", 104, "executable assembly /var/task/Nowhere.dll or binary /var/task/Nowhere not found."),
    ],
)  # fmt: skip
def test_a_package_that_cannot_start_says_why(handler, method, absent, status, says):
    files = {path: content for path, content in dotnet().items() if path != absent}
    answer = handler(method, files).invoke({})
    assert message(answer)[0] == "Runtime.ExitError"
    assert f"exit status {status}" in message(answer)[1] and says in answer.log


def test_the_example_runs_on_whatever_dotnet_there_is(handler):
    files = tree(REPOSITORY / "examples" / "hello-dotnet")
    answer = handler("Hello::Hello::Handle", files).invoke({"name": "Mayfly"})
    assert answer.value["message"].startswith("Hello Mayfly from .NET 3.1")
    assert "greeting Mayfly" in answer.log


def test_a_wrapper_starts_the_runtime(function):
    files = {**dotnet(), "wrapper": '#!/bin/sh\necho "wrapped: $*"\nexec "$@"\n'}
    deployed = function(
        package=package(files, executable={"wrapper"}), Runtime=RUNTIME, Handler="Fixture::Fixture.App::Later",
        Timeout=20, MemorySize=512, Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrapper"}},
    )  # fmt: skip
    answer = deployed.invoke({"a": "b"})
    assert answer.value == {"a": "b"}
    assert "wrapped: " in answer.log


def test_the_collector_takes_the_function_s_memory_for_the_machine_s(handler):
    answer = handler("Fixture::Fixture.App::Handle").invoke({"do": "environment", "name": "DOTNET_GCTotalPhysicalMemory"})
    assert int(answer.value, 16) == 512 << 20
