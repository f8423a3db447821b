//! Which environment runs which invocation: the policy alone, with no clock, no task and no lock.
//!
//! Every function version has a pool of environments. One environment goes through these states:
//!
//! ```text
//!            started, nobody waits               arrival
//!  Starting ───────────────────────▶ Idle ────────────────────▶ Busy
//!     │  │                            │ ◀──────────────────────── │
//!     │  │                            │  finished, nobody waits   │
//!     │  └────────────────────────────┼──────────────────────────▶│
//!     │     started, somebody waits   │                           │
//!     ▼ exited                        ▼ idle too long, exited,    ▼ finished, spent, old
//!  retired                         retired  memory wanted,      retired  or outdated
//!                                           outdated
//! ```
//!
//! Nothing queues: an arrival takes an idle environment, the most recently used first, so that the others can idle
//! out; or it has one started; or it is throttled. While its environment starts, an arrival takes whichever of its
//! function's environments is free first. So a pool never has more arrivals waiting than environments starting, and
//! an environment that starts with nobody left to wait for it becomes idle.

mod budget;
mod event;
mod idle;

#[cfg(test)]
mod examples;
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod world;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use model::{AccountId, FunctionName, FunctionVersion, Region, RevisionId, Timestamp, VersionRef};

use budget::Budget;
use idle::IdleOrder;

pub(crate) use event::{Action, EnvironmentId, Event, Fitness, Throttle, Ticket};

/// What an environment serves for its whole life. The revision changes with code and configuration, so an update
/// opens a new pool, and outdates the old one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PoolKey {
    pub account: AccountId,
    pub region: Region,
    pub name: FunctionName,
    pub version: VersionRef,
    pub revision: RevisionId,
}

impl PoolKey {
    pub(crate) fn of(version: &FunctionVersion) -> PoolKey {
        PoolKey {
            account: version.arn.account.clone(),
            region: version.arn.region.clone(),
            name: version.arn.name.clone(),
            version: version.version,
            revision: version.revision,
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Per account and region.
    pub(crate) concurrency: u32,
    /// Configured memory of all environments together.
    pub(crate) memory_mib: u64,
    pub(crate) environments: usize,
    /// How long an environment is kept without work.
    pub(crate) idle: Duration,
    /// How old an environment may be and be used again.
    pub(crate) lifetime: Duration,
}

#[derive(Debug)]
pub(crate) struct Pools {
    pools: HashMap<Arc<PoolKey>, Pool>,
    environments: HashMap<EnvironmentId, Member>,
    idle: IdleOrder,
    budget: Budget,
    keep_idle: Duration,
    lifetime: Duration,
    last_id: u64,
    draining: bool,
}

/// The environments of one function version.
#[derive(Debug, Default)]
struct Pool {
    waiting: VecDeque<Ticket>,
    /// The most recently used is last.
    idle: VecDeque<EnvironmentId>,
    starting: u32,
    busy: u32,
    /// Keeps nothing for later.
    outdated: bool,
}

impl Pool {
    fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.idle.is_empty() && self.starting == 0 && self.busy == 0
    }
}

#[derive(Debug)]
struct Member {
    key: Arc<PoolKey>,
    memory_mib: u32,
    stage: Stage,
    born: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Starting,
    Idle,
    Busy,
    /// Still busy, but of no further use.
    Doomed,
}

/// How many environments of one function version are in which state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolCount {
    pub key: Arc<PoolKey>,
    pub starting: u32,
    pub busy: u32,
    pub idle: u32,
}

impl Pools {
    pub(crate) fn new(limits: Limits) -> Pools {
        Pools {
            pools: HashMap::new(),
            environments: HashMap::new(),
            idle: IdleOrder::default(),
            budget: Budget::new(limits),
            keep_idle: limits.idle,
            lifetime: limits.lifetime,
            last_id: 0,
            draining: false,
        }
    }

    pub(crate) fn on(&mut self, event: Event, now: Timestamp) -> Vec<Action> {
        match event {
            Event::Arrived { ticket, key, memory_mib } => self.place(ticket, key, memory_mib, now),
            Event::Started(environment) => self.started(environment, now),
            Event::Finished(environment, fitness) => self.finished(environment, fitness, now),
            Event::Exited(environment) => self.exited(environment),
            Event::Outdated(key) => self.outdate(&key),
            Event::Ticked => self.reap(now),
            Event::Drain => self.drain(),
        }
    }

    /// Neither environments nor arrivals are left.
    pub(crate) fn is_empty(&self) -> bool {
        self.environments.is_empty()
    }

    pub(crate) fn has_idle(&self) -> bool {
        self.idle.least_recent().is_some()
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &Arc<PoolKey>> {
        self.pools.keys()
    }

    pub(crate) fn counts(&self) -> Vec<PoolCount> {
        let count = |(key, pool): (&Arc<PoolKey>, &Pool)| PoolCount {
            key: Arc::clone(key),
            starting: pool.starting,
            busy: pool.busy,
            idle: u32::try_from(pool.idle.len()).unwrap_or(u32::MAX),
        };
        self.pools.iter().map(count).collect()
    }

    pub(crate) fn memory_mib(&self) -> u64 {
        self.budget.memory_mib()
    }

    fn place(&mut self, ticket: Ticket, key: PoolKey, memory_mib: u32, now: Timestamp) -> Vec<Action> {
        if !self.budget.admits(&key) {
            return vec![Action::Throttle(ticket, Throttle::Concurrency)];
        }
        if let Some(environment) = self.take_idle(&key) {
            self.budget.admit(&key);
            return vec![Action::Dispatch(ticket, environment)];
        }
        if self.joins_a_start(ticket, &key) {
            self.budget.admit(&key);
            return Vec::new();
        }
        self.start(ticket, key, memory_mib, now)
    }

    fn take_idle(&mut self, key: &PoolKey) -> Option<EnvironmentId> {
        let pool = self.pools.get_mut(key)?;
        let environment = pool.idle.pop_back()?;
        pool.busy += 1;
        self.leave_idle(environment);
        self.enter(environment, Stage::Busy);
        Some(environment)
    }

    /// An environment whose arrival was served by another one takes the next arrival.
    fn joins_a_start(&mut self, ticket: Ticket, key: &PoolKey) -> bool {
        let Some(pool) = self.pools.get_mut(key) else { return false };
        let unclaimed = pool.waiting.len() < pool.starting as usize;
        if unclaimed {
            pool.waiting.push_back(ticket);
        }
        unclaimed
    }

    fn start(&mut self, ticket: Ticket, key: PoolKey, memory_mib: u32, now: Timestamp) -> Vec<Action> {
        if !self.budget.fits_without_idle(memory_mib) {
            return vec![Action::Throttle(ticket, Throttle::Memory)];
        }
        let mut actions = self.make_room(memory_mib);
        self.budget.admit(&key);
        self.budget.occupy(memory_mib);
        let key = Arc::new(key);
        let pool = self.pools.entry(Arc::clone(&key)).or_default();
        pool.starting += 1;
        pool.waiting.push_back(ticket);
        self.last_id += 1;
        let environment = EnvironmentId::new(self.last_id);
        self.environments.insert(environment, Member { key, memory_mib, stage: Stage::Starting, born: now });
        actions.push(Action::Start(environment, ticket));
        actions
    }

    /// Retires the least recently used environments until another one fits.
    ///
    /// Their memory counts as free at once, although an extension may take up to two seconds to end: waiting would
    /// make every start under memory pressure that much slower.
    fn make_room(&mut self, memory_mib: u32) -> Vec<Action> {
        let mut retired = Vec::new();
        while !self.budget.fits(memory_mib) {
            let Some(oldest) = self.idle.least_recent() else { break };
            retired.push(self.retire_idle(oldest));
        }
        retired
    }

    fn started(&mut self, environment: EnvironmentId, now: Timestamp) -> Vec<Action> {
        if self.stage(environment) != Some(Stage::Starting) {
            return Vec::new();
        }
        if let Some(pool) = self.pool_of(environment) {
            pool.starting -= 1;
            pool.busy += 1;
        }
        self.enter(environment, Stage::Busy);
        self.feed(environment, now)
    }

    fn finished(&mut self, environment: EnvironmentId, fitness: Fitness, now: Timestamp) -> Vec<Action> {
        let Some(member) = self.environments.get(&environment) else { return Vec::new() };
        self.budget.release(&member.key);
        let old = now.since(member.born) >= self.lifetime;
        if old || fitness == Fitness::Spent || member.stage == Stage::Doomed {
            return self.retire_busy(environment);
        }
        self.feed(environment, now)
    }

    fn exited(&mut self, environment: EnvironmentId) -> Vec<Action> {
        match self.stage(environment) {
            Some(Stage::Starting) => self.start_failed(environment),
            Some(Stage::Idle) => vec![self.retire_idle(environment)],
            Some(Stage::Busy | Stage::Doomed) => {
                self.enter(environment, Stage::Doomed);
                Vec::new()
            }
            None => Vec::new(),
        }
    }

    /// One arrival fails, unless enough other environments of its function are starting.
    fn start_failed(&mut self, environment: EnvironmentId) -> Vec<Action> {
        let Some(pool) = self.pool_of(environment) else { return Vec::new() };
        pool.starting -= 1;
        let bereft = pool.waiting.len() > pool.starting as usize;
        let failed = if bereft { pool.waiting.pop_front() } else { None };
        let mut actions = Vec::new();
        if let (Some(ticket), Some(member)) = (failed, self.environments.get(&environment)) {
            self.budget.release(&member.key);
            actions.push(Action::Fail(ticket, environment));
        }
        actions.push(self.retire(environment));
        actions
    }

    /// Gives an environment that has no work, but still counts as busy, to whoever waited longest.
    fn feed(&mut self, environment: EnvironmentId, now: Timestamp) -> Vec<Action> {
        let draining = self.draining;
        let Some(pool) = self.pool_of(environment) else { return Vec::new() };
        if let Some(ticket) = pool.waiting.pop_front() {
            return vec![Action::Dispatch(ticket, environment)];
        }
        if draining || pool.outdated {
            return self.retire_busy(environment);
        }
        pool.busy -= 1;
        pool.idle.push_back(environment);
        self.enter(environment, Stage::Idle);
        self.enter_idle(environment, now);
        Vec::new()
    }

    fn outdate(&mut self, key: &PoolKey) -> Vec<Action> {
        let Some(pool) = self.pools.get_mut(key) else { return Vec::new() };
        pool.outdated = true;
        let idle = Vec::from_iter(pool.idle.iter().copied());
        idle.into_iter().map(|environment| self.retire_idle(environment)).collect()
    }

    fn reap(&mut self, now: Timestamp) -> Vec<Action> {
        let mut retired = Vec::new();
        while let Some(oldest) = self.idle.idle_for(self.keep_idle, now) {
            retired.push(self.retire_idle(oldest));
        }
        retired
    }

    fn drain(&mut self) -> Vec<Action> {
        self.draining = true;
        let mut retired = Vec::new();
        while let Some(oldest) = self.idle.least_recent() {
            retired.push(self.retire_idle(oldest));
        }
        retired
    }

    fn retire_idle(&mut self, environment: EnvironmentId) -> Action {
        self.leave_idle(environment);
        if let Some(pool) = self.pool_of(environment) {
            pool.idle.retain(|idle| *idle != environment);
        }
        self.retire(environment)
    }

    fn retire_busy(&mut self, environment: EnvironmentId) -> Vec<Action> {
        if let Some(pool) = self.pool_of(environment) {
            pool.busy -= 1;
        }
        vec![self.retire(environment)]
    }

    /// Forgets an environment that has left all counts of its pool, and the pool with its last one.
    fn retire(&mut self, environment: EnvironmentId) -> Action {
        if let Some(member) = self.environments.remove(&environment) {
            self.budget.vacate(member.memory_mib);
            if self.pools.get(&member.key).is_some_and(Pool::is_empty) {
                self.pools.remove(&member.key);
            }
        }
        Action::Retire(environment)
    }

    fn stage(&self, environment: EnvironmentId) -> Option<Stage> {
        self.environments.get(&environment).map(|member| member.stage)
    }

    fn enter(&mut self, environment: EnvironmentId, stage: Stage) {
        if let Some(member) = self.environments.get_mut(&environment) {
            member.stage = stage;
        }
    }

    fn enter_idle(&mut self, environment: EnvironmentId, now: Timestamp) {
        self.idle.insert(environment, now);
        if let Some(member) = self.environments.get(&environment) {
            self.budget.idled(member.memory_mib);
        }
    }

    fn leave_idle(&mut self, environment: EnvironmentId) {
        self.idle.remove(environment);
        if let Some(member) = self.environments.get(&environment) {
            self.budget.woke(member.memory_mib);
        }
    }

    fn pool_of(&mut self, environment: EnvironmentId) -> Option<&mut Pool> {
        let member = self.environments.get(&environment)?;
        self.pools.get_mut(&member.key)
    }
}
