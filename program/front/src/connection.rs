//! Listeners and connections.

use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use hyper::rt::Executor;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::authenticate::Authentication;
use crate::body::Room;
use crate::exchange;
use crate::front::Shared;
use crate::unread::Unread;

/// The head of a request must be here by then; an idle connection is closed after it.
const HEAD_TIMEOUT: Duration = Duration::from_secs(60);
/// Larger than any head of an AWS request: the client context alone may have 3,583 bytes.
const HEAD_MAX_BYTES: usize = 64 * 1024;
const PING_INTERVAL: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(20);
/// How long to wait when the process has no descriptor left for a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

const MIB: usize = 1024 * 1024;

/// Who reaches a listener, which decides how much it may take of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The port that users and operators call.
    Host,
    /// The listener inside one sandbox, whose code is hostile.
    Sandbox,
}

impl Place {
    fn connections_max(self) -> usize {
        match self {
            Self::Host => 4096,
            Self::Sandbox => 64,
        }
    }

    /// Requests at once on one HTTP/2 connection. Each may hold a head of the largest size while its body is awaited.
    fn streams_max(self) -> u32 {
        match self {
            Self::Host => 250,
            Self::Sandbox => 8,
        }
    }

    /// Hostile code claims what it likes, so inside a sandbox requests are signed even where users need not.
    fn authentication(self, asked: Authentication) -> Authentication {
        match self {
            Self::Host => asked,
            Self::Sandbox => Authentication::Sigv4,
        }
    }

    /// Bodies in memory at once: on the host a few of the largest, in a sandbox a few invocations' payloads.
    fn bodies_max_bytes(self) -> usize {
        match self {
            Self::Host => 256 * MIB,
            Self::Sandbox => 16 * MIB,
        }
    }
}

/// A listener, as the requests that come through it see it.
#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) shared: Arc<Shared>,
    pub(crate) room: Room,
    pub(crate) authentication: Authentication,
    streams_max: u32,
}

impl Door {
    fn new(shared: &Arc<Shared>, place: Place) -> Door {
        Door {
            shared: Arc::clone(shared),
            room: Room::new(place.bodies_max_bytes()),
            authentication: place.authentication(shared.options.authentication),
            streams_max: place.streams_max(),
        }
    }
}

/// How a shutdown went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drained {
    Clean,
    /// So many tasks were given up: connections, calls, which count beside theirs, and readings of refused bodies.
    Cut {
        unfinished: usize,
    },
}

pub(crate) async fn accept(shared: &Arc<Shared>, listener: TcpListener, place: Place) {
    let door = Door::new(shared, place);
    let connections = Arc::new(Semaphore::new(place.connections_max()));
    loop {
        // Further clients wait in the kernel's queue until a connection has ended.
        let Ok(permit) = Arc::clone(&connections).acquire_owned().await else { return };
        let accepted = tokio::select! {
            () = shared.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let (door, cut) = (door.clone(), shared.cut.clone());
                shared.tasks.spawn(async move {
                    cut.run_until_cancelled(serve(door, stream, peer.ip())).await;
                    drop(permit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

async fn serve(door: Door, stream: TcpStream, peer: IpAddr) {
    if stream.set_nodelay(true).is_err() {
        // The peer has gone already.
        return;
    }
    let builder = builder(&door);
    let asked = Arc::new(AtomicBool::new(false));
    let answer = service_fn(|request| {
        asked.store(true, Ordering::Relaxed);
        let door = door.clone();
        async move { Ok::<_, std::convert::Infallible>(exchange::answer(&door, peer, request).await) }
    });
    let mut connection = pin!(builder.serve_connection(TokioIo::new(Unread::new(stream)), answer));
    tokio::select! {
        ended = connection.as_mut() => return log(ended),
        () = silence(&asked) => return,
        () = door.shared.stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    log(connection.await);
}

/// Ends when a connection has not asked anything in time. Once it has, hyper watches over the later heads.
async fn silence(asked: &AtomicBool) {
    tokio::time::sleep(HEAD_TIMEOUT).await;
    if asked.load(Ordering::Relaxed) {
        std::future::pending::<()>().await;
    }
}

/// Clients break off as they like; that is no event here.
fn log(ended: Result<(), Box<dyn std::error::Error + Send + Sync>>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

fn builder(door: &Door) -> Builder<Tracked> {
    let mut builder = Builder::new(Tracked(door.shared.tasks.clone()));
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_TIMEOUT).max_buf_size(HEAD_MAX_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(HEAD_MAX_BYTES).unwrap_or(u32::MAX))
        .max_concurrent_streams(door.streams_max)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT);
    builder
}

/// Runs HTTP/2 streams where a shutdown waits for them.
#[derive(Debug, Clone)]
struct Tracked(TaskTracker);

impl<F> Executor<F> for Tracked
where
    F: Future<Output = ()> + Send + 'static,
{
    fn execute(&self, stream: F) {
        self.0.spawn(stream);
    }
}
