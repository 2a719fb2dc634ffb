//! The hand-written types and the contract agree.

use atlas_export::Frequency;
use atlas_export::models::{
    CloudProvider, ClusterState, ClusterType, ExportJobState, SnapshotFrequency, SnapshotStatus,
    SnapshotType,
};

const CONTRACT: &str = include_str!("../../openapi/atlas-snapshot-export.yaml");

/// The known values that the contract lists for a schema, in its order.
fn listed(schema: &str) -> Vec<String> {
    let (_, rest) = CONTRACT
        .split_once(&format!("\n    {schema}:\n"))
        .unwrap_or_else(|| panic!("the contract has no {schema}"));
    let (_, values) = rest.split_once("x-extensible-enum: [").unwrap();
    let (values, _) = values.split_once(']').unwrap();
    values
        .split(',')
        .map(|value| value.trim().to_owned())
        .collect()
}

#[test]
fn open_enumerations_know_the_values_of_the_contract() {
    for (schema, known) in [
        ("CloudProvider", CloudProvider::KNOWN),
        ("ClusterState", ClusterState::KNOWN),
        ("ClusterType", ClusterType::KNOWN),
        ("ExportJobState", ExportJobState::KNOWN),
        ("Frequency", Frequency::KNOWN),
        ("SnapshotFrequency", SnapshotFrequency::KNOWN),
        ("SnapshotStatus", SnapshotStatus::KNOWN),
        ("SnapshotType", SnapshotType::KNOWN),
    ] {
        assert_eq!(listed(schema), known, "{schema}");
    }
}

#[test]
fn the_page_size_has_the_bounds_of_the_contract() {
    use atlas_export::PageSize;
    let (_, rest) = CONTRACT.split_once("\n    PageSize:\n").unwrap();
    for (key, value) in [
        ("minimum", PageSize::MIN),
        ("maximum", PageSize::MAX),
        ("default", PageSize::DEFAULT),
    ] {
        let (_, text) = rest.split_once(&format!("{key}: ")).unwrap();
        let text = text.lines().next().unwrap();
        assert_eq!(text, value.get().to_string(), "{key}");
    }
}
