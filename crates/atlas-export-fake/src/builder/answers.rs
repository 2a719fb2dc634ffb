//! How the fake answers where Atlas may answer in several ways.

use std::time::Duration;

use crate::api::response::EnvelopeSpelling;
use crate::builder::fake_builder::FakeAtlasBuilder;
use crate::rules::page::TotalCount;

/// Answers.
impl FakeAtlasBuilder {
    /// Has schedules still name their bucket when their export is switched off. Default: they
    /// do not, since users of other clients can delete the bucket then; it is unconfirmed.
    pub fn schedules_keep_export(mut self) -> Self {
        self.options.schedules_keep_export = true;
        self
    }

    /// Has the organization export by itself at these frequencies too, such as `daily` and `weekly`.
    /// Default: `monthly` and `yearly`, which are published, and no other, because the others depend
    /// on what Atlas has switched on for an organization. A change of a schedule to another one is 400.
    ///
    /// ```
    /// use atlas_export_fake::FakeAtlas;
    ///
    /// let builder = FakeAtlas::builder().export_frequencies(["daily", "weekly"]);
    /// # drop(builder);
    /// ```
    pub fn export_frequencies<'f>(
        mut self,
        frequencies: impl IntoIterator<Item = &'f str>,
    ) -> Self {
        let more = frequencies.into_iter().map(str::to_owned);
        self.options.export_frequencies.extend(more);
        self
    }

    /// How long a bucket or a job that was created through the API is not seen, by the fake's
    /// [`Clock`]: for clients that look for what came of a creation. Default: not at all.
    pub fn creations_show_after(mut self, lag: Duration) -> Self {
        self.options.creation_lag = lag;
        self
    }

    /// What lists say in `totalCount`. Default: [`TotalCount::Exact`].
    pub fn total_count(mut self, total_count: TotalCount) -> Self {
        self.options.lists.total_count = total_count;
        self
    }

    /// Leaves `links` out of lists.
    pub fn without_links(mut self) -> Self {
        self.options.lists.links = false;
        self
    }

    /// What a result is called under `envelope=true`. Default: [`EnvelopeSpelling::Content`].
    pub fn envelope_spelling(mut self, spelling: EnvelopeSpelling) -> Self {
        self.options.spelling = spelling;
        self
    }
}
