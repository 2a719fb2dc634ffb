//! The habits of the house, held where they are kept.

use std::path::Path;

use xtask::{
    finding::render,
    tidy::{self, Tree},
};

/// What `cargo test` holds; `cargo xtask tidy` in CI holds the whole workspace.
const KEPT: &[&str] = &["xtask"];

#[test]
fn the_house_keeps_its_own_habits() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let tree = Tree::read(root).unwrap();
    let findings: Vec<_> = KEPT
        .iter()
        .flat_map(|folder| {
            let tree = tree.below(folder);
            let lengths = tidy::lengths::check(&tree);
            [lengths, tidy::words::check(&tree)].concat()
        })
        .collect();
    assert!(findings.is_empty(), "{}", render(&findings));
}

/// An empty reading would find nothing, and be as green.
#[test]
fn the_house_is_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let tree = Tree::read(root).unwrap();
    let rooms = tidy::rooms::check(&tree, &["nowhere"]);
    assert_eq!(rooms.len(), 1);
    assert!(!tree.below("xtask/src/tidy").is_empty());
    assert!(!tree.below("crates/atlas-export/src/transport").is_empty());
}
