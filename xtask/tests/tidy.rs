//! The habits of the house, held where they are kept.

use std::path::Path;

use xtask::{
    finding::render,
    tidy::{self, Tree},
};

#[test]
fn the_house_keeps_its_own_habits() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let tree = Tree::read(root).unwrap();
    let findings = [
        tidy::lengths::check(&tree),
        tidy::rooms::check(&tree, tidy::rooms::ROOMS),
        tidy::platforms::check(&tree, tidy::platforms::FILES),
        tidy::words::check(&tree),
    ]
    .concat();
    assert!(findings.is_empty(), "{}", render(&findings));
}

/// An empty reading would find nothing, and be as green.
#[test]
fn the_house_is_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let tree = Tree::read(root).unwrap();
    for room in tidy::rooms::ROOMS {
        assert!(!tree.below(room).is_empty(), "{room}");
    }
}
