//! Where the time of one invocation went.

use std::time::{Duration, Instant};

use model::RequestId;

/// When an invocation passed which point on its way. `MAYFLY_LOG=mayfly::marks=debug` shows each invocation's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Marks {
    /// The request was there.
    pub(crate) accepted: Instant,
    /// It had an environment.
    pub(crate) admitted: Instant,
}

impl Marks {
    /// One line, in microseconds: each phase from the mark before it.
    pub(crate) fn trace(self, request_id: RequestId, reached: environment::Marks) {
        let environment::Marks { ready, sent, answered, returned } = reached;
        let micros = |from: Instant, to: Instant| whole_micros(to.saturating_duration_since(from));
        tracing::debug!(
            target: "mayfly::marks",
            %request_id,
            admission = micros(self.accepted, self.admitted),
            readiness = micros(self.admitted, ready),
            delivery = micros(self.admitted.max(ready), sent),
            function = micros(sent, answered),
            log = micros(answered, returned),
            "ran"
        );
    }
}

fn whole_micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
