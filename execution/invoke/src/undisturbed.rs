//! Work that a caller waits for but cannot stop.

use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

/// A future that runs on its caller's task and, when the caller hangs up, goes on upon a task of its own.
///
/// Starting that task only then spares every other invocation two switches between tasks. The tracker counts the
/// work either way.
pub(crate) struct Undisturbed<T: Send + 'static> {
    running: Option<Running<T>>,
    runtime: Handle,
}

type Running<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl<T: Send + 'static> Undisturbed<T> {
    /// Called inside a runtime, which also finishes what is left behind.
    pub(crate) fn new(
        work: impl Future<Output = T> + Send + 'static,
        tracker: &TaskTracker,
    ) -> Undisturbed<T> {
        Undisturbed { running: Some(Box::pin(tracker.track_future(work))), runtime: Handle::current() }
    }
}

impl<T: Send + 'static> Future for Undisturbed<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let Some(running) = &mut self.running else { return Poll::Pending };
        let polled = running.as_mut().poll(context);
        if polled.is_ready() {
            self.running = None;
        }
        polled
    }
}

impl<T: Send + 'static> Drop for Undisturbed<T> {
    fn drop(&mut self) {
        let Some(running) = self.running.take() else { return };
        // The tracker, not a handle, is what owns the task: shutting down waits for it.
        self.runtime.spawn(async move { drop(running.await) });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::sync::{mpsc, oneshot};
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn gives_its_caller_what_the_work_gives() {
        let tracker = TaskTracker::new();
        assert_eq!(Undisturbed::new(async { 7 }, &tracker).await, 7);
        assert!(tracker.is_empty());
    }

    #[tokio::test]
    async fn goes_on_when_its_caller_hangs_up() {
        let tracker = TaskTracker::new();
        let (go, gone) = oneshot::channel();
        let (results, mut received) = mpsc::channel(1);
        let work = async move {
            gone.await.unwrap();
            results.send("finished").await.unwrap();
        };
        let hung_up = timeout(Duration::ZERO, Undisturbed::new(work, &tracker)).await;
        assert!(hung_up.is_err());
        assert_eq!(tracker.len(), 1);
        go.send(()).unwrap();
        assert_eq!(received.recv().await, Some("finished"));
        tracker.close();
        tracker.wait().await;
    }
}
