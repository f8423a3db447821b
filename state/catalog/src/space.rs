//! The space that the packages of functions and layers share.

use model::limits;

use crate::error::NoSpace;
use crate::handle::Catalog;
use crate::layers::Layers;
use crate::snapshot::{Scope, Snapshot, Usage};

impl Catalog {
    /// What an account uses in a region.
    pub fn usage(&self, scope: &Scope) -> Usage {
        usage(&self.snapshot.load(), &self.layers.load(), scope)
    }

    /// Checks the account's space when it is called, in the owner's turn.
    pub(crate) fn space(&self, scope: &Scope) -> impl FnOnce(u64) -> Result<(), NoSpace> + Send + 'static {
        let (snapshot, layers, scope) = (self.snapshot.clone(), self.layers.clone(), scope.clone());
        move |more_bytes| check(usage(&snapshot.load(), &layers.load(), &scope), more_bytes)
    }
}

fn usage(snapshot: &Snapshot, layers: &Layers, scope: &Scope) -> Usage {
    let functions = snapshot.usage(scope);
    Usage { code_bytes: functions.code_bytes + layers.code_bytes(scope), ..functions }
}

/// Refuses a change after which the account's packages would take more than AWS allows.
fn check(used: Usage, more_bytes: u64) -> Result<(), NoSpace> {
    let limit = limits::CODE_STORAGE_MAX_BYTES;
    if used.code_bytes.saturating_add(more_bytes) > limit { Err(NoSpace { limit }) } else { Ok(()) }
}
