//! How registries are reached: what an operator has configured, in the format of Docker's own `config.json`.
//!
//! Credential helpers are programs; this one runs none, and says nothing of them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Docker's name for its own registry in its configuration.
const DOCKER_HUB_KEY: &str = "index.docker.io";
const DOCKER_HUB: &str = "docker.io";

/// Credentials by registry, and the registries that speak plain HTTP.
#[derive(Clone, Default, serde::Serialize, serde::Deserialize)]
pub struct Access {
    credentials: BTreeMap<String, Login>,
    plain_http: Vec<String>,
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
        Ok(Access { credentials, plain_http: Vec::new() })
    }

    /// Registries that are not on the loopback and yet have no TLS.
    #[must_use]
    pub fn with_plain_http(self, registries: Vec<String>) -> Access {
        Access { plain_http: registries, ..self }
    }

    /// As an `Authorization` header has it.
    pub(crate) fn basic(&self, registry: &str) -> Option<String> {
        let Login { name, password } = self.credentials.get(registry)?;
        Some(format!("Basic {}", STANDARD.encode(format!("{name}:{password}"))))
    }

    pub(crate) fn scheme(&self, registry: &str) -> &'static str {
        let plain = is_loopback(registry) || self.plain_http.iter().any(|plain| plain == registry);
        if plain { "http" } else { "https" }
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
            assert_eq!(access.scheme(plain), "http", "{plain}");
        }
        for secure in ["10.0.0.1:5000", "registry.lan", "localhost.example"] {
            assert_eq!(access.scheme(secure), "https", "{secure}");
        }
    }
}
