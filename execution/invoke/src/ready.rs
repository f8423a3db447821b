//! The checks that stand before every invocation, in AWS's order.

use std::sync::Arc;

use catalog::{Scope, Snapshot};
use model::function::{State, TracingMode};
use model::limits::SYNC_PAYLOAD_MAX_BYTES;
use model::{Clock, FunctionArn, FunctionVersion, Invocation, Qualifier, VersionRef};

use crate::error::InvokeError;
use crate::request::InvokeRequest;
use crate::sampling::Sampling;
use crate::{payload, trace};

/// An invocation that has passed every check.
#[derive(Debug)]
pub(crate) struct Ready {
    pub(crate) version: Arc<FunctionVersion>,
    pub(crate) invocation: Invocation,
}

impl Ready {
    pub(crate) fn check(
        request: InvokeRequest,
        catalog: &Snapshot,
        clock: &Clock,
        sampling: &Sampling,
    ) -> Result<Ready, InvokeError> {
        check_size(request.payload.len())?;
        let scope = Scope { account: request.account, region: request.region };
        let qualifier = request.qualifier;
        let invoked_arn = scope.arn(&request.function).qualified(qualifier.clone());
        let version = catalog
            .resolve(&scope, &request.function, qualifier.as_ref(), draw())
            .map_err(|_missing| InvokeError::NotFound { arn: named(&invoked_arn) })?;
        let event = payload::event(request.payload).map_err(InvokeError::Payload)?;
        let client_context = match request.client_context {
            Some(given) => Some(payload::client_context(&given).ok_or(InvokeError::ClientContext)?),
            None => None,
        };
        check_state(version.state)?;
        let now = clock.now();
        let trace_id = match version.config.tracing {
            TracingMode::PassThrough => trace::passed_through(request.trace.as_deref(), now),
            TracingMode::Active => {
                let decide = || sampling.decide(&version.arn, now, draw());
                trace::active(request.trace.as_deref(), now, decide)
            }
        };
        let request_id = request.request_id;
        let invocation = Invocation { request_id, payload: event, invoked_arn, trace_id, client_context };
        Ok(Ready { version, invocation })
    }
}

fn check_size(actual: usize) -> Result<(), InvokeError> {
    let limit = SYNC_PAYLOAD_MAX_BYTES;
    if actual > limit { Err(InvokeError::PayloadTooLarge { actual, limit }) } else { Ok(()) }
}

/// An update in progress stops nobody: invocations run what was before.
fn check_state(state: State) -> Result<(), InvokeError> {
    match state {
        State::Active => Ok(()),
        State::Pending | State::Failed => Err(InvokeError::NotActive { state }),
    }
}

/// As AWS names what it did not find: never without a qualifier.
fn named(arn: &FunctionArn) -> FunctionArn {
    let latest = || Qualifier::Version(VersionRef::Latest);
    arn.qualified(Some(arn.qualifier.clone().unwrap_or_else(latest)))
}

/// Chooses between the versions of a weighted alias: from 0, inclusive, to 1, exclusive.
fn draw() -> f64 {
    rand::random()
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use artifact::Trees;
    use bytes::Bytes;
    use catalog::{Catalog, CodeUpdate, ConfigPatch, NewFunction, Options, Secrets};
    use engine::Engine;
    use model::RequestId;
    use model::function::{Architecture, Program};
    use tokio::task::JoinHandle;

    use super::*;
    use crate::request::{LogType, Mode};

    /// A catalog with one function, `f`.
    struct Fixture {
        catalog: Catalog,
        _service: JoinHandle<()>,
        _folder: tempfile::TempDir,
    }

    impl Fixture {
        async fn active() -> Fixture {
            let fixture = Fixture::settling_after(Duration::from_millis(1)).await;
            let mut changes = fixture.catalog.changes();
            while fixture.check(request("f")).is_err() {
                changes.next().await.unwrap().unwrap();
            }
            fixture
        }

        async fn pending() -> Fixture {
            Fixture::settling_after(Duration::from_secs(3600)).await
        }

        async fn settling_after(settle_after: Duration) -> Fixture {
            let folder = tempfile::tempdir().unwrap();
            let engine = Engine::open(folder.path()).unwrap();
            let trees = Trees::open(&folder.path().join("trees")).unwrap();
            let secrets = Secrets::load_or_create(&folder.path().join("environment-key")).unwrap();
            let options = Options {
                engine,
                trees,
                registries: Default::default(),
                clock: Clock::system(),
                secrets,
                settle_after,
            };
            let (catalog, service) = Catalog::open(options).await.unwrap();
            let service = tokio::spawn(service.run());
            let package = catalog.store_package(package("one")).await.unwrap();
            catalog.create_function(scope(), "f".parse().unwrap(), new_function(), package).await.unwrap();
            Fixture { catalog, _service: service, _folder: folder }
        }

        fn check(&self, request: InvokeRequest) -> Result<Ready, InvokeError> {
            Ready::check(request, &self.catalog.snapshot(), &Clock::system(), &Sampling::default())
        }
    }

    fn scope() -> Scope {
        Scope { account: "000000000000".parse().unwrap(), region: "us-east-1".parse().unwrap() }
    }

    fn new_function() -> NewFunction {
        NewFunction {
            role: "arn:aws:iam::000000000000:role/r".to_owned(),
            program: Program::Runtime {
                runtime: "python3.12".parse().unwrap(),
                handler: "index.handler".to_owned(),
            },
            architecture: Architecture::X86_64,
            config: ConfigPatch::default(),
            tags: Default::default(),
            publish: false,
        }
    }

    fn package(content: &str) -> Bytes {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        zip.start_file("index.py", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
        zip.finish().unwrap().into_inner().into()
    }

    fn request(function: &str) -> InvokeRequest {
        let Scope { account, region } = scope();
        InvokeRequest {
            request_id: RequestId::random(),
            account,
            region,
            function: function.parse().unwrap(),
            qualifier: None,
            payload: Bytes::from_static(b"{}"),
            mode: Mode::RequestResponse,
            log: LogType::None,
            client_context: None,
            trace: None,
        }
    }

    fn qualified(qualifier: &str) -> InvokeRequest {
        InvokeRequest { qualifier: Some(qualifier.parse().unwrap()), ..request("f") }
    }

    fn with_payload(payload: &'static [u8], request: InvokeRequest) -> InvokeRequest {
        InvokeRequest { payload: Bytes::from_static(payload), ..request }
    }

    const F: &str = "arn:aws:lambda:us-east-1:000000000000:function:f";

    #[tokio::test]
    async fn the_handler_sees_the_function_as_it_was_called() {
        let fixture = Fixture::active().await;
        let arn = |request| fixture.check(request).unwrap().invocation.invoked_arn.to_string();
        assert_eq!(arn(request("f")), F);
        assert_eq!(arn(qualified("$LATEST")), format!("{F}:$LATEST"));
    }

    #[tokio::test]
    async fn what_is_missing_is_named_with_its_qualifier() {
        let fixture = Fixture::active().await;
        let missing = |request| match fixture.check(request).unwrap_err() {
            InvokeError::NotFound { arn } => arn.to_string(),
            other => panic!("{other}"),
        };
        assert_eq!(missing(request("g")), "arn:aws:lambda:us-east-1:000000000000:function:g:$LATEST");
        assert_eq!(missing(qualified("7")), format!("{F}:7"));
        assert_eq!(missing(qualified("live")), format!("{F}:live"));
        let elsewhere = InvokeRequest { region: "eu-west-1".parse().unwrap(), ..request("f") };
        assert_eq!(missing(elsewhere), "arn:aws:lambda:eu-west-1:000000000000:function:f:$LATEST");
    }

    #[tokio::test]
    async fn a_function_that_is_being_created_cannot_run_yet() {
        let fixture = Fixture::pending().await;
        let refused = fixture.check(request("f")).unwrap_err();
        assert!(matches!(refused, InvokeError::NotActive { state: State::Pending }), "{refused}");
    }

    #[tokio::test]
    async fn the_first_check_that_fails_answers() {
        let fixture = Fixture::pending().await;
        let large = InvokeRequest { payload: vec![b'x'; SYNC_PAYLOAD_MAX_BYTES + 1].into(), ..request("g") };
        let refused = fixture.check(large).unwrap_err();
        assert!(
            matches!(refused, InvokeError::PayloadTooLarge { actual: 6_291_457, limit: 6_291_456 }),
            "{refused}"
        );
        let refused = fixture.check(with_payload(b"{", request("g"))).unwrap_err();
        assert!(matches!(refused, InvokeError::NotFound { .. }), "{refused}");
        let refused = fixture.check(with_payload(b"{", request("f"))).unwrap_err();
        assert!(matches!(refused, InvokeError::Payload(_)), "{refused}");
        let context = InvokeRequest { client_context: Some(Bytes::from_static(b"[]")), ..request("f") };
        let refused = fixture.check(context).unwrap_err();
        assert!(matches!(refused, InvokeError::ClientContext), "{refused}");
    }

    #[tokio::test]
    async fn an_update_in_progress_stops_no_invocation() {
        let fixture = Fixture::active().await;
        let before = fixture.check(request("f")).unwrap().version.code.sha256;
        let package = fixture.catalog.store_package(package("two")).await.unwrap();
        let update = CodeUpdate::default();
        fixture.catalog.update_code(scope(), "f".parse().unwrap(), update, package).await.unwrap();
        let mut changes = fixture.catalog.changes();
        while fixture.check(request("f")).unwrap().version.code.sha256 == before {
            changes.next().await.unwrap().unwrap();
        }
    }

    #[test]
    fn draws_lie_between_zero_and_one_on_both_sides_of_the_middle() {
        let draws = (0..1000).map(|_| draw()).collect::<Vec<_>>();
        assert!(draws.iter().all(|draw| (0.0..1.0).contains(draw)));
        let below = draws.iter().filter(|draw| **draw < 0.5).count();
        assert!((400..600).contains(&below), "{below} of 1000");
    }
}
