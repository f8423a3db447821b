//! Publishing and what it shows.

use serde_json::{Value, json};

use super::server::{ARN, FUNCTIONS, Server, zip};

#[tokio::test]
async fn creation_with_publish_answers_with_version_one_and_an_unqualified_arn() {
    let server = Server::never_settling().await;
    let created = server.create_with(json!({"Publish": true})).await;
    assert_eq!(created.status, 201);
    let shown = ["Version", "FunctionArn", "State"].map(|member| created.body[member].clone());
    assert_eq!(shown, [json!("1"), json!(ARN), json!("Pending")]);
}

#[tokio::test]
async fn new_code_with_publish_answers_with_a_qualified_arn() {
    let server = Server::new().await;
    server.create("f").await;
    let request = json!({"ZipFile": zip("two"), "Publish": true});
    let updated = server.send("PUT", &format!("{FUNCTIONS}/f/code"), request).await;
    let shown = ["Version", "FunctionArn", "State"].map(|member| updated.body[member].clone());
    assert_eq!(shown, [json!("1"), json!(format!("{ARN}:1")), json!("Pending")]);
}

#[tokio::test]
async fn publishing_twice_gives_one_version() {
    let server = Server::new().await;
    server.create("f").await;
    let first = server.publish("x").await;
    assert_eq!((first.status, &first.body["Version"]), (201, &json!("1")));
    let again = server.send("POST", &format!("{FUNCTIONS}/f/versions"), json!({})).await;
    assert_eq!((again.status, again.body), (201, first.body));
}

#[tokio::test]
async fn versions_are_listed_from_latest_upwards() {
    let server = Server::new().await;
    server.create("f").await;
    for description in ["x", "y"] {
        server.publish(description).await;
    }
    let listed = server.get(&format!("{FUNCTIONS}/f/versions")).await.body;
    let arns = listed["Versions"].as_array().unwrap().iter().map(|version| version["FunctionArn"].clone());
    let expected = ["$LATEST", "1", "2"].map(|version| json!(format!("{ARN}:{version}")));
    assert_eq!(arns.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_version_that_an_alias_names_is_not_deleted() {
    let server = Server::new().await;
    server.create("f").await;
    server.publish("x").await;
    let alias = json!({"Name": "live", "FunctionVersion": "1"});
    server.send("POST", &format!("{FUNCTIONS}/f/aliases"), alias).await;
    let used = server.send("DELETE", &format!("{FUNCTIONS}/f?Qualifier=1"), Value::Null).await;
    let text = "Unable to delete version because the following aliases reference it: [live]";
    assert_eq!(used.refusal(), (409, "ResourceConflictException", text));
}

#[tokio::test]
async fn deletion_knows_versions_only() {
    let server = Server::new().await;
    server.create("f").await;
    let delete = async |qualifier: &str| {
        server.send("DELETE", &format!("{FUNCTIONS}/f?Qualifier={qualifier}"), Value::Null).await
    };
    assert_eq!(delete("7").await.status, 204);
    let text = "$LATEST version cannot be deleted without deleting the function.";
    assert_eq!(delete("%24LATEST").await.refusal(), (400, "InvalidParameterValueException", text));
    let text = "Deletion of aliases is not currently supported.";
    assert_eq!(delete("live").await.refusal(), (400, "InvalidParameterValueException", text));
}
