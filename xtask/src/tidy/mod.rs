//! `cargo xtask tidy`: the house checks its own habits.
//!
//! | rule | what it asks for |
//! |---|---|
//! | [`lengths`] | a hand-written Rust file is one idea, in at most 400 lines |
//! | [`rooms`] | in a folder of files no file needs itself by way of others |
//! | [`platforms`] | what differs between platforms stands in the files that are about it |
//! | [`words`] | one word for one thing: the table says which words are not used, and which are |
//!
//! It reads text and syntax, and neither types nor what macros make. Spelling is left to `typos`,
//! style to rustfmt, and everything that a compiler knows to clippy.
//!
//! ```
//! use xtask::tidy::{self, Tree};
//!
//! let tree = Tree::of([("README.md", "Here is\nthe lesson.\n")]);
//! let findings = tidy::check(&tree);
//! assert_eq!((findings[0].rule, findings[0].line), ("word", 2));
//! ```

mod circles;
pub mod lengths;
mod modules;
mod paths;
pub mod platforms;
pub mod rooms;
mod tree;
mod vocabulary;
pub mod words;

pub use self::tree::Tree;
use crate::finding::Finding;

/// Every finding of every rule, by file and line.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = lengths::check(tree);
    findings.extend(rooms::check(tree, rooms::ROOMS));
    findings.extend(platforms::check(tree, platforms::FILES));
    findings.extend(words::check(tree));
    findings.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    findings
}
