//! The front as its owner sees it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::{AccountId, Clock, Region};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::audit::Audit;
use crate::authenticate::Authentication;
use crate::connection::{self, Drained, Place};
use crate::download::{Downloads, Packages};
use crate::forward::{Endpoint, Forwarder};
use crate::keys::Keys;
use crate::service::Service;

/// What the operator decides.
#[derive(Debug, Clone)]
pub struct Options {
    pub authentication: Authentication,
    /// The region of requests that name none.
    pub region: Region,
    /// Whose a request is when nobody has to say so.
    pub account: AccountId,
    /// By the service's name in credential scopes.
    pub endpoints: HashMap<String, Endpoint>,
}

/// A handle; clones are the same front.
#[derive(Debug, Clone)]
pub struct Front(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) options: Options,
    pub(crate) clock: Clock,
    pub(crate) keys: Keys,
    pub(crate) services: Vec<Service>,
    pub(crate) downloads: Downloads,
    pub(crate) packages: Packages,
    pub(crate) audit: Audit,
    pub(crate) forwarder: Forwarder,
    /// Connections, the calls that outlive the connection they came on, and the reading of refused bodies.
    pub(crate) tasks: TaskTracker,
    /// Nothing new is taken any more.
    pub(crate) stop: CancellationToken,
    /// What is not done by now is given up.
    pub(crate) cut: CancellationToken,
}

impl Front {
    /// `services` are asked in order when a request names none; the first is the one whose API goes by paths.
    pub fn new(
        options: Options,
        clock: Clock,
        keys: Keys,
        services: Vec<Service>,
        packages: Packages,
        audit: Audit,
    ) -> Front {
        let downloads = Downloads::new(&keys, options.region.clone());
        Front(Arc::new(Shared {
            options,
            clock,
            keys,
            services,
            downloads,
            packages,
            audit,
            forwarder: Forwarder::new(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
            cut: CancellationToken::new(),
        }))
    }

    /// Serves what arrives on `listener` until the front is drained. Dropping this future only stops accepting.
    pub async fn serve_listener(&self, listener: TcpListener, place: Place) {
        connection::accept(&self.0, listener, place).await;
    }

    /// Accepts nothing new, lets what is under way finish, and cuts it off after `within`.
    pub async fn drain(&self, within: Duration) -> Drained {
        let shared = &self.0;
        shared.stop.cancel();
        shared.tasks.close();
        if tokio::time::timeout(within, shared.tasks.wait()).await.is_ok() {
            return Drained::Clean;
        }
        let unfinished = shared.tasks.len();
        shared.cut.cancel();
        shared.tasks.wait().await;
        Drained::Cut { unfinished }
    }
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Front").field("services", &self.services).finish_non_exhaustive()
    }
}
