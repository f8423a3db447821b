//! A front with one toy service, and a client that signs.

use std::collections::HashMap;
use std::error::Error;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use front::{
    Audit, Authentication, Call, Downloads, Endpoint, Front, Keys, Operation, Options, Place, Service,
};
use http::request::Parts;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Body;
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use model::{Clock, FunctionPermissions, Timestamp};
use sigv4::client::Client;
use sigv4::{Credential, Signer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};

pub(crate) const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
pub(crate) const INVOKE_PATH: &str = "/2015-03-31/functions/f/invocations";
pub(crate) const ACCOUNT: &str = "000000000000";

pub(crate) fn root() -> Credential {
    Credential::new("AKIAMAYFLY0000000000", "root secret")
}

pub(crate) fn keys() -> Keys {
    Keys::new(root(), ACCOUNT.parse().unwrap(), FunctionPermissions::InvokeAndLog)
}

pub(crate) struct Toy {
    pub(crate) front: Front,
    pub(crate) address: SocketAddr,
    /// One line for every call that has ended.
    pub(crate) ended: mpsc::UnboundedReceiver<String>,
    /// Every call to `/slow` waits for one of these.
    pub(crate) release: Arc<Semaphore>,
    slow_calls: Arc<AtomicUsize>,
    /// Holds the audit log.
    pub(crate) folder: tempfile::TempDir,
}

#[derive(Default)]
pub(crate) struct Setup {
    pub(crate) off: bool,
    pub(crate) sandbox: bool,
    pub(crate) endpoints: HashMap<String, Endpoint>,
}

fn operation(parts: &Parts) -> Option<Operation> {
    let invoke = Operation { name: "InvokeFunction", body_max_bytes: 6_291_456 };
    parts.uri.path().ends_with("/invocations").then_some(invoke)
}

fn packages(id: &str) -> std::io::Result<Option<std::fs::File>> {
    if id != "abc" {
        return Ok(None);
    }
    let mut file = tempfile::tempfile()?;
    file.write_all(&[7; 300_000])?;
    std::io::Seek::rewind(&mut file)?;
    Ok(Some(file))
}

impl Toy {
    pub(crate) async fn start(setup: Setup) -> Toy {
        let (report, ended) = mpsc::unbounded_channel();
        let release = Arc::new(Semaphore::new(0));
        let slow_calls = Arc::new(AtomicUsize::new(0));
        let (gate, counter) = (Arc::clone(&release), Arc::clone(&slow_calls));
        let echo = move |call: Call| {
            let (report, gate, counter) = (report.clone(), Arc::clone(&gate), Arc::clone(&counter));
            async move {
                match call.parts.uri.path() {
                    "/slow" => {
                        counter.fetch_add(1, Ordering::SeqCst);
                        gate.acquire().await.unwrap().forget();
                    }
                    "/panic" => panic!("as asked"),
                    _ => {}
                }
                let line = format!("{} {} {}", call.caller, call.parts.uri.path(), call.body.len());
                report.send(line.clone()).ok();
                Response::new(Full::new(Bytes::from(line)))
            }
        };
        let services = vec![
            Service::new("lambda", None, operation, echo.clone()).with_data_plane(&["InvokeFunction"]),
            Service::new("logs", Some("Logs_20140328"), |_| None, echo),
        ];
        let options = Options {
            authentication: if setup.off { Authentication::Off } else { Authentication::Sigv4 },
            region: "us-east-1".parse().unwrap(),
            account: ACCOUNT.parse().unwrap(),
            endpoints: setup.endpoints,
        };
        let folder = tempfile::tempdir().unwrap();
        let audit = Audit::open(folder.path()).unwrap();
        let front = Front::new(options, Clock::manual(NOW), keys(), services, Arc::new(packages), audit);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let place = if setup.sandbox { Place::Sandbox } else { Place::Host };
        let serving = front.clone();
        tokio::spawn(async move { serving.serve_listener(listener, place).await });
        Toy { front, address, ended, release, slow_calls, folder }
    }

    /// Returns once a call to `/slow` has arrived at the service.
    pub(crate) async fn slow_call_arrived(&self) {
        while self.slow_calls.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) async fn send_as(
        &self,
        credential: &Credential,
        service: &str,
        request: Request<Bytes>,
    ) -> Response<Bytes> {
        let signer = Signer { credential, region: "us-east-1", service };
        client().send_signed(request, &signer, NOW).await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &'static [u8]) -> Response<Bytes> {
        let request = Request::post(self.url(path)).body(Bytes::from_static(body)).unwrap();
        self.send_as(&root(), "lambda", request).await
    }

    pub(crate) async fn get_unsigned(&self, path: &str, headers: &[(&str, &str)]) -> Response<Bytes> {
        let mut request = Request::get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        client().send(request.body(Bytes::new()).unwrap()).await.unwrap()
    }
}

/// A client that speaks it from its first byte on.
pub(crate) async fn http_2<B>(toy: &Toy) -> SendRequest<B>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + Unpin + 'static,
{
    let stream = TokioIo::new(TcpStream::connect(toy.address).await.unwrap());
    let (sender, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    sender
}

pub(crate) fn client() -> Client {
    Client::new(sigv4::client::Options {
        connect_timeout: Duration::from_secs(10),
        request_timeout: Duration::from_secs(1000),
        response_max_bytes: 1024 * 1024,
    })
}

pub(crate) fn downloads() -> Downloads {
    Downloads::new(&keys(), "us-east-1".parse().unwrap())
}

pub(crate) fn text(response: &Response<Bytes>) -> &str {
    std::str::from_utf8(response.body()).unwrap()
}

pub(crate) fn header<'a>(response: &'a Response<Bytes>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}
