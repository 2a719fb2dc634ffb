//! How the fake answers where Atlas may answer in several ways.

use std::time::Duration;

use crate::api::response::EnvelopeSpelling;
use crate::builder::fake_builder::FakeAtlasBuilder;
use crate::rules::page::TotalCount;

/// Answers.
impl FakeAtlasBuilder {
    /// Lets schedules still name their bucket when their export is switched off. Default: they do not,
    /// since users of other clients can delete the bucket then; it is unconfirmed.
    pub fn schedules_keep_export(mut self) -> Self {
        self.options.schedules_keep_export = true;
        self
    }

    /// Adds frequencies at which the organization may export by itself, such as `daily` and `weekly`.
    /// Default: the published ones, `monthly` and `yearly`. Others depend on what Atlas has switched on
    /// for an organization; a change of a schedule to one of them is 400.
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

    /// How long reads and lists do not show a bucket or a job that was created through the API, by the
    /// fake's [`Clock`](crate::Clock): for clients that look for the effect of a creation. Default: no
    /// time at all.
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
