//! Which server a command speaks to, in which region, with which key.
//!
//! Flags come first, then `MAYFLY_*` variables, then what the variables of AWS's own clients say, then what a server
//! on this machine has. AWS's keys count only with AWS's endpoint, lest the keys of a real account go to Mayfly.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use sigv4::Credential;

use crate::data_folder::{default_data_dir, root_key};
use crate::failure::Failure;

const DEFAULT_ENDPOINT: &str = "http://127.0.0.1:4566";
const DEFAULT_REGION: &str = "us-east-1";

#[derive(Debug, Default, Args)]
pub(crate) struct TargetArguments {
    /// The server's URL [default: MAYFLY_LISTEN, AWS_ENDPOINT_URL, else http://127.0.0.1:4566]
    #[arg(long, value_name = "URL", help_heading = "Server", value_parser = url)]
    endpoint: Option<String>,
    /// Region of the functions [default: MAYFLY_REGION, AWS_REGION, else us-east-1]
    #[arg(long, help_heading = "Server")]
    region: Option<String>,
    /// Data folder of a server on this machine, for its root key
    /// [default: MAYFLY_DATA_DIR, else where `mayfly serve` keeps its data]
    #[arg(long, value_name = "DIR", help_heading = "Server")]
    data_dir: Option<PathBuf>,
}

#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Without a slash at its end.
    pub(crate) endpoint: String,
    pub(crate) region: String,
    pub(crate) credential: Credential,
}

/// The process environment, without empty variables.
#[derive(Debug, Default)]
pub(crate) struct Variables(HashMap<String, String>);

impl Variables {
    pub(crate) fn of_process() -> Variables {
        Variables(std::env::vars().filter(|(_name, value)| !value.is_empty()).collect())
    }

    fn read(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    fn credential(&self, prefix: &str) -> Option<Credential> {
        let id = self.read(&format!("{prefix}_ACCESS_KEY_ID"))?;
        let credential = Credential::new(id, self.read(&format!("{prefix}_SECRET_ACCESS_KEY"))?);
        match self.read(&format!("{prefix}_SESSION_TOKEN")) {
            Some(token) => Some(credential.with_session_token(token)),
            None => Some(credential),
        }
    }
}

impl TargetArguments {
    pub(crate) fn resolve(&self, variables: &Variables) -> Result<Target, Failure> {
        Ok(Target {
            endpoint: self.endpoint(variables),
            region: self.region(variables),
            credential: self.credential(variables)?,
        })
    }

    fn endpoint(&self, variables: &Variables) -> String {
        let listen = variables.read("MAYFLY_LISTEN").map(|listen| reachable(&listen));
        let endpoint = self.endpoint.clone().or(listen).or_else(|| variables.read("AWS_ENDPOINT_URL"));
        endpoint.as_deref().unwrap_or(DEFAULT_ENDPOINT).trim_end_matches('/').to_owned()
    }

    fn region(&self, variables: &Variables) -> String {
        let names = ["MAYFLY_REGION", "AWS_REGION", "AWS_DEFAULT_REGION"];
        let region = self.region.clone().or_else(|| names.iter().find_map(|name| variables.read(name)));
        region.unwrap_or_else(|| DEFAULT_REGION.to_owned())
    }

    fn credential(&self, variables: &Variables) -> Result<Credential, Failure> {
        if let Some(credential) = variables.credential("MAYFLY") {
            return Ok(credential);
        }
        if let Some(credential) = self.aws_credential(variables) {
            return Ok(credential);
        }
        let folder = self.data_dir.clone().or_else(|| variables.read("MAYFLY_DATA_DIR").map(PathBuf::from));
        let folder = folder.or_else(default_data_dir).ok_or(Failure::NoDataFolder)?;
        root_key(&folder)?.ok_or(Failure::NoKey { folder })
    }

    fn aws_credential(&self, variables: &Variables) -> Option<Credential> {
        let told_otherwise = self.data_dir.is_some() || variables.read("MAYFLY_DATA_DIR").is_some();
        if told_otherwise || variables.read("AWS_ENDPOINT_URL").is_none() {
            return None;
        }
        variables.credential("AWS")
    }
}

fn url(text: &str) -> Result<String, &'static str> {
    let host = ["http://", "https://"].iter().find_map(|scheme| text.strip_prefix(scheme));
    match host {
        Some(host) if !host.is_empty() => Ok(text.to_owned()),
        _ => Err("write a URL, such as http://127.0.0.1:4566"),
    }
}

/// The URL of a listener: one that listens everywhere is here, too.
fn reachable(listen: &str) -> String {
    match listen.parse::<SocketAddr>() {
        Ok(address) if address.ip().is_unspecified() => format!("http://127.0.0.1:{}", address.port()),
        _ => format!("http://{listen}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(pairs: &[(&str, &str)]) -> Variables {
        Variables(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    const KEY: [(&str, &str); 2] = [("MAYFLY_ACCESS_KEY_ID", "own"), ("MAYFLY_SECRET_ACCESS_KEY", "secret")];
    const AWS_KEY: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "aws"), ("AWS_SECRET_ACCESS_KEY", "secret")];

    fn with_key(pairs: &[(&str, &str)]) -> Target {
        TargetArguments::default().resolve(&variables(&[pairs, &KEY].concat())).unwrap()
    }

    fn folder_with_key() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let key = r#"{"access_key_id":"root","secret_access_key":"secret"}"#;
        std::fs::write(folder.path().join("root-key.json"), key).unwrap();
        folder
    }

    #[test]
    fn a_shell_that_says_nothing_means_the_server_on_this_machine() {
        let target = with_key(&[]);
        assert_eq!((target.endpoint.as_str(), target.region.as_str()), (DEFAULT_ENDPOINT, "us-east-1"));
    }

    #[test]
    fn the_listener_of_the_server_beats_the_endpoint_of_aws() {
        let aws = ("AWS_ENDPOINT_URL", "http://localhost:4566/");
        assert_eq!(with_key(&[aws]).endpoint, "http://localhost:4566");
        assert_eq!(with_key(&[aws, ("MAYFLY_LISTEN", "0.0.0.0:1")]).endpoint, "http://127.0.0.1:1");
        assert_eq!(with_key(&[aws, ("MAYFLY_LISTEN", "10.0.0.1:2")]).endpoint, "http://10.0.0.1:2");
    }

    #[test]
    fn an_endpoint_that_is_given_is_a_url() {
        assert_eq!(url("https://mayfly.lan"), Ok("https://mayfly.lan".to_owned()));
        for wrong in ["127.0.0.1:4566", "foo", "http://", ""] {
            assert_eq!(url(wrong), Err("write a URL, such as http://127.0.0.1:4566"), "{wrong}");
        }
    }

    #[test]
    fn the_region_is_the_one_that_aws_clients_take() {
        assert_eq!(with_key(&[("AWS_DEFAULT_REGION", "eu-west-1")]).region, "eu-west-1");
        let both = [("AWS_DEFAULT_REGION", "eu-west-1"), ("AWS_REGION", "eu-north-1")];
        assert_eq!(with_key(&both).region, "eu-north-1");
    }

    #[test]
    fn keys_of_aws_count_only_with_an_endpoint_for_them() {
        let folder = folder_with_key();
        let arguments = TargetArguments { data_dir: Some(folder.path().to_owned()), ..Default::default() };
        let target = arguments.resolve(&variables(&AWS_KEY)).unwrap();
        assert_eq!(target.credential.access_key_id(), "root");
        let pointed = [&AWS_KEY[..], &[("AWS_ENDPOINT_URL", "http://localhost:4566")]].concat();
        let target = TargetArguments::default().resolve(&variables(&pointed)).unwrap();
        assert_eq!(target.credential.access_key_id(), "aws");
    }

    #[test]
    fn without_any_key_the_folder_that_has_none_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let arguments = TargetArguments { data_dir: Some(folder.path().to_owned()), ..Default::default() };
        let failure = arguments.resolve(&variables(&[])).unwrap_err().to_string();
        assert!(failure.contains(&folder.path().display().to_string()), "{failure}");
        assert!(failure.contains("mayfly serve"), "{failure}");
    }
}
