//! How long a subscriber may take to answer. The time in which its processes are frozen is not its own.

use std::future::pending;
use std::io;

use tokio::sync::watch;
use tokio::time::{Duration, Instant, timeout};

/// AWS does not say. A listener may send a batch on before it answers, which takes seconds at worst.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);

#[derive(Debug)]
pub(super) struct Patience {
    frozen: watch::Receiver<bool>,
}

impl Patience {
    pub(super) fn new(frozen: watch::Receiver<bool>) -> Patience {
        Patience { frozen }
    }

    /// # Errors
    /// What `work` says, or that it took too long.
    pub(super) async fn limit(&mut self, work: impl Future<Output = io::Result<()>>) -> io::Result<()> {
        tokio::select! {
            biased;
            done = work => done,
            () = self.end() => Err(io::ErrorKind::TimedOut.into()),
        }
    }

    async fn end(&mut self) {
        let mut left = ANSWER_LIMIT;
        while !left.is_zero() {
            self.until(false).await;
            let began = Instant::now();
            let _frozen = timeout(left, self.until(true)).await;
            left = left.saturating_sub(began.elapsed());
        }
    }

    async fn until(&mut self, frozen: bool) {
        if self.frozen.wait_for(|now| *now == frozen).await.is_err() {
            // The environment is gone, and this task ends with it.
            pending::<()>().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_does_not_come_is_waited_for_so_long() {
        let (_frozen, receiver) = watch::channel(false);
        let began = Instant::now();
        let outcome = Patience::new(receiver).limit(pending()).await;
        assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), ANSWER_LIMIT.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn a_freeze_takes_nothing_of_the_time() {
        let (frozen, receiver) = watch::channel(false);
        let began = Instant::now();
        let waiting = tokio::spawn(async move { Patience::new(receiver).limit(pending()).await });
        for (pause_s, is_frozen) in [(4, true), (3600, false), (4, true), (3600, false)] {
            tokio::time::sleep(Duration::from_secs(pause_s)).await;
            frozen.send_replace(is_frozen);
        }
        assert!(waiting.await.unwrap().is_err());
        assert_eq!(began.elapsed().as_secs(), 2 * 3600 + ANSWER_LIMIT.as_secs());
    }
}
