//! The pools as their tests drive them: with a clock, a counter of tickets, and short ways to say things.

use std::cell::RefCell;

use super::*;

pub(super) const LIMITS: Limits = Limits {
    concurrency: 4,
    memory_mib: 1024,
    environments: 6,
    idle: Duration::from_secs(60),
    lifetime: Duration::from_secs(300),
};

/// A function version of the account, by its name.
pub(super) fn key(name: &str) -> PoolKey {
    PoolKey {
        account: "000000000000".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        name: name.parse().unwrap(),
        version: VersionRef::Latest,
        revision: revision(0),
    }
}

/// The revision that a function has after so many updates.
pub(super) fn revision(updates: usize) -> RevisionId {
    REVISIONS.with_borrow_mut(|revisions| {
        let missing = (updates + 1).saturating_sub(revisions.len());
        revisions.extend(std::iter::repeat_with(RevisionId::random).take(missing));
        revisions[updates]
    })
}

thread_local! {
    static REVISIONS: RefCell<Vec<RevisionId>> = const { RefCell::new(Vec::new()) };
}

/// The pools with a clock and a counter of tickets.
pub(super) struct World {
    pub(super) pools: Pools,
    pub(super) now: Timestamp,
    last_ticket: u64,
}

impl World {
    pub(super) fn new(limits: Limits) -> World {
        World { pools: Pools::new(limits), now: Timestamp::from_millis(0), last_ticket: 0 }
    }

    pub(super) fn on(&mut self, event: Event) -> Vec<Action> {
        self.pools.on(event, self.now)
    }

    pub(super) fn arrive(&mut self, name: &str, memory_mib: u32) -> (Ticket, Vec<Action>) {
        self.arrive_at(key(name), memory_mib)
    }

    pub(super) fn arrive_at(&mut self, key: PoolKey, memory_mib: u32) -> (Ticket, Vec<Action>) {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        (ticket, self.on(Event::Arrived { ticket, key, memory_mib }))
    }

    pub(super) fn outdate(&mut self, name: &str) -> Vec<Action> {
        self.on(Event::Outdated(Arc::new(key(name))))
    }

    /// An environment of the function, started and busy.
    pub(super) fn busy(&mut self, name: &str, memory_mib: u32) -> EnvironmentId {
        let (ticket, actions) = self.arrive(name, memory_mib);
        let Some(&Action::Start(environment, _)) = actions.last() else { panic!("{actions:?}") };
        assert_eq!(self.on(Event::Started(environment)), [Action::Dispatch(ticket, environment)]);
        environment
    }

    pub(super) fn finish(&mut self, environment: EnvironmentId) -> Vec<Action> {
        self.on(Event::Finished(environment, Fitness::Reusable))
    }
}

impl Pools {
    /// What must hold after every event.
    pub(super) fn assert_sound(&self, limits: Limits) {
        for pool in self.pools.values() {
            assert!(!pool.is_empty(), "an empty pool is kept");
            assert!(!pool.outdated || pool.idle.is_empty(), "an outdated environment is kept");
            assert!(pool.waiting.len() <= pool.starting as usize, "an arrival waits for nothing");
            assert!(
                pool.waiting.is_empty() || pool.idle.is_empty(),
                "an arrival waits beside an idle environment"
            );
        }
        let counted = self.counts().iter().map(|count| count.starting + count.busy + count.idle).sum::<u32>();
        assert_eq!(counted as usize, self.environments.len());
        assert!(self.environments.len() <= limits.environments);
        let memory = self.environments.values().map(|member| u64::from(member.memory_mib)).sum::<u64>();
        assert_eq!(memory, self.memory_mib());
        assert!(memory <= limits.memory_mib);
    }
}
