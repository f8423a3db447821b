//! What publishing, listing and sharing layers shows.

use model::Caller;
use serde_json::{Value, json};

use super::server::{FUNCTIONS, Reply, Server, zip};

const LAYERS: &str = "/2018-10-31/layers";
const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:layer:l";
/// Both ways to read its first version.
const PATHS: [&str; 2] = [
    "?find=LayerVersion&Arn=arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Alayer%3Al%3A1",
    "/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Alayer%3Al/versions/1",
];

impl Server {
    async fn publish_layer(&self, members: Value) -> Reply {
        let mut request = json!({"Content": {"ZipFile": zip("one")}});
        for (name, value) in members.as_object().unwrap() {
            request[name] = value.clone();
        }
        self.send("POST", &format!("{LAYERS}/l/versions"), request).await
    }

    /// With a layer version that is granted as the members say, and with another account's caller from then on.
    async fn sharing(mut self, members: Value) -> Server {
        self.publish_layer(json!({})).await;
        let mut grant = json!({"StatementId": "s", "Action": "lambda:GetLayerVersion"});
        for (name, value) in members.as_object().unwrap() {
            grant[name] = value.clone();
        }
        let granted = self.send("POST", &format!("{LAYERS}/l/versions/1/policy"), grant).await;
        assert_eq!(granted.status, 201, "{granted:?}");
        self.caller = Caller::root("111111111111".parse().unwrap());
        self
    }
}

#[tokio::test]
async fn a_published_version_has_the_members_that_aws_gives_it() {
    let server = Server::new().await;
    let published = server.publish_layer(json!({})).await;
    assert_eq!(published.status, 201);
    let members = published.body.as_object().unwrap().keys().collect::<Vec<_>>();
    assert_eq!(members, ["Content", "LayerArn", "LayerVersionArn", "Description", "CreatedDate", "Version"]);
    let content = published.body["Content"].as_object().unwrap().keys().collect::<Vec<_>>();
    assert_eq!(content, ["Location", "CodeSha256", "CodeSize"]);
    assert_eq!(published.body["LayerVersionArn"], format!("{ARN}:1"));
    assert_eq!(published.body["Description"], "");
}

#[tokio::test]
async fn lists_that_are_given_empty_are_shown_empty() {
    let server = Server::new().await;
    let lists = json!({"CompatibleRuntimes": [], "CompatibleArchitectures": []});
    let published = server.publish_layer(lists).await;
    assert_eq!(published.body["CompatibleRuntimes"], json!([]));
    assert_eq!(published.body["CompatibleArchitectures"], json!([]));
    let listed = server.get(&format!("{LAYERS}/l/versions")).await.body;
    assert_eq!(listed["LayerVersions"][0]["CompatibleRuntimes"], json!([]));
    assert_eq!(listed["LayerVersions"][0].get("Content"), None);
}

#[tokio::test]
async fn a_version_is_found_by_its_arn_and_by_its_layer_s() {
    let server = Server::new().await;
    server.publish_layer(json!({})).await;
    let escaped = ARN.replace(':', "%3A");
    let by_arn = server.get(&format!("{LAYERS}?find=LayerVersion&Arn={escaped}%3A1")).await;
    assert_eq!((by_arn.status, &by_arn.body["Version"]), (200, &json!(1)));
    let by_layer = server.get(&format!("{LAYERS}/{escaped}/versions/1")).await;
    assert_eq!((by_layer.status, &by_layer.body["Version"]), (200, &json!(1)));
}

#[tokio::test]
async fn layers_of_others_and_of_other_regions_are_not_shown() {
    let server = Server::new().await;
    server.publish_layer(json!({})).await;
    let other = ARN.replace(':', "%3A").replace("000000000000", "111111111111");
    let denied = server.get(&format!("{LAYERS}/{other}/versions/1")).await;
    assert_eq!((denied.status, denied.error.as_deref()), (403, Some("AccessDeniedException")));
    let far = ARN.replace(':', "%3A").replace("us-east-1", "eu-west-1");
    let missing = server.get(&format!("{LAYERS}/{far}/versions/1")).await;
    let text = "The resource you requested does not exist.";
    assert_eq!(missing.refusal(), (404, "ResourceNotFoundException", text));
}

#[tokio::test]
async fn a_version_is_used_by_the_accounts_that_it_is_granted_to() {
    for principal in ["111111111111", "*"] {
        let server = Server::new().await.sharing(json!({"Principal": principal})).await;
        for path in PATHS {
            let shown = server.get(&format!("{LAYERS}{path}")).await;
            assert_eq!((shown.status, &shown.body["LayerVersionArn"]), (200, &json!(format!("{ARN}:1"))));
        }
        let stack = json!({"Layers": [format!("{ARN}:1")]});
        let created = server.create_with(stack.clone()).await;
        assert_eq!(created.body["Layers"][0]["Arn"], format!("{ARN}:1"), "{created:?}");
        server.settled("f").await;
        assert_eq!(server.configure(stack).await.status, 200);
    }
}

#[tokio::test]
async fn a_version_that_is_granted_to_others_is_not_used() {
    let organization = json!({"Principal": "*", "OrganizationId": "o-a1b2c3d4e5"});
    for principal in [json!({"Principal": "222222222222"}), organization] {
        let server = Server::new().await.sharing(principal).await;
        let text = format!(
            "User: arn:aws:iam::111111111111:root is not authorized to perform: lambda:GetLayerVersion on resource: \
             {ARN}:1 because no resource-based policy allows the lambda:GetLayerVersion action"
        );
        let denied = (403, "AccessDeniedException", text.as_str());
        for path in PATHS {
            assert_eq!(server.get(&format!("{LAYERS}{path}")).await.refusal(), denied);
        }
        let created = server.create_with(json!({"Layers": [format!("{ARN}:1")]})).await;
        assert_eq!(created.refusal(), denied);
    }
}

#[tokio::test]
async fn a_grant_lets_nobody_change_a_layer() {
    let server = Server::new().await.sharing(json!({"Principal": "*"})).await;
    let version = format!("{LAYERS}/{}/versions/1", ARN.replace(':', "%3A"));
    assert_eq!(server.send("DELETE", &version, Value::Null).await.status, 403);
    let grant = json!({"StatementId": "t", "Action": "lambda:GetLayerVersion", "Principal": "*"});
    assert_eq!(server.send("POST", &format!("{version}/policy"), grant).await.status, 403);
    assert_eq!(server.get(&version).await.status, 200);
}

#[tokio::test]
async fn a_package_has_one_source() {
    let server = Server::new().await;
    let content = json!({"Content": {"ZipFile": zip("one"), "S3Bucket": "bucket", "S3Key": "k"}});
    let refused = server.publish_layer(content).await;
    assert_eq!((refused.status, refused.error.as_deref()), (400, Some("InvalidParameterValueException")));
    assert_eq!(server.get(LAYERS).await.body["Layers"], json!([]));
}

#[tokio::test]
async fn an_organization_goes_with_everyone_only() {
    let server = Server::new().await;
    server.publish_layer(json!({})).await;
    let grant = |principal: &str| {
        json!({
            "StatementId": "s", "Action": "lambda:GetLayerVersion", "Principal": principal,
            "OrganizationId": "o-a1b2c3d4e5",
        })
    };
    let path = format!("{LAYERS}/l/versions/1/policy");
    assert_eq!(server.send("POST", &path, grant("123456789012")).await.status, 400);
    let granted = server.send("POST", &path, grant("*")).await;
    assert_eq!(granted.status, 201, "{granted:?}");
    let statement: Value = serde_json::from_str(granted.body["Statement"].as_str().unwrap()).unwrap();
    assert_eq!(statement["Condition"], json!({"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}));
}

#[tokio::test]
async fn a_new_version_of_code_keeps_the_layers() {
    let server = Server::new().await;
    server.publish_layer(json!({})).await;
    server.create_with(json!({"Layers": [format!("{ARN}:1")]})).await;
    let before = server.settled("f").await["Layers"].clone();
    assert_eq!(before[0]["Arn"], format!("{ARN}:1"));
    server.send("PUT", &format!("{FUNCTIONS}/f/code"), json!({"ZipFile": zip("two")})).await;
    assert_eq!(server.settled("f").await["Layers"], before);
    server.configure(json!({"Description": "other"})).await;
    assert_eq!(server.settled("f").await["Layers"], before);
    server.configure(json!({"Layers": []})).await;
    assert_eq!(server.settled("f").await.get("Layers"), None);
}
