//! What is not accepted, in AWS's words.

use std::time::Duration;

use http::request::Parts;
use model::Timestamp;
use proptest::prelude::*;
use sigv4::{Claim, Credential, ErrorCode, Payload, Request, SignatureError, Signer};

/// 2017-07-22T02:34:54Z.
const NOW: Timestamp = Timestamp::from_millis(1_500_690_894_000);
const BODY: &[u8] = br#"{"key":"value"}"#;

fn key() -> Credential {
    Credential::new("AKIDEXAMPLE", "secret")
}

fn parts(uri: &str) -> Parts {
    let request = http::Request::post(uri).header("host", "localhost:4566").body(()).unwrap();
    request.into_parts().0
}

fn signed_with(credential: &Credential, at: Timestamp) -> Parts {
    let mut parts = parts("/2015-03-31/functions/f/invocations");
    Signer { credential, region: "us-east-1", service: "lambda" }.sign(&mut parts, BODY, at).unwrap();
    parts
}

fn signed() -> Parts {
    signed_with(&key(), NOW)
}

fn presigned(expires_s: u64) -> Parts {
    let bare = parts("/code?a=b");
    let credential = key();
    let signer = Signer { credential: &credential, region: "us-east-1", service: "lambda" };
    let query = signer.presign(&Request::of(&bare), BODY, Duration::from_secs(expires_s), NOW);
    parts(&format!("/code?{query}"))
}

fn verify_at(
    parts: &Parts,
    body: &[u8],
    credential: &Credential,
    now: Timestamp,
) -> Result<(), SignatureError> {
    let request = Request::of(parts);
    Claim::parse(&request, now)?.verify(&request, Payload::Body(body), credential)
}

fn verify(parts: &Parts) -> Result<(), SignatureError> {
    verify_at(parts, BODY, &key(), NOW)
}

/// The refusal of a signed request in whose `Authorization` header `from` was replaced.
fn refusal_with(from: &str, to: &str) -> SignatureError {
    let mut parts = signed();
    let authorization = parts.headers["authorization"].to_str().unwrap().replace(from, to);
    parts.headers.insert("authorization", authorization.parse().unwrap());
    verify(&parts).unwrap_err()
}

#[track_caller]
fn assert_refused(error: &SignatureError, code: ErrorCode, message: &str) {
    assert_eq!((error.code(), error.to_string().as_str()), (code, message));
}

#[test]
fn accepts_what_is_signed() {
    assert_eq!(verify(&signed()), Ok(()));
    assert_eq!(verify(&presigned(60)), Ok(()));
}

#[test]
fn refuses_a_request_without_credentials() {
    let error = verify(&parts("/")).unwrap_err();
    assert_refused(&error, ErrorCode::MissingAuthenticationToken, "Missing Authentication Token");
}

#[test]
fn names_every_part_that_an_authorization_header_lacks() {
    let mut parts = parts("/");
    parts.headers.insert("authorization", "AWS4-HMAC-SHA256".parse().unwrap());
    assert_refused(
        &verify(&parts).unwrap_err(),
        ErrorCode::IncompleteSignature,
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization=YI2YWea8FSxnksZL2ETHbs5elHm9HQufxTLK0W0ffV0=",
    );
}

#[test]
fn hashes_a_foreign_authorization_header_instead_of_repeating_it() {
    let mut parts = parts("/");
    parts.headers.insert("authorization", "Bearer abc".parse().unwrap());
    assert_refused(
        &verify(&parts).unwrap_err(),
        ErrorCode::IncompleteSignature,
        "'abc' not a valid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'w1Xc6WwWEogNEZQP/dkBTThsJT4MNlKmzQanIm970rY='.",
    );
}

#[test]
fn refuses_another_algorithm() {
    let error = refusal_with("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256");
    assert_refused(
        &error,
        ErrorCode::IncompleteSignature,
        "Unsupported AWS 'algorithm': 'AWS4-ECDSA-P256-SHA256'.",
    );
}

#[test]
fn refuses_both_forms_at_once() {
    let mut parts = presigned(60);
    parts.headers.insert("authorization", signed().headers["authorization"].clone());
    assert_eq!(verify(&parts), Err(SignatureError::BothForms));
}

#[test]
fn names_every_parameter_that_a_presigned_query_lacks() {
    let error = verify(&parts("/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20170722T023454Z")).unwrap_err();
    assert_refused(
        &error,
        ErrorCode::IncompleteSignature,
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Expires'. Re-examine the query-string parameters.",
    );
}

#[test]
fn refuses_a_credential_with_slashes_in_the_wrong_place() {
    let error = refusal_with("AKIDEXAMPLE/", "AKID/EXAMPLE/");
    assert_refused(
        &error,
        ErrorCode::IncompleteSignature,
        "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKID/EXAMPLE/20170722/us-east-1/lambda/aws4_request'",
    );
}

#[test]
fn refuses_another_terminator() {
    assert_refused(
        &refusal_with("aws4_request", "aws5_request"),
        ErrorCode::InvalidSignature,
        "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'.",
    );
}

#[test]
fn refuses_a_scope_of_another_date() {
    assert_refused(
        &refusal_with("20170722", "20170721"),
        ErrorCode::InvalidSignature,
        "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20170721' != '20170722', from '20170722T023454Z'.",
    );
}

#[test]
fn refuses_a_scope_of_another_service() {
    let parts = signed();
    let request = Request::of(&parts);
    let claim = Claim::parse(&request, NOW).unwrap();
    assert_eq!(claim.scope().require_service("lambda"), Ok(()));
    assert_refused(
        &claim.scope().require_service("logs").unwrap_err(),
        ErrorCode::InvalidSignature,
        "Credential should be scoped to correct service: 'logs'.",
    );
}

#[test]
fn refuses_a_date_that_is_none() {
    let mut parts = signed();
    parts.headers.insert("x-amz-date", "yesterday".parse().unwrap());
    assert_refused(
        &verify(&parts).unwrap_err(),
        ErrorCode::IncompleteSignature,
        "Date must be in ISO-8601 'basic format'. Got 'yesterday'. See http://en.wikipedia.org/wiki/ISO_8601",
    );
}

#[test]
fn requires_the_host_to_be_signed() {
    assert_refused(
        &refusal_with("host;", ""),
        ErrorCode::InvalidSignature,
        "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
    );
}

#[test]
fn refuses_an_amazon_header_that_was_added_on_the_way() {
    let mut parts = signed();
    parts.headers.insert("x-amz-invocation-type", "Event".parse().unwrap());
    let error = verify(&parts).unwrap_err();
    assert_eq!(error, SignatureError::HeaderNotSigned("x-amz-invocation-type".to_owned()));
    assert_eq!(error.code(), ErrorCode::InvalidSignature);
}

#[test]
fn a_signature_is_good_for_five_minutes_either_way() {
    let parts = signed();
    let at = |seconds: i64| Timestamp::from_millis(NOW.as_millis() + seconds * 1000);
    assert_eq!(verify_at(&parts, BODY, &key(), at(300)), Ok(()));
    assert_eq!(verify_at(&parts, BODY, &key(), at(-300)), Ok(()));
    assert_refused(
        &verify_at(&parts, BODY, &key(), at(301)).unwrap_err(),
        ErrorCode::InvalidSignature,
        "Signature expired: 20170722T023454Z is now earlier than 20170722T023455Z (20170722T023955Z - 5 min.)",
    );
    assert_refused(
        &verify_at(&parts, BODY, &key(), at(-301)).unwrap_err(),
        ErrorCode::InvalidSignature,
        "Signature not yet current: 20170722T023454Z is still later than 20170722T023453Z (20170722T022953Z + 5 min.)",
    );
}

#[test]
fn a_presigned_request_ends_when_it_says() {
    let parts = presigned(3600);
    assert_eq!(verify_at(&parts, BODY, &key(), NOW + Duration::from_secs(3600)), Ok(()));
    let error = verify_at(&parts, BODY, &key(), NOW + Duration::from_secs(3601)).unwrap_err();
    assert_eq!(error.code(), ErrorCode::RequestExpired);
    assert_eq!(error.code().status(), 400);
}

#[test]
fn a_presigned_request_lives_a_week_at_most() {
    for expires in [0, 604_801] {
        assert_eq!(verify(&presigned(expires)), Err(SignatureError::Expires(expires.to_string())));
    }
}

#[test]
fn refuses_a_wrong_secret() {
    let error = verify_at(&signed(), BODY, &Credential::new("AKIDEXAMPLE", "guess"), NOW).unwrap_err();
    assert_refused(
        &error,
        ErrorCode::InvalidSignature,
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
    );
}

#[test]
fn refuses_a_token_of_another_key() {
    let temporary = |token: &str| key().with_session_token(token);
    let parts = signed_with(&temporary("one"), NOW);
    assert_eq!(verify_at(&parts, BODY, &temporary("one"), NOW), Ok(()));
    for other in [temporary("two"), key()] {
        assert_refused(
            &verify_at(&parts, BODY, &other, NOW).unwrap_err(),
            ErrorCode::UnrecognizedClient,
            "The security token included in the request is invalid.",
        );
    }
}

#[test]
fn a_declared_hash_must_be_the_bodys() {
    let mut parts = parts("/");
    parts.headers.insert("x-amz-content-sha256", "UNSIGNED-PAYLOAD".parse().unwrap());
    let credential = key();
    Signer { credential: &credential, region: "us-east-1", service: "lambda" }
        .sign(&mut parts, BODY, NOW)
        .unwrap();
    assert_eq!(verify(&parts), Err(SignatureError::Mismatch));
}

#[test]
fn s3_may_leave_the_body_unsigned() {
    let mut parts = parts("/bucket/a//b");
    parts.headers.insert("x-amz-content-sha256", "UNSIGNED-PAYLOAD".parse().unwrap());
    let credential = key();
    Signer { credential: &credential, region: "us-east-1", service: "s3" }
        .sign(&mut parts, BODY, NOW)
        .unwrap();
    assert_eq!(verify(&parts), Ok(()));
    let request = Request::of(&parts);
    let claim = Claim::parse(&request, NOW).unwrap();
    assert!(claim.declares_payload(&request));
    assert_eq!(claim.verify(&request, Payload::Declared, &key()), Ok(()));
}

proptest! {
    #[test]
    fn no_authorization_header_makes_it_panic(header in "[ -~]{0,200}", query in "[ -~]{0,200}") {
        let mut parts = parts("/");
        parts.headers.insert("authorization", header.parse().unwrap());
        let request = Request { query: Some(&query), ..Request::of(&parts) };
        prop_assert!(Claim::parse(&request, NOW).is_err());
    }

    #[test]
    fn what_is_signed_verifies(path in "/[a-zA-Z0-9/._~%:@+-]{0,40}", query in "[a-zA-Z0-9=&%+._~-]{0,40}", body in ".{0,40}") {
        let mut parts = parts("/");
        parts.uri = format!("{path}?{query}").parse().unwrap();
        let credential = key();
        Signer { credential: &credential, region: "us-east-1", service: "lambda" }
            .sign(&mut parts, body.as_bytes(), NOW)
            .unwrap();
        prop_assert_eq!(verify_at(&parts, body.as_bytes(), &key(), NOW), Ok(()));
    }
}
