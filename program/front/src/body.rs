//! Reading request bodies without letting them fill the memory or take for ever.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::refusal::Refusal;
use crate::service::Operation;

/// A body must be here by then. At the largest body that is 230 KiB/s.
const READ_TIMEOUT: Duration = Duration::from_secs(300);
/// How long a request waits for memory before it is told to come again.
const ROOM_TIMEOUT: Duration = Duration::from_secs(10);
/// What is read and thrown away of a refused body: many clients read the answer only once they have sent it all.
const DISCARD_MAX_BYTES: usize = 128 * 1024 * 1024;
const DISCARD_TIMEOUT: Duration = Duration::from_secs(10);
/// The grain of [`Room`]: permits of a semaphore are few enough to count memory in KiB.
const KIB: usize = 1024;

/// The memory that bodies of one listener may take together.
#[derive(Debug, Clone)]
pub(crate) struct Room {
    free: Arc<Semaphore>,
    total: u32,
}

/// Room that is taken until this is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    _permit: OwnedSemaphorePermit,
}

impl Room {
    pub(crate) fn new(bytes: usize) -> Room {
        let total = u32::try_from(bytes / KIB).unwrap_or(u32::MAX);
        Room { free: Arc::new(Semaphore::new(total as usize)), total }
    }

    async fn take(&self, bytes: usize) -> Result<Taken, Refusal> {
        let wanted = u32::try_from(bytes.div_ceil(KIB)).unwrap_or(u32::MAX).min(self.total);
        match timeout(ROOM_TIMEOUT, Arc::clone(&self.free).acquire_many_owned(wanted)).await {
            Ok(Ok(permit)) => Ok(Taken { _permit: permit }),
            Ok(Err(_)) | Err(_) => Err(Refusal::Busy),
        }
    }
}

/// Takes the room for `body`, of which nothing is read yet.
pub(crate) async fn expect(body: &Incoming, operation: Operation, room: &Room) -> Result<Taken, Refusal> {
    let limit = operation.body_max_bytes;
    let declared = body.size_hint();
    if declared.lower() > limit as u64 {
        return Err(too_large(operation));
    }
    let expected = declared.exact().and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(limit);
    room.take(expected).await
}

/// Reads all of `body`, at most as much as the operation takes.
pub(crate) async fn read(body: &mut Incoming, operation: Operation) -> Result<Bytes, Refusal> {
    match timeout(READ_TIMEOUT, Limited::new(body, operation.body_max_bytes).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(operation)),
        Ok(Err(_broken)) => Err(Refusal::BodyBroken),
        Err(_elapsed) => Err(Refusal::BodyLate),
    }
}

fn too_large(operation: Operation) -> Refusal {
    Refusal::BodyTooLarge { limit: operation.body_max_bytes, operation: operation.name }
}

/// Whether [`discard`] gets to the end of this body, if it comes in time.
pub(crate) fn is_discarded_whole(body: &Incoming) -> bool {
    body.size_hint().lower() <= DISCARD_MAX_BYTES as u64
}

/// Reads what is left of a refused body and forgets it.
pub(crate) async fn discard(body: &mut Incoming) {
    let forget = async {
        let mut left = DISCARD_MAX_BYTES;
        while let Some(Ok(frame)) = body.frame().await {
            let Some(rest) = left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) else { return };
            left = rest;
        }
    };
    if timeout(DISCARD_TIMEOUT, forget).await.is_err() {
        tracing::debug!("a refused request's body was still coming when it was cut off");
    }
}
