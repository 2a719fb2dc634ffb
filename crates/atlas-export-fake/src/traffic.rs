//! How far away the fake is, and how many requests are on the way at once.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::buckets::Bucket;
use crate::builder::FakeAtlasBuilder;
use crate::fake::FakeAtlas;

/// What changes a list of buckets before each page of it is made.
type Change = Box<dyn FnMut(&mut Vec<Bucket>) + Send>;

#[derive(Default)]
pub(crate) struct Traffic {
    pub(crate) latency: Duration,
    now: AtomicUsize,
    most: AtomicUsize,
    change: Mutex<Option<Change>>,
}

impl fmt::Debug for Traffic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Traffic")
            .field("latency", &self.latency)
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}

/// A request that is on the way.
pub(crate) struct Present<'t>(&'t Traffic);

impl Traffic {
    pub(crate) fn enter(&self) -> Present<'_> {
        let now = self.now.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        Present(self)
    }

    pub(crate) async fn travel(&self) {
        if !self.latency.is_zero() {
            tokio::time::sleep(self.latency).await;
        }
    }

    pub(crate) fn change(&self, buckets: &mut Vec<Bucket>) {
        let mut change = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(change) = change.as_mut() {
            change(buckets);
        }
    }
}

impl Drop for Present<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Ordering::Relaxed);
    }
}

impl FakeAtlasBuilder {
    /// How long each request is on the way, in real time, challenges included. Default: no time
    /// at all. For tests that count what is under way at once; a test that measures time this way
    /// measures the machine.
    pub fn latency(mut self, latency: Duration) -> Self {
        self.traffic.latency = latency;
        self
    }
}

impl FakeAtlas {
    /// How many requests were under way at once at the most.
    pub fn most_in_flight(&self) -> usize {
        self.shared().traffic.most.load(Ordering::Relaxed)
    }

    /// Has `change` change a project's buckets before each page of their list is made: somebody
    /// else's insertions and deletions. It replaces the one before.
    ///
    /// ```
    /// use atlas_export_fake::{Bucket, FakeAtlas};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let fake = FakeAtlas::builder().start().await?;
    /// let bucket = || Bucket::aws("new", "12345678f901a234dbdb00ca").id("6a79f0c20000000000000001");
    /// fake.before_bucket_pages(move |buckets| buckets.insert(0, bucket()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn before_bucket_pages(&self, change: impl FnMut(&mut Vec<Bucket>) + Send + 'static) {
        let slot = &self.shared().traffic.change;
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(change));
    }
}
