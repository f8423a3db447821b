//! Everything of the service but invoking.

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use artifact::Trees;
use base64::Engine as _;
use bytes::Bytes;
use catalog::{Catalog, Options, Secrets};
use environment::RuntimeTable;
use environment::runtimes::{Fallback, Search};
use http::Request;
use model::{Caller, Clock, RequestId};
use serde_json::{Value, json};
use wire::lambda::SERVICE;

use crate::call::Context;
use crate::control::{Control, Links};
use crate::refusal::Refusal;

pub(super) const FUNCTIONS: &str = "/2015-03-31/functions";
pub(super) const ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";
const NEVER: Duration = Duration::from_secs(3600);

pub(super) struct Server {
    pub(super) control: Control,
    pub(super) caller: Caller,
    /// Kept for the files in it.
    _dir: tempfile::TempDir,
}

#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Value,
    /// The error's code.
    pub(super) error: Option<String>,
}

impl Reply {
    /// The status, code and text of an error.
    pub(super) fn refusal(&self) -> (u16, &str, &str) {
        let text = self.body["message"].as_str().or(self.body["Message"].as_str());
        (self.status, self.error.as_deref().unwrap_or_default(), text.unwrap_or_default())
    }
}

impl Server {
    /// Creations and updates end after a real millisecond.
    pub(super) async fn new() -> Server {
        Server::settling_after(Duration::from_millis(1)).await
    }

    /// Creations and updates do not end.
    pub(super) async fn never_settling() -> Server {
        Server::settling_after(NEVER).await
    }

    async fn settling_after(settle_after: Duration) -> Server {
        let dir = tempfile::tempdir().unwrap();
        let engine = engine::Engine::open(dir.path()).unwrap();
        let trees = Trees::open(&dir.path().join("trees")).unwrap();
        let clock = Clock::system();
        let secrets = Secrets::load_or_create(&dir.path().join("environment-key")).unwrap();
        let options = Options {
            engine,
            trees,
            registries: Default::default(),
            clock: clock.clone(),
            secrets,
            settle_after,
        };
        let (catalog, service) = Catalog::open(options).await.unwrap();
        tokio::spawn(service.run());
        let nothing = Search { configured: Vec::new(), path: Vec::new(), home: None };
        let control = Control {
            catalog,
            runtimes: Arc::new(RuntimeTable::discover(&nothing, Fallback::Refuse, dir.path())),
            links: Links::new(|host, package| format!("http://{host}/code/{package}")),
            s3: None,
            clock,
            account_concurrency: 1000,
        };
        Server { control, caller: Caller::root("000000000000".parse().unwrap()), _dir: dir }
    }

    pub(super) async fn send(&self, method: &str, path: &str, body: Value) -> Reply {
        let body = if body.is_null() { Bytes::new() } else { body.to_string().into() };
        let request = Request::builder().method(method).uri(path).header("host", "localhost:4566");
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let id = RequestId::random();
        let context = Context::of(self.caller.clone(), "us-east-1".parse().unwrap(), id, &parts);
        let answered = match wire::lambda::receive(&parts, body) {
            Ok((operation, request)) => self.control.answer(operation, &context, &request).await,
            Err(error) => Err(Refusal::Wire(error)),
        };
        let response = answered.unwrap_or_else(|refusal| SERVICE.refuse(&refusal.into_error(id)));
        let error = response.headers().get("x-amzn-errortype");
        Reply {
            status: response.status().as_u16(),
            error: error.map(|code| code.to_str().unwrap().to_owned()),
            body: serde_json::from_slice(response.body()).unwrap_or(Value::Null),
        }
    }

    pub(super) async fn get(&self, path: &str) -> Reply {
        self.send("GET", path, Value::Null).await
    }

    /// Creates `f` with these members changed.
    pub(super) async fn create_with(&self, members: Value) -> Reply {
        let mut request = creation("f");
        for (name, value) in members.as_object().unwrap() {
            request[name] = value.clone();
        }
        self.send("POST", FUNCTIONS, request).await
    }

    /// Creates a function and waits until it is there.
    pub(super) async fn create(&self, name: &str) {
        let created = self.send("POST", FUNCTIONS, creation(name)).await;
        assert_eq!(created.status, 201, "{created:?}");
        self.settled(name).await;
    }

    /// Waits until a creation or update has ended, and gives the configuration then.
    pub(super) async fn settled(&self, name: &str) -> Value {
        let mut changes = self.control.catalog.changes();
        loop {
            let shown = self.get(&format!("{FUNCTIONS}/{name}/configuration")).await.body;
            if shown["LastUpdateStatus"] == "Successful" {
                return shown;
            }
            changes.next().await.unwrap().unwrap();
        }
    }

    pub(super) async fn configure(&self, members: Value) -> Reply {
        self.send("PUT", &format!("{FUNCTIONS}/f/configuration"), members).await
    }

    /// Changes the description and publishes.
    pub(super) async fn publish(&self, description: &str) -> Reply {
        self.configure(json!({"Description": description})).await;
        self.settled("f").await;
        self.send("POST", &format!("{FUNCTIONS}/f/versions"), json!({})).await
    }
}

fn creation(name: &str) -> Value {
    json!({
        "FunctionName": name, "Runtime": "provided.al2023", "Handler": "h", "Code": {"ZipFile": zip("one")},
        "Role": "arn:aws:iam::000000000000:role/r",
    })
}

/// A package with one file, in base64.
pub(super) fn zip(content: &str) -> String {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    zip.start_file("bootstrap", options).unwrap();
    zip.write_all(content.as_bytes()).unwrap();
    base64::engine::general_purpose::STANDARD.encode(zip.finish().unwrap().into_inner())
}
