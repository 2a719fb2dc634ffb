//! The clouds that MongoDB runs Atlas in.

/// A cloud of MongoDB's own. For any other place there is
/// [`ClientBuilder::base_url`](crate::ClientBuilder::base_url).
///
/// ```
/// use atlas_export::{Client, Credentials, Environment};
///
/// let atlas = Client::builder()
///     .credentials(Credentials::api_key("abcdefgh", "0a1b2c3d-0000-4000-8000-0123456789ab"))
///     .environment(Environment::Government)
///     .build()?;
/// # let _ = atlas;
/// # Ok::<(), atlas_export::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Environment {
    /// `https://cloud.mongodb.com`. The default.
    #[default]
    Commercial,
    /// Atlas for Government, `https://cloud.mongodbgov.com`. Keys and projects are its own.
    Government,
}

impl Environment {
    /// Scheme and host.
    pub const fn origin(self) -> &'static str {
        match self {
            Self::Commercial => "https://cloud.mongodb.com",
            Self::Government => "https://cloud.mongodbgov.com",
        }
    }
}
