"""What is particular to Java: handlers of every signature, package layouts, heap, and errors in how code is written."""

import io
import zipfile

import pytest

from mayfly import package
from subjects import CORE, JAVA_RUNTIME, java, java_classes, java_events, kotlin, maven, scala


@pytest.fixture
def handler(function):
    """A function of the fixture's package with another handler."""

    def deploy(name, files=None, **settings):
        options = {"Runtime": JAVA_RUNTIME, "MemorySize": 512, "Timeout": 20, **settings}
        return function(package=package(files or java()), Handler=name, **options)

    return deploy


@pytest.fixture(scope="module")
def shapes(server):
    """Functions of the signatures' class, one each, made when they are first asked for."""
    client, made = server.client("lambda"), {}

    def of(method):
        if method not in made:
            made[method] = server.create_function(
                client, f"shapes-{method}", package=package(java()), Runtime=JAVA_RUNTIME,
                Handler=f"fixture.Shapes::{method}", MemorySize=512, Timeout=20,
            )  # fmt: skip
        return made[method]

    yield of
    for deployed in made.values():
        client.delete_function(FunctionName=deployed.name)


@pytest.mark.parametrize(
    "method, event, result",
    [
        ("number", 21, 42),
        ("number", "21", 42),
        ("text", "hello", "hello!"),
        ("sum", [1, 2.5, "3"], 6.5),
        ("date", "1970-01-01T00:00:01.500Z", 1500),
        ("nothing", {"any": "thing"}, None),
        ("stream", [1, 2], None),
        ("points", {"a": {"x": 1}}, {"a": {"x": 1, "far": False}}),
        (
            "point",
            {"x": 100, "y": 0.5, "label": "p", "colour": "RED", "next": [{"x": 1, "colour": "NONE"}], "unknown": 1},
            {"x": 101, "y": 0.5, "label": "p", "colour": "RED", "next": [{"x": 1, "far": False}], "far": True},
        ),
    ],
)
def test_any_public_method_is_a_handler(shapes, method, event, result):
    answer = shapes(method).invoke(event)
    if method == "stream":
        assert answer.payload == b"[1"
        return
    assert answer.error is None, answer.log
    assert answer.value == result


@pytest.mark.parametrize(
    "sent, written",
    [
        ('"decimal":12345678901234567890.123456789', None),
        ('"decimal":1.10', None),
        ('"decimal":"1.10"', '"decimal":1.10'),
        ('"integer":12345678901234567890123', None),
        ('"number":1.10', '"number":1.1'),
        ('"any":{"a":[1.10,1e2,-0.0,12345678901]}', '"any":{"a":[1.1,100.0,-0.0,12345678901]}'),
        ('"text":1.10', '"text":"1.10"'),
        ('"colour":0', '"colour":"RED"'),
        ('"map":[]', ""),
        ('"map":""', ""),
        ('"map":[{"a":1}]', '"map":{"a":"1"}'),
        ('"instant":1577836800', '"instant":1577836800.000000000'),
        ('"instant":1577836800.5', '"instant":1577836800.500000000'),
        ('"instant":-1.5', '"instant":-1.500000000'),
        ('"instant":0', '"instant":0.0'),
        ('"offset":"2020-01-01T02:00:00+02:00"', '"offset":1577836800.000000000'),
        ('"zoned":1577836800', '"zoned":1577836800.000000000'),
        ('"duration":"PT1M30S"', '"duration":90.000000000'),
        ('"duration":1.5', '"duration":1.500000000'),
        ('"date":[2020,1,2]', None),
        ('"date":"2020-01-02T00:00:00Z"', '"date":[2020,1,2]'),
        ('"time":"03:04"', '"time":[3,4]'),
        ('"dateTime":[2020,1,2,3,4,0,6]', None),
        ('"dateTime":"2020-01-02T03:04:00"', '"dateTime":[2020,1,2,3,4]'),
        ('"offsetTime":"03:04:05+01:00"', '"offsetTime":[3,4,5,"+01:00"]'),
        ('"year":2020', None),
        ('"month":[2020,1]', None),
        ('"zone":"Europe/Rome"', None),
    ],
)  # fmt: skip
def test_values_are_read_and_written_as_aws_s_serializer_does(shapes, sent, written):
    deployed = shapes("value")
    answer = deployed.client.invoke(FunctionName=deployed.name, Payload="{%s}" % sent)
    assert answer["Payload"].read().decode() == "{%s}" % (sent if written is None else written)


@pytest.mark.parametrize(
    "kind, result",
    [
        ("class", b'"java.lang.String"'),
        ("iterator", b"[1,2]"),
        ("stream", b"[1,2]"),
        ("half a character", rb'"a\uD800b\uDC00"'),
    ],
)
def test_results_that_are_no_beans_are_written(shapes, kind, result):
    assert shapes("result").invoke(kind).payload == result


def test_a_key_that_is_null_is_an_error(shapes):
    answer = shapes("result").invoke("null key")
    assert answer.value["errorMessage"] == "An error occurred during JSON serialization of response"


def test_an_interrupted_handler_has_its_answer_and_the_next_one_starts_without(shapes):
    deployed = shapes("interrupt")
    assert [deployed.invoke(False).value, deployed.invoke(True).value["errorType"], deployed.invoke(False).value] == [
        False, "java.lang.IllegalStateException", False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "method, event, error", [("interrupt", True, "IllegalStateException"), ("recurse", 0, "StackOverflowError")]
)
def test_an_error_without_a_message_is_told_by_its_class(shapes, method, event, error):
    failed = shapes(method).invoke(event).value
    assert failed["errorMessage"] == failed["errorType"] == f"java.lang.{error}"


def test_a_static_method_gets_the_context(shapes):
    assert shapes("context").invoke({}).value == "shapes-context"


def test_the_runtime_s_logger_is_the_context_s(shapes):
    assert "called for nothing\n" in shapes("nothing").invoke().log


def test_a_stream_handler_reads_and_writes_bytes(handler):
    deployed = handler("fixture.Shapes$Streams")
    assert deployed.invoke({"a": "b"}).payload == b'{"A": "B"}'


def test_an_event_of_another_type_is_an_error_of_the_runtime_s(shapes):
    answer = shapes("number").invoke({"not": "a number"})
    assert answer.value["errorMessage"] == "An error occurred during JSON parsing"
    assert answer.value["errorType"] == "java.lang.RuntimeException"


def test_classes_may_come_in_a_jar_of_the_lib_folder(handler):
    jar = io.BytesIO()
    with zipfile.ZipFile(jar, "w") as archive:
        for name, content in java_classes().items():
            archive.writestr(name, content)
    [core] = maven(CORE).values()
    deployed = handler("fixture.App", files={"lib/app.jar": jar.getvalue(), "lib/core.jar": core})
    assert deployed.invoke({"do": "echo", "value": 1}).value == 1


def test_a_function_that_needs_nothing_of_lambda_brings_no_library(handler):
    sources = {name: content for name, content in java_classes().items() if "Plain" in name}
    deployed = handler("fixture.Plain::greet", files=sources)
    assert deployed.invoke({"name": "you"}).value == {"text": "Hello, you"}


@pytest.mark.parametrize(
    "written, error",
    [
        ("fixture.Absent", {"errorMessage": "Class not found: fixture.Absent", "errorType": "java.lang.ClassNotFoundException"}),
        ("::none", {"errorMessage": "Invalid handler: `::none'"}),
        ("fixture.Plain", {"errorMessage": "Class does not implement an appropriate handler interface: fixture.Plain"}),
        ("fixture.Shapes::absent", {
            "errorMessage": "No public method named absent with appropriate method signature found on class fixture.Shapes",
        }),
        ("fixture.Broken", {
            "errorMessage": "Error loading class fixture.Broken",
            "errorType": "java.lang.ExceptionInInitializerError",
        }),
    ],
)  # fmt: skip
def test_code_that_cannot_be_a_handler_is_told_so(handler, written, error):
    answer = handler(written).invoke({})
    assert answer.error == "Unhandled"
    assert answer.value == error


def test_the_heap_is_a_share_of_the_memory(handler):
    deployed = handler("fixture.Plain::heapMib", MemorySize=1024)
    assert 800 <= deployed.invoke({}).value <= 880


def test_java_tool_options_are_taken(handler):
    environment = {"Variables": {"JAVA_TOOL_OPTIONS": "-Dfixture.property=set"}}
    answer = handler("fixture.Plain::property", Environment=environment).invoke("fixture.property")
    assert answer.value == "set"


def test_a_function_may_rely_on_the_runtime_s_own_core_library(handler):
    deployed = handler("fixture.App", files=java_classes())
    answer = deployed.invoke({"do": "log", "level": "INFO", "text": "through the logger"})
    assert answer.error is None, answer.log
    assert "[INFO] through the logger" in answer.log


def test_scala_runs_as_java(handler):
    deployed = handler("fixture.Greeter", files=scala())
    answer = deployed.invoke({"name": "Ann", "friends": ["Bo", "Cy"]})
    assert answer.value == {"text": "Hello, Ann and Bo and Cy", "requestId": answer.request_id}
    failed = deployed.invoke({}).value
    assert (failed["errorType"], failed["errorMessage"]) == ("java.util.NoSuchElementException", "nobody")
    assert failed["stackTrace"][0].startswith("fixture.Greeter.handleRequest(Greeter.scala:")


def test_kotlin_runs_as_java(handler):
    deployed = handler("fixture.KotlinGreeter", files=kotlin())
    answer = deployed.invoke({"name": "Ann", "friends": ["Bo", "Cy"]})
    assert answer.error is None, answer.log
    assert answer.value == {"text": "Hello, Ann and Bo and Cy", "requestId": answer.request_id}
    failed = deployed.invoke({}).value
    assert (failed["errorType"], failed["errorMessage"]) == ("java.util.NoSuchElementException", "nobody")
    assert failed["stackTrace"][0].startswith("fixture.KotlinGreeter.handleRequest(Greeter.kt:")
    assert handler("fixture.GreeterKt::greet", files=kotlin()).invoke({"name": "Ann"}).value == "Hello, Ann"


QUEUED = {
    "messageId": "m-1", "body": "text", "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:queue",
    "messageAttributes": {"a": {"stringValue": "b", "dataType": "String"}}, "md5OfBody": "x",
}  # fmt: skip
STORED = {
    "eventTime": "1970-01-01T00:00:01.000Z", "responseElements": {"x-amz-request-id": "r-1", "x-amz-id-2": "i"},
    "s3": {"bucket": {"name": "b", "arn": "a"}, "object": {"key": "k", "size": 5, "eTag": "e"}},
}  # fmt: skip
CHANGED = {
    "eventName": "INSERT",
    "dynamodb": {
        "ApproximateCreationDateTime": 1479499740, "Keys": {"Id": {"N": "101"}}, "NewImage": {"Tags": {"SS": ["x", "y"]}},
    },
}  # fmt: skip


@pytest.mark.parametrize(
    "method, event, result",
    [
        ("sqs", {"Records": [QUEUED]}, {"batchItemFailures": [{"itemIdentifier": "m-1"}]}),
        ("s3", {"Records": [STORED]}, "b/k 5 1000 r-1"),
        ("sns", {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "told"}}]}, "told"),
        ("kinesis", {"Records": [{"kinesis": {"data": "aGVsbG8=", "approximateArrivalTimestamp": 1545084650.987}}]}, "hello 1545084650987"),
        ("dynamodb", {"Records": [CHANGED]}, "INSERT 101 [x, y] 1479499740000"),
        ("schedule", {"detail-type": "Scheduled Event", "time": "1970-01-01T00:00:02Z", "detail": {}}, "Scheduled Event 2000"),
        (
            "api",
            {"httpMethod": "GET", "path": "/p", "requestContext": {"identity": {"sourceIp": "127.0.0.1"}}},
            {"statusCode": 200, "body": "GET /p 127.0.0.1"},
        ),
    ],
)  # fmt: skip
def test_aws_s_own_event_classes_are_understood(handler, method, event, result):
    answer = handler(f"fixture.Events::{method}", files=java_events()).invoke(event)
    assert answer.error is None, answer.log
    assert answer.value == result
