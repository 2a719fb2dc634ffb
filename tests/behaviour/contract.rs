//! The hand-written types and the contract agree.

const CONTRACT: &str = include_str!("../../openapi/atlas-snapshot-export.yaml");

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
