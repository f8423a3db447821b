//! Where the tests happen: functions made of a few files, and the environments that run them.

use std::collections::BTreeMap;
use std::fs;
use std::future::Future;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use environment::{
    Answered, Ended, Environment, Launch, Metadata, Parking, ParkingBounds, RuntimeTable, Status,
    log_stream_name,
};
use model::code::TreeId;
use model::function::{
    Architecture, Code, FunctionConfig, FunctionVersion, LogFormat, LoggingConfig, Program, SnapStart, State,
    TracingMode,
};
use model::{
    Clock, CodeSha256, FunctionArn, FunctionRef, Invocation, LayerStack, Outcome, RequestId, RevisionId,
    SessionCredentials, StackedLayer, VersionRef,
};
use observability::logs::{GetEvents, PageStart, Scope, TimeRange};
use observability::{GroupKey, Logs, StreamKey};
use sandbox::{Egress, Seat};

pub(crate) struct Test {
    pub(crate) name: &'static str,
    pub(crate) body: fn(Place) -> Pin<Box<dyn Future<Output = ()> + Send>>,
}

/// Names tests by their functions.
#[macro_export]
macro_rules! tests {
    ($($name:ident),+ $(,)?) => {
        pub(crate) fn tests() -> Vec<$crate::environments::place::Test> {
            vec![$($crate::environments::place::Test {
                name: stringify!($name),
                body: |place| Box::pin($name(place)),
            }),+]
        }
    };
}

/// Whether a runtime was parked is a matter of chance otherwise; the tests of parking say what they want.
const NOTHING_PARKED: ParkingBounds = ParkingBounds { memory_mib: 0, making: 0 };

#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) parking: Parking,
    data_dir: PathBuf,
    pub(crate) logs: Logs,
    pub(crate) table: Arc<RuntimeTable>,
    trees: Arc<AtomicU8>,
}

/// A function to be: change what a test is about, then start it.
pub(crate) struct Function {
    place: Place,
    pub(crate) config: FunctionConfig,
    tree: TreeId,
}

/// A running function and its log.
pub(crate) struct Running {
    pub(crate) environment: Environment,
    place: Place,
    stream: StreamKey,
}

/// An invocation from its answer to its REPORT.
#[derive(Debug)]
pub(crate) struct Completed {
    pub(crate) outcome: Outcome,
    pub(crate) status: Status,
    pub(crate) init: Option<Duration>,
    pub(crate) duration: Duration,
    pub(crate) billed: Duration,
    pub(crate) post_runtime_extensions: Duration,
    pub(crate) cpu: Duration,
    pub(crate) memory_peak_mib: u32,
    pub(crate) log_tail: Bytes,
    pub(crate) reusable: bool,
    pub(crate) extensions_work: bool,
    pub(crate) sent: Instant,
    pub(crate) answered: Instant,
}

impl Place {
    pub(crate) fn new(seat: Seat, table: RuntimeTable) -> io::Result<Place> {
        let logs =
            Logs::open(&seat.data_dir, Clock::system(), Default::default()).map_err(io::Error::other)?;
        fs::create_dir_all(seat.data_dir.join("trees"))?;
        Ok(Place {
            parking: Parking::new(seat.connection.launcher()?, NOTHING_PARKED),
            data_dir: seat.data_dir,
            logs,
            table: Arc::new(table),
            trees: Arc::default(),
        })
    }

    pub(crate) fn python(&self, code: &str) -> Function {
        let newest = self.runtimes("python").pop().expect("a Python on the host");
        self.function(&newest, "app.handler", &[("app.py", code)])
    }

    pub(crate) fn node(&self, code: &str) -> Function {
        let newest = self.runtimes("nodejs").pop().expect("a Node on the host");
        self.function(&newest, "app.handler", &[("app.js", code)])
    }

    /// The runtimes of this language that the host has, oldest first.
    pub(crate) fn runtimes(&self, language: &str) -> Vec<String> {
        let rows = self.table.rows().iter().filter(|row| row.host.interpreter().is_some());
        let names = rows.map(|row| row.runtime.identifier().to_owned());
        let mut names = names.filter(|name| name.starts_with(language)).collect::<Vec<_>>();
        names.reverse();
        names
    }

    pub(crate) fn function(&self, runtime: &str, handler: &str, files: &[(&str, &str)]) -> Function {
        Function { place: self.clone(), config: config(runtime, handler), tree: self.tree(files) }
    }

    fn tree(&self, files: &[(&str, &str)]) -> TreeId {
        let number = self.trees.fetch_add(1, Ordering::Relaxed);
        let tree = TreeId::from_bytes([number; 32]);
        let folder = self.data_dir.join("trees").join(tree.to_string());
        for (name, text) in files {
            let path = folder.join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(&path, text).expect("a file");
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("a mode");
        }
        fs::create_dir_all(&folder).expect("a folder");
        tree
    }
}

fn config(runtime: &str, handler: &str) -> FunctionConfig {
    FunctionConfig {
        description: String::new(),
        role: "arn:aws:iam::000000000000:role/r".to_owned(),
        program: Program::Runtime {
            runtime: runtime.parse().expect("a runtime"),
            handler: handler.to_owned(),
        },
        // The kernel describes a kill for memory on its console, which takes seconds where that is a slow one.
        // To fill its memory takes a small function long on a machine that has just been given its own.
        timeout_s: 150,
        memory_mib: 256,
        ephemeral_storage_mib: 512,
        environment: None,
        architecture: Architecture::X86_64,
        tracing: TracingMode::PassThrough,
        dead_letter_target: None,
        logging: LoggingConfig { format: LogFormat::Text, group: "/aws/lambda/f".to_owned() },
        snap_start: SnapStart::None,
        layers: None,
    }
}

fn arn() -> FunctionArn {
    let FunctionRef { region, account, name, qualifier } =
        "arn:aws:lambda:us-east-1:000000000000:function:f".parse().expect("an ARN");
    FunctionArn { region: region.expect("a region"), account: account.expect("an account"), name, qualifier }
}

impl Function {
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Function {
        let variables = self.config.environment.get_or_insert_with(BTreeMap::new);
        variables.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With these files in `/opt`.
    pub(crate) fn layer(mut self, files: &[(&str, &str)]) -> Function {
        let tree = self.place.tree(files);
        let arn = "arn:aws:lambda:us-east-1:000000000000:layer:l:1".parse().expect("an ARN");
        let layers = vec![StackedLayer { arn, size_bytes: 1, unzipped_bytes: 1 }];
        self.config.layers = Some(LayerStack { layers, tree });
        self
    }

    pub(crate) async fn start(self) -> Running {
        let Function { place, config, tree } = self;
        let runtime =
            config.runtime().map(|runtime| place.table.entry(runtime).expect("a runtime of the host"));
        let code = Code {
            sha256: CodeSha256::from_bytes([0; 32]),
            size_bytes: 1,
            unzipped_bytes: 1,
            tree,
            image: None,
            takes_sdk: false,
        };
        let now = Clock::system().now();
        let version = Arc::new(FunctionVersion {
            arn: arn(),
            version: VersionRef::Latest,
            config,
            code,
            last_modified: now,
            revision: RevisionId::random(),
            state: State::Active,
            last_update: None,
            failure: None,
        });
        let scope = Scope { account: arn().account, region: arn().region };
        let group = GroupKey { scope, name: version.config.logging.group.parse().expect("a group") };
        let name = log_stream_name(&version, now).parse().expect("a stream");
        let stream = StreamKey { group, name };
        let launch = Launch {
            version,
            runtime,
            credentials: SessionCredentials {
                access_key_id: "ASIA".to_owned(),
                secret_access_key: "secret".to_owned(),
                session_token: "token".to_owned(),
            },
            log: place.logs.stream(stream.clone()),
            segments: place.logs.segments(),
            metadata: Metadata::new(&arn().region),
            egress: Egress::None,
            front: Arc::new(|_listener| Box::pin(async {})),
            endpoint_url: true,
            clock: Clock::system(),
        };
        let environment = Environment::start(&place.parking, launch).await.expect("an environment");
        Running { environment, place, stream }
    }
}

impl Running {
    pub(crate) async fn invoke(&self, payload: &str) -> Completed {
        self.invoke_as(RequestId::random(), payload).await
    }

    pub(crate) async fn invoke_as(&self, request_id: RequestId, payload: &str) -> Completed {
        let invocation = Invocation {
            request_id,
            payload: Bytes::copy_from_slice(payload.as_bytes()),
            invoked_arn: arn(),
            trace_id: "Root=1-5e34a614-10bd0000000000000000000a;Sampled=0".to_owned(),
            client_context: None,
        };
        let answered = self.environment.invoke(invocation).await.expect("an environment that lives");
        let Answered { outcome, reusable, extensions_work, marks, ending } = answered;
        let Ended { status, init, duration, billed, post_runtime_extensions, cpu, memory_peak_mib, log_tail } =
            ending.ended().await.expect("an environment that lives");
        Completed {
            outcome,
            status,
            init,
            duration,
            billed,
            post_runtime_extensions,
            cpu,
            memory_peak_mib,
            log_tail,
            reusable,
            extensions_work,
            sent: marks.sent,
            answered: marks.answered,
        }
    }

    /// The payload of an invocation that must succeed.
    pub(crate) async fn answer(&self, payload: &str) -> String {
        let completed = self.invoke(payload).await;
        match completed.outcome {
            Outcome::Success { payload } => text(&payload),
            Outcome::FunctionError { payload, .. } => {
                panic!("the function failed: {}\n{}", text(&payload), text(&completed.log_tail))
            }
        }
    }

    /// The payload of an invocation that must fail, and its error's type.
    pub(crate) async fn failure(&self, payload: &str) -> (String, String, Completed) {
        let completed = self.invoke(payload).await;
        match &completed.outcome {
            Outcome::FunctionError { payload, error } => {
                (text(payload), error.as_str().to_owned(), completed)
            }
            Outcome::Success { payload } => panic!("the function succeeded: {}", text(payload)),
        }
    }

    /// Everything in the function's log once nothing of the environment is left.
    pub(crate) async fn shut_down(self) -> Vec<String> {
        let Running { environment, place, stream } = self;
        environment.shutdown().await;
        log(&place, stream).await
    }

    /// Everything in the function's log.
    pub(crate) async fn log(&self) -> Vec<String> {
        log(&self.place, self.stream.clone()).await
    }
}

async fn log(place: &Place, stream: StreamKey) -> Vec<String> {
    let query = GetEvents { stream, time: TimeRange::default(), start: PageStart::Head, limit: 10_000 };
    let page = place.logs.get_events(query).await.expect("a log");
    page.events.iter().map(|event| text(&event.message)).collect()
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
