//! The task that owns the environments: it hears arrivals and notices, asks the pools, and does what they say.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use catalog::{Catalog, Changed, Changes, Missed, Scope, Snapshot};
use environment::Environment;
use model::{Clock, FunctionVersion};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, timeout_at};

use crate::keeper::{Keeper, Tether};
use crate::launchpad::{LaunchError, Launchpad};
use crate::lease::Lease;
use crate::options::{ENVIRONMENTS_MAX, Options};
use crate::pool::{Action, EnvironmentId, Event, Fitness, PoolKey, Pools, Throttle, Ticket};
use crate::scheduler::{AdmissionError, Census, Scheduler};

/// Arrivals that the loop has not looked at yet; further ones wait to be heard.
const COMMANDS_MAX: usize = 1024;

/// An environment has at most its start, one return and its exit on their way at once.
const NOTICES_MAX: usize = 3 * ENVIRONMENTS_MAX;

/// How often environments that have been idle too long are looked for.
const REAP_INTERVAL: Duration = Duration::from_secs(1);

/// An environment with extensions may take two seconds to shut down.
const SHUTDOWN_MAX: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(crate) enum Command {
    Admit { version: Arc<FunctionVersion>, answer: oneshot::Sender<Result<Lease, AdmissionError>> },
    Census(oneshot::Sender<Census>),
}

/// News of one environment, from its keeper or its lease.
#[derive(Debug)]
pub(crate) enum Notice {
    Started(EnvironmentId, Arc<Environment>),
    StartFailed(EnvironmentId, LaunchError),
    Finished(EnvironmentId, Fitness),
    Exited(EnvironmentId),
}

#[derive(Debug)]
pub struct Service {
    drain_timeout: Duration,
    clock: Clock,
    catalog: Catalog,
    changes: Changes,
    launchpad: Arc<Launchpad>,
    commands: mpsc::Receiver<Command>,
    notices: mpsc::Receiver<Notice>,
    /// Given to leases and keepers.
    notifier: mpsc::Sender<Notice>,
    pools: Pools,
    arrivals: HashMap<Ticket, Arrival>,
    residents: HashMap<EnvironmentId, Resident>,
    keepers: JoinSet<()>,
    last_ticket: u64,
    memory_mib: u64,
}

/// An invocation that waits for its environment.
#[derive(Debug)]
struct Arrival {
    version: Arc<FunctionVersion>,
    answer: oneshot::Sender<Result<Lease, AdmissionError>>,
}

#[derive(Debug)]
struct Resident {
    _tether: Tether,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    Starting,
    Running(Arc<Environment>),
    Failed(LaunchError),
}

impl Service {
    pub fn new(options: &Options, catalog: Catalog, launchpad: Launchpad) -> (Service, Scheduler) {
        let (commander, commands) = mpsc::channel(COMMANDS_MAX);
        let (notifier, notices) = mpsc::channel(NOTICES_MAX);
        let service = Service {
            drain_timeout: options.drain_timeout,
            clock: launchpad.clock.clone(),
            changes: catalog.changes(),
            catalog,
            launchpad: Arc::new(launchpad),
            commands,
            notices,
            notifier,
            pools: Pools::new(options.limits()),
            arrivals: HashMap::new(),
            residents: HashMap::new(),
            keepers: JoinSet::new(),
            last_ticket: 0,
            memory_mib: options.memory_mib,
        };
        (service, Scheduler::new(commander))
    }

    /// Serves until `shutdown` resolves, then admits nobody, waits for what runs, and shuts all environments down.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = pin!(shutdown);
        self.share_memory();
        self.expect_everything();
        let mut reaping = interval(REAP_INTERVAL);
        reaping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                biased;
                () = &mut shutdown => break,
                // Before arrivals: what a notice frees may spare one a cold start.
                Some(notice) = self.notices.recv() => self.hear(notice),
                Some(change) = self.changes.next() => self.follow(&change),
                Some(command) = self.commands.recv() => self.obey(command),
                Some(ended) = self.keepers.join_next() => log_panic(ended),
                _instant = reaping.tick(), if self.pools.has_idle() => self.tell(Event::Ticked),
            }
        }
        self.drain().await;
    }

    async fn drain(mut self) {
        self.commands.close();
        // Dropping a command answers it: the server is shutting down.
        while self.commands.recv().await.is_some() {}
        self.tell(Event::Drain);
        let deadline = Instant::now() + self.drain_timeout;
        while !self.pools.is_empty() {
            match timeout_at(deadline, self.notices.recv()).await {
                Ok(Some(notice)) => self.hear(notice),
                Ok(None) => break,
                Err(_elapsed) => {
                    tracing::warn!(environments = self.residents.len(), "stopped invocations that still ran");
                    break;
                }
            }
        }
        self.residents.clear();
        let deadline = Instant::now() + SHUTDOWN_MAX;
        while let Ok(Some(ended)) = timeout_at(deadline, self.keepers.join_next()).await {
            log_panic(ended);
        }
    }

    fn obey(&mut self, command: Command) {
        match command {
            Command::Admit { version, answer } => self.arrive(version, answer),
            Command::Census(answer) => {
                // Whoever asked may have gone.
                answer.send(self.census()).ok();
            }
        }
    }

    fn census(&self) -> Census {
        Census {
            pools: self.pools.counts(),
            memory_mib: self.pools.memory_mib(),
            memory_max_mib: self.memory_mib,
            parked: self.launchpad.parked(),
        }
    }

    fn arrive(
        &mut self,
        version: Arc<FunctionVersion>,
        answer: oneshot::Sender<Result<Lease, AdmissionError>>,
    ) {
        self.last_ticket += 1;
        let ticket = Ticket(self.last_ticket);
        let (key, memory_mib) = (PoolKey::of(&version), version.config.memory_mib);
        self.arrivals.insert(ticket, Arrival { version, answer });
        self.tell(Event::Arrived { ticket, key: key.clone(), memory_mib });
        // The function may have changed, and its change been heard, after the arrival looked its version up.
        if !is_current(&key, &self.catalog.snapshot()) {
            self.tell(Event::Outdated(Arc::new(key)));
        }
    }

    /// Prepares for what a change of the catalog has brought.
    fn expect(&self, change: &Result<Changed, Missed>) {
        let Ok(Changed { scope, name }) = change else { return self.expect_everything() };
        let snapshot = self.catalog.snapshot();
        let versions = snapshot.function(scope, name).into_iter().flat_map(|function| function.versions());
        versions.for_each(|version| self.launchpad.expect(version));
    }

    fn expect_everything(&self) {
        let snapshot = self.catalog.snapshot();
        for (_scope, _name, function) in snapshot.all() {
            function.versions().for_each(|version| self.launchpad.expect(version));
        }
    }

    /// What functions do not need is for environments that wait for one.
    fn share_memory(&self) {
        self.launchpad.leave_to_parking(self.memory_mib.saturating_sub(self.pools.memory_mib()));
    }

    /// Ends what a change of the catalog has left without a purpose.
    fn follow(&mut self, change: &Result<Changed, Missed>) {
        self.expect(change);
        let touched = |key: &PoolKey| match change {
            Ok(Changed { scope, name }) => key.name == *name && scope_of(key) == *scope,
            Err(Missed(_)) => true,
        };
        let snapshot = self.catalog.snapshot();
        let outdated = |key: &&Arc<PoolKey>| touched(key) && !is_current(key, &snapshot);
        for key in Vec::from_iter(self.pools.keys().filter(outdated).cloned()) {
            self.tell(Event::Outdated(key));
        }
    }

    fn hear(&mut self, notice: Notice) {
        match notice {
            Notice::Started(id, environment) => {
                self.enter(id, Stage::Running(environment));
                self.tell(Event::Started(id));
            }
            Notice::StartFailed(id, error) => {
                self.enter(id, Stage::Failed(error));
                self.tell(Event::Exited(id));
            }
            Notice::Finished(id, fitness) => self.tell(Event::Finished(id, fitness)),
            Notice::Exited(id) => self.tell(Event::Exited(id)),
        }
    }

    fn enter(&mut self, id: EnvironmentId, stage: Stage) {
        if let Some(resident) = self.residents.get_mut(&id) {
            resident.stage = stage;
        }
    }

    fn tell(&mut self, event: Event) {
        for action in self.pools.on(event, self.clock.now()) {
            self.perform(action);
        }
    }

    fn perform(&mut self, action: Action) {
        match action {
            Action::Dispatch(ticket, environment) => self.dispatch(ticket, environment),
            Action::Start(environment, ticket) => self.start(environment, ticket),
            Action::Throttle(ticket, Throttle::Concurrency) => {
                self.refuse(ticket, AdmissionError::Concurrency);
            }
            Action::Throttle(ticket, Throttle::Memory) => self.refuse(ticket, AdmissionError::Memory),
            Action::Fail(ticket, environment) => self.fail(ticket, environment),
            Action::Retire(environment) => {
                self.residents.remove(&environment);
                self.share_memory();
            }
        }
    }

    fn dispatch(&mut self, ticket: Ticket, id: EnvironmentId) {
        let Some(Resident { stage: Stage::Running(environment), .. }) = self.residents.get(&id) else {
            return;
        };
        let lease = Lease::new(id, Arc::clone(environment), self.notifier.clone());
        if let Some(arrival) = self.arrivals.remove(&ticket) {
            // A caller that has gone drops the lease, which gives the environment back.
            arrival.answer.send(Ok(lease)).ok();
        }
    }

    fn start(&mut self, id: EnvironmentId, ticket: Ticket) {
        self.share_memory();
        let Some(arrival) = self.arrivals.get(&ticket) else { return };
        let (keeper, tether) = Keeper::new(id, Arc::clone(&arrival.version), self.notifier.clone());
        self.residents.insert(id, Resident { _tether: tether, stage: Stage::Starting });
        self.keepers.spawn(keeper.keep(Arc::clone(&self.launchpad)));
    }

    fn fail(&mut self, ticket: Ticket, id: EnvironmentId) {
        let error = match self.residents.remove(&id) {
            Some(Resident { stage: Stage::Failed(error), .. }) => AdmissionError::Launch(error),
            _ => AdmissionError::Lost,
        };
        self.refuse(ticket, error);
    }

    fn refuse(&mut self, ticket: Ticket, error: AdmissionError) {
        if let Some(arrival) = self.arrivals.remove(&ticket) {
            // Whoever asked may have gone.
            arrival.answer.send(Err(error)).ok();
        }
    }
}

fn is_current(key: &PoolKey, snapshot: &Snapshot) -> bool {
    let function = snapshot.function(&scope_of(key), &key.name);
    function.is_some_and(|function| function.runs(key.version, key.revision))
}

fn scope_of(key: &PoolKey) -> Scope {
    Scope { account: key.account.clone(), region: key.region.clone() }
}

fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "the keeper of an environment failed");
    }
}
