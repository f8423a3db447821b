//! The one timer of an environment.

use std::future::pending;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use crate::phase::Limit;

/// Armed for one limit at a time; arming again replaces.
#[derive(Debug)]
pub(crate) struct Deadline {
    armed: Option<Limit>,
    sleep: Pin<Box<Sleep>>,
}

impl Deadline {
    pub(crate) fn new() -> Deadline {
        Deadline { armed: None, sleep: Box::pin(sleep(Duration::ZERO)) }
    }

    pub(crate) fn arm(&mut self, limit: Limit, length: Duration) {
        self.armed = Some(limit);
        self.sleep.as_mut().reset(Instant::now() + length);
    }

    pub(crate) fn disarm(&mut self) {
        self.armed = None;
    }

    /// Resolves once for each arming that is not replaced. Cancel-safe.
    pub(crate) async fn due(&mut self) -> Limit {
        let Some(limit) = self.armed else { return pending().await };
        self.sleep.as_mut().await;
        self.armed = None;
        limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn arming_again_replaces_the_deadline() {
        let mut deadline = Deadline::new();
        deadline.arm(Limit::Init, Duration::from_secs(10));
        deadline.arm(Limit::Idle, Duration::from_secs(1));
        let began = Instant::now();
        assert_eq!(deadline.due().await, Limit::Idle);
        assert_eq!(began.elapsed(), Duration::from_secs(1));
    }
}
