//! Talking to one registry about one repository: the distribution API's reading half, with its authentication.

use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue, LOCATION, WWW_AUTHENTICATE};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use model::{BlobSha256, CodeSha256};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use sigv4::client::{Client, whole};

use super::access::Access;
use super::manifest::{self, Document, Part};
use super::pull::PullError;
use super::reference::Reference;

/// What registries themselves take (the distribution specification).
const DOCUMENT_MAX_BYTES: usize = 4 * 1024 * 1024;

/// Registries hand out what they hold from a store beside them.
const REDIRECTS_MAX: usize = 5;

/// A registry that sends nothing for so long will send nothing more.
pub(super) const READ_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Clone)]
pub(super) struct Registry<'a> {
    pub(super) client: &'a Client,
    pub(super) access: &'a Access,
    pub(super) reference: &'a Reference,
    pub(super) authorization: Option<HeaderValue>,
}

impl Registry<'_> {
    /// The document that the reference names, with its digest.
    pub(super) async fn manifest(&mut self, named: &str) -> Result<(CodeSha256, Document), PullError> {
        let address = self.address("manifests", named);
        let response = self.get(&address, Some(&manifest::accepted())).await?;
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.map(|kind| kind.split(';').next().unwrap_or(kind).trim().to_owned());
        let bytes = document(response).await?;
        let digest = CodeSha256::from_bytes(Sha256::digest(&bytes).into());
        if let Some(wanted) = named.strip_prefix("sha256:").filter(|wanted| *wanted != digest.to_string()) {
            return Err(PullError::Damaged(wanted.to_owned()));
        }
        Ok((digest, manifest::parse(&bytes, kind.as_deref())?))
    }

    pub(super) async fn small_blob(&mut self, part: Part) -> Result<Bytes, PullError> {
        let bytes = document(self.blob(&part.digest).await?).await?;
        if Sha256::digest(&bytes)[..] != part.digest.as_bytes()[..] {
            return Err(PullError::Damaged(part.digest.to_string()));
        }
        Ok(bytes)
    }

    pub(super) async fn blob(&mut self, digest: &BlobSha256) -> Result<Response<Incoming>, PullError> {
        let address = self.address("blobs", &format!("sha256:{digest}"));
        self.get(&address, None).await
    }

    fn address(&self, what: &str, which: &str) -> String {
        let origin = self.access.origin(self.reference.registry());
        format!("{origin}/v2/{}/{what}/{which}", self.reference.repository())
    }

    /// Authenticates when the registry asks for it, and again when what it was answered has expired.
    async fn get(&mut self, address: &str, accept: Option<&str>) -> Result<Response<Incoming>, PullError> {
        let response = self.follow(address, accept).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return found(response);
        }
        let challenges = response.headers().get_all(WWW_AUTHENTICATE);
        let challenge = challenges.iter().filter_map(|value| Challenge::parse(value.to_str().ok()?)).next();
        self.authorization = Some(self.answer(challenge.ok_or(PullError::Denied)?).await?);
        found(self.follow(address, accept).await?)
    }

    async fn follow(&self, address: &str, accept: Option<&str>) -> Result<Response<Incoming>, PullError> {
        let mut uri = parse(address)?;
        let home = uri.authority().cloned();
        for _redirect in 0..=REDIRECTS_MAX {
            // Whoever the registry sends us to must not learn the password.
            let authorization = self.authorization.as_ref().filter(|_| uri.authority() == home.as_ref());
            let response = self.request(&uri, accept, authorization).await?;
            if !response.status().is_redirection() {
                return Ok(response);
            }
            uri = next(&uri, &response)?;
        }
        Err(PullError::Protocol("it redirects without end".to_owned()))
    }

    async fn request(
        &self,
        uri: &Uri,
        accept: Option<&str>,
        authorization: Option<&HeaderValue>,
    ) -> Result<Response<Incoming>, PullError> {
        self.check_plain(uri)?;
        let mut request = Request::get(uri).body(whole(Bytes::new()))?;
        let headers = request.headers_mut();
        if let Some(accept) = accept {
            headers.insert(ACCEPT, HeaderValue::from_str(accept).map_err(http::Error::from)?);
        }
        if let Some(authorization) = authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        self.client.stream(request).await.map_err(|error| PullError::Unreachable(error.to_string()))
    }

    /// Neither a redirection nor a token server may take off the TLS that a registry has.
    fn check_plain(&self, uri: &Uri) -> Result<(), PullError> {
        let host = uri.authority().map_or("", http::uri::Authority::as_str);
        if uri.scheme_str() == Some("http") && !self.access.is_plain(host) {
            return Err(PullError::Protocol(format!(
                "it wants plain HTTP with {host}, which is not allowed"
            )));
        }
        Ok(())
    }

    async fn answer(&self, challenge: Challenge) -> Result<HeaderValue, PullError> {
        let basic = self.access.basic(self.reference.registry());
        let text = match challenge {
            Challenge::Basic => basic.ok_or(PullError::Denied)?,
            Challenge::Bearer { realm, service } => {
                format!("Bearer {}", self.token(&realm, service.as_deref(), basic).await?)
            }
        };
        let mut value = HeaderValue::from_str(&text).map_err(http::Error::from)?;
        value.set_sensitive(true);
        Ok(value)
    }

    async fn token(
        &self,
        realm: &str,
        service: Option<&str>,
        basic: Option<String>,
    ) -> Result<String, PullError> {
        #[derive(serde::Deserialize)]
        struct Token {
            #[serde(alias = "access_token")]
            token: String,
        }
        let scope = format!("repository:{}:pull", self.reference.repository());
        let join = if realm.contains('?') { '&' } else { '?' };
        let mut address = format!("{realm}{join}scope={}", utf8_percent_encode(&scope, NON_ALPHANUMERIC));
        if let Some(service) = service {
            address.push_str(&format!("&service={}", utf8_percent_encode(service, NON_ALPHANUMERIC)));
        }
        let basic =
            basic.map(|basic| HeaderValue::from_str(&basic)).transpose().map_err(http::Error::from)?;
        let response = found(self.request(&parse(&address)?, None, basic.as_ref()).await?)?;
        let token: Token = serde_json::from_slice(&document(response).await?)
            .map_err(|error| PullError::Protocol(format!("its token cannot be read: {error}")))?;
        Ok(token.token)
    }
}

/// How a registry wants to be authenticated with.
#[derive(Debug, PartialEq, Eq)]
enum Challenge {
    Basic,
    Bearer { realm: String, service: Option<String> },
}

impl Challenge {
    fn parse(text: &str) -> Option<Challenge> {
        let (scheme, parameters) = text.split_once(' ').unwrap_or((text, ""));
        if scheme.eq_ignore_ascii_case("basic") {
            return Some(Challenge::Basic);
        }
        if !scheme.eq_ignore_ascii_case("bearer") {
            return None;
        }
        let parameter = |name: &str| {
            let (_, rest) = parameters.split_once(&format!("{name}=\""))?;
            Some(rest.split_once('"')?.0.to_owned())
        };
        Some(Challenge::Bearer { realm: parameter("realm")?, service: parameter("service") })
    }
}

fn parse(address: &str) -> Result<Uri, PullError> {
    let uri = address.parse::<Uri>().map_err(|error| PullError::Protocol(format!("{address}: {error}")))?;
    match uri.scheme_str() {
        Some("http" | "https") if uri.authority().is_some() => Ok(uri),
        _ => Err(PullError::Protocol(format!("{address} is no address of the web"))),
    }
}

fn next(from: &Uri, response: &Response<Incoming>) -> Result<Uri, PullError> {
    let location = response.headers().get(LOCATION).and_then(|location| location.to_str().ok());
    let location = location.ok_or_else(|| PullError::Protocol("it redirects to nowhere".to_owned()))?;
    if !location.starts_with('/') {
        return parse(location);
    }
    let (scheme, authority) = (from.scheme_str().unwrap_or_default(), from.authority());
    parse(&format!("{scheme}://{}{location}", authority.map_or("", http::uri::Authority::as_str)))
}

fn found(response: Response<Incoming>) -> Result<Response<Incoming>, PullError> {
    match response.status() {
        StatusCode::OK => Ok(response),
        status => Err(refused(status)),
    }
}

fn refused(status: StatusCode) -> PullError {
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => PullError::Denied,
        StatusCode::NOT_FOUND => PullError::NotFound,
        // The registry's trouble, which passes, and no fault of the image.
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            PullError::Unreachable(format!("it answers {status}"))
        }
        status => PullError::Protocol(format!("it answers {status}")),
    }
}

async fn document(response: Response<Incoming>) -> Result<Bytes, PullError> {
    let body = Limited::new(response.into_body(), DOCUMENT_MAX_BYTES).collect();
    let body = tokio::time::timeout(READ_TIMEOUT, body).await;
    let body = body.map_err(|_elapsed| PullError::Unreachable("it has stopped sending".to_owned()))?;
    Ok(body.map_err(|error| PullError::Unreachable(error.to_string()))?.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges_are_understood() {
        let bearer = r#"Bearer realm="https://auth.example/token",service="registry.example",scope="x""#;
        let (realm, service) = ("https://auth.example/token".to_owned(), Some("registry.example".to_owned()));
        assert_eq!(Challenge::parse(bearer), Some(Challenge::Bearer { realm, service }));
        assert_eq!(Challenge::parse(r#"basic realm="x""#), Some(Challenge::Basic));
        assert_eq!(Challenge::parse("Negotiate"), None);
        assert_eq!(Challenge::parse("Bearer nonsense"), None);
    }

    #[test]
    fn a_registry_in_trouble_is_not_taken_for_one_without_the_image() {
        for status in
            [StatusCode::TOO_MANY_REQUESTS, StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE]
        {
            assert!(matches!(refused(status), PullError::Unreachable(_)), "{status}");
        }
        assert!(matches!(refused(StatusCode::NOT_FOUND), PullError::NotFound));
        assert!(matches!(refused(StatusCode::BAD_REQUEST), PullError::Protocol(_)));
    }
}
