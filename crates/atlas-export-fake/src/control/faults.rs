//! Faults: injected while the fake runs.

use std::sync::Arc;

use crate::control::fake::FakeAtlas;
use crate::faults::fault::Fault;
use crate::faults::request_match::{Match, RequestHead};

/// Faults.
impl FakeAtlas {
    /// The next request meets `fault`, even one without credentials that would be challenged. Injected
    /// again, the request after it does, and so on.
    pub fn inject(&self, fault: Fault) {
        self.inject_for(Match::any(), fault);
    }

    /// The next request that fits meets `fault`. Of several that fit, it meets the one that was
    /// injected first.
    ///
    /// ```
    /// use atlas_export_fake::{FakeAtlas, Fault, Match, Moment};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let fake = FakeAtlas::builder().start().await?;
    /// // The answer to the creation is lost; the bucket is there:
    /// fake.inject_for(
    ///     Match::operation("createExportBucket").authenticated(),
    ///     Fault::reset().at(Moment::Acted),
    /// );
    /// // … after the calls of the test:
    /// # fake.clear_faults();
    /// assert_eq!(fake.faults_left(), 0);
    /// # Ok(())
    /// # }
    /// ```
    pub fn inject_for(&self, which: Match, fault: Fault) {
        self.handler.script.inject(which, fault);
    }

    /// Asks `choose` about every request, once, when its head has been read. It replaces the function
    /// before it. A request that meets an injected fault does not meet the chosen one.
    ///
    /// ```
    /// use atlas_export_fake::{FakeAtlas, Fault};
    /// use http::StatusCode;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> std::io::Result<()> {
    /// let fake = FakeAtlas::builder().start().await?;
    /// fake.faults_by(|head| match head.number % 7 {
    ///     0 => Some(Fault::reset()),
    ///     3 if head.authenticated => Some(Fault::status(StatusCode::SERVICE_UNAVAILABLE)),
    ///     _ => None,
    /// });
    /// # Ok(())
    /// # }
    /// ```
    pub fn faults_by(
        &self,
        choose: impl Fn(&RequestHead) -> Option<Fault> + Send + Sync + 'static,
    ) {
        self.handler.script.choose_by(Arc::new(choose));
    }

    /// How many injected faults no request has met yet. It is 0 at the end of a test whose faults all
    /// happened.
    pub fn faults_left(&self) -> usize {
        self.handler.script.left()
    }

    /// Takes back the function and the injected faults that no request has met.
    pub fn clear_faults(&self) {
        self.handler.script.clear();
    }
}
