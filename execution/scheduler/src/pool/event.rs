//! What the pools are told, and what they want done.

use std::sync::Arc;

use super::PoolKey;

/// One arrival, until it is answered by `Dispatch`, `Throttle` or `Fail`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ticket(pub(crate) u64);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct EnvironmentId(u64);

impl EnvironmentId {
    pub(super) fn new(number: u64) -> EnvironmentId {
        EnvironmentId(number)
    }
}

#[derive(Debug)]
pub(crate) enum Event {
    Arrived {
        ticket: Ticket,
        key: PoolKey,
        memory_mib: u32,
    },
    Started(EnvironmentId),
    Finished(EnvironmentId, Fitness),
    /// It could not be started, or ended by itself. While it is busy this does not end its invocation: `Finished`
    /// follows.
    Exited(EnvironmentId),
    /// No new arrival is to run this revision: the function was updated, or deleted. Those that were resolved before
    /// may still come.
    Outdated(Arc<PoolKey>),
    Ticked,
    /// No further arrival is to be expected.
    Drain,
}

/// Whether an environment can run another invocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fitness {
    Reusable,
    Spent,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// The environment runs this ticket's invocation, and reports `Finished`.
    Dispatch(Ticket, EnvironmentId),
    /// An environment of this ticket's version is wanted; it reports `Started` or `Exited`.
    Start(EnvironmentId, Ticket),
    Throttle(Ticket, Throttle),
    /// The environment that this ticket waited for could not be started.
    Fail(Ticket, EnvironmentId),
    /// Shut the environment down, if it has not exited, and forget it.
    Retire(EnvironmentId),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Throttle {
    /// The account has as many invocations running as it may.
    Concurrency,
    /// Every byte meant for environments is taken by busy ones.
    Memory,
}
