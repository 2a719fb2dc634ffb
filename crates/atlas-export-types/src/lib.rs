#![cfg_attr(docsrs, feature(doc_cfg))]
#![doc = include_str!("../README.md")]

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
