//! What an operator may set.

use std::time::Duration;

use model::limits;

use crate::pool::Limits;

/// AWS keeps an environment without work for 5 to 15 minutes.
pub const IDLE_TIMEOUT_DEFAULT: Duration = Duration::from_secs(10 * 60);

/// AWS replaces an environment that never rests after about two hours; its session credentials outlive that.
pub const LIFETIME_DEFAULT: Duration = Duration::from_secs(2 * 60 * 60);

/// How long a shutdown waits for running invocations, unless configured otherwise.
pub const DRAIN_TIMEOUT_DEFAULT: Duration = Duration::from_secs(25);

/// More environments than this fit on no machine; it bounds what is on its way to the scheduler.
pub(crate) const ENVIRONMENTS_MAX: usize = 16_384;

#[derive(Debug, Clone)]
pub struct Options {
    /// Invocations that one account may have running at once in one region.
    pub account_concurrency: u32,
    /// What the configured memory of all environments may add up to.
    pub memory_mib: u64,
    /// How long an environment is kept without work.
    pub idle_timeout: Duration,
    /// How old an environment may be and be used again.
    pub lifetime: Duration,
    /// How long a shutdown waits for running invocations.
    pub drain_timeout: Duration,
}

impl Options {
    pub fn with_memory_mib(memory_mib: u64) -> Options {
        Options {
            account_concurrency: limits::ACCOUNT_CONCURRENCY,
            memory_mib,
            idle_timeout: IDLE_TIMEOUT_DEFAULT,
            lifetime: LIFETIME_DEFAULT,
            drain_timeout: DRAIN_TIMEOUT_DEFAULT,
        }
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits {
            concurrency: self.account_concurrency,
            memory_mib: self.memory_mib,
            environments: ENVIRONMENTS_MAX,
            idle: self.idle_timeout,
            lifetime: self.lifetime,
        }
    }
}
