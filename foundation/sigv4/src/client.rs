//! A small HTTP client for signed calls: the CLI's, forwarded ones, and fetching code from S3.
//!
//! Connections are kept and used again. Certificates of the host are read at the first `https` call and not
//! before, because reading them takes longer than a server may take to start.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response, Uri};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::{self, Client as Pool};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use model::Timestamp;
use rustls::crypto::aws_lc_rs;

use crate::sign::{Signer, Unsignable};

/// Idle connections kept for each host.
const IDLE_CONNECTIONS: usize = 32;
/// An idle connection is closed before most servers close it on their side.
const IDLE_TIMEOUT: Duration = Duration::from_secs(20);

/// A request's body: all at once, or as it arrives.
pub type Body = UnsyncBoxBody<Bytes, BodyError>;
/// Whatever ended a body early.
pub type BodyError = Box<dyn std::error::Error + Send + Sync>;

/// How long to wait and how much to read.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub connect_timeout: Duration,
    /// From the first byte sent to the last byte read; when streaming, to the response's head.
    pub request_timeout: Duration,
    pub response_max_bytes: usize,
}

/// Why there is no response.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error(transparent)]
    Unsignable(#[from] Unsignable),
    #[error("{uri} cannot be reached: {}", innermost(reason))]
    Unreachable { uri: Uri, reason: legacy::Error },
    #[error("{uri} did not answer within {after:?}")]
    TimedOut { uri: Uri, after: Duration },
    #[error("the response is larger than {limit} bytes")]
    ResponseTooLarge { limit: usize },
    #[error("the response broke off: {0}")]
    ResponseBroken(BodyError),
}

impl ClientError {
    /// Whether nothing can have listened: the call had no effect and may be repeated.
    pub fn is_connect(&self) -> bool {
        matches!(self, Self::Unreachable { reason, .. } if reason.is_connect())
    }
}

/// What the layers of the library wrap says what is wrong: a name that is not known, a certificate that nobody vouches for.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    cause.to_string()
}

/// Clones share their connections.
#[derive(Debug, Clone)]
pub struct Client {
    options: Options,
    plain: Pool<HttpConnector, Body>,
    secure: Arc<OnceLock<Pool<HttpsConnector<HttpConnector>, Body>>>,
}

impl Client {
    pub fn new(options: Options) -> Client {
        Client { options, plain: pool(connector(options)), secure: Arc::default() }
    }

    /// Signs `request`, sends it and reads the whole response.
    pub async fn send_signed(
        &self,
        mut request: Request<Bytes>,
        signer: &Signer<'_>,
        now: Timestamp,
    ) -> Result<Response<Bytes>, ClientError> {
        let body = std::mem::take(request.body_mut());
        let (mut parts, ()) = request.map(drop).into_parts();
        signer.sign(&mut parts, &body, now)?;
        self.send(Request::from_parts(parts, body)).await
    }

    /// Sends `request` as it is and reads the whole response.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ClientError> {
        let uri = request.uri().clone();
        let exchange = async {
            let response = self.exchange(request.map(whole)).await?;
            let (head, body) = response.into_parts();
            Ok(Response::from_parts(head, self.read(body).await?))
        };
        self.in_time(uri, exchange).await
    }

    /// Sends `request` and returns once the response's head is there; both bodies flow as they come.
    pub async fn stream(&self, request: Request<Body>) -> Result<Response<Incoming>, ClientError> {
        let uri = request.uri().clone();
        self.in_time(uri, self.exchange(request)).await
    }

    async fn in_time<T>(
        &self,
        uri: Uri,
        exchange: impl Future<Output = Result<T, ClientError>>,
    ) -> Result<T, ClientError> {
        let after = self.options.request_timeout;
        tokio::time::timeout(after, exchange).await.unwrap_or(Err(ClientError::TimedOut { uri, after }))
    }

    async fn exchange(&self, request: Request<Body>) -> Result<Response<Incoming>, ClientError> {
        let uri = request.uri().clone();
        let response = if uri.scheme() == Some(&http::uri::Scheme::HTTPS) {
            let secure = self.secure.get_or_init(|| pool(secure_connector(self.options)));
            secure.request(request).await
        } else {
            self.plain.request(request).await
        };
        response.map_err(|reason| ClientError::Unreachable { uri, reason })
    }

    async fn read(&self, body: Incoming) -> Result<Bytes, ClientError> {
        let limit = self.options.response_max_bytes;
        match Limited::new(body, limit).collect().await {
            Ok(collected) => Ok(collected.to_bytes()),
            Err(error) if error.is::<LengthLimitError>() => Err(ClientError::ResponseTooLarge { limit }),
            Err(error) => Err(ClientError::ResponseBroken(error)),
        }
    }
}

/// A body that is there at once.
pub fn whole(bytes: Bytes) -> Body {
    Full::new(bytes).map_err(|never| match never {}).boxed_unsync()
}

fn pool<C>(connector: C) -> Pool<C, Body>
where
    C: legacy::connect::Connect + Clone,
{
    Pool::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
        .build(connector)
}

fn connector(options: Options) -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(options.connect_timeout));
    connector
}

fn secure_connector(options: Options) -> HttpsConnector<HttpConnector> {
    let mut plain = connector(options);
    plain.enforce_http(false);
    HttpsConnectorBuilder::new()
        .with_tls_config(tls_config())
        .https_only()
        .enable_http1()
        .wrap_connector(plain)
}

/// Without any certificate on the host every handshake fails and says why; plain HTTP goes on working.
fn tls_config() -> rustls::ClientConfig {
    let builder = || {
        let provider = Arc::new(aws_lc_rs::default_provider());
        rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("the provider is built with TLS 1.2 and 1.3")
    };
    match builder().with_native_roots() {
        Ok(trusting) => trusting.with_no_client_auth(),
        Err(_no_certificates) => {
            builder().with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth()
        }
    }
}
