//! The task that brings one subscriber its batches.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use model::Clock;
use sandbox::Dialer;
use serde_json::json;
use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use super::buffer::{Buffer, Buffering, Dropped};
use super::destination::{Destination, Way};
use super::document::envelope;
use super::patience::Patience;

/// How often a batch is offered before it is dropped.
const ATTEMPTS: usize = 3;

/// Between two of them.
const PAUSE: Duration = Duration::from_millis(100);

/// AWS's words.
const REASON: &str = "Consumer seems to have fallen behind as it has not acknowledged receipt of logs.";

/// Dropping it ends the delivery; what waits is lost with the processes that were to hear of it.
#[derive(Debug)]
pub(super) struct Delivery {
    shared: Arc<Shared>,
    _task: AbortOnDropHandle<()>,
}

#[derive(Debug)]
struct Shared {
    /// Held only to add or take records.
    buffer: Mutex<Buffer>,
    /// There is something in a buffer that was empty.
    filled: Notify,
    /// What waits need not wait for more.
    hurry: Notify,
}

impl Delivery {
    pub(super) fn start(
        buffering: Buffering,
        destination: Destination,
        dialer: Dialer,
        patience: Patience,
    ) -> Delivery {
        let shared = Arc::new(Shared {
            buffer: Mutex::new(Buffer::new(buffering)),
            filled: Notify::new(),
            hurry: Notify::new(),
        });
        let way = Way::new(destination, dialer, patience);
        let task = tokio::spawn(run(shared.clone(), way, buffering.timeout));
        Delivery { shared, _task: AbortOnDropHandle::new(task) }
    }

    /// Never waits.
    pub(super) fn push(&self, record: Bytes) {
        let mut buffer = self.shared.buffer();
        let was_empty = buffer.is_empty();
        buffer.push(record);
        if was_empty {
            self.shared.filled.notify_one();
        }
        if buffer.is_full() {
            self.shared.hurry.notify_one();
        }
    }

    pub(super) fn flush(&self) {
        self.shared.hurry.notify_one();
    }
}

impl Shared {
    fn buffer(&self) -> MutexGuard<'_, Buffer> {
        self.buffer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_empty(&self) -> bool {
        self.buffer().is_empty()
    }

    fn is_full(&self) -> bool {
        self.buffer().is_full()
    }
}

async fn run(shared: Arc<Shared>, mut way: Way, timeout: Duration) {
    loop {
        while shared.is_empty() {
            shared.filled.notified().await;
        }
        if !shared.is_full() {
            tokio::select! {
                () = sleep(timeout) => {}
                () = shared.hurry.notified() => {}
            }
        }
        let (batch, dropped) = shared.buffer().take();
        let news = told(dropped).into_iter().chain(batch.iter().cloned()).collect::<Vec<_>>();
        if !delivered(&mut way, &news).await {
            shared.buffer().drop_batch(&batch, dropped);
        }
    }
}

async fn delivered(way: &mut Way, batch: &[Bytes]) -> bool {
    for _ in 0..ATTEMPTS {
        match way.deliver(batch).await {
            Ok(()) => return true,
            Err(error) => tracing::debug!(%error, "a subscriber did not take its telemetry"),
        }
        sleep(PAUSE).await;
    }
    false
}

fn told(dropped: Dropped) -> Option<Bytes> {
    let Dropped { records, bytes } = dropped;
    if records == 0 {
        return None;
    }
    let record = json!({ "droppedBytes": bytes, "droppedRecords": records, "reason": REASON });
    Some(envelope(Clock::system().now(), "platform.logsDropped", &record).into())
}
