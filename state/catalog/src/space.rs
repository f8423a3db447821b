//! The space that the packages of functions and layers share.
//!
//! Functions and layers have an owner each, and an owner decides several changes before the snapshot shows the first.
//! What has been decided is therefore reserved until it shows, so that all together stay within the limit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use model::limits;

use crate::error::NoSpace;
use crate::handle::Catalog;
use crate::layers::Layers;
use crate::snapshot::{Scope, Snapshot, Usage};

/// Bytes that decided changes will take.
#[derive(Debug, Default)]
pub(crate) struct Reservations {
    /// Held while an account's use is looked at and added to.
    bytes: Mutex<HashMap<Scope, u64>>,
}

/// The space of one change; it is given back with the last clone, by when the snapshot counts it.
#[derive(Debug)]
pub(crate) struct Reservation {
    reservations: Arc<Reservations>,
    scope: Scope,
    bytes: OnceLock<u64>,
}

impl Catalog {
    /// What an account uses in a region.
    pub fn usage(&self, scope: &Scope) -> Usage {
        usage(&self.snapshot.load(), &self.layers.load(), scope)
    }

    /// What takes an account's space, when it is called, in the owner's turn; and what a change keeps until it shows.
    pub(crate) fn space(
        &self,
        scope: &Scope,
    ) -> (impl FnOnce(u64) -> Result<(), NoSpace> + Send + 'static, Arc<Reservation>) {
        let (snapshot, layers) = (self.snapshot.clone(), self.layers.clone());
        let reservation = Arc::new(Reservation {
            reservations: self.reservations.clone(),
            scope: scope.clone(),
            bytes: OnceLock::new(),
        });
        let kept = reservation.clone();
        let used = move |scope: &Scope| usage(&snapshot.load(), &layers.load(), scope).code_bytes;
        (move |more_bytes| reservation.take(used, more_bytes), kept)
    }
}

fn usage(snapshot: &Snapshot, layers: &Layers, scope: &Scope) -> Usage {
    let functions = snapshot.usage(scope);
    Usage { code_bytes: functions.code_bytes + layers.code_bytes(scope), ..functions }
}

impl Reservations {
    fn bytes(&self) -> MutexGuard<'_, HashMap<Scope, u64>> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reservation {
    /// Refuses a change after which the account's packages would take more than AWS allows.
    fn take(&self, used: impl FnOnce(&Scope) -> u64, more_bytes: u64) -> Result<(), NoSpace> {
        let mut reserved = self.reservations.bytes();
        let all = reserved.get(&self.scope).copied().unwrap_or_default();
        let limit = limits::CODE_STORAGE_MAX_BYTES;
        if used(&self.scope).saturating_add(all).saturating_add(more_bytes) > limit {
            return Err(NoSpace { limit });
        }
        if self.bytes.set(more_bytes).is_ok() {
            reserved.insert(self.scope.clone(), all + more_bytes);
        }
        Ok(())
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let Some(bytes) = self.bytes.get() else { return };
        let mut reserved = self.reservations.bytes();
        let all = reserved.get(&self.scope).copied().unwrap_or_default();
        match all.saturating_sub(*bytes) {
            0 => reserved.remove(&self.scope),
            left => reserved.insert(self.scope.clone(), left),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reservation(reservations: &Arc<Reservations>, account: &str) -> Reservation {
        let scope = Scope { account: account.parse().unwrap(), region: "us-east-1".parse().unwrap() };
        Reservation { reservations: reservations.clone(), scope, bytes: OnceLock::new() }
    }

    #[test]
    fn what_is_decided_counts_before_it_shows() {
        let reservations = Arc::new(Reservations::default());
        let used = |_: &Scope| limits::CODE_STORAGE_MAX_BYTES - 10;
        let [first, second, third] = ["000000000000"; 3].map(|account| reservation(&reservations, account));
        assert!(first.take(used, 6).is_ok());
        assert!(second.take(used, 6).is_err());
        assert!(reservation(&reservations, "111111111111").take(used, 6).is_ok());
        assert!(second.take(used, 4).is_ok());
        drop(first);
        assert!(third.take(used, 6).is_ok());
        drop((second, third));
        assert!(reservations.bytes().is_empty());
    }
}
