//! What each invocation used of the machine.
//!
//! Processor time is counted from the end of the invocation before, or of the first init: what a runtime or an extension
//! does after an invocation's end and before it is frozen counts as the next one's, as its work does.

use std::time::Duration;

use super::Owner;
use crate::platform_log::Report;

/// By one invocation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used {
    /// Of the runtime, the extensions and whatever they started.
    pub(super) cpu: Duration,
    /// The most since the environment was made, as AWS shows it.
    pub(super) memory_peak_mib: u32,
}

impl Owner {
    /// What was used so far is no invocation's.
    pub(super) fn begin_usage(&mut self) {
        // A sandbox that is gone is heard of by other ways.
        self.cpu_counted = self.sandbox.spent().unwrap_or_default().cpu;
    }

    /// What the invocation used that ends now.
    pub(super) fn usage(&mut self) -> Used {
        let spent = self.sandbox.spent().unwrap_or_default();
        let before = std::mem::replace(&mut self.cpu_counted, spent.cpu);
        let peak_mib = u32::try_from(spent.memory_peak_bytes.div_ceil(1 << 20)).unwrap_or(u32::MAX);
        Used {
            cpu: spent.cpu.saturating_sub(before),
            memory_peak_mib: peak_mib.min(self.launch.version.config.memory_mib),
        }
    }
}

/// `MAYFLY_LOG=mayfly::usage=debug` shows each invocation's. AWS's REPORT has no field for processor time.
pub(super) fn tell(report: &Report, cpu: Duration) {
    let micros = |duration: Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    tracing::debug!(
        target: "mayfly::usage",
        request_id = %report.request,
        duration = micros(report.duration),
        cpu = micros(cpu),
        memory_peak_mib = report.memory_peak_mib,
        "used"
    );
}
