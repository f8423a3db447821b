//! The task that owns one environment: it hears of everything, asks [`Phase`] what to do, and does it.

mod extensions;
mod hearing;
mod records;
mod turn;
mod usage;

use std::time::{Duration, Instant};

use model::Invocation;
use sandbox::{Exit, Limits, Output, Process, Sandbox};
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::AbortOnDropHandle;

use self::hearing::Heard;
use self::usage::Used;
use crate::deadline::Deadline;
use crate::env_vars;
use crate::environment::{self, Answered, Ended, Launch};
use crate::externals::Externals;
use crate::failure::{Failure, Status};
use crate::output::Log;
use crate::phase::{Action, Event, Init, Kind, Limit, Member, Phase, Verdict};
use crate::place::{self, Place};
use crate::platform_log::{Record, Report, billed};
use crate::response_stream::ResponseSink;
use crate::running::Running;
use crate::runtime_api::{Answer, Asked, Event as RuntimeEvent, RuntimeApi};
use crate::start::{self, Refused};
use crate::xray;

/// AWS gives the init phase this long; then it runs again inside the first invocation.
const INIT_LIMIT: Duration = Duration::from_secs(10);

/// Back-to-back invocations come sooner than this and never pay for a freeze and a thaw.
const IDLE_BEFORE_FREEZE: Duration = Duration::from_millis(100);

/// Of a shutdown with external extensions.
const SHUTDOWN_LIMIT: Duration = Duration::from_secs(2);

/// What the runtime has of it, before it is the extensions' turn.
const RUNTIME_SHARE: Duration = Duration::from_millis(600);

/// Of a shutdown with extensions in the runtime's process alone.
const INTERNAL_SHUTDOWN_LIMIT: Duration = Duration::from_millis(500);

/// How long an init may use more of the processor than the function's own share.
const BURST_LIMIT: Duration = INIT_LIMIT;

#[derive(Debug)]
pub(crate) enum Command {
    Invoke {
        invocation: Invocation,
        /// Where the response goes piece by piece, if the runtime sends it so.
        sink: Option<ResponseSink>,
        caller: oneshot::Sender<Answered>,
    },
}

pub(crate) struct Owner {
    sandbox: Sandbox,
    launch: Launch,
    api: RuntimeApi,
    log: Log,
    phase: Phase,
    deadline: Deadline,
    /// Of the init's use of the processor.
    burst: Deadline,
    /// It is over, and the limits still say otherwise.
    ends_burst: bool,
    process: Option<Process>,
    externals: Externals,
    shutdown_began: Instant,
    /// The handle was dropped, so there is nothing more to be heard from it.
    is_retired: bool,
    /// The runtime that was there before the function; the first init takes it.
    parked: Option<(Process, Output)>,
    /// The invocation that runs, or waits for init.
    running: Option<Running>,
    /// The one that waits for the end of the one that runs.
    waiting: Option<Running>,
    /// When the init that runs, or ran last, began.
    init_began: Instant,
    /// Of the first init, until an invocation has reported it.
    init_duration: Option<Duration>,
    /// Processes of this sandbox that the kernel had killed for memory when a runtime last ended.
    oom_kills: u64,
    /// The sandbox's processor time that is not the next invocation's.
    cpu_counted: Duration,
    _front: AbortOnDropHandle<()>,
    _daemon: AbortOnDropHandle<()>,
}

/// The sandbox did not do what it must, or is not wanted any more.
struct SandboxDead;

impl Owner {
    pub(crate) fn new(place: Place, launch: Launch) -> Owner {
        let Place { sandbox, mut api, front, datagrams, parked } = place;
        api.show(launch.metadata.clone());
        let front = tokio::spawn((launch.front)(front));
        let daemon = tokio::spawn(xray::keep(
            datagrams,
            launch.log.key().group.scope.clone(),
            launch.segments.clone(),
        ));
        let format = launch.version.config.logging.format;
        Owner {
            sandbox,
            api,
            log: Log::new(launch.log.clone(), format, launch.clock.clone()),
            launch,
            phase: Phase::new(),
            deadline: Deadline::new(),
            burst: Deadline::new(),
            ends_burst: false,
            process: None,
            externals: Externals::default(),
            shutdown_began: Instant::now(),
            is_retired: false,
            parked,
            running: None,
            waiting: None,
            init_began: Instant::now(),
            init_duration: None,
            oom_kills: 0,
            cpu_counted: Duration::ZERO,
            _front: AbortOnDropHandle::new(front),
            _daemon: AbortOnDropHandle::new(daemon),
        }
    }

    /// Until the environment has shut down after its handle was dropped, or the sandbox dies.
    pub(crate) async fn run(mut self, mut commands: mpsc::Receiver<Command>) {
        let mut actions = self.phase.begin();
        while self.perform(actions).await.is_ok() {
            actions = match self.hear(&mut commands).await {
                Heard::Dead => break,
                Heard::Retired => self.retire(),
                Heard::Exited(exit) => match self.exited(exit).await {
                    Ok(actions) => actions,
                    Err(SandboxDead) => break,
                },
                Heard::ExtensionExited(id, exit) => {
                    let failure = self.extension_failure(id, exit);
                    self.phase.on(Event::Exited(Member::Extension(id), failure))
                }
                Heard::Command(command) => self.accept(command),
                Heard::Asked(asked) => self.asked(asked),
                Heard::BurstDue => {
                    self.end_burst();
                    vec![]
                }
                Heard::Due(Limit::Idle) => self.phase.on(Event::Idle),
                Heard::Due(Limit::Init | Limit::Function) => self.phase.on(Event::Failed(Failure::TimedOut)),
                Heard::Due(Limit::Runtime(_) | Limit::Shutdown) => self.phase.on(Event::ShutdownDue),
            };
        }
        self.log.drain_last();
        self.sandbox.destroy().await;
    }

    fn asked(&mut self, asked: Asked) -> Vec<Action<Answer>> {
        let event = match asked {
            Asked::Next => Event::Next(Member::Runtime),
            Asked::Answered(answer) => Event::Answered(answer),
            Asked::InitError { payload, error } => Event::Failed(Failure::Init { error, payload }),
            Asked::Registered(id, kind, interest) => Event::Registered(id, kind, interest),
            Asked::ExtensionNext(id) => Event::Next(Member::Extension(id)),
            Asked::Subscribed(subscription) => {
                self.log.subscribe(&subscription, self.sandbox.dialer());
                return vec![];
            }
        };
        self.phase.on(event)
    }

    fn retire(&mut self) -> Vec<Action<Answer>> {
        self.is_retired = true;
        self.phase.on(Event::Retire)
    }

    fn accept(&mut self, Command::Invoke { invocation, sink, caller }: Command) -> Vec<Action<Answer>> {
        self.waiting = Some(Running::new(invocation, sink, caller));
        self.promote();
        self.send_ahead();
        self.phase.on(Event::Invoke)
    }

    /// A runtime that was parked can have its event while it loads the function's code.
    fn send_ahead(&mut self) {
        if let Some(running) = self.running.as_ref().filter(|running| !running.was_sent()) {
            let timeout = self.launch.version.config.timeout();
            self.api.send_ahead(&RuntimeEvent::ahead(&running.invocation, timeout));
        }
    }

    /// It is the turn of the invocation that waits, once the one before is over.
    fn promote(&mut self) {
        if self.running.is_none() && self.waiting.is_some() {
            self.running = self.waiting.take();
            self.log.begin_tail();
        }
    }

    /// What the runtime asked just before it ended counts, so it is heard first.
    async fn exited(&mut self, exit: Exit) -> Result<Vec<Action<Answer>>, SandboxDead> {
        self.process = None;
        loop {
            tokio::select! {
                biased;
                () = self.sandbox.gone() => return Err(SandboxDead),
                asked = self.api.asked() => {
                    let actions = self.asked(asked);
                    self.perform(actions).await?;
                }
                () = tokio::task::yield_now() => break,
            }
        }
        // What was heard has ended that runtime already, and the one that runs now is another.
        if self.process.is_some() {
            return Ok(vec![]);
        }
        let failure =
            if self.ran_out_of_memory() { Failure::OutOfMemory(exit) } else { Failure::Exited(exit) };
        Ok(self.phase.on(Event::Exited(Member::Runtime, failure)))
    }

    /// Whether the kernel had a process killed for memory since the last time this was asked.
    fn ran_out_of_memory(&mut self) -> bool {
        let oom_kills = self.sandbox.usage().map_or(self.oom_kills, |usage| usage.oom_kills);
        std::mem::replace(&mut self.oom_kills, oom_kills) < oom_kills
    }

    async fn perform(&mut self, actions: Vec<Action<Answer>>) -> Result<(), SandboxDead> {
        let mut events = vec![];
        for action in actions {
            match action {
                Action::Launch(init) => events.extend(self.launch(init).await?),
                Action::Start => events.extend(self.start().await?),
                Action::Arm(limit) => self.deadline.arm(limit, self.length_of(limit)),
                Action::Disarm => self.deadline.disarm(),
                Action::InitDone(init) => self.init_done(init),
                // There is time for it once nothing else is to be done.
                Action::EndBurst => self.ends_burst = true,
                Action::InitFailed(init, failure) => self.init_failed(init, &failure),
                Action::Send => self.send(),
                Action::Resend => self.send_again(),
                Action::Answer(verdict) => {
                    self.answer(verdict);
                    // The caller has it; the rest can wait until it has been sent on.
                    turn::pass().await;
                }
                Action::RuntimeDone => self.runtime_done(),
                Action::Finish(failure) => self.finish(failure.as_ref()),
                Action::BeginShutdown => self.shutdown_began = Instant::now(),
                Action::Terminate => self.terminate().await?,
                Action::Dismiss(reason) => self.dismiss(reason).await?,
                Action::Kill => self.kill().await?,
                Action::Freeze => self.freeze(),
                Action::Thaw => self.thaw()?,
                Action::Over => return Err(SandboxDead),
            }
        }
        for event in events {
            let actions = self.phase.on(event);
            Box::pin(self.perform(actions)).await?;
        }
        Ok(())
    }

    fn length_of(&self, limit: Limit) -> Duration {
        match limit {
            Limit::Init => INIT_LIMIT,
            Limit::Function => self.launch.version.config.timeout(),
            Limit::Idle => IDLE_BEFORE_FREEZE,
            Limit::Runtime(Kind::Internal) => INTERNAL_SHUTDOWN_LIMIT,
            Limit::Runtime(Kind::External) => RUNTIME_SHARE,
            Limit::Shutdown => self.rest_of_shutdown(),
        }
    }

    async fn launch(&mut self, init: Init) -> Result<Vec<Event<Answer>>, SandboxDead> {
        self.init_began = Instant::now();
        if init == Init::Suppressed {
            self.limit(&environment::init_limits(&self.launch.version));
            self.begin_running();
        }
        // The limit says nothing: this timer has one purpose.
        self.burst.arm(Limit::Init, BURST_LIMIT);
        self.ends_burst = false;
        if place::has_opt(&self.launch.version) {
            self.log.expect_subscribers();
        }
        if let Some(start) = self.init_start(init) {
            self.log.record(&Record::InitStart(&start));
        }
        self.tell_notice(init);
        let (count, failure) = self.launch_extensions().await?;
        Ok(match failure {
            Some(failure) => vec![Event::Failed(failure)],
            None => vec![Event::Launched(count)],
        })
    }

    async fn start(&mut self) -> Result<Option<Event<Answer>>, SandboxDead> {
        match self.runtime().await {
            Ok((process, output)) => {
                self.process = Some(process);
                self.log.attach(output, env_vars::has_log_descriptor(&self.launch));
                Ok(None)
            }
            Err(Refused::Failure(failure)) => {
                self.tell_launch_error(&failure);
                Ok(Some(Event::Exited(Member::Runtime, failure)))
            }
            Err(Refused::Sandbox(error)) => {
                tracing::warn!(%error, "a sandbox did not start its runtime");
                Err(SandboxDead)
            }
        }
    }

    async fn runtime(&mut self) -> Result<(Process, Output), Refused> {
        let Some(parked) = self.parked.take() else {
            return start::runtime(&self.sandbox, &self.launch).await;
        };
        self.api.release();
        Ok(parked)
    }

    fn end_burst(&mut self) {
        self.burst.disarm();
        self.ends_burst = false;
        self.limit(&environment::limits(&self.launch.version));
    }

    /// A sandbox that keeps the limits it has still works.
    fn limit(&self, limits: &Limits) {
        if let Err(error) = self.sandbox.set_limits(limits) {
            tracing::warn!(%error, "a sandbox's limits were not set");
        }
    }

    fn init_done(&mut self, init: Init) {
        let duration = self.init_began.elapsed();
        if init == Init::First {
            self.init_duration = Some(duration);
            self.begin_usage();
        }
        self.log_init(init, &Status::Success, duration);
        self.api.end_init();
        self.log.end_init();
    }

    fn init_failed(&mut self, init: Init, failure: &Failure) {
        if init == Init::First {
            self.begin_usage();
        }
        self.log_init(init, &failure.status(), self.init_began.elapsed());
    }

    /// The invocation's time counts from now, unless it does already.
    fn begin_running(&mut self) {
        let deadline = self.launch.clock.now() + self.launch.version.config.timeout();
        if let Some(running) = &mut self.running {
            running.begin(deadline);
        }
    }

    fn send(&mut self) {
        let ready = Instant::now();
        self.begin_running();
        self.api.stream_to(self.running.as_mut().and_then(|running| running.sink.take()));
        self.send_again();
        if let Some(running) = &mut self.running {
            running.mark_sent(ready);
        }
        // What the function writes meanwhile is read later.
        self.log_start();
        self.tell_of_invocation();
    }

    fn send_again(&mut self) {
        if let Some(event) = self.running.as_ref().and_then(Running::event) {
            self.api.send(&event);
        }
    }

    fn answer(&mut self, verdict: Verdict<Answer>) {
        let answered = Instant::now();
        if !self.running.as_ref().is_some_and(Running::was_sent) {
            self.log_start();
        }
        // A line that the function wrote before its answer is readable as soon as the answer is.
        self.log.drain();
        if let Some(running) = &mut self.running {
            let extensions_work = self.phase.extensions_work();
            running.response_began = self.api.response_began();
            running.answer(verdict, answered, self.launch.version.config.timeout(), extensions_work);
        }
    }

    fn runtime_done(&mut self) {
        if let Some(running) = &mut self.running {
            running.runtime_done();
        }
        self.log_runtime_done(&Status::Success);
    }

    fn finish(&mut self, failure: Option<&Failure>) {
        let status = failure.map_or(Status::Success, Failure::status);
        if !self.running.as_ref().is_some_and(Running::is_runtime_done) {
            self.log_runtime_done(&status);
        }
        let Some(running) = self.running.take() else { return };
        let duration = running.duration(&status, self.launch.version.config.timeout());
        let init = self.init_duration.take();
        let Used { cpu, memory_peak_mib } = self.usage();
        let report = Report {
            request: running.invocation.request_id,
            status,
            duration,
            billed: billed(duration, init),
            memory_mib: self.launch.version.config.memory_mib,
            memory_peak_mib,
            init,
            spans: self.extension_span(&running),
            tracing: self.launch.version.config.tracing,
            trace: running.invocation.trace_id.clone(),
        };
        self.log_end(&report);
        usage::tell(&report, cpu);
        let Report { status, billed, .. } = report;
        let post_runtime_extensions = running.post_runtime();
        let log_tail = self.log.tail();
        running.end(Ended {
            status,
            init,
            duration,
            billed,
            post_runtime_extensions,
            cpu,
            memory_peak_mib,
            log_tail,
        });
        self.promote();
    }

    async fn kill(&mut self) -> Result<(), SandboxDead> {
        (self.process, self.parked) = (None, None);
        self.sandbox.kill_processes().await.map_err(|error| {
            tracing::warn!(%error, "a sandbox did not stop its processes");
            SandboxDead
        })?;
        self.log.drain_last();
        self.log.detach_extensions();
        self.externals.forget();
        self.api.reset();
        Ok(())
    }

    /// A sandbox that cannot be frozen goes on running; only its idle processor time is lost.
    fn freeze(&self) {
        match self.sandbox.freeze() {
            Ok(()) => self.log.set_frozen(true),
            Err(error) => tracing::debug!(%error, "a sandbox was not frozen"),
        }
    }

    fn thaw(&self) -> Result<(), SandboxDead> {
        self.log.set_frozen(false);
        self.sandbox.thaw().map_err(|_gone| SandboxDead)
    }
}
