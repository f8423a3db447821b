"""The life of the runtime process: load the handler, then one event after the other."""

import logging
import os
import sys

from . import failure, handler, marshal, place
from .api import RuntimeApi
from .context import LambdaContext
from .output import Output
from .rehearsal import Silent, rehearse

# A zygote has this file, and no sandbox.
_ZYGOTE_S_LIBRARY = "/run/zygote.so"


def run():
    was_forked = os.path.exists(_ZYGOTE_S_LIBRARY)
    is_awaited = was_forked and _become_child()
    api = RuntimeApi.connect()
    output = Output()
    if place.is_known():
        _prepare(output)
    else:
        _wait_for_function(api, output, was_forked, is_awaited)
    function = _load(api, output)
    while True:
        event = api.next()
        if event.came_ahead:
            output.end_init()
        _serve(api, output, function, event)


def _become_child():
    rehearse(Silent(), _serve)
    before = list(sys.modules)
    from . import zygote

    return zygote.become_child(_ZYGOTE_S_LIBRARY, before)


def _wait_for_function(api, output, was_forked, is_awaited):
    if not is_awaited:
        rehearse(output, _serve, was_rehearsed=was_forked)
    place.take(api.settings())
    _prepare(output)
    api.wait_for_code()
    place.enter()


def _prepare(output):
    sys.path[:] = place.search_path(sys.path)
    output.follow()


def _load(api, output):
    try:
        return handler.load(os.environ["_HANDLER"])
    except Exception as error:
        document = failure.document(error)
        # A record as any other: a function that lets no warnings through does not get this one.
        logging.warning(failure.WARNING_OF_INIT)
        output.error(document, failure.log_lines(document))
        api.fail_init(marshal.to_json(document), document["errorType"])
        sys.exit(1)


def _serve(api, output, function, event):
    output.invocation.request_id = event.request_id
    output.invocation.tenant_id = event.tenant_id
    _set_trace_id(event.trace_id)
    try:
        context = LambdaContext(event)
        body, content_type = marshal.result(function(marshal.event(event.body), context))
    except Exception as error:
        document = failure.document(error, event.request_id)
        output.error(document, failure.log_lines(document))
        api.fail(event.request_id, marshal.to_json(document), document["errorType"])
        return
    api.respond(event.request_id, body, content_type)


def _set_trace_id(trace_id):
    if trace_id is not None:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id
    else:
        os.environ.pop("_X_AMZN_TRACE_ID", None)
