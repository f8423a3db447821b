//! What an environment does when something happens to it: a plain state machine.
//!
//! ```text
//!           ┌────────── Invoke ──────────┐
//!           ▼                            │
//! begin → Init ── Next ──→ Ready ←─┐    Down
//!           │                │     │     ▲
//!           │              Invoke  Next  │ Failed
//!           │                ▼     │     │
//!           └─ Next, one ─→ Invoking ─→ Responded
//!              waits            Answered
//! ```
//! From every state but `Down`, `Failed` leads to `Down`, or straight to a new `Init` when an invocation waits.
//!
//! Invariant: an accepted [`Event::Invoke`] is followed by exactly one [`Action::Answer`] and then one
//! [`Action::Finish`], and while either is outstanding a deadline is armed. The init that runs inside an invocation, because the one before failed, is
//! AWS's "suppressed init": the function's own timeout limits it.

use crate::failure::Failure;

/// Something happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event<A> {
    /// An invocation is here. The caller sends the next only after the completion of the one before.
    Invoke,
    /// The runtime asks for an event.
    Next,
    /// The runtime answered the event that it has.
    Answered(A),
    /// The runtime cannot go on: it exited, ran out of time, could not be started or said so itself.
    Failed(Failure),
    /// Nothing came for a while after the last answer.
    Idle,
}

/// Something is to be done, in the order given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action<A> {
    /// Start the runtime process.
    Start(Init),
    /// Fail with [`Failure::TimedOut`] once this much time has passed; replaces what was armed.
    Arm(Limit),
    Disarm,
    /// The init has ended well; note how long it took.
    InitDone(Init),
    InitFailed(Init, Failure),
    /// The function's own share of the processor applies from now on, and no longer that of an init.
    EndBurst,
    /// Hand the waiting invocation's event to the runtime.
    Send,
    /// Hand it over again: the runtime asked twice.
    Resend,
    /// Tell the caller.
    Answer(Verdict<A>),
    /// The invocation is over, after its answer: everything waits for the next event, or failed.
    Finish(Option<Failure>),
    /// Kill every process of the sandbox and forget what they asked for.
    Kill,
    Freeze,
    Thaw,
}

/// Which limit applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    Init,
    Function,
    /// Not a failure: leads to [`Event::Idle`].
    Idle,
}

/// Why the runtime is being started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Init {
    /// Ahead of the first invocation, or beside its wait.
    First,
    /// Inside an invocation, after the runtime before has failed.
    Suppressed,
}

/// What the caller of an invocation gets.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Verdict<A> {
    Answered(A),
    Failed(Failure),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Init {
        init: Init,
        waiting: bool,
    },
    /// The runtime waits for an event.
    Ready {
        frozen: bool,
    },
    Invoking,
    /// The caller has its answer, the runtime has not yet asked for the next event.
    Responded {
        waiting: bool,
    },
    /// There is no runtime process; the next invocation starts one.
    Down,
}

#[derive(Debug)]
pub(crate) struct Phase {
    state: State,
}

impl Phase {
    /// A new environment.
    pub(crate) fn new() -> Phase {
        Phase { state: State::Init { init: Init::First, waiting: false } }
    }

    /// What to do first.
    pub(crate) fn begin<A>(&self) -> Vec<Action<A>> {
        vec![Action::Start(Init::First), Action::Arm(Limit::Init)]
    }

    pub(crate) fn on<A>(&mut self, event: Event<A>) -> Vec<Action<A>> {
        match event {
            Event::Invoke => self.invoke(),
            Event::Next => self.next(),
            Event::Answered(answer) => self.answered(answer),
            Event::Failed(failure) => self.failed(failure),
            Event::Idle => self.idle(),
        }
    }

    fn invoke<A>(&mut self) -> Vec<Action<A>> {
        match self.state {
            State::Init { init, .. } => self.go(State::Init { init, waiting: true }, vec![]),
            State::Responded { .. } => self.go(State::Responded { waiting: true }, vec![]),
            State::Ready { frozen: true } => {
                self.go(State::Invoking, vec![Action::Thaw, Action::Send, Action::Arm(Limit::Function)])
            }
            State::Ready { frozen: false } => self.send(),
            State::Down => self.restart(vec![]),
            // The handle holds the next invocation back until this one is complete.
            State::Invoking => vec![],
        }
    }

    fn next<A>(&mut self) -> Vec<Action<A>> {
        match self.state {
            State::Init { init: Init::First, waiting: false } => {
                let actions = vec![Action::InitDone(Init::First), Action::EndBurst, Action::Arm(Limit::Idle)];
                self.go(State::Ready { frozen: false }, actions)
            }
            State::Init { init: Init::First, waiting: true } => {
                let done = Action::InitDone(Init::First);
                let actions = vec![done, Action::Send, Action::EndBurst, Action::Arm(Limit::Function)];
                self.go(State::Invoking, actions)
            }
            // The function's timeout has been running since this init began.
            State::Init { init: Init::Suppressed, .. } => {
                let done = Action::InitDone(Init::Suppressed);
                self.go(State::Invoking, vec![done, Action::Send, Action::EndBurst])
            }
            State::Responded { waiting: false } => {
                self.go(State::Ready { frozen: false }, vec![Action::Finish(None), Action::Arm(Limit::Idle)])
            }
            State::Responded { waiting: true } => {
                let actions = vec![Action::Finish(None), Action::Send, Action::Arm(Limit::Function)];
                self.go(State::Invoking, actions)
            }
            State::Invoking => vec![Action::Resend],
            State::Ready { .. } | State::Down => vec![],
        }
    }

    /// The deadline stays armed: the runtime must also ask for the next event in time.
    fn answered<A>(&mut self, answer: A) -> Vec<Action<A>> {
        if self.state != State::Invoking {
            return vec![];
        }
        self.go(State::Responded { waiting: false }, vec![Action::Answer(Verdict::Answered(answer))])
    }

    fn failed<A>(&mut self, failure: Failure) -> Vec<Action<A>> {
        match self.state {
            State::Init { init: Init::First, waiting } => {
                self.stop(waiting, vec![Action::InitFailed(Init::First, failure)])
            }
            State::Init { init: Init::Suppressed, .. } => {
                let mut actions = vec![Action::InitFailed(Init::Suppressed, failure.clone())];
                actions.extend(fail(failure));
                self.stop(false, actions)
            }
            State::Invoking => self.stop(false, fail(failure)),
            State::Responded { waiting } => self.stop(waiting, vec![Action::Finish(Some(failure))]),
            State::Ready { .. } => self.stop(false, vec![]),
            State::Down => vec![],
        }
    }

    fn idle<A>(&mut self) -> Vec<Action<A>> {
        if self.state != (State::Ready { frozen: false }) {
            return vec![];
        }
        self.go(State::Ready { frozen: true }, vec![Action::Freeze])
    }

    fn send<A>(&mut self) -> Vec<Action<A>> {
        self.go(State::Invoking, vec![Action::Send, Action::Arm(Limit::Function)])
    }

    /// The caller's answer comes first, then the killing, which may take a while.
    fn stop<A>(&mut self, waiting: bool, mut actions: Vec<Action<A>>) -> Vec<Action<A>> {
        actions.extend([Action::Disarm, Action::Kill]);
        if waiting {
            return self.restart(actions);
        }
        self.go(State::Down, actions)
    }

    fn restart<A>(&mut self, mut actions: Vec<Action<A>>) -> Vec<Action<A>> {
        actions.extend([Action::Start(Init::Suppressed), Action::Arm(Limit::Function)]);
        self.go(State::Init { init: Init::Suppressed, waiting: true }, actions)
    }

    fn go<A>(&mut self, state: State, actions: Vec<Action<A>>) -> Vec<Action<A>> {
        self.state = state;
        actions
    }
}

fn fail<A>(failure: Failure) -> Vec<Action<A>> {
    vec![Action::Answer(Verdict::Failed(failure.clone())), Action::Finish(Some(failure))]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn after(events: impl IntoIterator<Item = Event<u8>>) -> Phase {
        let mut phase = Phase::new();
        for event in events {
            phase.on(event);
        }
        phase
    }

    #[test]
    fn an_invocation_that_comes_during_init_is_sent_when_the_runtime_asks() {
        let mut phase = Phase::new();
        assert_eq!(phase.on::<u8>(Event::Invoke), []);
        assert_eq!(
            phase.on::<u8>(Event::Next),
            [Action::InitDone(Init::First), Action::Send, Action::EndBurst, Action::Arm(Limit::Function)]
        );
    }

    #[test]
    fn a_failed_init_runs_again_inside_the_waiting_invocation() {
        let mut phase = after([Event::Invoke]);
        assert_eq!(
            phase.on::<u8>(Event::Failed(Failure::TimedOut)),
            [
                Action::InitFailed(Init::First, Failure::TimedOut),
                Action::Disarm,
                Action::Kill,
                Action::Start(Init::Suppressed),
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
        let mut phase = after([Event::Failed(Failure::TimedOut)]);
        assert_eq!(
            phase.on::<u8>(Event::Invoke),
            [Action::Start(Init::Suppressed), Action::Arm(Limit::Function)]
        );
    }

    #[test]
    fn a_timeout_answers_before_it_kills_and_the_next_invocation_starts_anew() {
        let mut phase = after([Event::Next, Event::Invoke]);
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
            [Action::Start(Init::Suppressed), Action::Arm(Limit::Function)]
        );
    }

    #[test]
    fn freezes_when_idle_and_thaws_for_the_next_invocation() {
        let mut phase = after([Event::Next]);
        assert_eq!(phase.on::<u8>(Event::Idle), [Action::Freeze]);
        assert_eq!(phase.on::<u8>(Event::Invoke), [Action::Thaw, Action::Send, Action::Arm(Limit::Function)]);
    }

    #[test]
    fn does_not_freeze_while_the_runtime_still_works_after_its_answer() {
        let mut phase = after([Event::Next, Event::Invoke, Event::Answered(1)]);
        assert_eq!(phase.on::<u8>(Event::Idle), []);
    }

    #[test]
    fn renders_the_event_again_when_the_runtime_asks_twice() {
        let mut phase = after([Event::Next, Event::Invoke]);
        assert_eq!(phase.on::<u8>(Event::Next), [Action::Resend]);
    }

    #[test]
    fn a_runtime_that_dies_after_its_answer_does_not_fail_the_next_invocation() {
        let mut phase = after([Event::Next, Event::Invoke, Event::Answered(1), Event::Invoke]);
        assert_eq!(
            phase.on::<u8>(Event::Failed(Failure::TimedOut)),
            [
                Action::Finish(Some(Failure::TimedOut)),
                Action::Disarm,
                Action::Kill,
                Action::Start(Init::Suppressed),
                Action::Arm(Limit::Function)
            ]
        );
    }

    /// What the driver knows, kept by looking at the actions alone.
    #[derive(Debug, Default)]
    struct Driver {
        running: bool,
        frozen: bool,
        bursting: bool,
        armed: Option<Limit>,
        outstanding: bool,
        sent: bool,
        unfinished: bool,
    }

    impl Driver {
        fn perform(&mut self, action: &Action<u8>) {
            match action {
                Action::Start(_) => {
                    assert!(!self.running, "two runtimes at once");
                    (self.running, self.bursting) = (true, true);
                }
                Action::Arm(limit) => self.armed = Some(*limit),
                Action::Disarm => self.armed = None,
                Action::Send => {
                    assert!(self.running && self.outstanding && !self.sent && !self.frozen);
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
                Action::Kill => (self.running, self.frozen) = (false, false),
                Action::Freeze => self.frozen = true,
                Action::Thaw => self.frozen = false,
                Action::InitDone(_) | Action::InitFailed(..) => {}
            }
        }
    }

    proptest! {
        #[test]
        fn every_invocation_completes_once_and_never_waits_without_a_deadline(
            steps in prop::collection::vec(0..5_u8, 0..200)
        ) {
            let mut phase = Phase::new();
            let mut driver = Driver::default();
            phase.begin().iter().for_each(|action| driver.perform(action));
            for step in steps {
                let event = match step {
                    0 if driver.outstanding => continue,
                    0 => Event::Invoke,
                    1 => Event::Next,
                    2 => Event::Answered(7),
                    3 => Event::Failed(Failure::TimedOut),
                    _ => Event::Idle,
                };
                driver.outstanding |= event == Event::Invoke;
                phase.on(event).iter().for_each(|action| driver.perform(action));
                prop_assert!(!(driver.sent && driver.bursting), "a handler runs with the processor of an init");
                if driver.outstanding || driver.unfinished {
                    prop_assert!(driver.running);
                    prop_assert!(matches!(driver.armed, Some(Limit::Init | Limit::Function)));
                }
            }
        }
    }
}
