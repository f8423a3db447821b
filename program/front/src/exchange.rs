//! One request: who, for which service, may it come in, and its answer.

use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::{CONNECTION, EXPECT};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Request, Response, Version};
use http_body_util::BodyExt;
use hyper::body::{Body as _, Incoming};
use model::{Caller, Region, RequestId, Timestamp};
use sigv4::client::{Body, whole};
use sigv4::{Claim, Request as Signed};

use crate::audit::Entry;
use crate::authenticate::{self, Authentication, Identified};
use crate::body::{self, Taken};
use crate::connection::Door;
use crate::forward::{Endpoint, Forwarded, Mode, Payload};
use crate::front::Shared;
use crate::refusal::{Dialect, Refusal};
use crate::route::{self, Own};
use crate::service::{Call, Operation, Service};
use crate::{browser, download};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");
const HEALTHY: &[u8] = br#"{"status":"ready"}"#;

/// For what is no known operation: as much as the largest payload, so that its signature can be checked.
const UNKNOWN_OPERATION: Operation = Operation { name: "Unknown", body_max_bytes: 6 * 1024 * 1024 };
/// What is read into memory of a body whose hash is needed before it can go on.
const FORWARD: Operation = Operation { name: "forwarded", body_max_bytes: 64 * 1024 * 1024 };

/// What is to be done with a request that may come in.
enum Admitted<'a> {
    Own(Response<Body>),
    Served { service: &'a Service, caller: Caller, region: Region, body: Bytes, taken: Taken },
    Forwarded { endpoint: &'a Endpoint, service: String, region: Region, body: Payload },
}

/// Answers `request`; whatever happens, there is an answer, and it carries a request id.
pub(crate) async fn answer(door: &Door, peer: IpAddr, request: Request<Incoming>) -> Response<Body> {
    let request_id = RequestId::random();
    let (parts, body) = request.into_parts();
    let now = door.shared.clock.now();
    let mut exchange =
        Exchange { door, shared: &door.shared, peer, now, body: Some(body), body_was_asked_for: false };
    let mut response = match exchange.admit(&parts).await {
        Ok(admitted) => exchange.perform(admitted, parts, request_id).await,
        Err(refusal) => {
            let mut response = refused(&refusal, dialect(&parts));
            if exchange.leave_body(&parts) == Left::Unread && parts.version < Version::HTTP_2 {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            response
        }
    };
    let headers = response.headers_mut();
    if !headers.contains_key(REQUEST_ID) {
        // A UUID is made of hex digits and dashes.
        let value = HeaderValue::from_str(&request_id.to_string());
        headers.extend(value.ok().map(|value| (REQUEST_ID, value)));
    }
    response
}

/// What becomes of a refused request's body.
#[derive(PartialEq, Eq)]
enum Left {
    /// There is none, or it is read beside the answer: unless that is cut short, the connection can be used again.
    Read,
    /// At least a part of it, so that nothing can follow on the connection.
    Unread,
}

struct Exchange<'a> {
    door: &'a Door,
    shared: &'a Arc<Shared>,
    peer: IpAddr,
    now: Timestamp,
    body: Option<Incoming>,
    /// Reading has begun, which tells a client that asks first that it may send its body.
    body_was_asked_for: bool,
}

impl<'a> Exchange<'a> {
    async fn admit(&mut self, parts: &Parts) -> Result<Admitted<'a>, Refusal> {
        let options = &self.shared.options;
        let authentication = self.door.authentication;
        if authentication == Authentication::Off {
            browser::check(&parts.headers, parts.uri.authority())?;
        }
        let request = Signed::of(parts);
        if let Some(own) = route::own(request.path) {
            return self.own(own, &request).await.map(Admitted::Own);
        }
        let identified = match authentication {
            Authentication::Sigv4 => authenticate::identify(&request, &self.shared.keys, self.now)?,
            Authentication::Off => {
                authenticate::believe(&request, &self.shared.keys, &options.account, self.now)
            }
        };
        let name =
            route::service_name(&self.shared.services, &parts.headers, identified.service()).to_owned();
        match self.shared.services.iter().find(|service| service.name == name) {
            Some(service) => self.admit_served(service, identified, &request, parts).await,
            None => self.admit_forwarded(name, &identified, &request).await,
        }
    }

    async fn admit_served(
        &mut self,
        service: &'a Service,
        identified: Identified<'_>,
        request: &Signed<'_>,
        parts: &Parts,
    ) -> Result<Admitted<'a>, Refusal> {
        identified.require_service(service.name)?;
        let region = identified.region(&self.shared.options.region)?;
        let operation = (service.operation)(parts).unwrap_or(UNKNOWN_OPERATION);
        let (body, taken) = self.read(operation).await?;
        identified.verify(request, sigv4::Payload::Body(&body))?;
        Ok(Admitted::Served { service, caller: identified.caller, region, body, taken })
    }

    async fn admit_forwarded(
        &mut self,
        service: String,
        identified: &Identified<'_>,
        request: &Signed<'_>,
    ) -> Result<Admitted<'a>, Refusal> {
        let Some(endpoint) = self.shared.options.endpoints.get(&service) else {
            return Err(Refusal::NotServed(service));
        };
        let operation =
            route::target(request.headers).and_then(|target| target.rsplit('.').next()).unwrap_or("*");
        identified.caller.authorize(&format!("{service}:{operation}"), "*")?;
        let region = identified.region(&self.shared.options.region)?;
        let body = self.forwarded_body(endpoint, identified, request).await?;
        Ok(Admitted::Forwarded { endpoint, service, region, body })
    }

    /// Large bodies flow through where the signature allows it; a new one needs the hash in a header for that.
    async fn forwarded_body(
        &mut self,
        endpoint: &Endpoint,
        identified: &Identified<'_>,
        request: &Signed<'_>,
    ) -> Result<Payload, Refusal> {
        let declared = identified.declares_payload(request);
        let flows = match endpoint.mode {
            Mode::Passthrough => declared,
            Mode::Resign(_) => declared && request.headers.contains_key("x-amz-content-sha256"),
        };
        if flows {
            identified.verify(request, sigv4::Payload::Declared)?;
            let body = self.body.take().ok_or(Refusal::Failed)?;
            return Ok(Payload::Flowing(body.map_err(Into::into).boxed_unsync()));
        }
        let (body, taken) = self.read(FORWARD).await?;
        identified.verify(request, sigv4::Payload::Body(&body))?;
        Ok(Payload::Whole { body, taken })
    }

    async fn own(&self, own: Own<'_>, request: &Signed<'_>) -> Result<Response<Body>, Refusal> {
        match own {
            Own::Health => Ok(healthy()),
            Own::Code(id) => {
                self.shared.downloads.check(request, self.now)?;
                download::send(Arc::clone(&self.shared.packages), id).await
            }
            Own::Nothing => Err(Refusal::NoSuchPath),
        }
    }

    async fn read(&mut self, operation: Operation) -> Result<(Bytes, Taken), Refusal> {
        let body = self.body.as_mut().ok_or(Refusal::Failed)?;
        let taken = body::expect(body, operation, &self.door.room).await?;
        self.body_was_asked_for = true;
        Ok((body::read(body, operation).await?, taken))
    }

    /// A refusal waits for no body: what its client still sends is read beside it, for many clients read the answer only
    /// once they have sent all. Who asks first whether to send it is not to.
    fn leave_body(&mut self, parts: &Parts) -> Left {
        let Some(mut body) = self.body.take().filter(|body| !body.is_end_stream()) else { return Left::Read };
        if asks_first(parts) && !self.body_was_asked_for {
            return Left::Unread;
        }
        let left = if body::is_discarded_whole(&body) { Left::Read } else { Left::Unread };
        let cut = self.shared.cut.clone();
        self.shared.tasks.spawn(async move { cut.run_until_cancelled(body::discard(&mut body)).await });
        left
    }

    async fn perform(&self, admitted: Admitted<'_>, parts: Parts, request_id: RequestId) -> Response<Body> {
        let dialect = |service| route::dialect(&parts.headers, Some(service));
        match admitted {
            Admitted::Own(response) => response,
            Admitted::Served { service, caller, region, body, taken } => {
                let dialect = dialect(service.name);
                let call = Call { caller, region, request_id, parts, body };
                self.call(service, call, taken).await.unwrap_or_else(|refusal| refused(&refusal, dialect))
            }
            Admitted::Forwarded { endpoint, service, region, body } => {
                let dialect = dialect(&service);
                let forwarded = Forwarded { service: &service, region: region.as_str(), parts, body };
                let sent = self.shared.forwarder.send(endpoint, forwarded, self.now).await;
                sent.unwrap_or_else(|refusal| refused(&refusal, dialect))
            }
        }
    }

    /// On a task of its own: a client that hangs up ends the exchange, but not what it has asked for.
    async fn call(&self, service: &Service, call: Call, taken: Taken) -> Result<Response<Body>, Refusal> {
        let (service, shared) = (service.clone(), Arc::clone(self.shared));
        let entry = Entry::of(&service, &call, self.peer, self.now);
        let task = self.shared.tasks.spawn(async move {
            let calling = shared.cut.run_until_cancelled(async { (service.call)(call).await });
            let answer = AssertUnwindSafe(calling).catch_unwind().await.unwrap_or_else(|_panicked| {
                tracing::error!(service = service.name, "an operation ended without an answer");
                None
            });
            if let Some(entry) = entry {
                shared.audit.record(&entry.ended(answer.as_ref())).await;
            }
            drop(taken);
            answer
        });
        task.await.ok().flatten().ok_or(Refusal::Failed)
    }
}

/// Whether the client waits to be told that it may send its body. This is hyper's rule, by which it tells it.
fn asks_first(parts: &Parts) -> bool {
    let expectation = parts.headers.get_all(EXPECT).iter().next_back();
    parts.version > Version::HTTP_10
        && expectation.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

fn healthy() -> Response<Body> {
    let mut response = Response::new(whole(Bytes::from_static(HEALTHY)));
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn refused(refusal: &Refusal, dialect: Dialect) -> Response<Body> {
    tracing::debug!(%refusal, "a request was refused");
    refusal.answer(dialect).map(whole)
}

fn dialect(parts: &Parts) -> Dialect {
    let claim = Claim::read(&Signed::of(parts)).ok();
    route::dialect(&parts.headers, claim.as_ref().map(|claim| claim.scope().service()))
}
