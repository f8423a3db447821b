"""Between JSON and Python: events in, results out."""

import gc
import json
import sys

from .failure import Fault

# What the encoder knows. It takes their subclasses for them, which AWS does not always.
_KNOWN = frozenset({bool, dict, float, int, list, str, tuple, type(None)})


def _plain(value):
    """Most decimals are written as a number of Python's is, too."""
    if _is_decimal(value):
        text = _digits(value)
        number = int(text) if text.lstrip("-").isdigit() else float(text)
        if repr(number) == text:
            return number
    raise _formless(value)


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
    # Half of a surrogate pair has no UTF-8. Its escape, which AWS wrote before Python 3.12, is what clients can read.
    return _text(value).encode("utf-8", "backslashreplace")


def _text(value):
    try:
        text = _encode(value)
    except TypeError:
        return _written(value)
    # Whatever has names for its items is an array to the encoder.
    return _written(value) if "[" in text and _has_subclasses(value) else text


def _has_subclasses(value):
    """Whether a container is more than a dict, list or tuple. The encoder was through: there is no circle."""
    level = [value]
    while level:
        others = set(map(type, level)) - _KNOWN
        if others:
            if any(issubclass(kind, (dict, list, tuple)) for kind in others):
                return True
            level = [item for item in level if type(item) in _KNOWN]
        level = gc.get_referents(*level)
    return False


def _written(value):
    """What AWS has a form for and the encoder has not: decimals with all their digits, bytes, items with names."""
    if value is None or isinstance(value, (str, int, float)):
        return _encode(value)
    if isinstance(value, bytes):
        return _encode(str(value, "utf-8"))
    if _is_decimal(value):
        return _digits(value)
    if callable(getattr(value, "_asdict", None)):
        value = value._asdict()
    if isinstance(value, dict):
        return "{%s}" % ", ".join("%s: %s" % (_encode(_key(key)), _written(item)) for key, item in value.items())
    if isinstance(value, (list, tuple)):
        return "[%s]" % ", ".join(map(_written, value))
    raise _formless(value)


def _key(key):
    if isinstance(key, str):
        return key
    if isinstance(key, bytes):
        return str(key, "utf-8")
    if key is None or isinstance(key, (int, float)):
        return _encode(key)
    raise TypeError("keys must be str, int, float, bool or None, not %s" % type(key).__name__)


def _is_decimal(value):
    # Whoever has a decimal has the module loaded; importing it would cost every cold start.
    decimal = sys.modules.get("decimal")
    return decimal is not None and isinstance(value, decimal.Decimal)


def _digits(decimal):
    # JSON knows one NaN only.
    return "NaN" if decimal.is_nan() else str(decimal)


def _formless(value):
    return TypeError("Object of type %s is not JSON serializable" % type(value).__name__)


def header(text, name):
    try:
        return json.loads(text)
    except Exception as error:
        message = "Unable to parse %s JSON: %s" % (name, error)
        raise Fault("Runtime.LambdaContextUnmarshalError", message) from None
