//! The habits of the house, held where they are kept.

use std::path::Path;

use xtask::{
    finding::render,
    tidy::{self, Tree},
};

/// The folders that `cargo test` holds; `cargo xtask tidy` in CI holds the whole workspace.
const KEPT: &[&str] = &[""];

#[test]
fn the_house_keeps_its_own_habits() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let tree = Tree::read(root).unwrap();
    let findings: Vec<_> = KEPT
        .iter()
        .flat_map(|folder| {
            let tree = tree.below(folder);
            let rooms = tidy::rooms::ROOMS.iter().copied();
            let rooms: Vec<_> = rooms.filter(|room| room.starts_with(folder)).collect();
            [
                tidy::lengths::check(&tree),
                tidy::rooms::check(&tree, &rooms),
                tidy::words::check(&tree),
            ]
            .concat()
        })
        .collect();
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
