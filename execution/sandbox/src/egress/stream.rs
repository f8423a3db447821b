//! Captured TCP connections: accept, dial the address that was wanted, carry bytes both ways.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, tcp};
use tokio::task::JoinSet;

use super::Way;

/// Of one sandbox at a time; more wait in the backlog. A process may have 1,024 descriptors open.
const CONNECTIONS_MAX: usize = 512;
/// The kernel would try for two minutes; clients give up earlier, and a half-open dial holds a descriptor.
const DIAL_TIMEOUT: Duration = Duration::from_secs(30);
/// How long to rest when accepting fails, which it does for want of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
const BUFFER_BYTES: usize = 16 * 1024;

pub(super) async fn serve(listener: TcpListener, way: Way) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept(), if connections.len() < CONNECTIONS_MAX => match accepted {
                Ok((inside, _)) => drop(connections.spawn(carry(inside, way.clone(), connections.len()))),
                Err(_shortage) => tokio::time::sleep(ACCEPT_PAUSE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

/// A connection that may not be, cannot be made or breaks is reset inside: it was accepted before anyone knew.
async fn carry(inside: TcpStream, way: Way, others: usize) {
    let Some(_permit) = way.permit(others) else {
        return reset(&inside);
    };
    match dial(&inside, &way).await {
        Ok(outside) => exchange(inside, outside, &way).await,
        Err(_unreachable) => reset(&inside),
    }
}

fn reset(stream: &TcpStream) {
    // Should this fail, closing ends the connection politely, which a client takes for an early end as well.
    let _ = stream.set_zero_linger();
}

async fn dial(inside: &TcpStream, way: &Way) -> io::Result<TcpStream> {
    // The packets kept their destination, so the accepted socket's own address is the one that was wanted.
    let wanted = inside.local_addr()?;
    way.check(wanted)?;
    let outside = tokio::time::timeout(DIAL_TIMEOUT, TcpStream::connect(wanted)).await??;
    inside.set_nodelay(true)?;
    outside.set_nodelay(true)?;
    Ok(outside)
}

async fn exchange(mut inside: TcpStream, mut outside: TcpStream, way: &Way) {
    let (from_inside, to_inside) = inside.split();
    let (from_outside, to_outside) = outside.split();
    let sent = pump(from_inside, to_outside, &way.traffic.sent);
    let received = pump(from_outside, to_inside, &way.traffic.received);
    if tokio::try_join!(sent, received).is_err() {
        reset(&inside);
        reset(&outside);
    }
}

/// Carries one direction to its end; the other may go on after it.
async fn pump(mut from: tcp::ReadHalf<'_>, mut to: tcp::WriteHalf<'_>, count: &AtomicU64) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER_BYTES];
    loop {
        let read = from.read(&mut buffer).await?;
        if read == 0 {
            return to.shutdown().await;
        }
        to.write_all(&buffer[..read]).await?;
        count.fetch_add(read as u64, Ordering::Relaxed);
    }
}
