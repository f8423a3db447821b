//! Environments that are started before there is a function for them.
//!
//! Most of a cold start is the interpreter's own: it does not depend on the function. So for each kind that functions
//! have, sandboxes are kept in which the runtime waits, on a held call of the Runtime API, for the variables of the
//! function that takes it. [`policy`] decides how many.
//!
//! Invariant: a parked environment has never seen anything of a function, and serves the one that takes it for its
//! whole life.

mod kind;
mod parked;
mod policy;
mod variables;
mod waiting;

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use model::{FunctionVersion, Runtime};
use sandbox::{Demand, Egress, Launcher};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::environment::Launch;
use crate::runtimes::RuntimeEntry;
use kind::ParkedKind;
use parked::ParkError;
pub(crate) use parked::Parked;
use policy::{Action, Event, Policy};
use waiting::Waiting;

pub use policy::Bounds;
pub(crate) use variables::{command, settings};

/// Whoever has just taken an environment is about to use it, and starting the next one competes with that.
const REFILL_DELAY: Duration = Duration::from_millis(25);

/// How often demand decays and dead environments are looked for.
const TICK: Duration = Duration::from_secs(1);

/// The parked environments, and who makes them. A cheap handle; the last one takes them along.
#[derive(Clone, Debug)]
pub struct Parking(Arc<Shared>);

/// What is parked at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParkingCensus {
    /// What all of it may use: what functions leave of parking's share.
    pub room_mib: u64,
    /// Those of which there is any.
    pub kinds: Vec<ParkedCount>,
}

/// What is parked of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedCount {
    /// `python3.12, /tmp 512 MiB`
    pub kind: String,
    pub runtime: Runtime,
    /// Whether the runtime's own SDK is loaded already; those that are forked have it from their zygote.
    pub has_sdk: bool,
    pub parked: u32,
    pub starting: u32,
    /// As many as lately were started within a second, and one.
    pub wanted: u32,
    pub memory_mib: u64,
}

#[derive(Debug)]
struct Shared {
    launcher: Launcher,
    garage: Mutex<Garage>,
}

/// What there is for a start.
enum Found {
    Parked(Box<Parked>),
    /// One is being made for it, or another gets ready sooner.
    Awaited(oneshot::Receiver<Parked>),
    /// Its runtime is to be started.
    Nothing,
}

/// The lock is held to move an environment in or out, never while one is started.
#[derive(Debug)]
struct Garage {
    policy: Policy,
    parked: HashMap<ParkedKind, VecDeque<Parked>>,
    /// Starts that found nothing parked. One is being forked for each, but each takes the first that is ready, whoever
    /// it is for; so more may be in the making than there are who still wait.
    waiting: Waiting<ParkedKind, Parked>,
    entries: HashMap<ParkedKind, Arc<RuntimeEntry>>,
    /// Runtimes whose zygote has lately forked.
    forking: HashSet<Runtime>,
    tasks: JoinSet<()>,
}

impl Parking {
    /// Nothing is parked before a kind is expected or taken. Within a tokio runtime.
    pub fn new(launcher: Launcher, bounds: Bounds) -> Parking {
        let shared = Arc::new(Shared {
            launcher,
            garage: Mutex::new(Garage {
                policy: Policy::new(bounds),
                parked: HashMap::new(),
                waiting: Waiting::new(),
                entries: HashMap::new(),
                forking: HashSet::new(),
                tasks: JoinSet::new(),
            }),
        });
        shared.garage().tasks.spawn(keep_time(Arc::downgrade(&shared)));
        Parking(shared)
    }

    /// There is a function that may be invoked.
    pub fn expect(&self, version: &FunctionVersion, runtime: &Arc<RuntimeEntry>, egress: Egress) {
        if let Some(kind) = ParkedKind::of(version, runtime, egress) {
            self.change(|garage| {
                garage.entries.insert(kind, Arc::clone(runtime));
                ((), vec![Event::Expected(kind)])
            });
        }
    }

    /// What functions leave of the memory: parked environments make room for them.
    pub fn allow(&self, memory_mib: u64) {
        self.change(|_garage| ((), vec![Event::Room { memory_mib }]));
    }

    pub fn census(&self) -> ParkingCensus {
        let garage = self.0.garage();
        let kinds = garage.policy.counts().into_iter().map(|count| ParkedCount {
            kind: count.kind.to_string(),
            runtime: count.kind.runtime,
            has_sdk: count.kind.has_sdk,
            parked: count.parked,
            starting: count.making,
            wanted: count.wanted,
            memory_mib: count.memory_mib,
        });
        ParkingCensus { room_mib: garage.policy.room_mib(), kinds: kinds.collect() }
    }

    pub(crate) fn launcher(&self) -> &Launcher {
        &self.0.launcher
    }

    /// A parked environment for this function, if there is one that lives; else the first that gets ready, where one is
    /// made faster than the function's runtime starts.
    pub(crate) async fn take(&self, launch: &Launch) -> Option<Parked> {
        let runtime = launch.runtime.as_ref()?;
        let kind = ParkedKind::of(&launch.version, runtime, launch.egress)?;
        match self.find(kind, runtime) {
            Found::Parked(parked) => Some(*parked),
            Found::Awaited(ready) => ready.await.ok(),
            Found::Nothing => None,
        }
    }

    /// Looks and joins those who wait under one lock: what is parked in between would stay for the next start.
    fn find(&self, kind: ParkedKind, runtime: &Arc<RuntimeEntry>) -> Found {
        let (found, dead) = self.change(|garage| {
            garage.entries.entry(kind).or_insert_with(|| Arc::clone(runtime));
            let (taken, dead) = garage.take(kind);
            let mut events = vec![Event::Died(kind); dead.len()];
            events.push(Event::Taken { kind, parked: taken.is_some() });
            let found = match taken {
                Some(parked) => Found::Parked(Box::new(parked)),
                None => garage.fork(kind, &self.0),
            };
            ((found, dead), events)
        });
        warn_of_dead(dead.len());
        found
    }

    fn change<T>(&self, change: impl FnOnce(&mut Garage) -> (T, Vec<Event>)) -> T {
        Shared::change(&self.0, change)
    }
}

impl Shared {
    /// Changes what is parked and tells the policy under one lock, so that the two never disagree.
    fn change<T>(self: &Arc<Self>, change: impl FnOnce(&mut Garage) -> (T, Vec<Event>)) -> T {
        let (result, discarded) = {
            let mut garage = self.garage();
            let (result, events) = change(&mut garage);
            let actions = Vec::from_iter(events.into_iter().flat_map(|event| garage.policy.on(event)));
            (result, garage.perform(actions, self))
        };
        // Outside the lock, for dropping a sandbox talks to its launcher.
        drop(discarded);
        result
    }

    fn garage(&self) -> MutexGuard<'_, Garage> {
        self.garage.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn recipe(&self, kind: ParkedKind) -> Option<(Launcher, Arc<RuntimeEntry>)> {
        let entry = self.garage().entries.get(&kind).cloned()?;
        Some((self.launcher.clone(), entry))
    }

    /// Gives one to the start that has waited longest, or parks it.
    fn deliver(self: &Arc<Self>, kind: ParkedKind, parked: Parked, demand: Demand) {
        let memory_mib = parked.memory_mib().unwrap_or(policy::SIZE_GUESS_MIB);
        self.change(|garage| {
            garage.note(kind, parked.was_forked);
            let left = garage.waiting.give(kind, parked);
            if demand == Demand::Awaited {
                garage.waiting.end_making(kind);
            }
            let event = match (demand, left.is_some()) {
                (Demand::Ahead, true) => Some(Event::Made { kind, memory_mib }),
                (Demand::Ahead, false) => Some(Event::HandedOver(kind)),
                (Demand::Awaited, true) => Some(Event::Spared { kind, memory_mib }),
                (Demand::Awaited, false) => None,
            };
            garage.parked.entry(kind).or_default().extend(left);
            ((), Vec::from_iter(event))
        });
    }

    fn fail(self: &Arc<Self>, kind: ParkedKind, error: &ParkError, demand: Demand) {
        tracing::warn!(%error, %kind, "no environment could be parked");
        self.change(|garage| match demand {
            Demand::Ahead => ((), vec![Event::Failed(kind)]),
            Demand::Awaited => {
                garage.forking.remove(&kind.runtime);
                // Who is left without starts the runtime itself.
                garage.waiting.end_making(kind);
                ((), vec![])
            }
        });
    }

    fn tick(self: &Arc<Self>) {
        let dead = self.change(|garage| {
            let dead = garage.take_dead();
            let mut events = Vec::from_iter(dead.iter().map(|(kind, _)| Event::Died(*kind)));
            events.push(Event::Ticked);
            (dead, events)
        });
        warn_of_dead(dead.len());
    }
}

impl Garage {
    /// The first that lives, and those before it, which do not.
    fn take(&mut self, kind: ParkedKind) -> (Option<Parked>, Vec<Parked>) {
        let mut dead = Vec::new();
        let parked = self.parked.entry(kind).or_default();
        while let Some(mut one) = parked.pop_front() {
            if one.is_alive() {
                return (Some(one), dead);
            }
            dead.push(one);
        }
        (None, dead)
    }

    /// One is made for a start that found nothing parked, if the runtime's zygote does that.
    fn fork(&mut self, kind: ParkedKind, shared: &Arc<Shared>) -> Found {
        if !self.forking.contains(&kind.runtime) {
            return Found::Nothing;
        }
        self.tasks.spawn(make(Arc::downgrade(shared), kind, Demand::Awaited));
        Found::Awaited(self.waiting.join(kind))
    }

    /// Whether the next one can be forked, as far as the last one tells.
    fn note(&mut self, kind: ParkedKind, was_forked: bool) {
        if was_forked {
            self.forking.insert(kind.runtime);
        } else {
            self.forking.remove(&kind.runtime);
        }
    }

    /// Whether more starts wait than may be made ahead at a time: they need the processors.
    fn is_overrun(&self) -> bool {
        self.waiting.len() > self.policy.making_max()
    }

    fn perform(&mut self, actions: Vec<Action>, shared: &Arc<Shared>) -> Vec<Parked> {
        while self.tasks.try_join_next().is_some() {}
        let mut discarded = Vec::new();
        for action in actions {
            match action {
                Action::Make(kind) => drop(self.tasks.spawn(make_one(Arc::downgrade(shared), kind))),
                Action::Discard(kind) => {
                    discarded.extend(self.parked.get_mut(&kind).and_then(VecDeque::pop_front));
                }
            }
        }
        discarded
    }

    fn take_dead(&mut self) -> Vec<(ParkedKind, Parked)> {
        let mut dead = Vec::new();
        for (kind, parked) in &mut self.parked {
            for _ in 0..parked.len() {
                let Some(mut one) = parked.pop_front() else { break };
                if one.is_alive() { parked.push_back(one) } else { dead.push((*kind, one)) }
            }
        }
        dead
    }
}

fn warn_of_dead(environments: usize) {
    if environments > 0 {
        tracing::warn!(environments, "parked environments died");
    }
}

async fn make_one(shared: Weak<Shared>, kind: ParkedKind) {
    loop {
        sleep(REFILL_DELAY).await;
        let Some(shared) = shared.upgrade() else { return };
        if !shared.garage().is_overrun() {
            break;
        }
    }
    make(shared, kind, Demand::Ahead).await;
}

async fn make(shared: Weak<Shared>, kind: ParkedKind, demand: Demand) {
    let Some((launcher, entry)) = shared.upgrade().and_then(|shared| shared.recipe(kind)) else { return };
    let made = Parked::start(&launcher, kind, &entry, demand).await;
    // Whoever drops the last handle meanwhile does not want it any more.
    let Some(shared) = shared.upgrade() else { return };
    match made {
        Ok(parked) => shared.deliver(kind, parked, demand),
        Err(error) => shared.fail(kind, &error, demand),
    }
}

async fn keep_time(shared: Weak<Shared>) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Some(shared) = shared.upgrade() else { return };
        shared.tick();
    }
}
