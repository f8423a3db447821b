//! Creating, reading, listing, updating, deleting and tagging.

use serde_json::{Value, json};

use super::server::{ARN, FUNCTIONS, Server, zip};

#[tokio::test]
async fn a_created_function_is_shown_as_aws_shows_it() {
    let server = Server::never_settling().await;
    let mut created = server.create_with(json!({})).await;
    assert_eq!(created.status, 201);
    let body = created.body.as_object_mut().unwrap();
    for varying in ["CodeSha256", "CodeSize", "LastModified", "RevisionId", "RuntimeVersionConfig"] {
        assert!(body.remove(varying).is_some(), "{varying}");
    }
    let expected = json!({
        "Architectures": ["x86_64"], "Description": "", "EphemeralStorage": {"Size": 512}, "FunctionArn": ARN,
        "FunctionName": "f", "Handler": "h", "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/f"},
        "MemorySize": 128, "PackageType": "Zip", "Role": "arn:aws:iam::000000000000:role/r",
        "Runtime": "provided.al2023", "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "State": "Pending", "StateReason": "The function is being created.", "StateReasonCode": "Creating",
        "Timeout": 3, "TracingConfig": {"Mode": "PassThrough"}, "Version": "$LATEST",
    });
    assert_eq!(created.body, expected);
}

#[tokio::test]
async fn a_function_becomes_active() {
    let server = Server::new().await;
    server.create("f").await;
    let shown = server.get(&format!("{FUNCTIONS}/f")).await.body;
    assert_eq!(shown["Configuration"]["State"], "Active");
    assert_eq!(shown["Configuration"]["StateReason"], Value::Null);
    assert_eq!(shown["Code"]["RepositoryType"], "S3");
    let location = shown["Code"]["Location"].as_str().unwrap();
    assert!(location.starts_with("http://localhost:4566/code/"), "{location}");
    assert_eq!(shown.get("Tags"), None);
}

#[tokio::test]
async fn the_arn_ends_with_the_qualifier_that_was_asked_for() {
    let server = Server::new().await;
    server.create("f").await;
    let arn = async |path: &str| server.get(&format!("{FUNCTIONS}/{path}")).await.body["FunctionArn"].clone();
    assert_eq!(arn("f/configuration").await, ARN);
    assert_eq!(arn("f/configuration?Qualifier=%24LATEST").await, format!("{ARN}:$LATEST"));
    assert_eq!(arn("f%3A%24LATEST/configuration").await, format!("{ARN}:$LATEST"));
    let full = "arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af";
    assert_eq!(arn(&format!("{full}/configuration")).await, ARN);
}

#[tokio::test]
async fn an_update_is_in_progress_and_ends_with_another_revision() {
    let server = Server::new().await;
    server.create("f").await;
    let update = json!({"Timeout": 9, "Environment": {"Variables": {"KEY": "value"}}});
    let updating = server.configure(update).await;
    assert_eq!((updating.status, &updating.body["State"]), (200, &json!("Active")));
    assert_eq!(updating.body["LastUpdateStatus"], "InProgress");
    let settled = server.settled("f").await;
    assert_eq!(
        (&settled["Timeout"], &settled["Environment"]["Variables"]["KEY"]),
        (&json!(9), &json!("value"))
    );
    assert_ne!(settled["RevisionId"], updating.body["RevisionId"]);
}

#[tokio::test]
async fn a_dry_run_of_new_code_changes_nothing() {
    let server = Server::new().await;
    server.create("f").await;
    let before = server.settled("f").await;
    let path = format!("{FUNCTIONS}/f/code");
    let dry = server.send("PUT", &path, json!({"ZipFile": zip("two"), "DryRun": true})).await;
    assert_eq!(dry.status, 200);
    assert_ne!(dry.body["CodeSha256"], before["CodeSha256"]);
    assert_eq!(server.settled("f").await, before);
    let real = server.send("PUT", &path, json!({"ZipFile": zip("two")})).await;
    assert_eq!(real.body["CodeSha256"], dry.body["CodeSha256"]);
}

#[tokio::test]
async fn functions_are_listed_by_pages_without_their_states() {
    let server = Server::new().await;
    for name in ["a", "b", "c"] {
        server.create(name).await;
    }
    let first = server.get(&format!("{FUNCTIONS}?MaxItems=2")).await.body;
    let names = |page: &Value| {
        let functions = page["Functions"].as_array().unwrap();
        functions
            .iter()
            .map(|function| function["FunctionName"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&first), ["a", "b"]);
    assert_eq!(first["Functions"][0].get("State"), None);
    assert_eq!(first["Functions"][0].get("LastUpdateStatus"), None);
    let marker = first["NextMarker"].as_str().unwrap();
    let last = server.get(&format!("{FUNCTIONS}?MaxItems=2&Marker={marker}")).await.body;
    assert_eq!(names(&last), ["c"]);
    assert_eq!(last.get("NextMarker"), None);
}

#[tokio::test]
async fn all_versions_are_listed_with_qualified_arns() {
    let server = Server::new().await;
    server.create("f").await;
    server.publish("x").await;
    let all = server.get(&format!("{FUNCTIONS}?FunctionVersion=ALL")).await.body;
    let arns = all["Functions"].as_array().unwrap().iter().map(|function| function["FunctionArn"].clone());
    assert_eq!(arns.collect::<Vec<_>>(), [json!(format!("{ARN}:$LATEST")), json!(format!("{ARN}:1"))]);
}

#[tokio::test]
async fn a_deleted_function_is_gone() {
    let server = Server::new().await;
    server.create("f").await;
    assert_eq!(server.send("DELETE", &format!("{FUNCTIONS}/f"), Value::Null).await.status, 204);
    let gone = server.get(&format!("{FUNCTIONS}/f")).await;
    let text = format!("Function not found: {ARN}");
    assert_eq!(gone.refusal(), (404, "ResourceNotFoundException", text.as_str()));
}

#[tokio::test]
async fn tags_come_and_go() {
    let server = Server::new().await;
    server.create("f").await;
    let path = format!("/2017-03-31/tags/{}", ARN.replace(':', "%3A"));
    let tagged = server.send("POST", &path, json!({"Tags": {"a": "1", "b": "2"}})).await;
    assert_eq!(tagged.status, 204);
    assert_eq!(server.get(&path).await.body, json!({"Tags": {"a": "1", "b": "2"}}));
    assert_eq!(server.send("DELETE", &format!("{path}?tagKeys=a&tagKeys=z"), Value::Null).await.status, 204);
    let shown = server.get(&format!("{FUNCTIONS}/f")).await.body;
    assert_eq!(shown["Tags"], json!({"b": "2"}));
}

#[tokio::test]
async fn the_account_shows_what_it_uses() {
    let server = Server::new().await;
    server.create("f").await;
    let size = server.settled("f").await["CodeSize"].as_u64().unwrap();
    server.publish("x").await;
    let settings = server.get("/2016-08-19/account-settings").await.body;
    assert_eq!(settings["AccountUsage"], json!({"FunctionCount": 1, "TotalCodeSize": 2 * size}));
    assert_eq!(settings["AccountLimit"]["ConcurrentExecutions"], 1000);
}

#[tokio::test]
async fn what_terraform_reads_on_every_plan_is_empty() {
    let server = Server::new().await;
    server.create("f").await;
    let signing = server.get("/2020-06-30/functions/f/code-signing-config").await;
    assert_eq!((signing.status, signing.body), (200, json!({})));
    let concurrency = server.get("/2019-09-30/functions/f/concurrency").await;
    assert_eq!((concurrency.status, concurrency.body), (200, json!({})));
    assert_eq!(server.get("/2019-09-30/functions/g/concurrency").await.status, 404);
}
