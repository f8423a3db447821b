//! What the front knows of a service: a name, the operations' body limits, and a function to call.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use http::Response;
use http::request::Parts;
use http_body_util::BodyExt;
use model::{Caller, Region, RequestId};
use sigv4::client::{Body, BodyError};

/// An authenticated request with its whole body.
#[derive(Debug)]
pub struct Call {
    pub caller: Caller,
    /// The one that the request is signed for.
    pub region: Region,
    /// What the response will carry as `x-amzn-RequestId`.
    pub request_id: RequestId,
    pub parts: Parts,
    pub body: Bytes,
}

/// What must be known of an operation before its body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    pub name: &'static str,
    pub body_max_bytes: usize,
}

type Answer = Pin<Box<dyn Future<Output = Response<Body>> + Send>>;

/// A service that is served here.
#[derive(Clone)]
pub struct Service {
    /// The name in signatures' credential scopes.
    pub(crate) name: &'static str,
    /// What comes before the dot of `X-Amz-Target`, for services that use it.
    pub(crate) target: Option<&'static str>,
    /// Operations that are no administration, and so are not audited.
    pub(crate) data_plane: &'static [&'static str],
    pub(crate) operation: fn(&Parts) -> Option<Operation>,
    pub(crate) call: Arc<dyn Fn(Call) -> Answer + Send + Sync>,
}

impl Service {
    /// `operation` only names what a request asks for; a request that it does not know is `call`ed all the same,
    /// so that the service itself says so. Its answer's body is sent as it comes.
    pub fn new<F, A, B>(
        name: &'static str,
        target: Option<&'static str>,
        operation: fn(&Parts) -> Option<Operation>,
        call: F,
    ) -> Service
    where
        F: Fn(Call) -> A + Send + Sync + 'static,
        A: Future<Output = Response<B>> + Send + 'static,
        B: hyper::body::Body<Data = Bytes, Error: Into<BodyError>> + Send + 'static,
    {
        let call = move |request| -> Answer {
            let answer = call(request);
            Box::pin(async move { answer.await.map(|body| body.map_err(Into::into).boxed_unsync()) })
        };
        Service { name, target, data_plane: &[], operation, call: Arc::new(call) }
    }

    /// Names the operations that come by the thousand and change no configuration, as the audit log would name them.
    #[must_use]
    pub fn with_data_plane(self, operations: &'static [&'static str]) -> Service {
        Service { data_plane: operations, ..self }
    }
}

impl fmt::Debug for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Service").field("name", &self.name).finish_non_exhaustive()
    }
}
