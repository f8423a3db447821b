//! Letting other tasks go first.

use std::future::poll_fn;
use std::task::Poll;

/// Lets tasks that are ready run before what follows. Unlike tokio's own yielding, this asks the kernel for nothing.
pub(super) async fn pass() {
    let mut has_passed = false;
    poll_fn(|context| {
        if std::mem::replace(&mut has_passed, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
