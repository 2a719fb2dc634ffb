//! Deprecations: what `Deprecation` and `Sunset` say, and which versions are gone.

use crate::builder::fake_builder::FakeAtlasBuilder;
use crate::rules::deprecations::Notice;

/// Deprecations.
impl FakeAtlasBuilder {
    /// What `Deprecation` says on an operation, in all its versions and on its errors too: any raw
    /// value, such as `Mon, 5 Aug 2024 00:00:00 GMT` or `@1722816000`. An operation that is given
    /// this or [`sunset`](Self::sunset) sends what it is given and no more.
    ///
    /// ```
    /// use atlas_export_fake::FakeAtlas;
    ///
    /// let builder = FakeAtlas::builder()
    ///     .deprecation("listSnapshots", "@1722816000")
    ///     .version_gone("2023-01-01");
    /// # drop(builder);
    /// ```
    pub fn deprecation(mut self, operation: &str, value: &str) -> Self {
        self.notice(operation).deprecation = Some(value.to_owned());
        self
    }

    /// What `Sunset` says on an operation. See [`deprecation`](Self::deprecation).
    pub fn sunset(mut self, operation: &str, value: &str) -> Self {
        self.notice(operation).sunset = Some(value.to_owned());
        self
    }

    /// Switches a v2 version off: what resolves to it is 410 `VERSION_GONE`, with `parameters:
    /// [version, path without leading slash]`.
    pub fn version_gone(mut self, version: &str) -> Self {
        self.deprecations.gone.push(version.to_owned());
        self
    }

    fn notice(&mut self, operation: &str) -> &mut Notice {
        self.deprecations
            .notices
            .entry(operation.to_owned())
            .or_default()
    }
}
