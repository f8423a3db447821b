//! What an environment does when something happens to it: a plain state machine.
//!
//! ```text
//!           ┌────────── Invoke ──────────┐
//!           ▼                            │
//! begin → Init ─ all wait → Ready ←─┐   Down
//!           │                 │     │    ▲
//!           │               Invoke  all  │ gone, or out of time
//!           │                 ▼     wait │
//!           └─ all wait, → Invoking ─→ Responded    Stopping
//!              one waits           Answered
//! ```
//! From every state but `Down`, a failure leads to `Stopping`, where those who registered get a chance to end well,
//! and from there to `Down`, or straight to a new `Init` when an invocation waits.
//!
//! Invariant: an accepted [`Event::Invoke`] is followed by exactly one [`Action::Answer`] and then one
//! [`Action::Finish`], unless the environment is retired before; while either is outstanding a deadline is armed. The
//! init that runs inside an invocation, because the one before failed, is AWS's "suppressed init": the function's own
//! timeout limits it.

mod attendance;
#[cfg(test)]
mod tests;
mod words;

use crate::failure::Failure;
use attendance::Attendance;
pub(crate) use attendance::{ExtensionId, Interest, Kind, Member};
pub(crate) use words::{Action, Event, Init, Limit, Reason, Verdict};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Init {
        init: Init,
        waiting: bool,
    },
    /// Everybody waits for an event.
    Ready {
        frozen: bool,
    },
    Invoking,
    /// The caller has its answer; someone has not yet asked for the next event.
    Responded {
        waiting: bool,
    },
    Stopping {
        turn: Turn,
        reason: Reason,
        then: Then,
    },
    /// There is no runtime process; the next invocation starts one.
    Down,
    Over,
}

/// Who is to end: the runtime first, for the extensions to see its last words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Runtime,
    Extensions,
}

/// What follows a shutdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Down,
    /// An invocation waits.
    Restart,
    Over,
}

impl Then {
    fn serving(waiting: bool) -> Then {
        if waiting { Then::Restart } else { Then::Down }
    }
}

#[derive(Debug)]
pub(crate) struct Phase {
    state: State,
    attendance: Attendance,
}

impl Phase {
    /// A new environment.
    pub(crate) fn new() -> Phase {
        let state = State::Init { init: Init::First, waiting: false };
        Phase { state, attendance: Attendance::nobody() }
    }

    /// What to do first.
    pub(crate) fn begin<A>(&self) -> Vec<Action<A>> {
        vec![Action::Launch(Init::First), Action::Arm(Limit::Init)]
    }

    /// Whether an extension still works on an invocation that is answered.
    pub(crate) fn extensions_work(&self) -> bool {
        self.attendance.extensions_work()
    }

    pub(crate) fn on<A>(&mut self, event: Event<A>) -> Vec<Action<A>> {
        match event {
            Event::Invoke => self.invoke(),
            Event::Launched(count) => self.launched(count),
            Event::Registered(id, kind, interest) => self.registered(id, kind, interest),
            Event::Next(member) => self.next(member),
            Event::Answered(answer) => self.answered(answer),
            Event::Exited(member, failure) => self.exited(member, failure),
            Event::Failed(failure) => self.failed(failure),
            Event::Idle => self.idle(),
            Event::ShutdownDue => self.shutdown_due(),
            Event::Retire => self.retire(),
        }
    }

    fn invoke<A>(&mut self) -> Vec<Action<A>> {
        match self.state {
            State::Init { init, .. } => self.go(State::Init { init, waiting: true }, vec![]),
            State::Responded { .. } => self.go(State::Responded { waiting: true }, vec![]),
            State::Ready { frozen: true } => self.send(vec![Action::Thaw]),
            State::Ready { frozen: false } => self.send(vec![]),
            State::Down => self.restart(vec![]),
            State::Stopping { turn, reason, then: Then::Down } => {
                self.go(State::Stopping { turn, reason, then: Then::Restart }, vec![])
            }
            // The handle holds the next invocation back until this one is answered.
            State::Invoking | State::Stopping { .. } | State::Over => vec![],
        }
    }

    fn launched<A>(&mut self, count: usize) -> Vec<Action<A>> {
        self.attendance.launch(count);
        self.start_once_all_have_registered()
    }

    fn registered<A>(&mut self, id: ExtensionId, kind: Kind, interest: Interest) -> Vec<Action<A>> {
        self.attendance.register(id, kind, interest);
        self.start_once_all_have_registered()
    }

    fn start_once_all_have_registered<A>(&mut self) -> Vec<Action<A>> {
        if !matches!(self.state, State::Init { .. }) {
            return vec![];
        }
        if self.attendance.has_runtime() || !self.attendance.all_have_registered() {
            return vec![];
        }
        self.attendance.start_runtime();
        vec![Action::Start]
    }

    fn next<A>(&mut self, member: Member) -> Vec<Action<A>> {
        if (self.state, member) == (State::Invoking, Member::Runtime) {
            return vec![Action::Resend];
        }
        self.attendance.wait(member);
        match self.state {
            State::Init { init, waiting } if self.attendance.all_wait() => self.init_done(init, waiting),
            State::Responded { waiting } => {
                let mut actions = vec![];
                if member == Member::Runtime {
                    actions.push(Action::RuntimeDone);
                }
                if self.attendance.all_wait() {
                    return self.finish(waiting, actions);
                }
                actions
            }
            State::Init { .. }
            | State::Invoking
            | State::Ready { .. }
            | State::Stopping { .. }
            | State::Down
            | State::Over => vec![],
        }
    }

    fn init_done<A>(&mut self, init: Init, waiting: bool) -> Vec<Action<A>> {
        let done = Action::InitDone(init);
        match (init, waiting) {
            (Init::First, false) => {
                let actions = vec![done, Action::EndBurst, Action::Arm(Limit::Idle)];
                self.go(State::Ready { frozen: false }, actions)
            }
            (Init::First, true) => {
                self.attendance.hand_out();
                let actions = vec![done, Action::Send, Action::EndBurst, Action::Arm(Limit::Function)];
                self.go(State::Invoking, actions)
            }
            // The function's timeout has been running since this init began.
            (Init::Suppressed, _) => {
                self.attendance.hand_out();
                self.go(State::Invoking, vec![done, Action::Send, Action::EndBurst])
            }
        }
    }

    /// The deadline stays armed: everybody must also ask for the next event in time.
    fn answered<A>(&mut self, answer: A) -> Vec<Action<A>> {
        if self.state != State::Invoking {
            return vec![];
        }
        self.go(State::Responded { waiting: false }, vec![Action::Answer(Verdict::Answered(answer))])
    }

    fn finish<A>(&mut self, waiting: bool, mut actions: Vec<Action<A>>) -> Vec<Action<A>> {
        actions.push(Action::Finish(None));
        if waiting {
            return self.send(actions);
        }
        actions.push(Action::Arm(Limit::Idle));
        self.go(State::Ready { frozen: false }, actions)
    }

    fn exited<A>(&mut self, member: Member, failure: Failure) -> Vec<Action<A>> {
        self.attendance.leave(member);
        match self.state {
            State::Stopping { turn: Turn::Runtime, reason, then } if member == Member::Runtime => {
                self.dismiss(reason, then, vec![])
            }
            State::Stopping { turn: Turn::Extensions, then, .. }
                if !self.attendance.shutdown_is_awaited() =>
            {
                self.stopped(then, vec![Action::Disarm])
            }
            State::Stopping { .. } => vec![],
            _ => self.failed(failure),
        }
    }

    fn failed<A>(&mut self, failure: Failure) -> Vec<Action<A>> {
        let reason = if failure == Failure::TimedOut { Reason::Timeout } else { Reason::Failure };
        match self.state {
            State::Init { init: Init::First, waiting } => {
                let actions = vec![Action::InitFailed(Init::First, failure)];
                self.stop(reason, Then::serving(waiting), actions)
            }
            State::Init { init: Init::Suppressed, .. } => {
                let mut actions = vec![Action::InitFailed(Init::Suppressed, failure.clone())];
                actions.extend(fail(failure));
                self.stop(reason, Then::Down, actions)
            }
            State::Invoking => self.stop(reason, Then::Down, fail(failure)),
            State::Responded { waiting } => {
                self.stop(reason, Then::serving(waiting), vec![Action::Finish(Some(failure))])
            }
            State::Ready { .. } => self.stop(reason, Then::Down, vec![]),
            State::Stopping { .. } | State::Down | State::Over => vec![],
        }
    }

    fn idle<A>(&mut self) -> Vec<Action<A>> {
        if self.state != (State::Ready { frozen: false }) {
            return vec![];
        }
        self.go(State::Ready { frozen: true }, vec![Action::Freeze])
    }

    fn retire<A>(&mut self) -> Vec<Action<A>> {
        match self.state {
            State::Stopping { turn, reason, .. } => {
                self.go(State::Stopping { turn, reason, then: Then::Over }, vec![])
            }
            State::Down => self.go(State::Over, vec![Action::Over]),
            State::Over => vec![],
            _ => self.stop(Reason::Spindown, Then::Over, vec![]),
        }
    }

    fn send<A>(&mut self, mut actions: Vec<Action<A>>) -> Vec<Action<A>> {
        self.attendance.hand_out();
        actions.extend([Action::Send, Action::Arm(Limit::Function)]);
        self.go(State::Invoking, actions)
    }

    /// The caller's answer comes first, then the shutdown, which may take a while. Without extensions there is none.
    fn stop<A>(&mut self, reason: Reason, then: Then, mut actions: Vec<Action<A>>) -> Vec<Action<A>> {
        let Some(kind) = self.attendance.registered() else {
            actions.push(Action::Disarm);
            return self.stopped(then, actions);
        };
        if self.state == (State::Ready { frozen: true }) {
            actions.push(Action::Thaw);
        }
        actions.push(Action::BeginShutdown);
        if !self.attendance.has_runtime() {
            return self.dismiss(reason, then, actions);
        }
        actions.extend([Action::Terminate, Action::Arm(Limit::Runtime(kind))]);
        self.go(State::Stopping { turn: Turn::Runtime, reason, then }, actions)
    }

    fn shutdown_due<A>(&mut self) -> Vec<Action<A>> {
        match self.state {
            State::Stopping { turn: Turn::Runtime, reason, then } => self.dismiss(reason, then, vec![]),
            State::Stopping { turn: Turn::Extensions, then, .. } => self.stopped(then, vec![]),
            _ => vec![],
        }
    }

    fn dismiss<A>(&mut self, reason: Reason, then: Then, mut actions: Vec<Action<A>>) -> Vec<Action<A>> {
        if !self.attendance.shutdown_is_awaited() {
            actions.push(Action::Disarm);
            return self.stopped(then, actions);
        }
        self.attendance.leave(Member::Runtime);
        actions.extend([Action::Dismiss(reason), Action::Arm(Limit::Shutdown)]);
        self.go(State::Stopping { turn: Turn::Extensions, reason, then }, actions)
    }

    fn stopped<A>(&mut self, then: Then, mut actions: Vec<Action<A>>) -> Vec<Action<A>> {
        self.attendance = Attendance::nobody();
        match then {
            Then::Down => {
                actions.push(Action::Kill);
                self.go(State::Down, actions)
            }
            Then::Restart => {
                actions.push(Action::Kill);
                self.restart(actions)
            }
            Then::Over => {
                actions.push(Action::Over);
                self.go(State::Over, actions)
            }
        }
    }

    fn restart<A>(&mut self, mut actions: Vec<Action<A>>) -> Vec<Action<A>> {
        actions.extend([Action::Launch(Init::Suppressed), Action::Arm(Limit::Function)]);
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
