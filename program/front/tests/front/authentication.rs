use std::time::Duration;

use bytes::Bytes;
use front::Session;
use http::Request;
use sigv4::{Credential, Signer};

use crate::toy::{ACCOUNT, INVOKE_PATH, NOW, Setup, Toy, client, header, keys, root, text};

fn session(expires_in_s: u64) -> Credential {
    let minted = keys().mint(&Session {
        account: ACCOUNT.parse().unwrap(),
        role: "role".to_owned(),
        name: "f".to_owned(),
        log_group: "/aws/lambda/f".to_owned(),
        expires: NOW + Duration::from_secs(expires_in_s),
    });
    Credential::new(minted.access_key_id, minted.secret_access_key).with_session_token(minted.session_token)
}

#[tokio::test]
async fn the_root_key_speaks_for_its_account() {
    let toy = Toy::start(Setup::default()).await;
    let response = toy.post(INVOKE_PATH, b"{}").await;
    assert_eq!(text(&response), "arn:aws:iam::000000000000:root /2015-03-31/functions/f/invocations 2");
}

#[tokio::test]
async fn a_functions_session_speaks_for_its_role() {
    let toy = Toy::start(Setup::default()).await;
    let request = Request::post(toy.url(INVOKE_PATH)).body(Bytes::new()).unwrap();
    let response = toy.send_as(&session(60), "lambda", request).await;
    assert_eq!(
        text(&response),
        "arn:aws:sts::000000000000:assumed-role/role/f /2015-03-31/functions/f/invocations 0"
    );
}

#[tokio::test]
async fn an_ended_session_is_told_so() {
    let toy = Toy::start(Setup::default()).await;
    let request = Request::post(toy.url(INVOKE_PATH)).body(Bytes::new()).unwrap();
    let response = toy.send_as(&session(0), "lambda", request).await;
    assert_eq!(
        (response.status().as_u16(), header(&response, "x-amzn-errortype")),
        (403, "ExpiredTokenException")
    );
    assert_eq!(text(&response), r#"{"message":"The security token included in the request is expired"}"#);
}

#[tokio::test]
async fn what_is_not_signed_is_refused() {
    let mut toy = Toy::start(Setup::default()).await;
    let response = toy.get_unsigned(INVOKE_PATH, &[]).await;
    assert_eq!(response.status(), 403);
    assert_eq!(header(&response, "x-amzn-errortype"), "MissingAuthenticationTokenException");
    assert_eq!(text(&response), r#"{"message":"Missing Authentication Token"}"#);
    assert!(toy.ended.try_recv().is_err());
}

#[tokio::test]
async fn an_unknown_key_and_a_wrong_secret_are_refused() {
    let mut toy = Toy::start(Setup::default()).await;
    let cases = [
        (Credential::new("AKIAUNKNOWN", "secret"), "UnrecognizedClientException"),
        (Credential::new(root().access_key_id(), "guess"), "InvalidSignatureException"),
    ];
    for (credential, code) in cases {
        let request = Request::post(toy.url(INVOKE_PATH)).body(Bytes::from_static(b"{}")).unwrap();
        let response = toy.send_as(&credential, "lambda", request).await;
        assert_eq!((response.status().as_u16(), header(&response, "x-amzn-errortype")), (403, code));
    }
    assert!(toy.ended.try_recv().is_err());
}

#[tokio::test]
async fn a_region_that_cannot_be_one_is_refused() {
    let toy = Toy::start(Setup::default()).await;
    let credential = root();
    let signer = Signer { credential: &credential, region: "Nowhere", service: "lambda" };
    let request = Request::post(toy.url(INVOKE_PATH)).body(Bytes::new()).unwrap();
    let response = client().send_signed(request, &signer, NOW).await.unwrap();
    assert_eq!(
        text(&response),
        r#"{"message":"Credential should be scoped to a valid region, not 'Nowhere'."}"#
    );
}

#[tokio::test]
async fn json_services_answer_400_and_name_the_type_in_the_body() {
    let toy = Toy::start(Setup::default()).await;
    let request = Request::post(toy.url("/"))
        .header("x-amz-target", "Logs_20140328.PutLogEvents")
        .body(Bytes::from_static(b"{}"))
        .unwrap();
    let response = toy.send_as(&root(), "lambda", request).await;
    assert_eq!(response.status(), 400);
    assert_eq!(
        text(&response),
        r#"{"__type":"InvalidSignatureException","message":"Credential should be scoped to correct service: 'logs'."}"#
    );
}

#[tokio::test]
async fn without_authentication_twelve_digits_are_the_account() {
    let toy = Toy::start(Setup { off: true, ..Setup::default() }).await;
    for (key_id, account) in [("111111111111", "111111111111"), ("test", ACCOUNT)] {
        let request = Request::post(toy.url(INVOKE_PATH)).body(Bytes::new()).unwrap();
        let response = toy.send_as(&Credential::new(key_id, "any"), "lambda", request).await;
        assert!(text(&response).starts_with(&format!("arn:aws:iam::{account}:root")), "{}", text(&response));
    }
    assert_eq!(toy.get_unsigned(INVOKE_PATH, &[]).await.status(), 200);
}

#[tokio::test]
async fn without_authentication_web_pages_are_refused() {
    let toy = Toy::start(Setup { off: true, ..Setup::default() }).await;
    for foreign in
        [("host", "evil.example"), ("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")]
    {
        let response = toy.get_unsigned(INVOKE_PATH, &[foreign]).await;
        assert_eq!(
            (response.status().as_u16(), header(&response, "x-amzn-errortype")),
            (403, "AccessDeniedException"),
            "{foreign:?}"
        );
    }
}
