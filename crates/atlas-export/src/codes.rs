//! The codes of Atlas that this SDK knows, for comparison with [`Error::code`](crate::Error::code).
//!
//! Atlas's set is open, and one code may come with several statuses; these are those that the SDK
//! itself acts on or explains. The page of each says what causes it and what to do, and
//! [`Error::help_url`](crate::Error::help_url) leads there.
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

// Each page is a file, so that it can be read beside the code too.
macro_rules! codes {
    ($($name:ident,)*) => {
        $(
            #[doc = include_str!(concat!("../docs/errors/", stringify!($name), ".md"))]
            pub const $name: &str = stringify!($name);
        )*

        /// All of them.
        pub const ALL: &[&str] = &[$($name),*];
    };
}

codes! {
    CANNOT_ASSUME_ROLE,
    CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API,
    CLUSTER_NOT_FOUND,
    EXPORT_BUCKET_DELETE_FAILED_BUCKET_IN_USE,
    GROUP_NOT_FOUND,
    IP_ADDRESS_NOT_ON_ACCESS_LIST,
    IP_ADDRESS_NOT_ON_WHITELIST,
    ORG_REQUIRES_ACCESS_LIST,
    ORG_REQUIRES_WHITELIST,
    RATE_LIMITED,
    RATE_LIMITED_TOKEN_BUCKET,
    RESOURCE_NOT_FOUND,
    VERSION_GONE,
}
