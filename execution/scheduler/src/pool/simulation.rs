//! The pools under seeded random histories, checked after every step.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::world::{LIMITS, World, key, revision};
use super::*;

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
