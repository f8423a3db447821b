"""Trace headers: what the function is told, and what its log says of the trace."""

import re

import pytest

SHOW = "import os\ndef handler(event, context):\n    return os.environ['_X_AMZN_TRACE_ID']\n"
ROOT = "1-5e34a614-10bdc0deb1fb44f07bc535a1"


@pytest.fixture
def invoke(function):
    """Invokes with a trace header; what the function was told, and its log's tail."""
    deployed = {}

    def call(mode, header=None):
        if mode not in deployed:
            deployed[mode] = function(SHOW, TracingConfig={"Mode": mode})

        def send(request, **_):
            if header:
                request.headers["X-Amzn-Trace-Id"] = header

        events = deployed[mode].client.meta.events
        events.register("before-sign.lambda.Invoke", send)
        answer = deployed[mode].invoke()
        events.unregister("before-sign.lambda.Invoke", send)
        return answer.value, answer.log

    return call


def test_a_function_that_is_not_traced_passes_its_callers_trace_on(invoke):
    header = f"Root={ROOT};Parent=07f5a0b12d1f6f85;Sampled=1;Lineage=1:abc:0"
    told, log = invoke("PassThrough", header)
    assert told == header
    assert log.endswith(f"\t\nXRAY TraceId: {ROOT}\tSegmentId: 07f5a0b12d1f6f85\tSampled: true\t\n")
    told, log = invoke("PassThrough")
    assert told.endswith(";Sampled=0") and "XRAY" not in log


def test_a_traced_function_has_a_segment_in_its_callers_trace(invoke):
    told, log = invoke("Active", f"Root={ROOT};Parent=07f5a0b12d1f6f85;Sampled=1;Lineage=1:abc:0")
    [segment] = re.fullmatch(f"Root={ROOT};Parent=([0-9a-f]{{16}});Sampled=1;Lineage=1:abc:0", told).groups()
    assert segment != "07f5a0b12d1f6f85"
    assert log.endswith(f"\nXRAY TraceId: {ROOT}\tSegmentId: {segment}\tSampled: true\t\n")


def test_the_first_invocation_of_a_second_is_sampled_and_few_others(invoke):
    told = [invoke("Active")[0] for _ in range(200)]
    sampled = sum(header.endswith(";Sampled=1") for header in told)
    assert told[0].endswith(";Sampled=1")
    assert sampled < 100, f"{sampled} of 200"
