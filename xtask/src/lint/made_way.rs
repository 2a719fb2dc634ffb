//! Faults that a crate of its own makes way for.
//!
//! `codegen/stand_alone/` gives bodies one kind, keeps media types by name, and writes what the
//! crate depends on into its manifest. What these rules find is good OpenAPI there, and its code
//! is right. The crates of this workspace are made without that, so a contract of the house is
//! held against these rules too.

use crate::rule::Profile;

/// The ids of those rules.
const MADE_WAY: [&str; 12] = [
    "additional-properties-true",
    "body-schemas-differ",
    "body-untyped",
    "discriminator",
    "foreign-type",
    "ignored-section",
    "media-type-schema-missing",
    "operation-id-renamed",
    "request-body-optional",
    "response-default",
    "success-missing",
    "success-several",
];

/// Whether a profile leaves out the rule with this id.
pub(super) fn is_made_way_for(profile: Profile, id: &str) -> bool {
    profile == Profile::Generator && MADE_WAY.contains(&id)
}
