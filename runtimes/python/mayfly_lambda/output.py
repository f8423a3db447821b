"""Where a function's words go: prints, log records, errors.

A record may span lines. When the platform names a descriptor in `_LAMBDA_TELEMETRY_LOG_FD`, each record is written
there as one frame: type, length, time, text. Otherwise lines of one record are joined by carriage returns.
"""

import json
import logging
import os
import sys
import time
import traceback

_FRAME = 0xA55A0002
_TEXT = 1
# A level that AWS has not: no record, but where the init ends.
_END_OF_INIT = 7
_LEVELS = {"DEBUG": 2, "INFO": 3, "WARNING": 4, "ERROR": 5, "CRITICAL": 6}
_TIME_FORMAT = "%Y-%m-%dT%H:%M:%S"


class PlainSink:
    """Standard output, without frames."""

    def log(self, message, level=None, form=_TEXT):
        sys.stdout.write(message)

    def log_error(self, lines, form=_TEXT):
        sys.stdout.write("\r".join(lines) + "\n")

    def end_init(self):
        pass


class FramedSink:
    """One frame for each record, in one write, so that records of threads do not mix."""

    def __init__(self, descriptor):
        self._descriptor = descriptor

    def log(self, message, level=None, form=_TEXT):
        self._write(message.encode("utf-8", "backslashreplace"), _LEVELS.get(level, 0), form)

    def end_init(self):
        self._write(b"", _END_OF_INIT, _TEXT)

    def _write(self, text, level, form):
        kind = _FRAME | level << 2 | form
        frame = kind.to_bytes(4, "big") + len(text).to_bytes(4, "big") + (time.time_ns() // 1000).to_bytes(8, "big") + text
        while frame:
            frame = frame[os.write(self._descriptor, frame) :]

    def log_error(self, lines, form=_TEXT):
        self.log("\n".join(lines), "ERROR", form)


class Unbuffered:
    """A stream whose every write is seen at once, although it is a pipe."""

    def __init__(self, stream):
        self._stream = stream

    def write(self, text):
        written = self._stream.write(text)
        self._stream.flush()
        return written

    def writelines(self, lines):
        self._stream.writelines(lines)
        self._stream.flush()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    def __getattr__(self, name):
        return getattr(self._stream, name)


class RecordHandler(logging.Handler):
    """Hands records of the logging module to the sink."""

    def __init__(self, log_sink):
        super().__init__()
        self.log_sink = log_sink
        self.form = _TEXT

    def emit(self, record):
        self.log_sink.log(self.format(record), logging.getLevelName(_whole_level(record)), self.form)


class Invocation(logging.Filter):
    """Says in each record which invocation it belongs to."""

    def __init__(self):
        super().__init__()
        self.end()

    def end(self):
        """What follows belongs to none."""
        self.request_id = ""
        self.tenant_id = None

    def filter(self, record):
        record.aws_request_id = self.request_id
        record.tenant_id = self.tenant_id
        return True


# What every record has; the rest was given by the function as `extra`.
_OWN_FIELDS = frozenset(logging.makeLogRecord({}).__dict__) | {"aws_request_id", "tenant_id", "message", "asctime"}


class JsonFormatter(logging.Formatter):
    def format(self, record):
        record.levelno = _whole_level(record)
        record.levelname = logging.getLevelName(record.levelno)
        is_document = isinstance(record.msg, dict) and not record.args
        fields = {
            "timestamp": time.strftime(_TIME_FORMAT + "Z", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.msg if is_document else record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[0]:
            fields.update(_exception(record))
        fields["requestId"] = getattr(record, "aws_request_id", None)
        fields["tenantId"] = getattr(record, "tenant_id", None)
        for name, value in record.__dict__.items():
            if name not in _OWN_FIELDS:
                fields.setdefault(name, value)
        present = {name: value for name, value in fields.items() if value is not None}
        return json.dumps(present, ensure_ascii=False, default=str) + "\n"


def _exception(record):
    kind, error, trace = record.exc_info
    return {
        "stackTrace": traceback.format_tb(trace),
        "errorType": kind.__name__,
        "errorMessage": str(error),
        "location": "%s:%s:%s" % (record.pathname, record.funcName, record.lineno),
    }


def _whole_level(record):
    """Levels between the named ones count as the next lower."""
    return min(50, max(0, record.levelno)) // 10 * 10


class Output:
    """The sink, the root logger on it, and the format that both follow."""

    def __init__(self, environment=os.environ):
        # Errors of native code and of child processes keep their place among the other lines.
        descriptor = environment.pop("_LAMBDA_TELEMETRY_LOG_FD", None)
        if descriptor == "1":
            os.dup2(1, 2)
        self.sink = FramedSink(int(descriptor)) if descriptor else PlainSink()
        self.is_json = False
        self.invocation = Invocation()
        self._handler = RecordHandler(self.sink)
        self._handler.addFilter(self.invocation)
        sys.stdout = Unbuffered(sys.stdout)
        sys.stderr = Unbuffered(sys.stderr)
        logging.Formatter.converter = time.gmtime
        logging.getLogger().addHandler(self._handler)

    def follow(self, environment=os.environ):
        """Writes as the function wants it."""
        self.is_json = environment.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
        self._handler.form = 0 if self.is_json else _TEXT
        self._handler.setFormatter(JsonFormatter() if self.is_json else _text_formatter())
        # Python has no TRACE, and its FATAL is another word for CRITICAL.
        level = environment.get("AWS_LAMBDA_LOG_LEVEL", "").upper()
        level = {"TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL"}.get(level, level)
        if level in _LEVELS:
            logging.getLogger().setLevel(level)

    def end_init(self):
        """What follows is the invocation's, although the platform has not begun it yet."""
        self.sink.end_init()

    def error(self, document, lines):
        if not self.is_json:
            self.sink.log_error(lines, self._handler.form)
            return
        record = {"timestamp": time.strftime(_TIME_FORMAT + "Z", time.gmtime()), "level": "ERROR"}
        record.update(document)
        self.sink.log_error([json.dumps(record, default=str)], self._handler.form)


def _text_formatter():
    return logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s\n", _TIME_FORMAT
    )
