//! AWS's published test suite, verified and signed.

mod vectors;

use http::{HeaderMap, HeaderName, HeaderValue};
use model::Timestamp;
use sigv4::{Claim, Credential, Payload, Request, SignatureError, Signer};
use vectors::{VECTORS, Vector};

/// 2015-08-30T12:36:00Z, when every request of the suite is signed.
const SIGNED_AT: Timestamp = Timestamp::from_millis(1_440_938_160_000);
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

impl Vector {
    fn header_map(&self, keep: impl Fn(&str) -> bool) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in self.headers.iter().filter(|(name, _)| keep(&name.to_ascii_lowercase())) {
            let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        headers
    }

    fn credential(&self) -> Credential {
        let credential = Credential::new("AKIDEXAMPLE", SECRET);
        let token = self.headers.iter().find(|(name, _)| *name == "X-Amz-Security-Token");
        token.map_or(credential.clone(), |(_, token)| credential.with_session_token(*token))
    }

    fn authorization(&self, signature: &str) -> HeaderValue {
        let text = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders={}, Signature={signature}",
            self.signed_headers
        );
        text.parse().unwrap()
    }

    fn verify_header(&self, signature: &str, body: &str) -> Result<(), SignatureError> {
        let mut headers = self.header_map(|_| true);
        headers.insert("authorization", self.authorization(signature));
        verify(self, self.target, &headers, body)
    }
}

fn request<'a>(vector: &Vector, target: &'a str, headers: &'a HeaderMap) -> Request<'a> {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query)));
    Request { method: vector.method, path, query, authority: None, headers }
}

fn verify(vector: &Vector, target: &str, headers: &HeaderMap, body: &str) -> Result<(), SignatureError> {
    let request = request(vector, target, headers);
    let claim = Claim::parse(&request, SIGNED_AT)?;
    assert_eq!(claim.access_key_id(), "AKIDEXAMPLE");
    claim.verify(&request, Payload::Body(body.as_bytes()), &vector.credential())
}

#[test]
fn every_header_signature_of_the_suite_is_accepted() {
    for vector in VECTORS {
        assert_eq!(vector.verify_header(vector.signature, vector.body), Ok(()), "{}", vector.name);
    }
}

#[test]
fn every_presigned_query_of_the_suite_is_accepted() {
    for vector in VECTORS {
        let Some(target) = vector.presigned_target else { continue };
        let headers = vector.header_map(|name| !name.starts_with("x-amz-"));
        assert_eq!(verify(vector, target, &headers, vector.body), Ok(()), "{}", vector.name);
    }
}

#[test]
fn no_signature_of_the_suite_covers_another_body_or_another_signature() {
    for vector in VECTORS {
        let changed = vector.signature.replace(&vector.signature[..1], "g");
        assert_eq!(
            vector.verify_header(&changed, vector.body),
            Err(SignatureError::Mismatch),
            "{}",
            vector.name
        );
        assert_eq!(
            vector.verify_header(vector.signature, "x"),
            Err(SignatureError::Mismatch),
            "{}",
            vector.name
        );
    }
}

#[test]
fn signs_as_the_suite_does_where_it_signs_the_same_headers() {
    let ours = |vector: &&Vector| {
        let covered = |name: &str| matches!(name, "host" | "content-type") || name.starts_with("x-amz-");
        vector.signed_headers.split(';').all(covered)
            && vector.target.is_ascii()
            && !vector.target.contains(' ')
    };
    let mut signed = 0;
    for vector in VECTORS.iter().filter(ours).filter(|vector| vector.name != "post-sts-header-after") {
        let mut parts = http::Request::builder()
            .method(vector.method)
            .uri(vector.target)
            .body(())
            .unwrap()
            .into_parts()
            .0;
        parts.headers = vector.header_map(|name| !matches!(name, "x-amz-date" | "x-amz-security-token"));
        let credential = vector.credential();
        let signer = Signer { credential: &credential, region: "us-east-1", service: "service" };
        signer.sign(&mut parts, vector.body.as_bytes(), SIGNED_AT).unwrap();
        let authorization = parts.headers["authorization"].to_str().unwrap();
        assert!(authorization.ends_with(vector.signature), "{}: {authorization}", vector.name);
        signed += 1;
    }
    assert!(signed >= 15, "{signed} cases");
}

#[test]
fn presigns_as_the_suite_does() {
    let vector = VECTORS.iter().find(|vector| vector.name == "get-vanilla").unwrap();
    let credential = vector.credential();
    let signer = Signer { credential: &credential, region: "us-east-1", service: "service" };
    let headers = vector.header_map(|name| name == "host");
    let request = request(vector, "/", &headers);
    let query = signer.presign(&request, b"", std::time::Duration::from_secs(3600), SIGNED_AT);
    assert!(query.ends_with("e93c787ed7f371d5c6b165c1b38ede9550f4dce4144713e844b25b7192d3865d"), "{query}");
}
