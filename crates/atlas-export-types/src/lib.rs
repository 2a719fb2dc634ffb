//! The vocabulary of the MongoDB Atlas snapshot-export API: identifiers, names, open
//! enumerations and lists that survive an item they cannot decode.
//!
//! Everything here is a plain value that serde reads and writes. There is no I/O, and
//! nothing knows how a request is made.
//!
//! Two attitudes meet in these types. What a *caller gives* is checked at once, because a
//! wrong value is a mistake that is cheapest to correct where it was made. What *Atlas sends*
//! is kept as it came, because an SDK that refuses what a service says today loses data
//! that it could have passed on:
//!
//! ```
//! use atlas_export_types::{ExportBucketId, ExportJobState};
//!
//! // Given: refused with the reason.
//! assert!("{BUCKET-ID}".parse::<ExportBucketId>().is_err());
//! // Received: kept, and visibly not well formed.
//! let id: ExportBucketId = serde_json::from_str(r#""{BUCKET-ID}""#)?;
//! assert_eq!(id.as_str(), "{BUCKET-ID}");
//! assert!(!id.is_well_formed());
//!
//! // A state that did not exist when this crate was written survives a round trip.
//! let state: ExportJobState = serde_json::from_str(r#""Paused""#)?;
//! assert_eq!(serde_json::to_string(&state)?, r#""Paused""#);
//! # Ok::<(), serde_json::Error>(())
//! ```
//!
//! With the feature `schemars`, every type describes itself as a JSON Schema.

mod cluster_name;
mod id;
mod invalid_id;
mod job_state;
mod list;
mod one_line;
mod open_enum;
mod page;
mod quoted;
#[cfg(feature = "schemars")]
mod schema;
mod state_reason;
pub mod strict;
mod text;
mod undecodable;
#[allow(unused_imports, reason = "a contract may have no open enumeration")]
#[rustfmt::skip]
mod vocabulary;

pub use cluster_name::{ClusterName, InvalidClusterName};
pub use id::{Id, IdKind};
pub use invalid_id::InvalidId;
pub use list::{Entry, TolerantList};
pub use one_line::OneLine;
pub use open_enum::UnknownValue;
pub use page::{InvalidPageSize, ItemCount, PageSize};
pub use quoted::{holds_a_uuid, quoted};
pub use state_reason::ExportStateReason;
pub use undecodable::{Undecodable, without_values};
pub use vocabulary::*;
