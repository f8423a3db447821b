//! Which environment runs which invocation.

mod pool;

pub use pool::{PoolCount, PoolKey};
