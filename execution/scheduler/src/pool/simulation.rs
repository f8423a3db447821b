//! The pools under examples and under seeded random histories, checked after every step.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;

const LIMITS: Limits = Limits {
    concurrency: 4,
    memory_mib: 1024,
    environments: 6,
    idle: Duration::from_secs(60),
    lifetime: Duration::from_secs(300),
};

/// A function version of the account, by its name.
fn key(name: &str) -> PoolKey {
    PoolKey {
        account: "000000000000".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        name: name.parse().unwrap(),
        version: VersionRef::Latest,
        revision: revision(0),
    }
}

/// The revision that a function has after so many updates.
fn revision(updates: usize) -> RevisionId {
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
struct World {
    pools: Pools,
    now: Timestamp,
    last_ticket: u64,
}

impl World {
    fn new(limits: Limits) -> World {
        World { pools: Pools::new(limits), now: Timestamp::from_millis(0), last_ticket: 0 }
    }

    fn on(&mut self, event: Event) -> Vec<Action> {
        self.pools.on(event, self.now)
    }

    fn arrive(&mut self, name: &str, memory_mib: u32) -> (Ticket, Vec<Action>) {
        self.arrive_at(key(name), memory_mib)
    }

    fn arrive_at(&mut self, key: PoolKey, memory_mib: u32) -> (Ticket, Vec<Action>) {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        (ticket, self.on(Event::Arrived { ticket, key, memory_mib }))
    }

    fn outdate(&mut self, name: &str) -> Vec<Action> {
        self.on(Event::Outdated(Arc::new(key(name))))
    }

    /// An environment of the function, started and busy.
    fn busy(&mut self, name: &str, memory_mib: u32) -> EnvironmentId {
        let (ticket, actions) = self.arrive(name, memory_mib);
        let Some(&Action::Start(environment, _)) = actions.last() else { panic!("{actions:?}") };
        assert_eq!(self.on(Event::Started(environment)), [Action::Dispatch(ticket, environment)]);
        environment
    }

    fn finish(&mut self, environment: EnvironmentId) -> Vec<Action> {
        self.on(Event::Finished(environment, Fitness::Reusable))
    }
}

#[test]
fn a_second_invocation_reuses_the_environment() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    assert_eq!(world.finish(environment), []);
    let (ticket, actions) = world.arrive("f", 128);
    assert_eq!(actions, [Action::Dispatch(ticket, environment)]);
}

#[test]
fn the_most_recently_used_environment_runs_next() {
    let mut world = World::new(LIMITS);
    let (first, second) = (world.busy("f", 128), world.busy("f", 128));
    world.finish(second);
    world.finish(first);
    let (ticket, actions) = world.arrive("f", 128);
    assert_eq!(actions, [Action::Dispatch(ticket, first)]);
}

#[test]
fn a_new_revision_gets_an_environment_of_its_own() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    world.finish(environment);
    let updated = PoolKey { revision: RevisionId::random(), ..key("f") };
    let actions = world.on(Event::Arrived { ticket: Ticket(9), key: updated, memory_mib: 128 });
    assert!(matches!(actions[..], [Action::Start(started, Ticket(9))] if started != environment));
}

#[test]
fn an_arrival_takes_an_environment_that_is_free_before_its_own_has_started() {
    let mut world = World::new(LIMITS);
    let running = world.busy("f", 128);
    let (ticket, actions) = world.arrive("f", 128);
    let [Action::Start(starting, _)] = actions[..] else { panic!("{actions:?}") };
    assert_eq!(world.finish(running), [Action::Dispatch(ticket, running)]);
    assert_eq!(world.on(Event::Started(starting)), []);
    let (next, actions) = world.arrive("f", 128);
    assert_eq!(actions, [Action::Dispatch(next, starting)]);
}

#[test]
fn an_arrival_joins_a_start_that_nobody_waits_for_any_more() {
    let mut world = World::new(LIMITS);
    let running = world.busy("f", 128);
    let (_, actions) = world.arrive("f", 128);
    let [Action::Start(starting, _)] = actions[..] else { panic!("{actions:?}") };
    world.finish(running);
    let (joined, actions) = world.arrive("f", 128);
    assert_eq!(actions, []);
    assert_eq!(world.on(Event::Started(starting)), [Action::Dispatch(joined, starting)]);
}

#[test]
fn throttles_when_the_account_has_its_concurrency_in_use() {
    let mut world = World::new(LIMITS);
    let first = world.busy("f", 128);
    for name in ["f", "g", "h"] {
        world.busy(name, 128);
    }
    let (ticket, actions) = world.arrive("f", 128);
    assert_eq!(actions, [Action::Throttle(ticket, Throttle::Concurrency)]);
    world.finish(first);
    let (ticket, actions) = world.arrive("f", 128);
    assert_eq!(actions, [Action::Dispatch(ticket, first)]);
}

#[test]
fn one_account_does_not_use_up_the_concurrency_of_another() {
    let mut world = World::new(LIMITS);
    for _ in 0..4 {
        world.busy("f", 128);
    }
    let other = PoolKey { account: "111111111111".parse().unwrap(), ..key("f") };
    let actions = world.on(Event::Arrived { ticket: Ticket(9), key: other, memory_mib: 128 });
    assert!(matches!(actions[..], [Action::Start(_, Ticket(9))]));
}

#[test]
fn memory_is_taken_from_the_least_recently_used_idle_environment() {
    let mut world = World::new(LIMITS);
    let (older, newer) = (world.busy("f", 512), world.busy("g", 512));
    world.finish(older);
    world.finish(newer);
    let (ticket, actions) = world.arrive("h", 512);
    assert!(matches!(actions[..], [Action::Retire(retired), Action::Start(_, started)]
        if retired == older && started == ticket));
}

#[test]
fn throttles_when_busy_environments_hold_all_memory_and_retires_nothing() {
    let mut world = World::new(LIMITS);
    let idle = world.busy("f", 256);
    world.finish(idle);
    world.busy("g", 768);
    let (ticket, actions) = world.arrive("h", 512);
    assert_eq!(actions, [Action::Throttle(ticket, Throttle::Memory)]);
    let (ticket, actions) = world.arrive("f", 256);
    assert_eq!(actions, [Action::Dispatch(ticket, idle)]);
}

#[test]
fn an_environment_without_work_is_reaped_when_its_time_is_over() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    world.finish(environment);
    world.now = world.now + Duration::from_secs(59);
    assert_eq!(world.on(Event::Ticked), []);
    world.now = world.now + Duration::from_secs(1);
    assert_eq!(world.on(Event::Ticked), [Action::Retire(environment)]);
    assert!(world.pools.is_empty());
}

#[test]
fn a_spent_environment_is_not_used_again() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    let actions = world.on(Event::Finished(environment, Fitness::Spent));
    assert_eq!(actions, [Action::Retire(environment)]);
    let (_, actions) = world.arrive("f", 128);
    assert!(matches!(actions[..], [Action::Start(other, _)] if other != environment));
}

#[test]
fn an_idle_environment_that_exits_is_not_used_again() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    world.finish(environment);
    assert_eq!(world.on(Event::Exited(environment)), [Action::Retire(environment)]);
    assert!(world.pools.is_empty());
}

#[test]
fn an_environment_that_exits_behind_its_answer_is_not_used_again() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    assert_eq!(world.on(Event::Exited(environment)), []);
    assert_eq!(world.finish(environment), [Action::Retire(environment)]);
}

#[test]
fn an_old_environment_is_replaced_after_its_invocation() {
    let mut world = World::new(LIMITS);
    let environment = world.busy("f", 128);
    world.now = world.now + Duration::from_secs(299);
    assert_eq!(world.finish(environment), []);
    let (ticket, actions) = world.arrive("f", 128);
    assert_eq!(actions, [Action::Dispatch(ticket, environment)]);
    world.now = world.now + Duration::from_secs(1);
    assert_eq!(world.finish(environment), [Action::Retire(environment)]);
}

#[test]
fn an_update_retires_idle_environments_at_once_and_busy_ones_when_they_are_done() {
    let mut world = World::new(LIMITS);
    let (idle, busy, other) = (world.busy("f", 128), world.busy("f", 128), world.busy("g", 128));
    world.finish(idle);
    world.finish(other);
    assert_eq!(world.outdate("f"), [Action::Retire(idle)]);
    assert_eq!(world.finish(busy), [Action::Retire(busy)]);
    let (ticket, actions) = world.arrive("g", 128);
    assert_eq!(actions, [Action::Dispatch(ticket, other)]);
}

#[test]
fn an_environment_that_an_update_finds_starting_runs_the_arrival_that_waits_and_no_other() {
    let mut world = World::new(LIMITS);
    let (ticket, actions) = world.arrive("f", 128);
    let [Action::Start(starting, _)] = actions[..] else { panic!("{actions:?}") };
    assert_eq!(world.outdate("f"), []);
    assert_eq!(world.on(Event::Started(starting)), [Action::Dispatch(ticket, starting)]);
    assert_eq!(world.finish(starting), [Action::Retire(starting)]);
}

#[test]
fn a_failed_start_fails_one_arrival_and_gives_back_what_it_held() {
    let mut world = World::new(LIMITS);
    let (ticket, actions) = world.arrive("f", 1024);
    let [Action::Start(environment, _)] = actions[..] else { panic!("{actions:?}") };
    let actions = world.on(Event::Exited(environment));
    assert_eq!(actions, [Action::Fail(ticket, environment), Action::Retire(environment)]);
    world.pools.assert_sound(LIMITS);
    assert!(world.pools.budget.is_unused());
}

#[test]
fn draining_retires_idle_environments_at_once_and_busy_ones_when_they_are_done() {
    let mut world = World::new(LIMITS);
    let (idle, busy) = (world.busy("f", 128), world.busy("f", 128));
    world.finish(idle);
    assert_eq!(world.on(Event::Drain), [Action::Retire(idle)]);
    assert!(!world.pools.is_empty());
    assert_eq!(world.finish(busy), [Action::Retire(busy)]);
    assert!(world.pools.is_empty());
}

impl Pools {
    /// What must hold after every event.
    fn assert_sound(&self, limits: Limits) {
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

/// What may happen next in a random history; numbers choose among what is there.
#[derive(Debug, Clone)]
enum Step {
    Arrive {
        function: usize,
    },
    /// Of an invocation that looked its version up before the last update.
    ArriveLate {
        function: usize,
    },
    Update {
        function: usize,
    },
    Start {
        which: usize,
        fails: bool,
    },
    Finish {
        which: usize,
        fitness: Fitness,
    },
    Exit {
        which: u64,
    },
    Wait {
        seconds: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let fitness = prop_oneof![4 => Just(Fitness::Reusable), 1 => Just(Fitness::Spent)];
    prop_oneof![
        4 => (0..FUNCTIONS.len()).prop_map(|function| Step::Arrive { function }),
        1 => (0..FUNCTIONS.len()).prop_map(|function| Step::ArriveLate { function }),
        1 => (0..FUNCTIONS.len()).prop_map(|function| Step::Update { function }),
        3 => (any::<usize>(), prop::bool::weighted(0.2)).prop_map(|(which, fails)| Step::Start { which, fails }),
        3 => (any::<usize>(), fitness).prop_map(|(which, fitness)| Step::Finish { which, fitness }),
        1 => (0..60_u64).prop_map(|which| Step::Exit { which }),
        1 => (0..90_u64).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// Which environment may run which arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Code {
    function: usize,
    updates: usize,
}

const FUNCTIONS: [(&str, u32); 3] = [("small", 128), ("middle", 256), ("large", 512)];

impl Code {
    fn key(self) -> PoolKey {
        PoolKey { revision: revision(self.updates), ..key(FUNCTIONS[self.function].0) }
    }
}

/// Carries out actions as the service does, and holds them against each other.
struct Simulation {
    world: World,
    updates: [usize; FUNCTIONS.len()],
    open: HashMap<Ticket, Code>,
    starting: Vec<EnvironmentId>,
    running: Vec<(EnvironmentId, Ticket)>,
    codes: HashMap<EnvironmentId, Code>,
    retired: HashSet<EnvironmentId>,
}

impl Simulation {
    fn new() -> Simulation {
        Simulation {
            world: World::new(LIMITS),
            updates: [0; FUNCTIONS.len()],
            open: HashMap::new(),
            starting: Vec::new(),
            running: Vec::new(),
            codes: HashMap::new(),
            retired: HashSet::new(),
        }
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Arrive { function } => self.arrive(function),
            Step::ArriveLate { function } => self.arrive_late(function),
            Step::Update { function } => self.update(function),
            Step::Start { which, fails } if !self.starting.is_empty() => self.started(which, fails),
            Step::Finish { which, fitness } if !self.running.is_empty() => self.finish(which, fitness),
            Step::Exit { which } => self.exit(EnvironmentId::new(which)),
            Step::Wait { seconds } => self.wait(seconds),
            Step::Start { .. } | Step::Finish { .. } => {}
        }
        self.world.pools.assert_sound(LIMITS);
        assert!(self.open.len() + self.running.len() <= LIMITS.concurrency as usize);
    }

    fn arrive(&mut self, function: usize) {
        self.arrive_for(Code { function, updates: self.updates[function] });
    }

    fn arrive_late(&mut self, function: usize) {
        let Some(updates) = self.updates[function].checked_sub(1) else { return };
        let code = Code { function, updates };
        self.arrive_for(code);
        self.outdate(code);
    }

    fn arrive_for(&mut self, code: Code) {
        let (_, memory_mib) = FUNCTIONS[code.function];
        let (ticket, actions) = self.world.arrive_at(code.key(), memory_mib);
        self.open.insert(ticket, code);
        self.perform(actions);
    }

    fn update(&mut self, function: usize) {
        let updates = self.updates[function];
        self.updates[function] += 1;
        self.outdate(Code { function, updates });
    }

    fn outdate(&mut self, code: Code) {
        let actions = self.world.on(Event::Outdated(Arc::new(code.key())));
        self.perform(actions);
    }

    fn started(&mut self, which: usize, fails: bool) {
        let environment = self.starting.remove(which % self.starting.len());
        let event = if fails { Event::Exited(environment) } else { Event::Started(environment) };
        let actions = self.world.on(event);
        self.perform(actions);
    }

    fn finish(&mut self, which: usize, fitness: Fitness) {
        let (environment, _ticket) = self.running.remove(which % self.running.len());
        let actions = self.world.on(Event::Finished(environment, fitness));
        self.perform(actions);
    }

    /// Any environment may exit, even one that is long gone or was never there.
    fn exit(&mut self, environment: EnvironmentId) {
        self.starting.retain(|starting| *starting != environment);
        let actions = self.world.on(Event::Exited(environment));
        self.perform(actions);
    }

    fn wait(&mut self, seconds: u64) {
        self.world.now = self.world.now + Duration::from_secs(seconds);
        let actions = self.world.on(Event::Ticked);
        self.perform(actions);
    }

    fn perform(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Start(environment, ticket) => self.start(environment, ticket),
                Action::Dispatch(ticket, environment) => self.dispatch(ticket, environment),
                Action::Retire(environment) => self.retire(environment),
                Action::Throttle(ticket, _) | Action::Fail(ticket, _) => self.answer(ticket),
            }
        }
    }

    fn start(&mut self, environment: EnvironmentId, ticket: Ticket) {
        self.starting.push(environment);
        assert_eq!(self.codes.insert(environment, self.open[&ticket]), None, "an id is used twice");
    }

    fn dispatch(&mut self, ticket: Ticket, environment: EnvironmentId) {
        assert_eq!(self.open[&ticket], self.codes[&environment], "an environment of other code");
        assert!(self.running.iter().all(|(busy, _)| *busy != environment), "two invocations at once");
        assert!(!self.starting.contains(&environment) && !self.retired.contains(&environment));
        self.answer(ticket);
        self.running.push((environment, ticket));
    }

    fn retire(&mut self, environment: EnvironmentId) {
        assert!(self.running.iter().all(|(busy, _)| *busy != environment), "retired while busy");
        assert!(self.retired.insert(environment), "retired twice");
    }

    fn answer(&mut self, ticket: Ticket) {
        assert!(self.open.remove(&ticket).is_some(), "answered twice");
    }

    fn run_dry(&mut self) {
        while !self.starting.is_empty() {
            self.started(0, false);
        }
        while !self.running.is_empty() {
            self.finish(0, Fitness::Reusable);
        }
        let actions = self.world.on(Event::Drain);
        self.perform(actions);
    }
}

proptest! {
    #[test]
    fn every_history_stays_within_limits_and_leaves_nothing_behind(
        steps in prop::collection::vec(step(), 0..200)
    ) {
        let mut simulation = Simulation::new();
        for step in &steps {
            simulation.take(step);
        }
        simulation.run_dry();
        prop_assert!(simulation.open.is_empty(), "unanswered: {:?}", simulation.open);
        let pools = &simulation.world.pools;
        prop_assert!(pools.is_empty() && pools.pools.is_empty() && pools.idle.is_empty());
        prop_assert!(pools.budget.is_unused());
    }
}
