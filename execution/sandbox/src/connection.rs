//! The server's way to sandboxes: one handle that outlives any launcher, and the sandboxes that were made ahead of need.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::channel::Channel;
use crate::egress::Gateway;
use crate::link::Link;
use crate::packet::Packet;
use crate::parking::{Action, Event, Policy};
use crate::sandbox::{Listeners, Sandbox, SandboxError};
use crate::spec::{Kind, Parking, SandboxId, Spec};
use crate::trees::{Identity, Trees};

/// How many launchers may die under one request before it fails.
const LAUNCHERS_TRIED: u32 = 3;
/// Somebody who has just taken a sandbox is about to use it, and making the next one competes with that for
/// processors. So the next one waits a little.
const REFILL_DELAY: Duration = Duration::from_millis(25);

/// What the warden gave the server to reach launchers with; becomes a [`Launcher`] once a tokio runtime runs.
#[derive(Debug)]
pub struct Connection {
    pub(crate) warden: OwnedFd,
    pub(crate) parking: Parking,
    pub(crate) trees: Trees,
}

impl Connection {
    /// # Errors
    /// The runtime cannot watch the warden's socket.
    pub fn launcher(self) -> io::Result<Launcher> {
        let warden = Channel::new(self.warden)?;
        let shared = Arc::new_cyclic(|myself| Shared {
            myself: myself.clone(),
            link: watch::Sender::new(None),
            gateway: Gateway::new(),
            trees: self.trees,
            next_id: AtomicU64::new(1),
            garage: Mutex::new(Garage {
                policy: Policy::new(self.parking),
                parked: HashMap::new(),
                tasks: JoinSet::new(),
            }),
        });
        shared.garage().tasks.spawn(follow_launchers(warden, Arc::downgrade(&shared)));
        Ok(Launcher(shared))
    }
}

/// Makes sandboxes. A cheap handle; it survives the replacement of a launcher that was killed, though the sandboxes of
/// that launcher do not. Nobody listens to launchers once the last handle is dropped: sandboxes that are kept longer
/// run on, but what takes a launcher's word, such as [`Sandbox::mount`], fails.
#[derive(Clone, Debug)]
pub struct Launcher(Arc<Shared>);

impl Launcher {
    /// A sandbox of `spec`, parked or new. Waits while a launcher is being started.
    ///
    /// # Errors
    /// The kernel refused a step, or launchers keep dying.
    pub async fn create(&self, spec: Spec) -> Result<(Sandbox, Listeners), SandboxError> {
        if let Some((sandbox, listeners)) = self.0.take(spec.kind)
            // One whose launcher has just died is as good as none.
            && sandbox.set_limits(&spec.limits).is_ok()
        {
            return Ok((sandbox, listeners));
        }
        let (sandbox, listeners) = self.0.make(spec.kind).await?;
        sandbox.set_limits(&spec.limits)?;
        Ok((sandbox, listeners))
    }

    /// Has sandboxes of a kind parked before the first is needed.
    pub fn warm(&self, kind: Kind) {
        self.0.tell(Event::Warmed(kind));
    }
}

type Links = watch::Receiver<Option<Arc<Link>>>;

#[derive(Debug)]
struct Shared {
    /// For tasks, which must not keep the handle alive.
    myself: Weak<Self>,
    link: watch::Sender<Option<Arc<Link>>>,
    gateway: Gateway,
    trees: Trees,
    next_id: AtomicU64,
    garage: Mutex<Garage>,
}

/// The parked sandboxes and who makes them; the lock is held to move one in or out, never while one is made.
#[derive(Debug)]
struct Garage {
    policy: Policy,
    parked: HashMap<Kind, VecDeque<Parked>>,
    tasks: JoinSet<()>,
}

#[derive(Debug)]
struct Parked {
    sandbox: Sandbox,
    listeners: Listeners,
    /// Of the image that it shows.
    tree: Option<Identity>,
}

impl Shared {
    fn take(&self, kind: Kind) -> Option<(Sandbox, Listeners)> {
        let taken = self.change(|garage| {
            let taken = garage.parked.get_mut(&kind).and_then(VecDeque::pop_front);
            let event = Event::Wanted { kind, parked: taken.is_some() };
            (taken, event)
        });
        let taken = taken.filter(|parked| !parked.sandbox.is_gone())?;
        (taken.tree == self.trees.identity(kind)).then_some((taken.sandbox, taken.listeners))
    }

    /// Makes one, if need be with the next launcher: a sandbox that was never handed out has had no effect yet.
    async fn make(&self, kind: Kind) -> Result<(Sandbox, Listeners), SandboxError> {
        let mut links = self.link.subscribe();
        for _attempt in 1..LAUNCHERS_TRIED {
            let link = present(&mut links).await?;
            match Sandbox::make(link.clone(), &self.gateway, self.id(), kind).await {
                Err(SandboxError::LauncherGone) => another_than(&mut links, &link).await?,
                made => return made,
            }
        }
        Sandbox::make(present(&mut links).await?, &self.gateway, self.id(), kind).await
    }

    fn id(&self) -> SandboxId {
        SandboxId(self.next_id.fetch_add(1, Ordering::Relaxed))
    }

    fn tell(&self, event: Event) {
        self.change(|_garage| ((), event));
    }

    fn park(&self, kind: Kind, made: Parked) {
        self.change(|garage| {
            garage.parked.entry(kind).or_default().push_back(made);
            ((), Event::Made(kind))
        });
    }

    fn lose_parked(&self) {
        let lost = self.change(|garage| (std::mem::take(&mut garage.parked), Event::Lost));
        drop(lost);
    }

    /// Changes what is parked and tells the policy under one lock, so that the two never disagree.
    fn change<T>(&self, change: impl FnOnce(&mut Garage) -> (T, Event)) -> T {
        let (result, discarded) = {
            let mut garage = self.garage();
            let (result, event) = change(&mut garage);
            let actions = garage.policy.on(event);
            (result, garage.perform(actions, &self.myself))
        };
        // Outside the lock, for dropping a sandbox talks to its launcher.
        drop(discarded);
        result
    }

    fn garage(&self) -> MutexGuard<'_, Garage> {
        self.garage.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Garage {
    fn perform(&mut self, actions: Vec<Action>, shared: &Weak<Shared>) -> Vec<Parked> {
        while self.tasks.try_join_next().is_some() {}
        let mut discarded = Vec::new();
        for action in actions {
            match action {
                Action::Make(kind) => drop(self.tasks.spawn(make_one(shared.clone(), kind))),
                Action::Discard(kind) => {
                    discarded.extend(self.parked.get_mut(&kind).and_then(VecDeque::pop_front));
                }
            }
        }
        discarded
    }
}

/// The present launcher, or the next.
async fn present(links: &mut Links) -> Result<Arc<Link>, SandboxError> {
    let link = links.wait_for(Option::is_some).await.map_err(|_closed| SandboxError::LauncherGone)?;
    link.clone().ok_or(SandboxError::LauncherGone)
}

/// Waits until the launcher that is known to be dead is no longer the present one.
async fn another_than(links: &mut Links, dead: &Arc<Link>) -> Result<(), SandboxError> {
    let other = |link: &Option<Arc<Link>>| link.as_ref().is_none_or(|link| !Arc::ptr_eq(link, dead));
    links.wait_for(other).await.map_err(|_closed| SandboxError::LauncherGone)?;
    Ok(())
}

async fn make_one(shared: Weak<Shared>, kind: Kind) {
    tokio::time::sleep(REFILL_DELAY).await;
    let Some(shared) = shared.upgrade() else { return };
    let tree = shared.trees.identity(kind);
    match shared.make(kind).await {
        Ok((sandbox, listeners)) => shared.park(kind, Parked { sandbox, listeners, tree }),
        Err(error) => {
            tracing::warn!(%error, ?kind, "no sandbox could be parked");
            shared.tell(Event::Failed(kind));
        }
    }
}

/// Takes each launcher's socket from the warden and serves it until the launcher is gone.
async fn follow_launchers(warden: Channel, shared: Weak<Shared>) {
    while let Ok(Some(Packet { message: (), mut descriptors })) = warden.receive().await {
        let Some(socket) = descriptors.pop() else { continue };
        let link = match Link::open(socket).await {
            Ok(link) => link,
            Err(error) => {
                tracing::error!(%error, "a launcher did not greet");
                continue;
            }
        };
        let Some(present) = shared.upgrade() else { return };
        present.link.send_replace(Some(link.clone()));
        drop(present);
        link.listen().await;
        let Some(present) = shared.upgrade() else { return };
        present.link.send_replace(None);
        present.lose_parked();
    }
}
