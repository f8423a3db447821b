"""Between JSON and Python: events in, results out."""

import json
import sys

from .failure import Fault


def _plain(value):
    """DynamoDB's numbers are decimals; AWS writes them as JSON numbers."""
    # Whoever has a decimal has the module loaded; importing it would cost every cold start.
    decimal = sys.modules.get("decimal")
    if decimal is None or not isinstance(value, decimal.Decimal):
        raise TypeError("Object of type %s is not JSON serializable" % type(value).__name__)
    if value.is_finite() and value.as_tuple().exponent >= 0:
        return int(value)
    return float(value)


# AWS writes characters as they are from Python 3.12 on, as escapes before.
_encode = json.JSONEncoder(ensure_ascii=sys.version_info < (3, 12), default=_plain).encode


def event(body):
    try:
        return json.loads(body)
    except Exception as error:
        raise Fault("Runtime.UnmarshalError", "Unable to unmarshal input: %s" % error) from None


def result(value):
    """The body and its content type. Bytes pass as they are."""
    if isinstance(value, bytes):
        return value, "application/unknown"
    try:
        return to_json(value), "application/json"
    except Exception as error:
        raise Fault("Runtime.MarshalError", "Unable to marshal response: %s" % error) from None


def to_json(value):
    return _encode(value).encode("utf-8", "surrogatepass")


def header(text, name):
    try:
        return json.loads(text)
    except Exception as error:
        message = "Unable to parse %s JSON: %s" % (name, error)
        raise Fault("Runtime.LambdaContextUnmarshalError", message) from None
