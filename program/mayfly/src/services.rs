//! The AWS services behind the front, and the keys that it knows.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use catalog::Catalog;
use engine::{BlobId, Engine};
use environment::RuntimeTable;
use front::{Audit, Call, Downloads, Endpoint, Front, Keys, Mode, Operation, Packages, Service, Session};
use http::request::Parts;
use http_body_util::Full;
use invoke::Invoker;
use lambda::{Control, Links, S3};
use model::{Clock, FunctionVersion, SessionCredentials};
use observability::Logs;
use scheduler::{CredentialSource, Scheduler};
use sigv4::Credential;

use crate::environments;
use crate::server::ServerError;
use crate::settings::{self, AccessKey, Settings};

const ROOT_KEY_FILE: &str = "root-key.json";

/// Longer than an environment may live, and as long as AWS lets a role's session last.
const SESSION_LIFETIME: Duration = Duration::from_secs(12 * 60 * 60);

/// The prefix of `X-Amz-Target` in CloudWatch Logs.
const LOGS_TARGET: &str = "Logs_20140328";

/// The root key: preset, or of the data folder.
pub(crate) fn keys(settings: &Settings, data_dir: &Path) -> Result<Keys, ServerError> {
    let root = match &settings.root_key {
        Some(key) => credential(key),
        None => front::load_or_create_root_key(&data_dir.join(ROOT_KEY_FILE))?,
    };
    Ok(Keys::new(root, settings.account.clone(), settings.function_permissions.into()))
}

fn credential(key: &AccessKey) -> Credential {
    let credential = Credential::new(&key.access_key_id, &key.secret_access_key);
    match &key.session_token {
        Some(token) => credential.with_session_token(token),
        None => credential,
    }
}

/// Makes the session credentials of environments.
pub(crate) fn credentials(keys: Keys, clock: Clock) -> CredentialSource {
    CredentialSource::new(move |version| mint(&keys, &clock, version))
}

fn mint(keys: &Keys, clock: &Clock, version: &FunctionVersion) -> SessionCredentials {
    let role = version.config.role.rsplit('/').next().unwrap_or_default();
    keys.mint(&Session {
        account: version.arn.account.clone(),
        role: role.to_owned(),
        name: version.arn.name.to_string(),
        log_group: version.config.logging.group.clone(),
        expires: clock.now() + SESSION_LIFETIME,
    })
}

/// What the services work with.
pub(crate) struct Backends {
    pub(crate) catalog: Catalog,
    pub(crate) engine: Engine,
    pub(crate) logs: Logs,
    pub(crate) invoker: Invoker,
    pub(crate) scheduler: Scheduler,
    pub(crate) runtimes: Arc<RuntimeTable>,
    pub(crate) keys: Keys,
    pub(crate) clock: Clock,
}

impl Backends {
    pub(crate) fn front(self, settings: &Settings, audit: Audit) -> Result<Front, ServerError> {
        let endpoints = endpoints(settings)?;
        let packages = packages(&self.engine);
        let (keys, clock) = (self.keys.clone(), self.clock.clone());
        let options = front::Options {
            authentication: settings.auth.into(),
            region: settings.region.clone(),
            account: settings.account.clone(),
            endpoints: endpoints.clone(),
        };
        let services = vec![self.lambda(settings, &endpoints), self.own(), self.logs()];
        Ok(Front::new(options, clock, keys, services, packages, audit))
    }

    fn lambda(&self, settings: &Settings, endpoints: &HashMap<String, Endpoint>) -> Service {
        let control = Control {
            catalog: self.catalog.clone(),
            runtimes: Arc::clone(&self.runtimes),
            links: self.links(settings),
            s3: endpoints.get("s3").map(|endpoint| S3::new(endpoint.url.clone(), operator(settings))),
            clock: self.clock.clone(),
            account_concurrency: settings.concurrency,
        };
        let service = lambda::Service::new(control, self.invoker.clone());
        Service::new("lambda", None, lambda_operation, move |call| {
            let service = service.clone();
            let Call { caller, region, request_id, parts, body } = call;
            async move { service.call(lambda::Call { caller, region, request_id, parts, body }).await }
        })
        .with_data_plane(lambda::DATA_PLANE)
    }

    fn own(&self) -> Service {
        let (scheduler, runtimes) = (self.scheduler.clone(), Arc::clone(&self.runtimes));
        Service::new(environments::SERVICE, None, environments::operation, move |call| {
            let (scheduler, runtimes) = (scheduler.clone(), Arc::clone(&runtimes));
            async move { environments::answer(&call, &scheduler, &runtimes).await }
        })
    }

    fn logs(self) -> Service {
        let service = logs::Service::new(self.logs);
        Service::new("logs", Some(LOGS_TARGET), logs_operation, move |call| {
            let service = service.clone();
            async move {
                let answer = service.call(&call.caller, call.region, &call.parts, call.body).await;
                answer.map(Full::new)
            }
        })
        .with_data_plane(logs::DATA_PLANE)
    }

    fn links(&self, settings: &Settings) -> Links {
        let downloads = Downloads::new(&self.keys, settings.region.clone());
        let clock = self.clock.clone();
        Links::new(move |host, package| downloads.link(host, package, clock.now()))
    }
}

fn lambda_operation(parts: &Parts) -> Option<Operation> {
    let lambda::Expected { operation, body_max_bytes } = lambda::expected(parts)?;
    Some(Operation { name: operation, body_max_bytes })
}

/// Every request of Logs may be as large as the largest.
fn logs_operation(_parts: &Parts) -> Option<Operation> {
    Some(Operation { name: "PutLogEvents", body_max_bytes: logs::REQUEST_MAX_BYTES })
}

/// Packages are blobs, named by the same digest.
fn packages(engine: &Engine) -> Packages {
    let blobs = engine.blobs().clone();
    Arc::new(move |id| match id.parse::<BlobId>() {
        Ok(id) => blobs.open_blob(&id),
        Err(_no_digest) => Ok(None),
    })
}

/// Signs what goes to other endpoints. An emulator takes any key.
fn operator(settings: &Settings) -> Credential {
    let nobody = || Credential::new("AKIAMAYFLYNOBODY0000", "no key was given");
    settings.operator_key.as_ref().map_or_else(nobody, credential)
}

fn endpoints(settings: &Settings) -> Result<HashMap<String, Endpoint>, ServerError> {
    let endpoint = |(service, endpoint): (&String, &settings::Endpoint)| match endpoint.url.parse() {
        Ok(url) => {
            let mode = if endpoint.resign { Mode::Resign(operator(settings)) } else { Mode::Passthrough };
            Ok((service.clone(), Endpoint { url, mode }))
        }
        Err(_invalid) => Err(ServerError::Endpoint { service: service.clone(), url: endpoint.url.clone() }),
    };
    settings.endpoints.iter().map(endpoint).collect()
}
