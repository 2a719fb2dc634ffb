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
//! Rules have a [`Class`](crate::rule::Class), which says what a fault costs, and documents a
//! [`Profile`], which says whether the habits of this house are theirs. What is right in one place
//! against a rule is allowed there, with a reason (`allowances.rs`).
//!
//! What this deliberately does not do: judge whether the contract describes Atlas truly.
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
pub use self::{allowances::Allowed, guard::guard, profile::profile_of};
pub use crate::finding::Finding;
use crate::{
    contract::{Contract, LOADING},
    finding::Location,
    rule::{Profile, Rule},
};

mod allowances;
mod bodies;
mod bounds;
mod combinators;
mod defaults;
mod document;
mod enums;
pub mod examples;
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
pub mod pages;
mod parameters;
mod path_parameters;
mod paths;
mod profile;
mod properties;
mod references;
mod registry;
mod responses;
mod roles;
mod sarif;
mod schemas;
mod shadowed;
mod spelling;
pub mod told;

/// The rules about a contract that was read, in the order in which a document is read.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let looking = CHECKS.iter().map(|check| &check.rule);
    allowances::RULES.iter().chain(looking)
}

/// Every rule, those of the reader and of the net under the generator included.
pub fn all_rules() -> impl Iterator<Item = &'static Rule> {
    LOADING.iter().chain(rules()).chain([&guard::PANIC])
}

/// What a contract was found to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The rules that it was held against.
    pub profile: Profile,
    /// What is wrong, in the order of the document.
    pub findings: Vec<Finding>,
    /// What would be wrong if the document did not allow it with a reason, in the same order.
    pub allowed: Vec<Allowed>,
}

impl Judgement {
    /// Of a file that is no contract, with the findings of the reader.
    pub fn unread(profile: Profile, findings: Vec<Finding>) -> Self {
        Self {
            profile,
            findings,
            allowed: Vec::new(),
        }
    }
}

/// Every finding of the profile that the contract chooses, in the order of the document.
///
/// ```
/// use xtask::{contract::Contract, lint::lint};
///
/// let contract = Contract::parse("a.yaml", "openapi: 3.0.3\n")?;
/// assert_eq!(lint(&contract)[0].rule, "missing-key");
/// # Ok::<(), Vec<xtask::finding::Finding>>(())
/// ```
pub fn lint(contract: &Contract) -> Vec<Finding> {
    judge(contract, profile_of(contract)).findings
}

/// Holds a contract against the rules of a profile.
///
/// ```
/// use xtask::{contract::Contract, lint::judge, rule::Profile};
///
/// let text = "
/// openapi: 3.0.3
/// info: {title: A, version: '1'}
/// x-lint-allow: [{rule: server-missing, reason: It has no origin}]
/// paths: {}
/// ";
/// let judgement = judge(&Contract::parse("a.yaml", text)?, Profile::House);
/// assert!(judgement.findings.is_empty());
/// assert_eq!(judgement.allowed[0].reason, "It has no origin");
/// # Ok::<(), Vec<xtask::finding::Finding>>(())
/// ```
pub fn judge(contract: &Contract, profile: Profile) -> Judgement {
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
    findings.sort_by_key(place);
    findings.dedup();
    let known: Vec<&Rule> = all_rules().collect();
    let file = contract.file();
    let allowed = allowances::apply(&document, file, profile, &known, &mut findings);
    findings.sort_by_key(place);
    Judgement {
        profile,
        findings,
        allowed,
    }
}

fn place(finding: &Finding) -> (u64, u64) {
    (finding.line, finding.column)
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
