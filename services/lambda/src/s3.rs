//! Fetching packages from the configured S3 endpoint.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, StatusCode, Uri};
use model::limits::UNZIPPED_CODE_MAX_BYTES;
use model::{Region, Timestamp};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sigv4::client::{Client, ClientError, Options};
use sigv4::{Credential, Signer};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A package of the greatest size at 2 MB/s.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);

/// What S3 leaves as it is in a key, slashes included.
const KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

#[derive(Debug, thiserror::Error)]
pub(crate) enum S3Error {
    #[error("No endpoint is configured for S3; start the server with --endpoint s3=URL")]
    NotConfigured,
    #[error("The object has no address: {0}")]
    Address(#[from] http::Error),
    #[error("{0}")]
    Client(Box<ClientError>),
    #[error("S3 answers {code}: {message}")]
    Refused { code: String, message: String },
}

/// Where an object is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) bucket: String,
    pub(crate) key: String,
    pub(crate) version: Option<String>,
}

/// An S3 server, addressed by path. Cheap to clone.
#[derive(Debug, Clone)]
pub struct S3 {
    client: Client,
    endpoint: Uri,
    credential: Credential,
}

impl S3 {
    /// `credential` signs the requests; emulators take any.
    pub fn new(endpoint: Uri, credential: Credential) -> S3 {
        let client = Client::new(Options {
            connect_timeout: CONNECT_TIMEOUT,
            request_timeout: REQUEST_TIMEOUT,
            // A package is never larger than what it unpacks to, but for its headers.
            response_max_bytes: usize::try_from(UNZIPPED_CODE_MAX_BYTES).unwrap_or(usize::MAX),
        });
        S3 { client, endpoint, credential }
    }

    pub(crate) async fn fetch(
        &self,
        object: &Object,
        region: &Region,
        now: Timestamp,
    ) -> Result<Bytes, S3Error> {
        let request = Request::get(address(&self.endpoint, object)).body(Bytes::new())?;
        let signer = Signer { credential: &self.credential, region: region.as_str(), service: "s3" };
        let response = self.client.send_signed(request, &signer, now).await;
        let response = response.map_err(|error| S3Error::Client(Box::new(error)))?;
        match response.status() {
            StatusCode::OK => Ok(response.into_body()),
            _ => Err(refused(&response)),
        }
    }
}

fn address(endpoint: &Uri, object: &Object) -> String {
    let Object { bucket, key, version } = object;
    let base = endpoint.to_string();
    let query = version
        .as_ref()
        .map(|version| format!("?versionId={}", utf8_percent_encode(version, NON_ALPHANUMERIC)));
    format!(
        "{}/{}/{}{}",
        base.trim_end_matches('/'),
        utf8_percent_encode(bucket, KEY),
        utf8_percent_encode(key, KEY),
        query.unwrap_or_default()
    )
}

/// S3's errors are small XML documents of which only two elements matter.
fn refused(response: &Response<Bytes>) -> S3Error {
    let body = String::from_utf8_lossy(response.body());
    let code = element(&body, "Code").unwrap_or_else(|| response.status().as_u16().to_string());
    let message = element(&body, "Message").unwrap_or_else(|| response.status().to_string());
    S3Error::Refused { code, message }
}

fn element(document: &str, name: &str) -> Option<String> {
    let (_, rest) = document.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_addressed_by_path() {
        let object = |version: Option<&str>| Object {
            bucket: "b".to_owned(),
            key: "a b/c+d.zip".to_owned(),
            version: version.map(str::to_owned),
        };
        let endpoint = Uri::from_static("http://localhost:9000/");
        assert_eq!(address(&endpoint, &object(None)), "http://localhost:9000/b/a%20b/c%2Bd.zip");
        assert_eq!(
            address(&endpoint, &object(Some("v/1"))),
            "http://localhost:9000/b/a%20b/c%2Bd.zip?versionId=v%2F1"
        );
    }

    #[test]
    fn an_error_is_read_from_its_document() {
        let body = "<?xml?><Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>";
        let error = refused(&Response::builder().status(404).body(Bytes::from(body)).unwrap());
        assert!(
            matches!(&error, S3Error::Refused { code, message }
                if code == "NoSuchKey" && message == "The specified key does not exist."),
            "{error}"
        );
        let error = refused(&Response::builder().status(503).body(Bytes::new()).unwrap());
        assert!(matches!(&error, S3Error::Refused { code, .. } if code == "503"), "{error}");
    }
}
