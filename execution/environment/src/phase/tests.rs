use proptest::prelude::*;
use sandbox::Exit;

use super::*;

const ALL: Interest = Interest { invoke: true, shutdown: true };
const RUNTIME: Member = Member::Runtime;
const ID: ExtensionId = ExtensionId(0);
const EXTENSION: Member = Member::Extension(ID);
const EXITED: Failure = Failure::Exited(Exit::Code(1));

fn after(events: impl IntoIterator<Item = Event<u8>>) -> Phase {
    let mut phase = Phase::new();
    for event in events {
        phase.on(event);
    }
    phase
}

/// Without extensions, ready for the first invocation.
fn ready() -> Phase {
    after([Event::Launched(0), Event::Next(RUNTIME)])
}

/// With one that wants to know everything.
fn ready_with_extension(kind: Kind) -> Phase {
    let count = usize::from(kind == Kind::External);
    after([
        Event::Launched(count),
        Event::Registered(ID, kind, ALL),
        Event::Next(RUNTIME),
        Event::Next(EXTENSION),
    ])
}

fn on(phase: &mut Phase, events: impl IntoIterator<Item = Event<u8>>) {
    for event in events {
        phase.on(event);
    }
}

#[test]
fn an_invocation_that_comes_during_init_is_sent_when_the_runtime_asks() {
    let mut phase = Phase::new();
    assert_eq!(phase.on::<u8>(Event::Launched(0)), [Action::Start]);
    assert_eq!(phase.on::<u8>(Event::Invoke), []);
    assert_eq!(
        phase.on::<u8>(Event::Next(RUNTIME)),
        [Action::InitDone(Init::First), Action::Send, Action::EndBurst, Action::Arm(Limit::Function)]
    );
}

#[test]
fn a_failed_init_runs_again_inside_the_waiting_invocation() {
    let mut phase = after([Event::Launched(0), Event::Invoke]);
    assert_eq!(
        phase.on::<u8>(Event::Failed(Failure::TimedOut)),
        [
            Action::InitFailed(Init::First, Failure::TimedOut),
            Action::Disarm,
            Action::Kill,
            Action::Launch(Init::Suppressed),
            Action::Arm(Limit::Function),
        ]
    );
    assert_eq!(
        phase.on::<u8>(Event::Failed(Failure::TimedOut)),
        [
            Action::InitFailed(Init::Suppressed, Failure::TimedOut),
            Action::Answer(Verdict::Failed(Failure::TimedOut)),
            Action::Finish(Some(Failure::TimedOut)),
            Action::Disarm,
            Action::Kill,
        ]
    );
}

#[test]
fn a_failed_init_waits_for_an_invocation_to_run_again() {
    let mut phase = after([Event::Launched(0), Event::Failed(Failure::TimedOut)]);
    assert_eq!(
        phase.on::<u8>(Event::Invoke),
        [Action::Launch(Init::Suppressed), Action::Arm(Limit::Function)]
    );
}

#[test]
fn a_timeout_answers_before_it_kills_and_the_next_invocation_starts_anew() {
    let mut phase = ready();
    phase.on::<u8>(Event::Invoke);
    assert_eq!(
        phase.on::<u8>(Event::Failed(Failure::TimedOut)),
        [
            Action::Answer(Verdict::Failed(Failure::TimedOut)),
            Action::Finish(Some(Failure::TimedOut)),
            Action::Disarm,
            Action::Kill
        ]
    );
    assert_eq!(
        phase.on::<u8>(Event::Invoke),
        [Action::Launch(Init::Suppressed), Action::Arm(Limit::Function)]
    );
}

#[test]
fn freezes_when_idle_and_thaws_for_the_next_invocation() {
    let mut phase = ready();
    assert_eq!(phase.on::<u8>(Event::Idle), [Action::Freeze]);
    assert_eq!(phase.on::<u8>(Event::Invoke), [Action::Thaw, Action::Send, Action::Arm(Limit::Function)]);
}

#[test]
fn does_not_freeze_while_the_runtime_still_works_after_its_answer() {
    let mut phase = ready();
    on(&mut phase, [Event::Invoke, Event::Answered(1)]);
    assert_eq!(phase.on::<u8>(Event::Idle), []);
}

#[test]
fn renders_the_event_again_when_the_runtime_asks_twice() {
    let mut phase = ready();
    phase.on::<u8>(Event::Invoke);
    assert_eq!(phase.on::<u8>(Event::Next(RUNTIME)), [Action::Resend]);
}

#[test]
fn a_runtime_that_dies_after_its_answer_does_not_fail_the_next_invocation() {
    let mut phase = ready();
    on(&mut phase, [Event::Invoke, Event::Answered(1), Event::Invoke]);
    assert_eq!(
        phase.on::<u8>(Event::Exited(RUNTIME, EXITED)),
        [
            Action::Finish(Some(EXITED)),
            Action::Disarm,
            Action::Kill,
            Action::Launch(Init::Suppressed),
            Action::Arm(Limit::Function)
        ]
    );
}

#[test]
fn the_runtime_starts_when_every_external_extension_has_registered() {
    let mut phase = Phase::new();
    assert_eq!(phase.on::<u8>(Event::Launched(2)), []);
    assert_eq!(phase.on::<u8>(Event::Registered(ExtensionId(1), Kind::External, ALL)), []);
    assert_eq!(phase.on::<u8>(Event::Next(Member::Extension(ExtensionId(1)))), []);
    assert_eq!(phase.on::<u8>(Event::Registered(ID, Kind::External, ALL)), [Action::Start]);
}

#[test]
fn init_lasts_until_the_extensions_wait_too() {
    let mut phase = after([Event::Launched(1), Event::Registered(ID, Kind::External, ALL)]);
    assert_eq!(phase.on::<u8>(Event::Next(RUNTIME)), []);
    assert_eq!(
        phase.on::<u8>(Event::Next(EXTENSION)),
        [Action::InitDone(Init::First), Action::EndBurst, Action::Arm(Limit::Idle)]
    );
}

#[test]
fn an_invocation_lasts_until_the_extensions_wait_too() {
    let mut phase = ready_with_extension(Kind::External);
    on(&mut phase, [Event::Invoke]);
    assert_eq!(phase.on(Event::Answered(1)), [Action::Answer(Verdict::Answered(1))]);
    assert!(phase.extensions_work());
    assert_eq!(phase.on::<u8>(Event::Next(RUNTIME)), [Action::RuntimeDone]);
    assert_eq!(phase.on::<u8>(Event::Next(EXTENSION)), [Action::Finish(None), Action::Arm(Limit::Idle)]);
}

#[test]
fn an_extension_that_works_too_long_turns_an_answered_invocation_into_a_timeout() {
    let mut phase = ready_with_extension(Kind::External);
    on(&mut phase, [Event::Invoke, Event::Answered(1), Event::Next(RUNTIME)]);
    assert_eq!(
        phase.on::<u8>(Event::Failed(Failure::TimedOut)),
        [
            Action::Finish(Some(Failure::TimedOut)),
            Action::BeginShutdown,
            Action::Terminate,
            Action::Arm(Limit::Runtime(Kind::External))
        ]
    );
    assert_eq!(
        phase.on::<u8>(Event::Exited(RUNTIME, EXITED)),
        [Action::Dismiss(Reason::Timeout), Action::Arm(Limit::Shutdown)]
    );
    assert_eq!(phase.on::<u8>(Event::Exited(EXTENSION, EXITED)), [Action::Disarm, Action::Kill]);
}

#[test]
fn a_frozen_environment_is_thawed_to_shut_down() {
    let mut phase = ready_with_extension(Kind::External);
    phase.on::<u8>(Event::Idle);
    assert_eq!(
        phase.on::<u8>(Event::Retire),
        [Action::Thaw, Action::BeginShutdown, Action::Terminate, Action::Arm(Limit::Runtime(Kind::External))]
    );
    assert_eq!(
        phase.on::<u8>(Event::ShutdownDue),
        [Action::Dismiss(Reason::Spindown), Action::Arm(Limit::Shutdown)]
    );
    assert_eq!(phase.on::<u8>(Event::ShutdownDue), [Action::Over]);
}

#[test]
fn without_extensions_there_is_no_shutdown() {
    assert_eq!(ready().on::<u8>(Event::Retire), [Action::Disarm, Action::Over]);
}

#[test]
fn with_internal_extensions_alone_the_runtime_is_asked_to_end_and_nobody_is_told() {
    let mut phase = ready_with_extension(Kind::Internal);
    assert_eq!(
        phase.on::<u8>(Event::Retire),
        [Action::BeginShutdown, Action::Terminate, Action::Arm(Limit::Runtime(Kind::Internal))]
    );
    assert_eq!(phase.on::<u8>(Event::Exited(RUNTIME, EXITED)), [Action::Disarm, Action::Over]);
}

#[test]
fn an_invocation_that_comes_during_a_shutdown_starts_anew_after_it() {
    let mut phase = ready_with_extension(Kind::External);
    on(&mut phase, [Event::Invoke, Event::Exited(RUNTIME, EXITED)]);
    assert_eq!(phase.on::<u8>(Event::Invoke), []);
    assert_eq!(
        phase.on::<u8>(Event::ShutdownDue),
        [Action::Kill, Action::Launch(Init::Suppressed), Action::Arm(Limit::Function)]
    );
}

/// What the driver knows, kept by looking at the actions alone.
#[derive(Debug, Default)]
struct Driver {
    launched: bool,
    runtime: bool,
    frozen: bool,
    bursting: bool,
    armed: Option<Limit>,
    outstanding: bool,
    sent: bool,
    unfinished: bool,
    over: bool,
}

impl Driver {
    fn perform(&mut self, action: &Action<u8>) {
        assert!(!self.over, "{action:?} after the end");
        match action {
            Action::Launch(_) => {
                assert!(!self.runtime, "an init beside a runtime");
                (self.launched, self.bursting) = (false, true);
            }
            Action::Start => {
                assert!(!self.runtime, "two runtimes at once");
                self.runtime = true;
            }
            Action::Arm(limit) => self.armed = Some(*limit),
            Action::Disarm => self.armed = None,
            Action::Send => {
                assert!(self.runtime && self.outstanding && !self.sent && !self.frozen);
                self.sent = true;
            }
            Action::EndBurst => self.bursting = false,
            Action::Resend => assert!(self.sent),
            Action::Answer(_) => {
                assert!(self.outstanding && !self.unfinished, "answered twice");
                (self.outstanding, self.sent, self.unfinished) = (false, false, true);
            }
            Action::Finish(_) => {
                assert!(self.unfinished, "finished without an answer");
                self.unfinished = false;
            }
            Action::Kill => (self.runtime, self.frozen) = (false, false),
            Action::Freeze => self.frozen = true,
            Action::Thaw => self.frozen = false,
            Action::Terminate | Action::Dismiss(_) => assert!(!self.frozen, "told while frozen"),
            Action::Over => self.over = true,
            Action::InitDone(_) | Action::InitFailed(..) | Action::RuntimeDone | Action::BeginShutdown => {}
        }
    }

    fn event(&mut self, step: u8) -> Option<Event<u8>> {
        Some(match step {
            0 if self.outstanding => return None,
            0 => {
                self.outstanding = true;
                Event::Invoke
            }
            1 => Event::Next(RUNTIME),
            2 => Event::Answered(7),
            3 => Event::Failed(Failure::TimedOut),
            4 => Event::Idle,
            5 if self.launched => return None,
            5 => {
                self.launched = true;
                Event::Launched(1)
            }
            6 => Event::Registered(ID, Kind::External, ALL),
            7 => Event::Next(EXTENSION),
            8 => Event::Exited(RUNTIME, EXITED),
            9 => Event::Exited(EXTENSION, EXITED),
            10 => Event::ShutdownDue,
            11 => {
                Event::Registered(ExtensionId(1), Kind::Internal, Interest { invoke: true, shutdown: false })
            }
            _ => Event::Next(Member::Extension(ExtensionId(1))),
        })
    }
}

proptest! {
    #[test]
    fn every_invocation_completes_once_and_never_waits_without_a_deadline(
        steps in prop::collection::vec(0..13_u8, 0..300)
    ) {
        let mut phase = Phase::new();
        let mut driver = Driver::default();
        phase.begin().iter().for_each(|action| driver.perform(action));
        for step in steps {
            let Some(event) = driver.event(step) else { continue };
            phase.on(event).iter().for_each(|action| driver.perform(action));
            prop_assert!(!(driver.sent && driver.bursting), "a handler runs with the processor of an init");
            if driver.outstanding || driver.unfinished {
                prop_assert!(driver.armed.is_some_and(|limit| limit != Limit::Idle));
            }
        }
    }

    #[test]
    fn a_retired_environment_ends_when_its_time_is_over(
        steps in prop::collection::vec(0..13_u8, 0..100)
    ) {
        let mut phase = Phase::new();
        let mut driver = Driver::default();
        phase.begin().iter().for_each(|action| driver.perform(action));
        for step in steps {
            let Some(event) = driver.event(step) else { continue };
            phase.on(event).iter().for_each(|action| driver.perform(action));
        }
        for event in [Event::Retire, Event::ShutdownDue, Event::ShutdownDue] {
            phase.on(event).iter().for_each(|action| driver.perform(action));
        }
        prop_assert!(driver.over);
    }
}
