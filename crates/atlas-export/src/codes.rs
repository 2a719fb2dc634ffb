//! The codes of Atlas that this SDK knows, for comparison with [`Error::code`](crate::Error::code).
//!
//! Atlas's set is open, and one code may come with several statuses; these are those that the SDK
//! itself acts on or explains.
//!
//! ```no_run
//! # async fn example(buckets: atlas_export::ExportBuckets, id: atlas_export::ExportBucketId) {
//! use atlas_export::codes;
//!
//! if let Err(error) = buckets.delete(&id).await
//!     && error.code() == Some(codes::EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE)
//! {
//!     println!("a backup schedule still exports to it");
//! }
//! # }
//! ```

macro_rules! codes {
    ($($(#[$docs:meta])* $name:ident,)*) => {
        $($(#[$docs])* pub const $name: &str = stringify!($name);)*

        /// All of them.
        pub const ALL: &[&str] = &[$($name),*];
    };
}

codes! {
    /// AWS does not let Atlas assume the role: its trust policy does not allow it, or not yet. Seen
    /// where roles are authorized and where buckets are granted, with status 400.
    CANNOT_ASSUME_ROLE,
    /// A Flex cluster has none of these resources: only dedicated clusters, M10 and up, have.
    CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API,
    /// There is no cluster of this name in the project.
    CLUSTER_NOT_FOUND,
    /// A backup schedule exports to the bucket.
    EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE,
    /// There is no such project, or the API key does not belong to it.
    GROUP_NOT_FOUND,
    /// The request comes from an address that is not on the API key's access list.
    IP_ADDRESS_NOT_ON_ACCESS_LIST,
    /// As [`IP_ADDRESS_NOT_ON_ACCESS_LIST`], by its former name.
    IP_ADDRESS_NOT_ON_WHITELIST,
    /// The organization takes requests from listed addresses alone.
    ORG_REQUIRES_ACCESS_LIST,
    /// As [`ORG_REQUIRES_ACCESS_LIST`], by its former name.
    ORG_REQUIRES_WHITELIST,
    /// Too many calls.
    RATE_LIMITED,
    /// Too many calls, by a token bucket that the answer describes.
    RATE_LIMITED_TOKEN_BUCKET,
    /// There is no such resource.
    RESOURCE_NOT_FOUND,
    /// This version of the resource was switched off.
    VERSION_GONE,
}
