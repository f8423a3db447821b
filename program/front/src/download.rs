//! Links to deployment packages, good for ten minutes, that a plain GET downloads.

use std::fmt;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Response};
use http_body_util::{BodyExt, StreamBody};
use hyper::body::Frame;
use model::{Region, Timestamp};
use sigv4::client::Body;
use sigv4::{Claim, Credential, Payload, Request, SignatureError, Signer};
use tokio_util::io::ReaderStream;

use crate::keys::Keys;
use crate::refusal::Refusal;
use crate::route::code_path;

/// As long as AWS's links to code last.
const LIFETIME: Duration = Duration::from_secs(10 * 60);
/// The service in a link's scope; no key of a user signs for it.
const SERVICE: &str = "mayfly";
const KEY_ID: &str = "MAYFLYDOWNLOADS00000";
/// One read from the disk.
const CHUNK_BYTES: usize = 128 * 1024;

/// Opens the package with an id; `None` when there is none.
pub type Packages = Arc<dyn Fn(&str) -> io::Result<Option<File>> + Send + Sync>;

/// Makes and honours links. Clones are equal.
#[derive(Clone)]
pub struct Downloads {
    credential: Credential,
    region: Region,
}

impl Downloads {
    pub fn new(keys: &Keys, region: Region) -> Downloads {
        Downloads { credential: Credential::new(KEY_ID, keys.secret_for("downloads")), region }
    }

    /// A URL for the package `id` on the front that the client knows as `host` (the `Host` of its request).
    pub fn link(&self, host: &str, id: &str, now: Timestamp) -> String {
        let path = code_path(id);
        let mut headers = HeaderMap::new();
        if let Ok(value) = HeaderValue::from_str(host) {
            headers.insert(http::header::HOST, value);
        }
        let request =
            Request { method: "GET", path: &path, query: None, authority: Some(host), headers: &headers };
        let query = self.signer().presign(&request, b"", LIFETIME, now);
        format!("http://{host}{path}?{query}")
    }

    pub(crate) fn check(&self, request: &Request<'_>, now: Timestamp) -> Result<(), SignatureError> {
        let claim = Claim::parse(request, now)?;
        claim.scope().require_service(SERVICE)?;
        if claim.access_key_id() != KEY_ID {
            return Err(SignatureError::UnknownKey);
        }
        claim.verify(request, Payload::Body(b""), &self.credential)
    }

    fn signer(&self) -> Signer<'_> {
        Signer { credential: &self.credential, region: self.region.as_str(), service: SERVICE }
    }
}

impl fmt::Debug for Downloads {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Downloads").finish_non_exhaustive()
    }
}

/// The package's bytes as they come off the disk.
pub(crate) async fn send(packages: Packages, id: &str) -> Result<Response<Body>, Refusal> {
    let name = id.to_owned();
    let opened = tokio::task::spawn_blocking(move || -> io::Result<Option<(File, u64)>> {
        let Some(file) = packages(&name)? else { return Ok(None) };
        let length = file.metadata()?.len();
        Ok(Some((file, length)))
    });
    let (file, length) = match opened.await {
        Ok(Ok(Some(found))) => found,
        Ok(Ok(None)) => return Err(Refusal::NoSuchPath),
        Ok(Err(error)) => {
            tracing::error!(%error, id, "a package cannot be opened");
            return Err(Refusal::Failed);
        }
        Err(_panicked) => return Err(Refusal::Failed),
    };
    let chunks = ReaderStream::with_capacity(tokio::fs::File::from_std(file), CHUNK_BYTES);
    let frames = chunks.map_ok(Frame::<Bytes>::data).map_err(Into::into);
    let mut response = Response::new(StreamBody::new(frames).boxed_unsync());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/zip"));
    response.headers_mut().insert(CONTENT_LENGTH, length.into());
    Ok(response)
}
