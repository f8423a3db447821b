//! What is refused, in AWS's words.

use model::{FunctionPermissions, FunctionSession, Principal};
use serde_json::{Value, json};

use super::server::{ARN, FUNCTIONS, Server};

const INVALID: &str = "InvalidParameterValueException";

/// The texts with which a creation is refused that has these members.
async fn refused(server: &Server, members: Value) -> String {
    let reply = server.create_with(members).await;
    let (status, code, text) = reply.refusal();
    assert_eq!((status, code), (400, INVALID), "{text}");
    text.to_owned()
}

#[tokio::test]
async fn a_name_is_taken_once() {
    let server = Server::new().await;
    server.create("f").await;
    let again = server.create_with(json!({})).await;
    assert_eq!(again.refusal(), (409, "ResourceConflictException", "Function already exist: f"));
}

#[tokio::test]
async fn bad_packages_are_refused() {
    let server = Server::new().await;
    let text = refused(&server, json!({"Code": {"ZipFile": "bm90IGEgemlw"}})).await;
    assert_eq!(text, "Could not unzip uploaded file. Please check your file, then try to upload again.");
    let text = refused(&server, json!({"Code": {}})).await;
    assert_eq!(text, "Please provide a source for function code.");
    assert_eq!(server.get(&format!("{FUNCTIONS}/f")).await.status, 404);
}

#[tokio::test]
async fn code_from_s3_needs_an_endpoint() {
    let server = Server::new().await;
    let text = refused(&server, json!({"Code": {"S3Bucket": "bucket", "S3Key": "key"}})).await;
    assert!(text.contains("No endpoint is configured for S3"), "{text}");
}

#[tokio::test]
async fn a_runtime_that_the_host_lacks_is_refused_with_what_it_has() {
    let server = Server::new().await;
    let text = refused(&server, json!({"Runtime": "python3.15"})).await;
    assert!(text.starts_with("The runtime python3.15 is not installed on this host. Found: "), "{text}");
    let text = refused(&server, json!({"Runtime": "python3.7"})).await;
    assert!(text.starts_with("The runtime parameter of python3.7 is no longer supported"), "{text}");
}

#[tokio::test]
async fn a_package_is_refused_an_image_s_configuration() {
    let server = Server::new().await;
    let config = json!({"ImageConfig": {"Command": ["app.handler"]}});
    let text = "Please don't provide ImageConfig when the intended function PackageType is Zip.";
    assert_eq!(refused(&server, config.clone()).await, text);
    server.create_with(json!({"ImageConfig": {}})).await;
    server.settled("f").await;
    assert_eq!(server.configure(config).await.refusal(), (400, INVALID, text));
}

#[tokio::test]
async fn a_configuration_that_no_image_could_have_is_refused() {
    let server = Server::new().await;
    server.create("f").await;
    let config = json!({"ImageConfig": {"Command": vec!["x".repeat(1000); 100]}});
    let text = "ImageConfig has 100000 bytes, the limit is 16384 bytes.";
    assert_eq!(refused(&server, config.clone()).await, text);
    assert_eq!(server.configure(config).await.refusal(), (400, INVALID, text));
}

#[tokio::test]
async fn an_image_is_refused_a_runtime_and_a_handler() {
    let server = Server::new().await;
    let image = json!({"PackageType": "Image", "Code": {"ImageUri": "i"}});
    assert_eq!(
        refused(&server, image).await,
        "Please don't provide Handler or Runtime or Layer when the intended function PackageType is Image."
    );
}

#[tokio::test]
async fn what_is_absent_is_refused_and_never_ignored() {
    let server = Server::new().await;
    let durable = json!({"DurableConfig": {"ExecutionTimeout": 1}});
    assert_eq!(refused(&server, durable).await, "DurableConfig is not supported by this server.");
    let layer = "arn:aws:lambda:us-east-1:000000000000:layer:l:1";
    let text = refused(&server, json!({"Layers": [layer]})).await;
    assert_eq!(text, format!("Layer version {layer} does not exist."));
    let text = refused(&server, json!({"Layers": [layer.replace("us-east-1", "eu-west-1")]})).await;
    assert!(text.ends_with("Layers are expected to be in region us-east-1."), "{text}");
    let vpc = json!({"VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": []}});
    let text = refused(&server, vpc).await;
    assert!(text.ends_with("The subnet ID 'subnet-1' does not exist"), "{text}");
}

#[tokio::test]
async fn empty_lists_ask_for_nothing() {
    let server = Server::new().await;
    let members = json!({
        "Layers": [], "FileSystemConfigs": [], "KMSKeyArn": "",
        "VpcConfig": {"SubnetIds": [], "SecurityGroupIds": []},
    });
    assert_eq!(server.create_with(members).await.status, 201);
}

#[tokio::test]
async fn handler_and_runtime_are_needed() {
    let server = Server::new().await;
    let text = refused(&server, json!({"Handler": null})).await;
    assert!(text.starts_with("Runtime and Handler are mandatory parameters"), "{text}");
}

#[tokio::test]
async fn a_pending_function_is_not_updated() {
    let server = Server::never_settling().await;
    server.create_with(json!({})).await;
    let pending = server.configure(json!({"Timeout": 5})).await;
    let text = "The operation cannot be performed at this time. The function is currently in the following state: Pending";
    assert_eq!(pending.refusal(), (409, "ResourceConflictException", text));
}

#[tokio::test]
async fn a_stale_revision_is_refused() {
    let server = Server::new().await;
    server.create("f").await;
    let stale = server.configure(json!({"RevisionId": "00000000-0000-0000-0000-000000000000"})).await;
    assert_eq!((stale.status, stale.error.as_deref()), (412, Some("PreconditionFailedException")));
}

#[tokio::test]
async fn names_lead_to_one_function_of_this_account_and_region() {
    let server = Server::new().await;
    server.create("f").await;
    let get = async |name: &str| server.get(&format!("{FUNCTIONS}/{name}")).await;
    let other = ARN.replace("us-east-1", "eu-west-1").replace(':', "%3A");
    let text = "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')";
    assert_eq!(get(&other).await.refusal(), (404, "ResourceNotFoundException", text));
    let foreign = ARN.replace("000000000000", "111111111111").replace(':', "%3A");
    assert_eq!(get(&foreign).await.refusal(), (403, "AccessDeniedException", ""));
    let text = "The derived qualifier from the function name does not match the specified qualifier.";
    assert_eq!(get("f%3A1?Qualifier=2").await.refusal(), (400, INVALID, text));
    let long = "x".repeat(150);
    assert_eq!(get(&long).await.status, 404);
}

#[tokio::test]
async fn a_long_name_stays_long_behind_an_account() {
    let server = Server::new().await;
    let name = format!("000000000000:{}", "n".repeat(65));
    let text = refused(&server, json!({ "FunctionName": name })).await;
    let expected = format!(
        "1 validation error detected: Value '{name}' at 'functionName' failed to satisfy constraint: Member must have \
         length less than or equal to 64"
    );
    assert_eq!(text, expected);
}

#[tokio::test]
async fn only_latest_can_be_changed() {
    let server = Server::new().await;
    server.create("f").await;
    let text = "Current operation does not support versions other than $LATEST. Please set the version to $LATEST or do \
                not set a version in your request.";
    for (method, path) in [("PUT", "configuration"), ("PUT", "code"), ("POST", "versions")] {
        let refused = server.send(method, &format!("{FUNCTIONS}/f%3A1/{path}"), json!({})).await;
        assert_eq!(refused.refusal(), (400, INVALID, text), "{path}");
    }
    let update = json!({ "Description": "named in full" });
    let latest = server.send("PUT", &format!("{FUNCTIONS}/f%3A$LATEST/configuration"), update).await;
    assert_eq!(latest.status, 200);
}

#[tokio::test]
async fn a_function_may_not_change_functions() {
    let mut server = Server::new().await;
    server.create("f").await;
    server.caller.principal = Principal::Function(FunctionSession {
        role: "r".to_owned(),
        session: "f".to_owned(),
        log_group: "/aws/lambda/f".to_owned(),
        permissions: FunctionPermissions::InvokeAndLog,
    });
    let denied = server.send("DELETE", &format!("{FUNCTIONS}/f"), Value::Null).await;
    let (status, code, text) = denied.refusal();
    assert_eq!((status, code), (403, "AccessDeniedException"));
    assert!(text.contains("is not authorized to perform: lambda:DeleteFunction on resource: "), "{text}");
}

#[tokio::test]
async fn tags_belong_to_functions() {
    let server = Server::new().await;
    server.create("f").await;
    let path = |arn: &str| format!("/2017-03-31/tags/{}", arn.replace(':', "%3A"));
    let text = "Tags on function aliases and versions are not supported. Please specify a function ARN.";
    assert_eq!(server.get(&path(&format!("{ARN}:1"))).await.refusal(), (400, INVALID, text));
    let text = "An error occurred and the request cannot be processed.";
    let empty = server.send("POST", &path(ARN), json!({"Tags": {}})).await;
    assert_eq!(empty.refusal(), (400, INVALID, text));
}

#[tokio::test]
async fn tags_of_aws_s_own_are_refused() {
    let server = Server::new().await;
    let text = "aws: prefixed tag key names are not allowed for external use.";
    assert_eq!(refused(&server, json!({"Tags": {"aws:cloudformation:stack-name": "s"}})).await, text);
    server.create("f").await;
    let path = format!("/2017-03-31/tags/{}", ARN.replace(':', "%3A"));
    let tagged = server.send("POST", &path, json!({"Tags": {"awsome": "yes", "AWS:x": "no"}})).await;
    assert_eq!(tagged.refusal(), (400, INVALID, text));
}

#[tokio::test]
async fn an_operation_without_handler_is_unknown() {
    let server = Server::new().await;
    let unknown = server.get("/2020-04-22/code-signing-configs").await;
    assert_eq!((unknown.status, unknown.error.as_deref()), (404, Some("UnknownOperationException")));
}
