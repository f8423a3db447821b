"""Requests are signed; what is not signed well is refused with AWS's texts."""

import datetime
import urllib.error
import urllib.request

import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

PATH = "/2015-03-31/functions"


def send(request):
    prepared = request.prepare()
    raw = urllib.request.Request(prepared.url, method=prepared.method, headers=dict(prepared.headers))
    try:
        with urllib.request.urlopen(raw) as answer:
            return answer.status, None, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("x-amzn-ErrorType"), error.read().decode()


def signed(server, path=PATH, signer=SigV4Auth, **options):
    request = AWSRequest("GET", server.url + path)
    signer(Credentials(server.access_key, server.secret_key), "lambda", "us-east-1", **options).add_auth(request)
    return request


def test_a_signed_request_is_answered(server):
    assert send(signed(server))[0] == 200


def test_a_presigned_request_is_answered(server):
    assert send(signed(server, signer=SigV4QueryAuth, expires=60))[0] == 200


def test_an_unsigned_request_is_refused(server):
    status, code, body = send(AWSRequest("GET", server.url + PATH))
    assert (status, code) == (403, "MissingAuthenticationTokenException")
    assert "Missing Authentication Token" in body


def test_an_unknown_key_is_refused(server):
    client = server.client("lambda", aws_access_key_id="AKIAUNKNOWNUNKNOWN00")
    with pytest.raises(ClientError) as refused:
        client.list_functions()
    assert refused.value.response["Error"]["Code"] == "UnrecognizedClientException"
    assert refused.value.response["Error"]["Message"] == "The security token included in the request is invalid."


def test_a_wrong_secret_is_refused(server):
    client = server.client("lambda", aws_secret_access_key="wrong")
    with pytest.raises(ClientError) as refused:
        client.list_functions()
    assert refused.value.response["Error"]["Code"] == "InvalidSignatureException"
    assert refused.value.response["Error"]["Message"].startswith(
        "The request signature we calculated does not match the signature you provided."
    )


def test_a_changed_request_is_refused(server):
    request = signed(server)
    request.url += "?MaxItems=1"
    status, code, _ = send(request)
    assert (status, code) == (403, "InvalidSignatureException")


def test_an_old_signature_is_refused(server, monkeypatch):
    status, code, body = send(signed_at(server, monkeypatch, datetime.timedelta(minutes=-20)))
    assert (status, code) == (403, "InvalidSignatureException")
    assert "Signature expired: " in body


def test_a_signature_from_the_future_is_refused(server, monkeypatch):
    status, code, body = send(signed_at(server, monkeypatch, datetime.timedelta(minutes=20)))
    assert (status, code) == (403, "InvalidSignatureException")
    assert "Signature not yet current: " in body


def signed_at(server, monkeypatch, shift):
    import botocore.auth

    moment = datetime.datetime.now(datetime.timezone.utc) + shift
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: moment.replace(tzinfo=None))
    return signed(server)


def test_an_expired_presigned_request_is_refused(server, monkeypatch):
    import botocore.auth

    past = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=10)
    monkeypatch.setattr(botocore.auth, "get_current_datetime", lambda *_, **__: past.replace(tzinfo=None))
    status, code, _ = send(signed(server, signer=SigV4QueryAuth, expires=60))
    assert (status, code) == (400, "RequestExpired")
