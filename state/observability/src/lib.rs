//! Appends, queries, tails and expires logs.
