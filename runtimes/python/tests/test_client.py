"""The client against a fake Runtime API: what it posts and what it writes, in AWS's words."""

import json
import sys
import unittest

from fake_platform import REQUEST_ID, run

ID = REQUEST_ID % 0


class Parked(unittest.TestCase):
    """Started before it is known for which function."""

    def test_takes_on_the_variables_the_folder_and_the_time_zone_of_its_function(self):
        code = """
import os, sys, time
def handler(event, context):
    import beside
    return [os.environ["MINE"], os.getcwd() == os.environ["LAMBDA_TASK_ROOT"] == sys.path[0], time.tzname[0]]
"""
        ran = run(code, parked=True, files={"beside.py": ""}, MINE="\u00fc", TZ="Asia/Tokyo")
        self.assertEqual(ran.bodies, [["\u00fc", True, "JST"]])

    def test_tells_of_nothing_that_is_between_it_and_the_platform(self):
        code = "import os\ndef handler(e, c): return [name for name in os.environ if 'MAYFLY' in name or 'LOG_FD' in name]"
        self.assertEqual(run(code, parked=True).bodies, [[]])

    def test_leaves_nothing_of_its_rehearsal_to_the_function(self):
        code = """
import os, sys
def handler(event, context):
    paths = sys.path + list(sys.path_importer_cache) + list(sys.modules) + list(os.environ.values())
    return [path for path in paths if "stage" in path or path == "index"]
"""
        self.assertEqual(run(code, parked=True).bodies, [[]])

    def test_fails_as_any_other(self):
        parked, started = (run("import absent", parked=parked) for parked in (True, False))
        self.assertEqual(parked.posts[0][0], "/2018-06-01/runtime/init/error")
        self.assertEqual((parked.bodies, parked.code), (started.bodies, started.code))
        without_time = [[record.partition(b"Z\t")[2] or record for record in ran.records] for ran in (parked, started)]
        self.assertEqual(*without_time)

    def test_what_it_logs_before_its_first_event_belongs_to_none(self):
        code = "import logging\nlogging.warning('cold')\ndef handler(e, c): pass"
        for parked in (True, False):
            self.assertTrue(run(code, parked=parked).text.endswith("Z\t\tcold\n"))
            record = run(code, parked=parked, AWS_LAMBDA_LOG_FORMAT="JSON").records[0]
            self.assertEqual(json.loads(record)["requestId"], "")


class Results(unittest.TestCase):
    def test_a_result_is_posted_as_json_for_each_event(self):
        ran = run("def handler(event, context): return {'n': event['n'] + 1}", [b'{"n": 1}', b'{"n": 2}'])
        self.assertEqual(ran.bodies, [{"n": 2}, {"n": 3}])
        self.assertEqual(ran.posts[1][0], "/2018-06-01/runtime/invocation/%s/response" % (REQUEST_ID % 1))
        self.assertEqual(ran.posts[0][1]["content-type"], "application/json")

    def test_none_becomes_null_and_keeps_python_s_spacing(self):
        self.assertEqual(run("def handler(e, c): pass").posts[0][2], b"null")
        self.assertEqual(run("def handler(e, c): return {'a': [1, 2]}").posts[0][2], b'{"a": [1, 2]}')

    def test_bytes_pass_as_they_are(self):
        path, headers, body = run("def handler(e, c): return b'\\x00raw'").posts[0]
        self.assertEqual((headers["content-type"], body), ("application/unknown", b"\x00raw"))

    def test_decimals_become_numbers(self):
        code = "from decimal import Decimal\ndef handler(e, c): return [Decimal('5'), Decimal('1.5')]"
        self.assertEqual(run(code).posts[0][2], b"[5, 1.5]")

    def result(self, expression):
        """The result as it is posted."""
        code = "from collections import namedtuple\nfrom decimal import Decimal\nP = namedtuple('P', 'x y')\n"
        code += "class Item(list):\n    def _asdict(self): return {'n': Decimal('1.10')}\n"
        return run("%sdef handler(e, c): return %s" % (code, expression)).posts[0][2].decode("utf-8")

    def test_decimals_keep_their_digits(self):
        digits = ["19.90", "12345678901234567890.123456789", "1E+3", "-0", "-7", "1E-7", "NaN", "-Infinity"]
        self.assertEqual(self.result("[Decimal(d) for d in %r]" % digits), "[%s]" % ", ".join(digits))
        self.assertEqual(self.result("[Decimal('-NaN'), Decimal('sNaN')]"), "[NaN, NaN]")
        self.assertEqual(self.result("{'price': Decimal('19.90'), 'paid': None}"), '{"price": 19.90, "paid": null}')

    def test_what_names_its_items_is_an_object(self):
        self.assertEqual(self.result("P(1, [P(2, b'y')])"), '{"x": 1, "y": [{"x": 2, "y": "y"}]}')
        self.assertEqual(self.result("{'p': [(P(1, 2), 3)]}"), '{"p": [[{"x": 1, "y": 2}, 3]]}')
        self.assertEqual(self.result("[Decimal(1), Item()]"), '[1, {"n": 1.10}]')

    def test_bytes_within_a_result_are_text(self):
        self.assertEqual(self.result("{'a': b'x', b'k': [1.5], None: True}"), '{"a": "x", "k": [1.5], "null": true}')
        self.assertIn("Unable to marshal response: 'utf-8' codec can't decode", self.result("[b'\\xff']"))

    def test_half_of_a_surrogate_pair_is_escaped(self):
        self.assertEqual(self.result("'\\ud800'"), '"\\ud800"')
        ran = run("def handler(e, c): raise ValueError('\\udc00')")
        self.assertTrue(ran.posts[0][2].startswith(b'{"errorMessage": "\\udc00"'))

    def test_numbers_of_any_size_pass_as_they_are(self):
        self.assertEqual(self.result("[2**53 + 1, 1e400, -1e400]"), "[9007199254740993, Infinity, -Infinity]")

    def test_characters_are_escaped_only_before_python_3_12(self):
        body = run("def handler(e, c): return '\\u00e9'").posts[0][2]
        self.assertEqual(body, b'"\\u00e9"' if sys.version_info < (3, 12) else '"\u00e9"'.encode())

    def test_a_large_event_arrives_whole(self):
        event = json.dumps("x" * 3000000).encode()
        self.assertEqual(run("def handler(event, context): return len(event)", [event]).bodies, [3000000])

    def test_the_context_says_what_aws_s_says(self):
        code = """
def handler(event, context):
    return [context.aws_request_id, context.function_name, context.invoked_function_arn,
            context.client_context.custom, context.client_context.client.app_title,
            context.identity.cognito_identity_id, context.get_remaining_time_in_millis() > 0]
"""
        header = 'Lambda-Runtime-Client-Context: {"custom": {"a": 1}, "client": {"app_title": "t"}}'
        arn = "arn:aws:lambda:us-east-1:000000000000:function:f"
        self.assertEqual(run(code, headers=[header]).bodies, [[ID, "f", arn, {"a": 1}, "t", None, True]])

    def test_the_trace_id_is_that_of_the_event(self):
        code = "import os\ndef handler(e, c): return os.environ.get('_X_AMZN_TRACE_ID')"
        self.assertEqual(run(code, headers=["Lambda-Runtime-Trace-Id: Root=1-a"]).bodies, ["Root=1-a"])
        self.assertEqual(run(code).bodies, [None])


class Errors(unittest.TestCase):
    def error(self, code, **options):
        ran = run(code, **options)
        path, headers, body = ran.posts[0]
        document = json.loads(body)
        self.assertEqual(list(document), ["errorMessage", "errorType", "requestId", "stackTrace"])
        self.assertEqual(headers["lambda-runtime-function-error-type"], document["errorType"])
        return ran, path, document

    def test_an_exception_is_posted_with_the_function_s_own_stack(self):
        ran, path, document = self.error("def handler(event, context):\n    raise ValueError('boom')\n")
        self.assertEqual(path, "/2018-06-01/runtime/invocation/%s/error" % ID)
        self.assertEqual((document["errorType"], document["errorMessage"]), ("ValueError", "boom"))
        self.assertEqual(document["requestId"], ID)
        [frame] = document["stackTrace"]
        self.assertTrue(frame.endswith("app.py\", line 2, in handler\n    raise ValueError('boom')\n"), frame)

    def test_a_stack_underlines_nothing(self):
        ran, _, document = self.error("def handler(event, context):\n    return 1/0\n")
        self.assertTrue(document["stackTrace"][0].endswith("in handler\n    return 1/0\n"))
        self.assertNotIn(b"~", ran.output)

    def test_an_exception_is_one_log_record(self):
        ran, _, _ = self.error("def handler(event, context):\n    raise ValueError('boom')\n")
        [record] = ran.records
        self.assertTrue(record.startswith(b"[ERROR] ValueError: boom\nTraceback (most recent call last):\n\xc2\xa0"))

    def test_without_frames_lines_are_joined_by_carriage_returns(self):
        ran, _, _ = self.error("def handler(event, context):\n    raise ValueError('boom')\n", framed=False)
        self.assertTrue(ran.output.startswith(b"[ERROR] ValueError: boom\rTraceback (most recent call last):\r"))

    def init_error(self, code, **options):
        ran, path, document = self.error(code, **options)
        self.assertEqual((path, document["requestId"], ran.code), ("/2018-06-01/runtime/init/error", "", 1))
        return document["errorType"], document["errorMessage"]

    def test_init_errors_have_aws_s_types_and_texts(self):
        self.assertEqual(
            self.init_error("import absent"),
            ("Runtime.ImportModuleError", "Unable to import module 'app': No module named 'absent'"),
        )
        self.assertEqual(
            self.init_error("", handler="app.missing"),
            ("Runtime.HandlerNotFound", "Handler 'missing' missing on module 'app'"),
        )
        self.assertEqual(
            self.init_error("", handler="app"),
            ("Runtime.MalformedHandlerName", "Bad handler 'app': not enough values to unpack (expected 2, got 1)"),
        )
        self.assertEqual(
            self.init_error("", handler="sys.exit"),
            ("Runtime.BuiltInModuleConflict", "Cannot use built-in module sys as a handler module"),
        )
        self.assertEqual(self.init_error("", handler=".handler"), ("ValueError", "Empty module name"))
        self.assertEqual(self.init_error("1 / 0"), ("ZeroDivisionError", "division by zero"))

    def test_an_init_error_follows_a_warning(self):
        warning, error = run("1 / 0").records
        self.assertRegex(warning, b"^\\[WARNING\\]\t[^\t]+Z\t\tLAMBDA_WARNING: Unhandled exception\\. .*\\.html\r\n$")
        self.assertTrue(error.startswith(b"[ERROR] ZeroDivisionError: division by zero\n"))
        warning, error = map(json.loads, run("1 / 0", AWS_LAMBDA_LOG_FORMAT="JSON").records)
        self.assertEqual((warning["level"], warning["logger"], warning["requestId"]), ("WARNING", "root", ""))
        self.assertTrue(warning["message"].startswith("LAMBDA_WARNING: "))
        self.assertEqual(error["errorType"], "ZeroDivisionError")
        self.assertEqual(len(run("1 / 0", AWS_LAMBDA_LOG_FORMAT="JSON", AWS_LAMBDA_LOG_LEVEL="ERROR").records), 1)

    def test_a_syntax_error_names_the_line(self):
        _, _, document = self.error("def handler(:\n")
        self.assertEqual(document["errorType"], "Runtime.UserCodeSyntaxError")
        self.assertTrue(document["errorMessage"].startswith("Syntax error in module 'app': "))
        self.assertTrue(document["stackTrace"][0].endswith("app.py\" Line 1\n    def handler(:\n"))

    def test_a_result_without_a_json_form_is_a_marshal_error(self):
        _, _, document = self.error("def handler(e, c): return object()")
        self.assertEqual(document["errorType"], "Runtime.MarshalError")
        self.assertEqual(
            document["errorMessage"], "Unable to marshal response: Object of type object is not JSON serializable"
        )

    def test_an_exit_is_left_to_the_platform(self):
        ran = run("import sys\ndef handler(e, c): sys.exit(3)")
        self.assertEqual((ran.posts, ran.code), ([], 3))


class Handlers(unittest.TestCase):
    def test_a_handler_in_a_folder_is_found_by_slash_or_dot(self):
        files = {"pkg/mod.py": "def run(e, c): return 'found'"}
        for handler in ["pkg/mod.run", "pkg.mod.run"]:
            self.assertEqual(run("", handler=handler, files=files).bodies, ["found"])


class Output(unittest.TestCase):
    CODE = """
import logging
def handler(event, context):
    print("printed")
    logging.getLogger().setLevel("INFO")
    logging.getLogger("x").info("one\\ntwo")
"""

    def test_prints_and_records_keep_their_order(self):
        printed, record = run(self.CODE).records
        self.assertEqual(printed, b"printed\n")
        self.assertRegex(record.decode(), r"^\[INFO\]\t\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\t%s\tone\ntwo\n$" % ID)

    def test_json_records_have_aws_s_fields(self):
        _, record = run(self.CODE, AWS_LAMBDA_LOG_FORMAT="JSON").records
        fields = json.loads(record)
        self.assertEqual(list(fields), ["timestamp", "level", "message", "logger", "requestId"])
        self.assertEqual((fields["level"], fields["message"], fields["logger"]), ("INFO", "one\ntwo", "x"))

    def test_the_log_level_is_that_of_the_function(self):
        code = "import logging\ndef handler(e, c): logging.info('i'); logging.error('e')"
        records = run(code, AWS_LAMBDA_LOG_FORMAT="JSON", AWS_LAMBDA_LOG_LEVEL="ERROR").records
        self.assertEqual([json.loads(record)["message"] for record in records], ["e"])

    def test_warnings_are_shown_by_default(self):
        text = run("import logging\ndef handler(e, c): logging.info('i'); logging.warning('w')").text
        self.assertTrue(text.endswith("\tw\n") and "\ti\n" not in text, text)

    def test_an_error_in_json_format_is_one_document(self):
        ran = run("def handler(e, c): raise KeyError('k')", AWS_LAMBDA_LOG_FORMAT="JSON")
        fields = json.loads(ran.records[0])
        self.assertEqual((fields["level"], fields["errorType"], fields["requestId"]), ("ERROR", "KeyError", ID))


if __name__ == "__main__":
    unittest.main()
