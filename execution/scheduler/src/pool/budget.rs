//! What all environments together may take: running invocations of an account, memory, and their number.

use std::collections::HashMap;

use model::{AccountId, Region};

use super::{Limits, PoolKey};

#[derive(Debug)]
pub(super) struct Budget {
    limits: Limits,
    /// Invocations that run or wait for their environment to start.
    running: HashMap<(AccountId, Region), u32>,
    environments: usize,
    idle_environments: usize,
    memory_mib: u64,
    idle_memory_mib: u64,
}

impl Budget {
    pub(super) fn new(limits: Limits) -> Budget {
        Budget {
            limits,
            running: HashMap::new(),
            environments: 0,
            idle_environments: 0,
            memory_mib: 0,
            idle_memory_mib: 0,
        }
    }

    /// The account may have one more invocation running.
    pub(super) fn admits(&self, key: &PoolKey) -> bool {
        self.running.get(&account(key)).copied().unwrap_or(0) < self.limits.concurrency
    }

    pub(super) fn admit(&mut self, key: &PoolKey) {
        *self.running.entry(account(key)).or_default() += 1;
    }

    pub(super) fn release(&mut self, key: &PoolKey) {
        let account = account(key);
        let Some(running) = self.running.get_mut(&account) else { return };
        *running -= 1;
        if *running == 0 {
            self.running.remove(&account);
        }
    }

    /// One more environment of this size fits beside all that there are.
    pub(super) fn fits(&self, memory_mib: u32) -> bool {
        self.environments < self.limits.environments
            && self.memory_mib + u64::from(memory_mib) <= self.limits.memory_mib
    }

    /// One more environment of this size would fit if every idle one went.
    pub(super) fn fits_without_idle(&self, memory_mib: u32) -> bool {
        let memory_in_use = self.memory_mib - self.idle_memory_mib;
        self.environments - self.idle_environments < self.limits.environments
            && memory_in_use + u64::from(memory_mib) <= self.limits.memory_mib
    }

    pub(super) fn occupy(&mut self, memory_mib: u32) {
        self.environments += 1;
        self.memory_mib += u64::from(memory_mib);
    }

    pub(super) fn vacate(&mut self, memory_mib: u32) {
        self.environments -= 1;
        self.memory_mib -= u64::from(memory_mib);
    }

    pub(super) fn idled(&mut self, memory_mib: u32) {
        self.idle_environments += 1;
        self.idle_memory_mib += u64::from(memory_mib);
    }

    pub(super) fn woke(&mut self, memory_mib: u32) {
        self.idle_environments -= 1;
        self.idle_memory_mib -= u64::from(memory_mib);
    }

    pub(super) fn memory_mib(&self) -> u64 {
        self.memory_mib
    }

    #[cfg(test)]
    pub(super) fn is_unused(&self) -> bool {
        let all = (self.environments, self.idle_environments, self.memory_mib, self.idle_memory_mib);
        self.running.is_empty() && all == (0, 0, 0, 0)
    }
}

fn account(key: &PoolKey) -> (AccountId, Region) {
    (key.account.clone(), key.region.clone())
}
