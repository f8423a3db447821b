//! The audit log: one JSON line for each control-plane call, by whom, for what, with which result.
//!
//! A call's line is in the file before its answer leaves, so it outlives a killed server. Bodies are never written,
//! since they hold code and secrets. Requests that nobody has signed are not calls, and would let strangers push
//! others' lines out. Members have the names that AWS's trail gives them.

mod file;

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::thread;

use http::Response;
use http::header::USER_AGENT;
use model::Timestamp;
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

use self::file::AuditFile;
use crate::route;
use crate::service::{Call, Service};

const FILE: &str = "audit.log";

/// Calls beyond these wait for a place: none goes unrecorded.
const WAITING_MAX: usize = 256;

/// Of what a caller writes as it likes.
const TEXT_MAX_CHARACTERS: usize = 256;

const UNKNOWN_OPERATION: &str = "Unknown";

/// Writes audit lines. Cheap to clone; the file is closed when the last clone is dropped.
#[derive(Debug, Clone)]
pub struct Audit(mpsc::Sender<Line>);

#[derive(Debug)]
struct Line {
    text: Vec<u8>,
    written: oneshot::Sender<()>,
}

impl Audit {
    /// Appends to `audit.log` in `dir`. Blocks, but shortly.
    pub fn open(dir: &Path) -> io::Result<Audit> {
        let file = AuditFile::open(dir.join(FILE))?;
        let (sender, lines) = mpsc::channel(WAITING_MAX);
        thread::Builder::new().name("audit".to_owned()).spawn(move || write_all(file, lines))?;
        Ok(Audit(sender))
    }

    /// Returns once the line is written, or cannot be.
    pub(crate) async fn record(&self, entry: &Entry) {
        // An entry is made of strings and numbers, which always serialise.
        let mut text = serde_json::to_vec(entry).unwrap_or_default();
        text.push(b'\n');
        let (written, done) = oneshot::channel();
        if self.0.send(Line { text, written }).await.is_ok() {
            // The writer says so itself when it has failed.
            done.await.ok();
        }
    }
}

/// A full disk must not stop the operator from deleting what fills it, so the calls go on.
fn write_all(mut file: AuditFile, mut lines: mpsc::Receiver<Line>) {
    while let Some(Line { text, written }) = lines.blocking_recv() {
        if let Err(error) = file.append(&text) {
            tracing::error!(%error, "a call is missing from the audit log");
        }
        // Its caller may have gone away.
        written.send(()).ok();
    }
}

/// One call.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    event_time: String,
    event_source: &'static str,
    event_name: String,
    aws_region: String,
    user_identity: Identity,
    #[serde(rename = "sourceIPAddress")]
    source_ip_address: IpAddr,
    user_agent: Option<String>,
    #[serde(rename = "requestID")]
    request_id: String,
    /// The request's path, which names the resource in APIs that go by paths.
    path: String,
    /// None for a call that failed here or was cut off.
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity {
    account_id: String,
    arn: String,
}

impl Entry {
    /// None for calls of the data plane.
    pub(crate) fn of(service: &Service, call: &Call, source: IpAddr, now: Timestamp) -> Option<Entry> {
        let name = operation(service, call);
        if service.data_plane.contains(&name) {
            return None;
        }
        let header = |name| call.parts.headers.get(name).and_then(|value| value.to_str().ok());
        Some(Entry {
            event_time: now.to_rfc3339_millis(),
            event_source: service.name,
            event_name: bounded(name),
            aws_region: call.region.to_string(),
            user_identity: Identity {
                account_id: call.caller.account.to_string(),
                arn: call.caller.to_string(),
            },
            source_ip_address: source,
            user_agent: header(USER_AGENT).map(bounded),
            request_id: call.request_id.to_string(),
            path: bounded(call.parts.uri.path()),
            status: None,
            error_code: None,
        })
    }

    /// None for a call that gave no answer of its own.
    pub(crate) fn ended<B>(mut self, answer: Option<&Response<B>>) -> Entry {
        let code = answer.and_then(|answer| answer.headers().get("x-amzn-errortype")?.to_str().ok());
        self.error_code = code.map(bounded);
        self.status = answer.map(|answer| answer.status().as_u16());
        self
    }
}

fn operation<'a>(service: &Service, call: &'a Call) -> &'a str {
    if service.target.is_some() {
        let target = route::target(&call.parts.headers);
        return target.and_then(|target| target.rsplit('.').next()).unwrap_or(UNKNOWN_OPERATION);
    }
    (service.operation)(&call.parts).map_or(UNKNOWN_OPERATION, |operation| operation.name)
}

fn bounded(text: &str) -> String {
    text.chars().take(TEXT_MAX_CHARACTERS).collect()
}
