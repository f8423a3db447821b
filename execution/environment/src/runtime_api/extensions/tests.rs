use bytes::BytesMut;
use serde_json::{Value, json};

use super::*;
use crate::runtime_api::request::Reader;

fn function() -> Function {
    Function {
        name: "f".to_owned(),
        version: "$LATEST".to_owned(),
        handler: "app.handler".to_owned(),
        account: "123456789012".to_owned(),
    }
}

fn extensions(names: &[&str]) -> Extensions {
    let mut extensions = Extensions::default();
    extensions.launch(function(), &names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>());
    extensions
}

fn request(headers: &[(&str, &str)], body: &str) -> Request {
    let headers = headers.iter().map(|(name, value)| format!("Lambda-Extension-{name}: {value}\r\n"));
    let headers = headers.collect::<String>();
    let text = format!("POST / HTTP/1.1\r\n{headers}Content-Length: {}\r\n\r\n{body}", body.len());
    Reader::default().take(&mut BytesMut::from(text.as_bytes())).unwrap().unwrap()
}

fn register(extensions: &mut Extensions, name: &str, body: &str) -> Result<Outcome, Refusal> {
    extensions.serve(Call::Register, 1, &request(&[("Name", name)], body))
}

/// Registers and returns the identifier.
fn registered(extensions: &mut Extensions, name: &str, events: &str) -> String {
    let body = format!("{{\"events\":[{events}]}}");
    let Ok(Outcome::Registered(_, _, _, reply)) = register(extensions, name, &body) else { panic!("{name}") };
    let [head, _] = reply.pieces();
    let head = String::from_utf8(head.to_vec()).unwrap();
    head.split("Identifier: ").nth(1).unwrap().split('\r').next().unwrap().to_owned()
}

fn next(extensions: &mut Extensions, identifier: &str) -> Result<Outcome, Refusal> {
    extensions.serve(Call::Next, 1, &request(&[("Identifier", identifier)], ""))
}

/// The error that a refusal shows.
fn refused(outcome: Result<Outcome, Refusal>) -> (String, String) {
    let [head, body] = outcome.unwrap_err().to_reply().pieces();
    assert!(head.starts_with(b"HTTP/1.1 403 Forbidden\r\n"));
    let error = serde_json::from_slice::<Value>(&body).unwrap();
    let text = |key: &str| error[key].as_str().unwrap().to_owned();
    (text("errorType"), text("errorMessage"))
}

fn error(kind: &str, message: &str) -> (String, String) {
    (kind.to_owned(), message.to_owned())
}

#[test]
fn registration_tells_of_the_function_and_of_the_account_to_who_asks() {
    let mut extensions = extensions(&["a"]);
    let headers = [("Name", "a"), ("Accept-Feature", "other, accountId")];
    let outcome =
        extensions.serve(Call::Register, 1, &request(&headers, r#"{"events":["INVOKE","SHUTDOWN"]}"#));
    let Ok(Outcome::Registered(ExtensionId(0), Kind::External, interest, reply)) = outcome else {
        panic!("{outcome:?}")
    };
    assert_eq!(interest, Interest { invoke: true, shutdown: true });
    let body = serde_json::from_str::<Value>(reply.body()).unwrap();
    let expected = json!({
        "functionName": "f", "functionVersion": "$LATEST", "handler": "app.handler", "accountId": "123456789012"
    });
    assert_eq!(body, expected);
}

#[test]
fn an_extension_with_another_name_than_its_file_is_an_internal_one() {
    let mut extensions = extensions(&["a"]);
    assert!(matches!(
        register(&mut extensions, "b", "{}"),
        Ok(Outcome::Registered(ExtensionId(1), Kind::Internal, _, _))
    ));
}

#[test]
fn refusals_of_registration_are_worded_as_aws_words_them() {
    let mut extensions = extensions(&["a"]);
    let all = |body: &str, extensions: &mut Extensions, name: &str| refused(register(extensions, name, body));
    assert_eq!(
        all("{}", &mut extensions, ""),
        error("Extension.InvalidExtensionName", "Empty extension name")
    );
    assert_eq!(
        all(r#"{"events":["FOO"]}"#, &mut extensions, "a"),
        error("Extension.InvalidEventType", "FOO: ErrorInvalidEventType")
    );
    assert_eq!(
        all(r#"{"events":["SHUTDOWN"]}"#, &mut extensions, "internal"),
        error("Extension.InvalidEventType", "SHUTDOWN: ShutdownEventNotSupportedForInternalExtension")
    );
    assert_eq!(
        all(r#"{"configurationKeys":["k"]}"#, &mut extensions, "a"),
        error("InvalidRequestFormat", "configurationKeys are deprecated; use environment variables instead")
    );
    registered(&mut extensions, "a", "");
    assert_eq!(
        all("{}", &mut extensions, "a"),
        error(
            "Extension.InvalidExtensionState",
            "State transition from Registered to Registered failed for extension a. Error: State transition is not allowed"
        )
    );
    registered(&mut extensions, "internal", "");
    assert_eq!(
        all("{}", &mut extensions, "internal"),
        error("Extension.InvalidExtensionState", "Extension with this name already registered")
    );
    for number in 2..10 {
        registered(&mut extensions, &format!("internal{number}"), "");
    }
    assert_eq!(
        all("{}", &mut extensions, "eleventh"),
        error("Extension.TooManyExtensions", "Extension limit (10) reached")
    );
    extensions.close_registration();
    assert_eq!(
        all("{}", &mut extensions, "late"),
        error("Extension.RegistrationClosed", "Extension registration closed already")
    );
}

#[test]
fn a_body_that_cannot_be_read_is_refused_in_plain_words() {
    let mut extensions = extensions(&["a"]);
    for body in ["no json", "", r#"{"events":["#, "{\"events\":[\"\u{1}\"]}", "{} {}"] {
        let refused = refused(register(&mut extensions, "a", body));
        assert_eq!(refused, error("InvalidRequestFormat", "The body is not JSON"), "{body}");
    }
    let deep = format!(r#"{{"events":{}{}}}"#, "[".repeat(1000), "]".repeat(1000));
    for body in [
        r#""INVOKE""#,
        r#"[["INVOKE"]]"#,
        r#"{"events":"INVOKE"}"#,
        r#"{"events":[1]}"#,
        r#"{"events":["\ud800"]}"#,
        r#"{"events":[],"events":[]}"#,
        r#"{"configurationKeys":1}"#,
        &deep,
    ] {
        let refused = refused(register(&mut extensions, "a", body));
        let says = "The body cannot be read as a registration";
        assert_eq!(refused, error("InvalidRequestFormat", says), "{body}");
    }
    registered(&mut extensions, "a", "");
}

#[test]
fn an_event_that_is_named_twice_is_one() {
    let mut extensions = extensions(&["a"]);
    registered(&mut extensions, "a", r#""INVOKE","SHUTDOWN","INVOKE""#);
    assert_eq!(extensions.descriptions()[0].events, [EventType::Invoke, EventType::Shutdown]);
}

#[test]
fn refusals_of_identifiers_are_worded_as_aws_words_them() {
    let mut extensions = extensions(&["a"]);
    let missing = error("Extension.MissingExtensionIdentifier", "Missing Lambda-Extension-Identifier header");
    assert_eq!(refused(extensions.serve(Call::Next, 1, &request(&[], ""))), missing);
    assert_eq!(
        refused(next(&mut extensions, "x")),
        error("Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier")
    );
    let id = "8f507cfc-0123-4697-b07a-ac58fc914c95";
    assert_eq!(
        refused(next(&mut extensions, id)),
        error("Extension.UnknownExtensionIdentifier", &format!("Unknown extension {id}"))
    );
    let exit = extensions.serve(Call::ExitError, 1, &request(&[("Identifier", id)], ""));
    assert_eq!(
        refused(exit),
        error("Extension.UnknownExtensionIdentifier", "Unknown Lambda-Extension-Identifier")
    );
}

#[test]
fn an_event_goes_to_who_asked_for_it_and_waits_for_who_does_not_wait() {
    let mut extensions = extensions(&["a", "b"]);
    let a = registered(&mut extensions, "a", "\"INVOKE\"");
    let b = registered(&mut extensions, "b", "\"SHUTDOWN\"");
    assert_eq!(next(&mut extensions, &a), Ok(Outcome::Waits(ExtensionId(0))));
    let sent = extensions.send(EventType::Invoke, "{}");
    assert_eq!(sent.iter().map(|(connection, _)| *connection).collect::<Vec<_>>(), [1]);
    assert_eq!(extensions.send(EventType::Shutdown, "{}"), []);
    assert!(matches!(next(&mut extensions, &b), Ok(Outcome::Replied(_))));
    assert_eq!(extensions.uninterested(EventType::Shutdown), [ExtensionId(0)]);
}

#[test]
fn the_first_error_that_is_reported_counts() {
    let mut extensions = extensions(&["a"]);
    let a = registered(&mut extensions, "a", "");
    let mut fail = |call, kind: &str| {
        let headers = [("Identifier", a.as_str()), ("Function-Error-Type", kind)];
        extensions.serve(call, 1, &request(&headers, ""))
    };
    assert_eq!(
        refused(fail(Call::InitError, "")),
        error("Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found")
    );
    let accepted = Outcome::Replied(Reply::accepted());
    assert_eq!(fail(Call::InitError, "Extension.First").as_ref(), Ok(&accepted));
    assert_eq!(fail(Call::InitError, "Extension.Second").as_ref(), Ok(&accepted));
    assert_eq!(refused(fail(Call::ExitError, "Extension.Third")).0, "Extension.InvalidExtensionState");
    assert_eq!(extensions.reported(ExtensionId(0)), Some(Reported::Init));
    let [description] = extensions.descriptions().try_into().unwrap();
    assert_eq!((description.state, description.error.as_deref()), ("InitError", Some("Extension.First")));
}

#[test]
fn an_eleventh_file_is_refused() {
    let names = (0..10).map(|number| format!("e{number}")).collect::<Vec<_>>();
    let mut extensions = Extensions::default();
    extensions.launch(function(), &names);
    extensions.refuse_launch("e10", "TooManyExtensions");
    assert_eq!(extensions.descriptions()[10].state, "LaunchError");
}
