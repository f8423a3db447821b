//! What callers ask, and what they get.

use bytes::Bytes;
use model::{AccountId, FunctionName, Outcome, Qualifier, Region, RequestId, VersionRef};

/// One call of Invoke. The request's size, signature and form have been checked.
#[derive(Debug, Clone)]
pub struct InvokeRequest {
    pub request_id: RequestId,
    pub account: AccountId,
    pub region: Region,
    pub function: FunctionName,
    /// As the caller wrote it, in the name or beside it.
    pub qualifier: Option<Qualifier>,
    pub payload: Bytes,
    pub mode: Mode,
    pub log: LogType,
    /// Decoded from base64; not yet known to be JSON.
    pub client_context: Option<Bytes>,
    /// The caller's `X-Amzn-Trace-Id`.
    pub trace: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The caller waits for the outcome.
    RequestResponse,
    /// The caller wants to know whether it might.
    DryRun,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogType {
    None,
    /// The last bytes of the invocation's log come with the answer.
    Tail,
}

#[derive(Debug, Clone)]
pub enum InvokeReply {
    /// Nothing ran: it was a dry run.
    Valid,
    Ran(Box<Answer>),
}

/// An invocation that has run, and whose log is complete.
#[derive(Debug, Clone)]
pub struct Answer {
    pub outcome: Outcome,
    pub executed_version: VersionRef,
    /// The last 4 KiB of this invocation's log, START to REPORT; with [`LogType::Tail`] only.
    pub log_tail: Option<Bytes>,
    /// `Root=…;Parent=…;Sampled=…`, the caller's or a new one.
    pub trace: String,
}
