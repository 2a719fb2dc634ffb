//! What a fault waits for: an event of the test, never the machine's time.

use std::fmt;
use std::sync::Arc;

use tokio::sync::{Semaphore, watch};

/// Holds requests, or pieces of an answer, until a test lets them through.
///
/// Clones are the same turnstile: one goes into a [`Fault`](crate::Fault), the test keeps the other.
///
/// ```
/// use atlas_export_fake::{FakeAtlas, Fault, Turnstile};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
/// use tokio::net::TcpStream;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let fake = FakeAtlas::builder().start().await?;
/// let turnstile = Turnstile::new();
/// fake.inject(Fault::delay(&turnstile));
///
/// let mut caller = TcpStream::connect(fake.addr()).await?;
/// caller.write_all(b"GET / HTTP/1.1\r\nHost: fake\r\n\r\n").await?;
/// turnstile.arrived(1).await;
/// assert!(!fake.requests()[0].answered(401)); // it is held, no sleep needed to know it
///
/// turnstile.let_through(1);
/// let mut answer = [0; 12];
/// caller.read_exact(&mut answer).await?;
/// assert_eq!(&answer, b"HTTP/1.1 401");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Turnstile(Arc<Inner>);

struct Inner {
    /// Closed once the turnstile stands open.
    permits: Semaphore,
    arrivals: watch::Sender<usize>,
}

impl Turnstile {
    /// A turnstile that holds everything that comes.
    pub fn new() -> Self {
        Self(Arc::new(Inner {
            permits: Semaphore::new(0),
            arrivals: watch::Sender::new(0),
        }))
    }

    /// Lets the next `count` requests or pieces through. Those that wait already go first.
    pub fn let_through(&self, count: usize) {
        let permits = &self.0.permits;
        // Above its bound a semaphore panics.
        let room = Semaphore::MAX_PERMITS.saturating_sub(permits.available_permits());
        permits.add_permits(count.min(room));
    }

    /// Lets everything through, now and later.
    pub fn open(&self) {
        self.0.permits.close();
    }

    /// Waits until `count` requests or pieces have come here since the turnstile was made, whether they
    /// were let through or not.
    pub async fn arrived(&self, count: usize) {
        let mut arrivals = self.0.arrivals.subscribe();
        // The sender lives as long as `self`, so there is no error to meet.
        let _ = arrivals.wait_for(|arrived| *arrived >= count).await;
    }

    /// Waits to be let through.
    pub(crate) async fn pass(&self) {
        self.0
            .arrivals
            .send_modify(|arrived| *arrived = arrived.saturating_add(1));
        if let Ok(permit) = self.0.permits.acquire().await {
            permit.forget();
        }
    }
}

impl Default for Turnstile {
    fn default() -> Self {
        Self::new()
    }
}

/// Equal where it is the same turnstile.
impl PartialEq for Turnstile {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Turnstile {}

impl fmt::Debug for Turnstile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turnstile")
            .field("open", &self.0.permits.is_closed())
            .field("arrived", &*self.0.arrivals.borrow())
            .finish()
    }
}
