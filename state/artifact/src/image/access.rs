//! How registries are reached: what an operator has configured, in the format of Docker's own `config.json`.
//!
//! Credential helpers are programs; this one runs none, and says nothing of them.
//!
//! An image's name is not always where it is: deployments written for AWS name ECR's registries, and the operator says
//! which registry stands for them here. Credentials and TLS go by the registry that is asked.

use std::collections::BTreeMap;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::reference::is_registry;

/// Docker's name for its own registry in its configuration.
const DOCKER_HUB_KEY: &str = "index.docker.io";
const DOCKER_HUB: &str = "docker.io";
/// Where Docker's own registry answers, which is not under the name that people write.
const DOCKER_HUB_HOST: &str = "registry-1.docker.io";

/// At the front of a name: every host below it.
const BELOW: &str = "*.";

/// Credentials by registry, the registries that speak plain HTTP, and those that stand for others.
#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Access {
    credentials: BTreeMap<String, Login>,
    plain_http: Vec<String>,
    /// From the name in images to the registry that is asked.
    stand_ins: BTreeMap<String, String>,
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Login {
    name: String,
    password: String,
}

#[derive(Debug, thiserror::Error)]
pub enum InvalidAccess {
    #[error("it is not JSON of the expected form: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the entry of {0} is not a name and a password in base64")]
    Credentials(String),
    #[error("'{0}' is no registry: write HOST, HOST:PORT, or *.DOMAIN for all hosts of a domain")]
    Registry(String),
}

#[derive(serde::Deserialize)]
struct DockerConfig {
    #[serde(default)]
    auths: BTreeMap<String, DockerAuth>,
}

#[derive(serde::Deserialize)]
struct DockerAuth {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

impl std::fmt::Debug for Access {
    /// Without secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let registries = self.credentials.keys().collect::<Vec<_>>();
        f.debug_struct("Access")
            .field("credentials", &registries)
            .field("plain_http", &self.plain_http)
            .field("stand_ins", &self.stand_ins)
            .finish()
    }
}

impl Access {
    /// Entries without credentials, as credential helpers leave them, are passed over.
    pub fn from_docker_config(text: &[u8]) -> Result<Access, InvalidAccess> {
        let config = serde_json::from_slice::<DockerConfig>(text)?;
        let mut credentials = BTreeMap::new();
        for (key, entry) in config.auths {
            if let Some(login) = entry.login().ok_or_else(|| InvalidAccess::Credentials(key.clone()))? {
                credentials.insert(registry_of(&key), login);
            }
        }
        Ok(Access { credentials, ..Access::default() })
    }

    /// Registries that are not on the loopback and yet have no TLS.
    #[must_use]
    pub fn with_plain_http(self, registries: Vec<String>) -> Access {
        Access { plain_http: registries, ..self }
    }

    /// Registries that are asked for the images of others, by the names of those.
    pub fn with_stand_ins(self, stand_ins: BTreeMap<String, String>) -> Result<Access, InvalidAccess> {
        let names = stand_ins.keys().map(|name| name.strip_prefix(BELOW).unwrap_or(name));
        match names.chain(stand_ins.values().map(String::as_str)).find(|name| !is_registry(name)) {
            Some(wrong) => Err(InvalidAccess::Registry(wrong.to_owned())),
            None => Ok(Access { stand_ins, ..self }),
        }
    }

    /// Where the images are that name this registry; what names it exactly goes before what names its domain.
    pub(crate) fn home<'a>(&'a self, registry: &'a str) -> &'a str {
        let exact = self.stand_ins.get(registry);
        let domains = || {
            let below = |(name, _): &(&String, &String)| {
                name.strip_prefix('*').is_some_and(|domain| registry.ends_with(domain))
            };
            self.stand_ins.iter().filter(below).max_by_key(|(name, _)| name.len()).map(|(_, home)| home)
        };
        exact.or_else(domains).map_or(registry, String::as_str)
    }

    /// Scheme and host of a registry's addresses.
    pub(crate) fn origin(&self, registry: &str) -> String {
        let home = self.home(registry);
        let host = if home == DOCKER_HUB { DOCKER_HUB_HOST } else { home };
        let scheme = if self.is_plain(host) { "http" } else { "https" };
        format!("{scheme}://{host}")
    }

    /// As an `Authorization` header has it.
    pub(crate) fn basic(&self, registry: &str) -> Option<String> {
        let Login { name, password } = self.credentials.get(self.home(registry))?;
        Some(format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))))
    }

    /// Whether a host, with its port, may be spoken to without TLS.
    pub(crate) fn is_plain(&self, host: &str) -> bool {
        is_loopback(host) || self.plain_http.iter().any(|plain| plain == host)
    }
}

impl DockerAuth {
    /// None when it is malformed.
    fn login(self) -> Option<Option<Login>> {
        match (self.username, self.password, self.auth) {
            (Some(name), Some(password), _) => Some(Some(Login { name, password })),
            (_, _, Some(auth)) if !auth.is_empty() => {
                let decoded = String::from_utf8(STANDARD.decode(auth.trim()).ok()?).ok()?;
                let (name, password) = decoded.split_once(':')?;
                Some(Some(Login {
                    name: name.to_owned(),
                    password: password.trim_end_matches('\0').to_owned(),
                }))
            }
            _ => Some(None),
        }
    }
}

/// Docker writes some registries as addresses.
fn registry_of(key: &str) -> String {
    let host = key.split_once("://").map_or(key, |(_scheme, rest)| rest);
    let host = host.split('/').next().unwrap_or(host);
    if host == DOCKER_HUB_KEY { DOCKER_HUB.to_owned() } else { host.to_owned() }
}

fn is_loopback(registry: &str) -> bool {
    let host = registry.rsplit_once(':').map_or(registry, |(host, _port)| host);
    host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_found_by_registry_however_docker_wrote_it() {
        let config = br#"{"auths": {
            "https://index.docker.io/v1/": {"auth": "bWU6c2VjcmV0"},
            "a.b:5000": {"username": "n", "password": "p"},
            "helped.example": {}
        }, "credsStore": "desktop"}"#;
        let access = Access::from_docker_config(config).unwrap();
        assert_eq!(access.basic("docker.io").as_deref(), Some("Basic bWU6c2VjcmV0"));
        assert_eq!(access.basic("a.b:5000").as_deref(), Some("Basic bjpw"));
        assert_eq!(access.basic("helped.example"), None);
        assert!(!format!("{access:?}").contains("secret"));
    }

    #[test]
    fn a_damaged_entry_is_named() {
        let error = Access::from_docker_config(br#"{"auths": {"a.b": {"auth": "%"}}}"#).unwrap_err();
        assert_eq!(error.to_string(), "the entry of a.b is not a name and a password in base64");
        assert!(Access::from_docker_config(b"7").is_err());
    }

    #[test]
    fn only_the_loopback_and_named_registries_are_plain() {
        let access = Access::default().with_plain_http(vec!["registry.lan:5000".to_owned()]);
        for plain in ["127.0.0.1:5000", "localhost:5000", "localhost", "registry.lan:5000"] {
            assert_eq!(access.origin(plain), format!("http://{plain}"));
        }
        for secure in ["10.0.0.1:5000", "registry.lan", "localhost.example"] {
            assert_eq!(access.origin(secure), format!("https://{secure}"));
        }
        assert_eq!(access.origin("docker.io"), "https://registry-1.docker.io");
    }

    #[test]
    fn a_registry_that_stands_for_others_is_asked_with_its_own_credentials() {
        let config = br#"{"auths": {"own.lan": {"username": "n", "password": "p"}}}"#;
        let stand_ins = [
            ("*.amazonaws.com", "own.lan"),
            ("*.eu-west-1.amazonaws.com", "eu.lan"),
            ("111122223333.dkr.ecr.eu-west-1.amazonaws.com", "127.0.0.1:5000"),
        ];
        let stand_ins = stand_ins.map(|(name, home)| (name.to_owned(), home.to_owned())).into();
        let access = Access::from_docker_config(config).unwrap().with_stand_ins(stand_ins).unwrap();
        let virginia = "111122223333.dkr.ecr.us-east-1.amazonaws.com";
        assert_eq!(access.origin(virginia), "https://own.lan");
        assert_eq!(access.basic(virginia).as_deref(), Some("Basic bjpw"));
        assert_eq!(access.home("444455556666.dkr.ecr.eu-west-1.amazonaws.com"), "eu.lan");
        assert_eq!(access.origin("111122223333.dkr.ecr.eu-west-1.amazonaws.com"), "http://127.0.0.1:5000");
        assert_eq!(access.home("amazonaws.com"), "amazonaws.com");
    }

    #[test]
    fn what_cannot_stand_for_a_registry_is_named() {
        for (name, home) in [("a.b", "https://c.d"), ("*.*.b", "c.d"), ("team", "c.d")] {
            let stand_ins = BTreeMap::from([(name.to_owned(), home.to_owned())]);
            let error = Access::default().with_stand_ins(stand_ins).unwrap_err();
            assert!(matches!(error, InvalidAccess::Registry(_)), "{name}={home}");
        }
    }
}
