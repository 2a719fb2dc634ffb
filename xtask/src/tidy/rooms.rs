//! A room is a folder of files, in which no file needs itself by way of others.
//!
//! A file needs the file that defines the module in which one of its paths lands: the modules of
//! a path are followed, an item at its end is not. So an item that a `mod.rs` only hands on is an
//! item of the `mod.rs`, which needs every module that it declares. Whoever stands in such a
//! module names the file where the item is.

use std::collections::BTreeMap;

use super::{
    circles::{Graph, Knot, knots},
    modules::Modules,
    tree::{Tree, is_below},
};
use crate::finding::{Finding, Location};

/// The folders that are kept free of circles.
pub const ROOMS: &[&str] = &[
    "crates/atlas-export-cli/src",
    "crates/atlas-export-fake/src",
    "crates/atlas-export/src/transport",
    "xtask/src/api",
    "xtask/src/codegen",
    "xtask/src/contract",
    "xtask/src/drift",
    "xtask/src/lint",
    "xtask/src/tidy",
];

/// A finding for each knot of files in each of these rooms.
pub fn check(tree: &Tree, rooms: &[&str]) -> Vec<Finding> {
    rooms
        .iter()
        .flat_map(|room| check_room(tree, room))
        .collect()
}

fn check_room(tree: &Tree, room: &str) -> Vec<Finding> {
    let Some(top) = root_of(tree, room) else {
        return vec![Finding::new(
            "room",
            room,
            Location::START,
            "",
            "there is no crate at this folder, or above it",
            "correct `ROOMS` in xtask/src/tidy/rooms.rs",
        )];
    };
    let needs = match Modules::read(tree, &top) {
        Ok(modules) => modules.needs(),
        Err((file, error)) => return vec![no_rust(&file, &error)],
    };
    // The first line that says so, of each pair.
    let mut lines = Lines::new();
    for need in &needs {
        if is_below(&need.from, room) && is_below(&need.to, room) {
            let line = lines.entry((&need.from, &need.to)).or_insert(need.line);
            *line = need.line.min(*line);
        }
    }
    let mut graph = Graph::new();
    for (from, to) in lines.keys() {
        graph.entry(from).or_default().insert(to);
    }
    let knots = knots(&graph).into_iter();
    knots.map(|knot| told(&knot, &lines, room)).collect()
}

/// Where a file says that it needs another.
type Lines<'a> = BTreeMap<(&'a str, &'a str), usize>;

fn told(knot: &Knot<'_>, lines: &Lines<'_>, room: &str) -> Finding {
    let short = |file: &str| file.replacen(&format!("{room}/"), "", 1);
    let nexts = knot.circle.iter().cycle().skip(1);
    let steps: Vec<_> = knot
        .circle
        .iter()
        .zip(nexts)
        .map(|(from, to)| (*from, *to, lines.get(&(*from, *to)).copied().unwrap_or(1)))
        .collect();
    let words = steps
        .iter()
        .map(|(from, to, line)| format!("{}:{line} needs {}", short(from), short(to)));
    let mut message = format!(
        "a circle of files: {}",
        words.collect::<Vec<_>>().join(", ")
    );
    if knot.nodes.len() > knot.circle.len() {
        let names: Vec<_> = knot.nodes.iter().map(|node| short(node)).collect();
        let (number, names) = (names.len(), names.join(", "));
        message = format!("{message}; {number} files need each other: {names}");
    }
    let (file, line) = steps
        .first()
        .map_or((room, 1), |(from, _, line)| (*from, *line));
    let at = Location {
        line: line as u64,
        column: 1,
    };
    Finding::new(
        "circle",
        file,
        at,
        "",
        message,
        "move what both need into a file of its own, and name an item where it is defined, not \
         where it is handed on",
    )
}

fn no_rust(file: &str, error: &syn::Error) -> Finding {
    let start = error.span().start();
    let at = Location {
        line: start.line as u64,
        column: start.column as u64 + 1,
    };
    let message = format!("this is no Rust: {error}");
    Finding::new("syntax", file, at, "", message, "correct the file")
}

/// The root of the crate in which a folder lies.
fn root_of(tree: &Tree, room: &str) -> Option<String> {
    let mut folder = room;
    loop {
        let roots = ["lib.rs", "main.rs"].map(|root| format!("{folder}/{root}"));
        if let Some(root) = roots.into_iter().find(|root| tree.text(root).is_some()) {
            return Some(root);
        }
        (folder, _) = folder.rsplit_once('/')?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles(files: &[(&str, &str)]) -> Vec<String> {
        let tree = Tree::of(files.iter().copied());
        let findings = check(&tree, &["src"]);
        findings
            .iter()
            .map(|found| format!("{}:{} {}", found.file, found.line, found.message))
            .collect()
    }

    #[test]
    fn files_that_need_each_other_are_named_in_order() {
        assert_eq!(
            circles(&[
                ("src/lib.rs", "mod a;\nmod b;\nmod c;"),
                ("src/a.rs", "\nuse crate::b::B;"),
                ("src/b.rs", "pub struct B;\nfn f() { super::c::g() }"),
                ("src/c/mod.rs", "mod d;"),
                ("src/c/d.rs", "fn h() { log!(crate::a::A) }"),
            ]),
            [
                "src/a.rs:2 a circle of files: a.rs:2 needs b.rs, b.rs:2 needs c/mod.rs, \
              c/mod.rs:1 needs c/d.rs, c/d.rs:1 needs a.rs"
            ]
        );
    }

    #[test]
    fn one_way_is_no_circle() {
        let files = [
            ("src/lib.rs", "mod a; mod b; pub use a::A;"),
            ("src/a.rs", "use crate::b; fn f() { b::g() }"),
            ("src/b.rs", "use serde::a; use std::b;"),
        ];
        assert!(circles(&files).is_empty(), "{:?}", circles(&files));
    }

    #[test]
    fn an_item_that_is_handed_on_belongs_to_who_hands_it_on() {
        let found = circles(&[
            ("src/lib.rs", "mod a; mod b; pub use a::A;"),
            ("src/a.rs", "pub struct A;"),
            ("src/b.rs", "use crate::A;"),
        ]);
        assert_eq!(
            found,
            ["src/b.rs:1 a circle of files: b.rs:1 needs lib.rs, lib.rs:1 needs b.rs"]
        );
    }

    #[test]
    fn a_module_that_came_in_under_a_name_is_followed() {
        let found = circles(&[
            ("src/lib.rs", "mod a; mod b;"),
            (
                "src/a.rs",
                "use super::b as other;\nfn f() -> other::inner::I {}",
            ),
            ("src/b.rs", "pub mod inner;"),
            ("src/b/inner.rs", "use crate::a;"),
        ]);
        assert_eq!(
            found,
            [
                "src/a.rs:2 a circle of files: a.rs:2 needs b/inner.rs, b/inner.rs:1 needs a.rs; \
              3 files need each other: a.rs, b.rs, b/inner.rs"
            ]
        );
    }

    #[test]
    fn tests_may_know_whom_they_like() {
        let files = [
            ("src/lib.rs", "mod a; mod b;"),
            ("src/a.rs", "#[cfg(test)] mod tests { use crate::b; }"),
            ("src/b.rs", "use crate::a::A; #[cfg(test)] mod tests;"),
            ("src/b/tests.rs", "use crate::A;"),
        ];
        assert!(circles(&files).is_empty(), "{:?}", circles(&files));
    }

    #[test]
    fn a_module_within_a_file_is_that_file() {
        let found = circles(&[
            ("src/lib.rs", "mod a; mod b;"),
            (
                "src/a.rs",
                "pub mod inner { fn f() { super::super::b::g() } }",
            ),
            ("src/b.rs", "use crate::a::inner::f;"),
        ]);
        assert_eq!(found.len(), 1, "{found:?}");
    }

    #[test]
    fn a_room_may_be_a_part_of_a_crate() {
        let tree = Tree::of([
            ("k/src/lib.rs", "mod room; mod other;"),
            ("k/src/other.rs", "use crate::room::a;"),
            ("k/src/room/mod.rs", "mod a; mod b;"),
            ("k/src/room/a.rs", "use crate::other::O; use super::b::B;"),
            ("k/src/room/b.rs", "use super::a::A;"),
        ]);
        let [found] = check(&tree, &["k/src/room"]).try_into().unwrap();
        assert_eq!(
            found.message,
            "a circle of files: a.rs:1 needs b.rs, b.rs:1 needs a.rs"
        );
    }

    #[test]
    fn a_room_that_is_gone_and_a_file_that_is_no_rust_are_named() {
        assert_eq!(check(&Tree::default(), &["gone"])[0].rule, "room");
        let found = circles(&[("src/lib.rs", "mod a;"), ("src/a.rs", "\nfn 7() {}")]);
        assert!(
            found[0].starts_with("src/a.rs:2 this is no Rust: "),
            "{found:?}"
        );
    }
}
