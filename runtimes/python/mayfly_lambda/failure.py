"""What a function is told to have done wrong: the error document, and the record in its log."""

import traceback


class Fault(Exception):
    """An error that the runtime itself finds, with a type of AWS's."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error_type = error_type
        self.trace = list(trace)


# AWS's words in the log of an init that failed.
WARNING_OF_INIT = (
    "LAMBDA_WARNING: Unhandled exception. The most likely cause is an issue in the function code. However, in rare "
    "cases, a Lambda runtime update can cause unexpected function behavior. For functions using managed runtimes, "
    "runtime updates can be triggered by a function change, or can be applied automatically. To determine if the "
    "runtime has been updated, check the runtime version in the INIT_START log entry. If this error correlates with a "
    "change in the runtime version, you may be able to mitigate this error by temporarily rolling back to the previous "
    "runtime version. For more information, see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html\r"
)

_CLIENT = __file__.rsplit("/", 1)[0]


def document(error, request_id=""):
    """The error document; all four keys are always there."""
    if isinstance(error, Fault):
        error_type, trace = error.error_type, error.trace
    else:
        error_type, trace = type(error).__name__, _function_frames(error)
    return {"errorMessage": str(error), "errorType": error_type, "requestId": request_id, "stackTrace": trace}


def _function_frames(error):
    """The stack below this client, as traceback formats it."""
    frames = traceback.extract_tb(error.__traceback__)
    own = 0
    while own < len(frames) - 1 and frames[own].filename.startswith(_CLIENT):
        own += 1
    # A frame as four values has no columns, which newer versions of Python would underline.
    return traceback.format_list([tuple(frame) for frame in frames[own:]])


def log_lines(document):
    """The record for the log. AWS indents with no-break spaces, which log viewers keep."""
    description = "[ERROR] %s" % document["errorType"]
    if document["errorMessage"]:
        description += ": %s" % document["errorMessage"]
    lines = [description, "Traceback (most recent call last):"]
    for entry in document["stackTrace"]:
        lines += [_indented(line) for line in entry.splitlines()]
    return lines


def _indented(line):
    text = line.lstrip(" ")
    return "\u00a0" * (len(line) - len(text)) + text
