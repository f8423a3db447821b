//! The alias operations.

use serde_json::{Value, json};

use super::server::{ARN, FUNCTIONS, Reply, Server};

async fn with_two_versions() -> Server {
    let server = Server::new().await;
    server.create("f").await;
    for description in ["x", "y"] {
        server.publish(description).await;
    }
    server
}

async fn create(server: &Server, alias: Value) -> Reply {
    server.send("POST", &format!("{FUNCTIONS}/f/aliases"), alias).await
}

fn routing(weights: &Value) -> Value {
    json!({"Name": "live", "FunctionVersion": "1", "RoutingConfig": {"AdditionalVersionWeights": weights}})
}

#[tokio::test]
async fn an_alias_is_shown_with_its_routing() {
    let server = with_two_versions().await;
    let mut created = create(&server, routing(&json!({"2": 0.3}))).await;
    assert_eq!(created.status, 201);
    let revision = created.body.as_object_mut().unwrap().remove("RevisionId").unwrap();
    let expected = json!({
        "AliasArn": format!("{ARN}:live"), "Name": "live", "FunctionVersion": "1", "Description": "",
        "RoutingConfig": {"AdditionalVersionWeights": {"2": 0.3}},
    });
    assert_eq!(created.body, expected);
    let read = server.get(&format!("{FUNCTIONS}/f/aliases/live")).await;
    assert_eq!((&read.body["Name"], &read.body["RevisionId"]), (&json!("live"), &revision));
}

#[tokio::test]
async fn an_alias_shows_the_version_behind_it() {
    let server = with_two_versions().await;
    create(&server, json!({"Name": "live", "FunctionVersion": "1"})).await;
    let shown = server.get(&format!("{FUNCTIONS}/f/configuration?Qualifier=live")).await.body;
    let members = ["FunctionArn", "Version", "Description"].map(|member| shown[member].clone());
    assert_eq!(members, [json!(format!("{ARN}:live")), json!("1"), json!("x")]);
}

#[tokio::test]
async fn an_update_changes_what_it_names_and_the_revision() {
    let server = with_two_versions().await;
    let created = create(&server, routing(&json!({"2": 0.3}))).await.body;
    let path = format!("{FUNCTIONS}/f/aliases/live");
    let updated = server.send("PUT", &path, json!({"RoutingConfig": {}})).await.body;
    assert_eq!(updated.get("RoutingConfig"), None);
    assert_eq!(updated["FunctionVersion"], "1");
    assert_ne!(updated["RevisionId"], created["RevisionId"]);
    let stale = server.send("PUT", &path, json!({"RevisionId": created["RevisionId"]})).await;
    assert_eq!((stale.status, stale.error.as_deref()), (412, Some("PreconditionFailedException")));
}

#[tokio::test]
async fn aliases_are_listed_by_version() {
    let server = with_two_versions().await;
    for (name, version) in [("a", "1"), ("b", "2"), ("c", "1")] {
        create(&server, json!({"Name": name, "FunctionVersion": version})).await;
    }
    let listed = server.get(&format!("{FUNCTIONS}/f/aliases?FunctionVersion=1")).await.body;
    let names = listed["Aliases"].as_array().unwrap().iter().map(|alias| alias["Name"].clone());
    assert_eq!(names.collect::<Vec<_>>(), ["a", "c"]);
}

#[tokio::test]
async fn aliases_are_refused_in_awss_words() {
    let server = with_two_versions().await;
    let twice = create(&server, routing(&json!({"1": 0.5}))).await;
    let text = "Invalid function version 1. Function version 1 is already included in routing configuration.";
    assert_eq!(twice.refusal(), (400, "InvalidParameterValueException", text));
    let missing = create(&server, json!({"Name": "live", "FunctionVersion": "9"})).await;
    let text = format!("Function not found: {ARN}:9");
    assert_eq!(missing.refusal(), (404, "ResourceNotFoundException", text.as_str()));
    create(&server, json!({"Name": "live", "FunctionVersion": "1"})).await;
    let again = create(&server, json!({"Name": "live", "FunctionVersion": "1"})).await;
    let text = format!("Alias already exists: {ARN}:live");
    assert_eq!(again.refusal(), (409, "ResourceConflictException", text.as_str()));
}

#[tokio::test]
async fn an_unknown_alias_is_worded_by_each_operation() {
    let server = with_two_versions().await;
    let path = format!("{FUNCTIONS}/f/aliases/none");
    let text = format!("Cannot find alias arn: {ARN}:none");
    assert_eq!(server.get(&path).await.refusal(), (404, "ResourceNotFoundException", text.as_str()));
    let text = format!("Alias not found: {ARN}:none");
    let update = server.send("PUT", &path, json!({})).await;
    assert_eq!(update.refusal(), (404, "ResourceNotFoundException", text.as_str()));
    assert_eq!(server.send("DELETE", &path, Value::Null).await.status, 204);
    let text = format!("Function not found: {ARN}:none");
    let shown = server.get(&format!("{FUNCTIONS}/f?Qualifier=none")).await;
    assert_eq!(shown.refusal(), (404, "ResourceNotFoundException", text.as_str()));
}
