//! The Rust SDK for MongoDB Atlas snapshot exports: export buckets, export jobs, snapshots
