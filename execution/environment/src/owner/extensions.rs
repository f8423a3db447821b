//! What the owner does about extensions: starting them, telling them of events, and ending them.

use std::time::Instant;

use sandbox::{Exit, Signal};
use serde_json::json;

use super::{Owner, SandboxDead};
use crate::env_vars;
use crate::externals::{Externals, Refused};
use crate::failure::{ExtensionFault, Failure};
use crate::phase::{ExtensionId, Reason};
use crate::place;
use crate::platform_log::{Record, Span};
use crate::running::Running;
use crate::runtime_api::{EXTENSIONS_MAX, EventType, Function, Reported};

impl Owner {
    /// Starts the external extensions; returns how many, and why one could not be started.
    pub(super) async fn launch_extensions(&mut self) -> Result<(usize, Option<Failure>), SandboxDead> {
        let names = match place::has_opt(&self.launch.version) {
            true => Externals::of(&self.sandbox).await.map_err(|_gone| SandboxDead)?,
            false => vec![],
        };
        self.api.launch(self.function(), &names);
        for (index, name) in names.iter().enumerate() {
            if index == EXTENSIONS_MAX {
                self.api.refuse_launch(name, "TooManyExtensions");
                let text = format!("Extension limit ({EXTENSIONS_MAX}) reached");
                return Ok((names.len(), Some(Failure::Extension(ExtensionFault::Launch, text))));
            }
            let id = ExtensionId(index);
            match self.externals.start(id, name, &self.sandbox, &self.launch).await {
                Ok(output) => self.log.attach_extension(output),
                Err(Refused::Launch { word, text }) => {
                    self.api.refuse_launch(name, word);
                    return Ok((names.len(), Some(Failure::Extension(ExtensionFault::Launch, text))));
                }
                Err(Refused::Sandbox(error)) => {
                    tracing::warn!(%error, "a sandbox did not start an extension");
                    return Err(SandboxDead);
                }
            }
        }
        Ok((names.len(), None))
    }

    fn function(&self) -> Function {
        let version = &self.launch.version;
        Function {
            name: version.arn.name.to_string(),
            version: version.version.to_string(),
            handler: env_vars::handler(&self.launch),
            account: version.arn.account.to_string(),
        }
    }

    /// What the end of an extension's process means while it should be there.
    pub(super) fn extension_failure(&mut self, id: ExtensionId, exit: Exit) -> Failure {
        if self.ran_out_of_memory() {
            return Failure::OutOfMemory(exit);
        }
        let fault = match self.api.reported(id) {
            Some(Reported::Init) => ExtensionFault::Init,
            Some(Reported::Exit) => ExtensionFault::Exit,
            None => ExtensionFault::Crash,
        };
        Failure::Extension(fault, Failure::process_end(exit))
    }

    /// Each extension as it stands at the end of init.
    pub(super) fn log_extensions(&mut self) {
        for description in self.api.extensions() {
            self.log.record(&Record::Extension(&description));
        }
    }

    /// The part of an invocation that was the extensions' alone, where there are any.
    pub(super) fn extension_span(&self, running: &Running) -> Vec<Span> {
        if !self.api.has_extensions() {
            return vec![];
        }
        running.extension_span(self.launch.clock.now()).into_iter().collect()
    }

    pub(super) fn tell_of_invocation(&mut self) {
        // Most functions have no extensions, and every invocation comes by here.
        if !self.api.has_interest(EventType::Invoke) {
            return;
        }
        let Some((running, deadline)) = self.running.as_ref().and_then(|it| it.deadline().map(|at| (it, at)))
        else {
            return;
        };
        let invocation = &running.invocation;
        let mut event = json!({
            "eventType": EventType::Invoke.name(),
            "deadlineMs": deadline.as_millis(),
            "requestId": invocation.request_id.to_string(),
            "invokedFunctionArn": invocation.invoked_arn.to_string(),
        });
        if !invocation.trace_id.is_empty() {
            event["tracing"] = json!({ "type": "X-Amzn-Trace-Id", "value": invocation.trace_id });
        }
        self.api.tell_extensions(EventType::Invoke, &event.to_string());
    }

    /// Asks the runtime to end. One that is not there any more is about to be heard of.
    pub(super) async fn terminate(&mut self) -> Result<(), SandboxDead> {
        match &self.process {
            Some(process) => process.signal(Signal::Term).await.map_err(|_gone| SandboxDead),
            None => Ok(()),
        }
    }

    /// The runtime's time is over; extensions hear why, and those who did not want to know end too.
    pub(super) async fn dismiss(&mut self, reason: Reason) -> Result<(), SandboxDead> {
        if let Some(process) = self.process.take() {
            process.signal(Signal::Kill).await.map_err(|_gone| SandboxDead)?;
        }
        let uninterested = self.api.uninterested(EventType::Shutdown);
        self.externals.kill(&uninterested).await.map_err(|_gone| SandboxDead)?;
        let event = json!({
            "eventType": EventType::Shutdown.name(),
            "deadlineMs": (self.launch.clock.now() + self.rest_of_shutdown()).as_millis(),
            "shutdownReason": word(reason),
        });
        self.api.tell_extensions(EventType::Shutdown, &event.to_string());
        self.log.drain();
        self.log.flush_telemetry();
        Ok(())
    }

    pub(super) fn rest_of_shutdown(&self) -> std::time::Duration {
        super::SHUTDOWN_LIMIT.saturating_sub(Instant::now() - self.shutdown_began)
    }
}

/// Extensions of today's service log them in lower case.
fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::Spindown => "spindown",
        Reason::Timeout => "timeout",
        Reason::Failure => "failure",
    }
}
