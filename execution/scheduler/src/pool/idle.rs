//! Idle environments of all functions, the least recently used first.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use model::Timestamp;

use super::EnvironmentId;

/// Ordered by a counter, not by time: many environments may fall idle in one millisecond, and clocks step back.
#[derive(Debug, Default)]
pub(super) struct IdleOrder {
    by_turn: BTreeMap<u64, (EnvironmentId, Timestamp)>,
    turns: HashMap<EnvironmentId, u64>,
    last_turn: u64,
}

impl IdleOrder {
    pub(super) fn insert(&mut self, environment: EnvironmentId, since: Timestamp) {
        self.last_turn += 1;
        self.turns.insert(environment, self.last_turn);
        self.by_turn.insert(self.last_turn, (environment, since));
    }

    pub(super) fn remove(&mut self, environment: EnvironmentId) {
        if let Some(turn) = self.turns.remove(&environment) {
            self.by_turn.remove(&turn);
        }
    }

    pub(super) fn least_recent(&self) -> Option<EnvironmentId> {
        self.by_turn.first_key_value().map(|(_turn, (environment, _since))| *environment)
    }

    /// The least recently used environment, if it has been idle for that long.
    pub(super) fn idle_for(&self, duration: Duration, now: Timestamp) -> Option<EnvironmentId> {
        let (_turn, (environment, since)) = self.by_turn.first_key_value()?;
        (now.since(*since) >= duration).then_some(*environment)
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.by_turn.is_empty() && self.turns.is_empty()
    }
}
