//! Appends, queries and expires logs, and keeps the segments of traces.
//!
//! [`logs`] keeps log events by account, region, group and stream. Writing never waits: a function's output goes
//! into a bounded buffer, and what does not fit is counted and the count is logged. Reading sees everything that
//! was appended before the read began. [`pattern`] decides which events a filter pattern selects.

pub mod logs;
pub mod pattern;
pub mod segments;

pub use logs::{Event, GroupKey, GroupName, Logs, LogsError, StreamHandle, StreamKey, StreamName};
pub use segments::Segments;
