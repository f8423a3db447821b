//! How fast a streamed response may flow: a token bucket, kept as the time at which it would be full again.

use std::time::Duration;

use model::limits::{STREAM_BURST_BYTES, STREAM_BYTES_PER_SECOND};
use tokio::time::Instant;

#[derive(Debug, Clone, Copy)]
pub(super) struct Pace {
    full_at: Instant,
}

impl Pace {
    /// With the whole burst to spend.
    pub(super) fn new(now: Instant) -> Pace {
        Pace { full_at: now }
    }

    /// These bytes have flowed.
    pub(super) fn spend(&mut self, bytes: usize, now: Instant) {
        self.full_at = self.full_at.max(now) + time_of(bytes as u64);
    }

    /// When more may flow; in the past unless the burst is spent.
    pub(super) fn ready_at(&self) -> Instant {
        let burst = time_of(STREAM_BURST_BYTES);
        // The clock of a machine that has just started may be younger than a burst.
        self.full_at.checked_sub(burst).unwrap_or(self.full_at)
    }
}

fn time_of(bytes: u64) -> Duration {
    Duration::from_nanos(bytes.saturating_mul(1_000_000_000) / STREAM_BYTES_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: usize = 1 << 20;

    #[test]
    fn six_megabytes_flow_at_once_and_two_a_second_then() {
        let start = Instant::now() + Duration::from_secs(3600);
        let mut pace = Pace::new(start);
        pace.spend(6 * MIB, start);
        assert_eq!(pace.ready_at(), start);
        pace.spend(4 * MIB, start);
        assert_eq!(pace.ready_at(), start + Duration::from_secs(2));
    }

    #[test]
    fn a_pause_earns_the_burst_back_but_never_more() {
        let start = Instant::now() + Duration::from_secs(3600);
        let mut pace = Pace::new(start);
        pace.spend(6 * MIB, start);
        let later = start + Duration::from_secs(100);
        pace.spend(7 * MIB, later);
        assert_eq!(pace.ready_at(), later + Duration::from_millis(500));
    }
}
