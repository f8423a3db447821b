//! What the state machine hears, and what it says.

use super::attendance::{ExtensionId, Interest, Kind, Member};
use crate::failure::Failure;

/// Something happened.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event<A> {
    /// An invocation is here. The caller sends the next only after the answer of the one before.
    Invoke,
    /// So many external extensions are being started.
    Launched(usize),
    Registered(ExtensionId, Kind, Interest),
    /// Someone asks for an event.
    Next(Member),
    /// The runtime answered the event that it has.
    Answered(A),
    /// A process ended; the failure is what that means while it should be there.
    Exited(Member, Failure),
    /// The environment cannot go on: it ran out of time, could not be started or said so itself.
    Failed(Failure),
    /// Nothing came for a while after the last answer.
    Idle,
    /// A step of the shutdown has had its time.
    ShutdownDue,
    /// Nobody wants the environment any more.
    Retire,
}

/// Something is to be done, in the order given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Action<A> {
    /// Begin an init by starting the external extensions.
    Launch(Init),
    /// Start the runtime process.
    Start,
    /// Fail with [`Failure::TimedOut`] once this much time has passed; replaces what was armed.
    Arm(Limit),
    Disarm,
    /// The init has ended well; note how long it took.
    InitDone(Init),
    InitFailed(Init, Failure),
    /// The function's own share of the processor applies from now on, and no longer that of an init.
    EndBurst,
    /// Hand the waiting invocation's event to the runtime, and tell the extensions of it.
    Send,
    /// Hand it over again: the runtime asked twice.
    Resend,
    /// Tell the caller.
    Answer(Verdict<A>),
    /// The runtime is done with the invocation; extensions may not be.
    RuntimeDone,
    /// The invocation is over, after its answer: everything waits for the next event, or failed.
    Finish(Option<Failure>),
    /// The shutdown begins; its time counts from here.
    BeginShutdown,
    /// Ask the runtime to end.
    Terminate,
    /// End the runtime, tell the extensions why the environment shuts down, and end those who did not ask to be told.
    Dismiss(Reason),
    /// Kill every process of the sandbox and forget what they asked for.
    Kill,
    Freeze,
    Thaw,
    /// Remove the sandbox.
    Over,
}

/// Which limit applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Limit {
    Init,
    Function,
    /// Not a failure: leads to [`Event::Idle`].
    Idle,
    /// What the runtime has of a shutdown; leads to [`Event::ShutdownDue`], as the next does. Depends on who registered.
    Runtime(Kind),
    /// The whole shutdown.
    Shutdown,
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

/// Why an environment shuts down, as extensions are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    Spindown,
    Timeout,
    Failure,
}
