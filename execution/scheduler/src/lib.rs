//! Which environment runs which invocation: reuse, start, freeze, reap, concurrency.
