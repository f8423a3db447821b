"""What botocore signs is believed, however awkward the request; what was changed on the way is not."""

import http.client

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

REGION = "us-east-1"
AWKWARD = [
    "/2015-03-31/functions/?Marker=a%20b%2Bc&MaxItems=1",
    "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Anone",
    "/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:none",
    "/2015-03-31/functions/none?Qualifier=%24LATEST",
    "/2017-03-31/tags/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Anone",
    "/2015-03-31/functions/none/./configuration",
    "/2015-03-31//functions/none",
    "/2015-03-31/functions/none/policy?Qualifier",
    "/2015-03-31/functions/~tilde_under-dash.dot",
]


def sign(server, path, *, method="GET", body=b"", service="lambda", region=REGION, presign=False, headers=None):
    request = AWSRequest(method, server.url + path, data=body, headers=headers)
    credentials = Credentials(server.access_key, server.secret_key)
    if presign:
        SigV4QueryAuth(credentials, service, region, expires=60).add_auth(request)
    else:
        SigV4Auth(credentials, service, region).add_auth(request)
    return request


def send(server, request, headers=None):
    """Sends the very bytes that were signed: no library tidies the path up."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    target = request.url.removeprefix(server.url)
    connection.request(request.method, target, request.body, {**dict(request.headers.items()), **(headers or {})})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, answer.headers.get("x-amzn-ErrorType"), text


@pytest.mark.parametrize("path", AWKWARD)
@pytest.mark.parametrize("presign", [False, True], ids=["header", "presigned"])
def test_the_signature_of_an_awkward_request_is_believed(server, path, presign):
    status, code, text = send(server, sign(server, path, presign=presign))
    assert status != 403, (code, text)


def test_the_body_is_covered(server):
    path = "/2015-03-31/functions/none/invocations"
    request = sign(server, path, method="POST", body=b'{"a":1}')
    assert send(server, request)[:2] == (404, "ResourceNotFoundException")
    request = sign(server, path, method="POST", body=b'{"a":1}')
    request.data = b'{"a":2}'
    assert send(server, request)[:2] == (403, "InvalidSignatureException")


def test_an_added_header_with_a_meaning_is_refused(server):
    request = sign(server, "/2015-03-31/functions/none/invocations", method="POST", body=b"{}")
    assert send(server, request, {"X-Amz-Invocation-Type": "Event"})[:2] == (403, "InvalidSignatureException")


def test_what_is_no_region_is_refused(server):
    status, code, text = send(server, sign(server, "/2015-03-31/functions", region="EU_WEST"))
    assert (status, code) == (403, "InvalidSignatureException")
    assert "Credential should be scoped to a valid region, not 'EU_WEST'." in text


def test_both_forms_at_once_are_refused(server):
    twice = sign(server, "/2015-03-31/functions", presign=True)
    authorization = sign(server, "/2015-03-31/functions").headers["Authorization"]
    status, code, _ = send(server, twice, {"Authorization": authorization})
    assert (status, code) == (403, "IncompleteSignatureException")


def test_a_bearer_token_is_no_signature(server):
    request = AWSRequest("GET", server.url + "/2015-03-31/functions")
    status, code, text = send(server, request, {"Authorization": "Bearer abc"})
    assert (status, code) == (403, "IncompleteSignatureException")
    assert "not a valid key=value pair (missing equal-sign) in Authorization header" in text
    assert "Bearer" not in text
