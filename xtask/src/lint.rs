//! Judging the contract before the generator sees it.
//!
//! Every rule names a way in which the generator (progenitor 0.15 over typify 0.8, then rustc)
//! panics, refuses, or silently drops or misreads what the contract says; its row in `registry.rs`
//! says which. `tests/lint_matches_progenitor.rs` shows it where that can be shown.
//!
//! The contract lists several media types for one body on purpose: `application/json` and
//! `application/vnd.atlas.<date>+json`. Code generation folds them into one, and drops every
//! response that is not 2xx; so two error responses may differ as they like.
//!
//! What this deliberately does not do: judge style, or whether the contract describes Atlas truly.
//!
//! ```
//! use xtask::{contract::Contract, lint::lint};
//!
//! let text = "openapi: 3.0.3\ninfo: {title: A, version: '1'}\nservers: [{url: 'https://a'}]\npathz: {}\npaths: {}\n";
//! let contract = Contract::parse("a.yaml", text)?;
//! let findings = lint(&contract);
//! assert_eq!(findings[0].rule, "unknown-key");
//! assert_eq!(findings[0].line, 4);
//! # Ok::<(), Vec<xtask::finding::Finding>>(())
//! ```

use self::document::Document;
use self::registry::CHECKS;
pub use self::{guard::guard, profile::profile_of};
pub use crate::finding::Finding;
use crate::{
    contract::Contract,
    finding::Location,
    rule::{Profile, Rule},
};

mod bodies;
mod bounds;
mod combinators;
mod defaults;
mod document;
mod enums;
mod extensions;
mod formats;
mod generated_names;
mod grammar;
mod guard;
mod keys;
mod made_way;
mod media;
mod names;
mod object_keys;
mod one_way;
mod operations;
mod parameters;
mod path_parameters;
mod paths;
mod profile;
mod properties;
mod references;
mod registry;
mod responses;
mod roles;
mod schemas;
mod shadowed;
mod spelling;

/// The rules that look at a contract that was read, in the order in which a document is read.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    CHECKS.iter().map(|check| &check.rule)
}

/// Every finding of the profile that the contract chooses, in the order of the document.
pub fn lint(contract: &Contract) -> Vec<Finding> {
    lint_as(contract, profile_of(contract))
}

/// Every finding of a profile, in the order of the document.
pub fn lint_as(contract: &Contract, profile: Profile) -> Vec<Finding> {
    let document = Document::new(contract, profile);
    let mut findings = Vec::new();
    for check in CHECKS {
        if !is_on(&check.rule, profile) {
            continue;
        }
        let mut report = Report {
            rule: check.rule.id,
            file: contract.file(),
            findings: &mut findings,
        };
        (check.look)(&document, &mut report);
    }
    // Stable, so that rules keep the order of the registry on one line.
    findings.sort_by_key(|finding| (finding.line, finding.column));
    findings.dedup();
    findings
}

/// Whether a profile has a rule.
pub fn is_on(rule: &Rule, profile: Profile) -> bool {
    profile.has(rule.class) && !made_way::is_made_way_for(profile, rule.id)
}

/// Where a rule puts its findings.
struct Report<'a> {
    rule: &'static str,
    file: &'a str,
    findings: &'a mut Vec<Finding>,
}

impl Report<'_> {
    fn at(
        &mut self,
        at: Location,
        pointer: &str,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        self.findings.push(Finding::new(
            self.rule, self.file, at, pointer, message, help,
        ));
    }
}
