//! What the owner writes into the function's log, and when.

use std::time::Duration;

use super::Owner;
use crate::environment::Launch;
use crate::failure::{Failure, Status};
use crate::image_task;
use crate::phase::Init;
use crate::platform_log::{InitStart, Record, Report, RuntimeDone};
use crate::stream_name::instance_id;

impl Owner {
    /// None for an image, whose runtime has no version.
    pub(super) fn init_start(&self, init: Init) -> Option<InitStart> {
        let Launch { version, runtime, log, .. } = &self.launch;
        let runtime = runtime.as_ref()?;
        Some(InitStart {
            init,
            runtime_version: runtime.version_text(),
            runtime_version_arn: runtime.version_arn(&version.arn.region),
            function: version.arn.name.to_string(),
            version: version.version.to_string(),
            instance: instance_id(&version.arn.name, &log.key().name),
            memory_bytes: u64::from(version.config.memory_mib) << 20,
        })
    }

    pub(super) fn tell_notice(&mut self, init: Init) {
        let notice = self.launch.runtime.as_ref().and_then(|runtime| runtime.notice.as_deref());
        if let (Init::First, Some(notice)) = (init, notice) {
            self.log.notice(notice);
        }
    }

    pub(super) fn log_init(&mut self, init: Init, status: &Status, duration: Duration) {
        self.log.drain();
        self.log_extensions();
        self.log.record(&Record::InitRuntimeDone { init, status });
        self.log.record(&Record::InitReport { init, status, duration });
    }

    pub(super) fn log_start(&mut self) {
        let Some(running) = &self.running else { return };
        let request = running.invocation.request_id;
        let arn = running.invocation.invoked_arn.to_string();
        let version = self.launch.version.version.to_string();
        let trace = &running.invocation.trace_id;
        self.log.record(&Record::Start { request, version: &version, arn: &arn, trace });
        self.log.end_early();
    }

    pub(super) fn log_runtime_done(&mut self, status: &Status) {
        let Some(running) = &self.running else { return };
        self.log.drain();
        self.log.record(&Record::RuntimeDone(&RuntimeDone {
            request: running.invocation.request_id,
            status,
            duration: running.elapsed(),
            produced_bytes: running.produced_bytes(),
            spans: running.runtime_spans(self.launch.clock.now()),
            trace: &running.invocation.trace_id,
        }));
    }

    pub(super) fn log_end(&mut self, report: &Report) {
        self.log.drain();
        self.log.record(&Record::End { request: report.request });
        self.log.record(&Record::Report(report));
    }

    pub(super) fn tell_launch_error(&mut self, failure: &Failure) {
        let line = image_task::task(&self.launch).and_then(|task| image_task::log_line(&task, failure));
        if let Some(line) = line {
            self.log.notice(&line);
        }
    }
}
