//! The environment of a runtime process before it has a function, and what it is told when it gets one.

use std::collections::BTreeMap;

use crate::env_vars;
use crate::environment::Launch;
use crate::runtimes::RuntimeEntry;

/// Only what every function of the runtime has too: `/proc/self/environ` shows it for ever.
pub(super) fn while_parked(runtime: &RuntimeEntry) -> Vec<(String, String)> {
    env_vars::of_every_function(runtime).into_iter().collect()
}

/// All of the function's variables, as a JSON object.
pub(crate) fn settings(launch: &Launch) -> Vec<u8> {
    let variables = env_vars::of(launch).into_iter().collect::<BTreeMap<_, _>>();
    // A map of strings always has a JSON form.
    serde_json::to_vec(&variables).unwrap_or_default()
}
