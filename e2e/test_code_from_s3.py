"""Code that lies in a bucket, served by a small S3 that believes nothing but good signatures."""

import threading
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from mayfly import PYTHON_RUNTIME, REGION, ROLE, Server, python_package

KEYS = Credentials("AKIAOPERATOR00000000", "operator-secret-0123456789abcdefghijklmn")
AWKWARD_KEY = "releases/v1+2 (final)/ünï~code.zip"
OLD, NEW = "3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY", "null"
TEXTS = {
    "NoSuchBucket": "The specified bucket does not exist",
    "NoSuchKey": "The specified key does not exist.",
    "NoSuchVersion": "The specified version does not exist.",
    "AccessDenied": "Access Denied",
    "SignatureDoesNotMatch": "The request signature we calculated does not match the signature you provided.",
}


def returning(value):
    return python_package(f"def handler(event, context):\n    return {value!r}\n")


class Bucket:
    """An HTTP server with the objects of one bucket, `code`: its versions by key, the newest last."""

    def __init__(self):
        self.objects = {
            "code.zip": {OLD: returning("old"), NEW: returning("new")},
            AWKWARD_KEY: {NEW: returning("awkward")},
            "notes.txt": {NEW: b"no zip at all"},
        }
        self.requests = []
        self.http = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def close(self):
        self.http.shutdown()
        self.http.server_close()

    def handler(self):
        bucket = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                bucket.requests.append(self.path)
                status, body = bucket.answer(f"{bucket.url}{self.path}", self.headers)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        return Handler

    def answer(self, url, headers):
        address = urlsplit(url)
        name, key = unquote(address.path).removeprefix("/").split("/", 1)
        version = parse_qs(address.query).get("versionId", [None])[0]
        if not is_well_signed(url, headers):
            return refusal(403, "SignatureDoesNotMatch")
        if name == "private":
            return refusal(403, "AccessDenied")
        if name != "code":
            return refusal(404, "NoSuchBucket")
        if key not in self.objects:
            return refusal(404, "NoSuchKey")
        versions = self.objects[key]
        found = versions.get(version or list(versions)[-1])
        return (200, found) if found else refusal(404, "NoSuchVersion")


def refusal(status, code):
    document = f"<?xml version='1.0'?>\n<Error><Code>{code}</Code><Message>{TEXTS[code]}</Message></Error>"
    return status, document.encode()


def is_well_signed(url, headers):
    """Computes the signature anew, as botocore makes it for S3, over the headers that the sender says it signed."""
    algorithm, _, fields = headers.get("Authorization", "").partition(" ")
    if algorithm != "AWS4-HMAC-SHA256":
        return False
    claimed = dict(field.strip().split("=", 1) for field in fields.split(","))
    sent_at = datetime.strptime(headers["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    names = claimed["SignedHeaders"].split(";")
    request = AWSRequest("GET", url, headers={name: headers[name] for name in names})
    request.context["timestamp"] = headers["X-Amz-Date"]
    auth = S3SigV4Auth(KEYS, "s3", REGION)
    scope = auth.credential_scope(request)
    expected = auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)
    return (
        {"host", "x-amz-date", "x-amz-content-sha256"} <= set(names)
        and abs(datetime.now(timezone.utc) - sent_at) < timedelta(minutes=5)
        and claimed["Credential"] == f"{KEYS.access_key}/{scope}"
        and claimed["Signature"] == expected
    )


@pytest.fixture(scope="module")
def bucket():
    bucket = Bucket()
    yield bucket
    bucket.close()


@pytest.fixture(scope="module")
def server(bucket, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("mayfly"))
    server.arguments = ["--endpoint", f"s3={bucket.url}"]
    server.environment = {"AWS_ACCESS_KEY_ID": KEYS.access_key, "AWS_SECRET_ACCESS_KEY": KEYS.secret_key}
    server.start()
    yield server
    server.stop()


@pytest.fixture
def create(lambda_client, name):
    def create(**code):
        settings = {"Runtime": PYTHON_RUNTIME, "Handler": "index.handler", "Role": ROLE}
        created = lambda_client.create_function(FunctionName=name, Code=code, **settings)
        wait_for(lambda_client, "function_active_v2", name)
        return created

    return create


def wait_for(client, condition, name):
    client.get_waiter(condition).wait(FunctionName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200})


def invoke(client, name):
    return client.invoke(FunctionName=name)["Payload"].read().decode().strip('"')


def refused(call, **arguments):
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"], answer["Error"]["Message"]


def could_not_get(code):
    text = f"Error occurred while GetObject. S3 Error Code: {code}. S3 Error Message: {TEXTS[code]}"
    return 400, "InvalidParameterValueException", text


def test_a_function_is_created_from_an_object(create, bucket, lambda_client, name):
    created = create(S3Bucket="code", S3Key="code.zip")
    assert created["CodeSize"] == len(bucket.objects["code.zip"][NEW])
    assert invoke(lambda_client, name) == "new"
    assert bucket.requests[-1] == "/code/code.zip"


def test_a_function_is_created_from_an_old_version_of_an_object(create, lambda_client, name):
    create(S3Bucket="code", S3Key="code.zip", S3ObjectVersion=OLD)
    assert invoke(lambda_client, name) == "old"


def test_an_awkward_key_is_found(create, lambda_client, name):
    create(S3Bucket="code", S3Key=AWKWARD_KEY)
    assert invoke(lambda_client, name) == "awkward"


def test_code_is_updated_from_an_object_and_its_versions(create, lambda_client, name):
    create(ZipFile=returning("inline"))
    for version, value in [({"S3ObjectVersion": OLD}, "old"), ({}, "new")]:
        lambda_client.update_function_code(FunctionName=name, S3Bucket="code", S3Key="code.zip", **version)
        wait_for(lambda_client, "function_updated_v2", name)
        assert invoke(lambda_client, name) == value


def test_a_layer_is_published_from_an_object(bucket, lambda_client, name):
    content = {"S3Bucket": "code", "S3Key": "code.zip", "S3ObjectVersion": OLD}
    published = lambda_client.publish_layer_version(LayerName=name, Content=content)
    assert published["Content"]["CodeSize"] == len(bucket.objects["code.zip"][OLD])
    missing = {"S3Bucket": "code", "S3Key": "missing.zip"}
    refusal = refused(lambda_client.publish_layer_version, LayerName=name, Content=missing)
    assert refusal == could_not_get("NoSuchKey")
    assert len(lambda_client.list_layer_versions(LayerName=name)["LayerVersions"]) == 1


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ({"S3Bucket": "nowhere", "S3Key": "code.zip"}, "NoSuchBucket"),
        ({"S3Bucket": "code", "S3Key": "missing.zip"}, "NoSuchKey"),
        ({"S3Bucket": "code", "S3Key": "code.zip", "S3ObjectVersion": "gone"}, "NoSuchVersion"),
        ({"S3Bucket": "private", "S3Key": "code.zip"}, "AccessDenied"),
    ],
)
def test_what_s3_refuses_is_said_in_aws_s_words(create, lambda_client, name, place, code):
    assert refused(create, **place) == could_not_get(code)
    create(ZipFile=returning("inline"))
    assert refused(lambda_client.update_function_code, FunctionName=name, **place) == could_not_get(code)
    assert invoke(lambda_client, name) == "inline"


def test_an_object_that_is_no_zip_is_refused(create):
    text = "Could not unzip uploaded file. Please check your file, then try to upload again."
    assert refused(create, S3Bucket="code", S3Key="notes.txt") == (400, "InvalidParameterValueException", text)


def test_two_sources_at_once_are_refused(create, bucket):
    before = len(bucket.requests)
    text = "Please do not provide other FunctionCode parameters when providing a ZipFile."
    both = {"ZipFile": returning("inline"), "S3Bucket": "code", "S3Key": "code.zip"}
    assert refused(create, **both) == (400, "InvalidParameterValueException", text)
    assert len(bucket.requests) == before


def test_without_an_endpoint_the_operator_is_told_what_to_set(own_server):
    own_server.start()
    code = {"S3Bucket": "code", "S3Key": "code.zip"}
    settings = {"Runtime": PYTHON_RUNTIME, "Handler": "index.handler", "Role": ROLE}
    create = own_server.client("lambda").create_function
    status, code, text = refused(create, FunctionName="unfetched", Code=code, **settings)
    assert (status, code) == (400, "InvalidParameterValueException")
    assert "--endpoint s3=URL" in text


def test_an_endpoint_that_is_down_is_named(own_server):
    own_server.arguments = ["--endpoint", "s3=http://127.0.0.1:9"]
    own_server.start()
    code = {"S3Bucket": "code", "S3Key": "code.zip"}
    settings = {"Runtime": PYTHON_RUNTIME, "Handler": "index.handler", "Role": ROLE}
    create = own_server.client("lambda").create_function
    status, code, text = refused(create, FunctionName="unfetched", Code=code, **settings)
    assert (status, code) == (400, "InvalidParameterValueException")
    assert "127.0.0.1:9" in text
