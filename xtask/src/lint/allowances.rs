//! What a document allows itself: `x-lint-allow`, a list of `{rule, reason}`, on any object of
//! OpenAPI that is no `$ref`. It holds for that object and all below it.
//!
//! An allowance without a reason is a finding, and so is one that nothing needs. A rule whose
//! fault breaks the build cannot be allowed: there would be no code to have a reason for. Where
//! two allowances fit, the nearer one is used.

use super::{Report, document::Document, grammar::ObjectKind, spelling::nearest};
use crate::{
    contract::{Node, NodeValue, join},
    finding::{Finding, Location},
    rule::{Class, Profile, Rule},
};

/// The extension that allows.
pub(super) const KEY: &str = "x-lint-allow";

const INCOMPLETE: Rule = rule(
    "allowance-incomplete",
    "`x-lint-allow` is a list of a `rule` and a `reason` each",
    "nobody knows why the fault is right there",
);
const UNKNOWN: Rule = rule(
    "allowance-unknown",
    "`x-lint-allow` names rules that there are",
    "it allows nothing",
);
const FORBIDDEN: Rule = rule(
    "allowance-forbidden",
    "only a fault that leaves code that builds is allowed",
    "there is no code that it could be right for",
);
const UNUSED: Rule = rule(
    "allowance-unused",
    "what `x-lint-allow` allows is there",
    "it allows the next such fault, for a reason that was another's",
);

/// The rules about allowances.
pub(super) const RULES: &[Rule] = &[INCOMPLETE, UNKNOWN, FORBIDDEN, UNUSED];

/// How an allowance is written, for help.
const SHAPE: &str =
    "write `x-lint-allow: [{rule: …, reason: …}]`, with why the fault is right here";

const fn rule(id: &'static str, title: &'static str, otherwise: &'static str) -> Rule {
    Rule {
        id,
        class: Class::Lint,
        title,
        otherwise,
    }
}

/// A finding that the document allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// What would be wrong.
    pub finding: Finding,
    /// Why it is right there, in the document's words.
    pub reason: String,
}

/// An item of a list under [`KEY`] that allows something.
struct Allowance<'a> {
    rule: &'static Rule,
    reason: &'a str,
    /// The object, below which it holds.
    scope: &'a str,
    at: Location,
    pointer: String,
    is_used: bool,
}

impl Allowance<'_> {
    fn fits(&self, finding: &Finding) -> bool {
        let below = finding.pointer.strip_prefix(self.scope);
        finding.rule == self.rule.id
            && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Takes what the document allows out of `findings`, and adds what is wrong with its allowances.
///
/// `known` are the rules that there are.
pub(super) fn apply(
    document: &Document<'_>,
    file: &str,
    profile: Profile,
    known: &[&'static Rule],
    findings: &mut Vec<Finding>,
) -> Vec<Allowed> {
    let mut faults = Vec::new();
    let mut allowances = read(document, file, known, &mut faults);
    let mut allowed = Vec::new();
    findings.retain(|finding| {
        let fitting = allowances.iter_mut().filter(|one| one.fits(finding));
        let Some(nearest) = fitting.max_by_key(|one| one.scope.len()) else {
            return true;
        };
        nearest.is_used = true;
        allowed.push(Allowed {
            finding: finding.clone(),
            reason: nearest.reason.to_owned(),
        });
        false
    });
    // What is not looked for cannot be found.
    let looked_for = allowances.iter().filter(|one| profile.has(one.rule.class));
    for unused in looked_for.filter(|one| !one.is_used) {
        let id = unused.rule.id;
        report(file, &UNUSED, &mut faults).at(
            unused.at,
            &unused.pointer,
            format!("nothing here breaks `{id}`"),
            "remove the allowance",
        );
    }
    findings.append(&mut faults);
    allowed
}

/// What is allowed, in the order of the document; what allows nothing becomes a finding.
fn read<'a>(
    document: &'a Document<'_>,
    file: &str,
    known: &[&'static Rule],
    faults: &mut Vec<Finding>,
) -> Vec<Allowance<'a>> {
    let mut allowances = Vec::new();
    for site in &document.sites {
        // What stands beside a `$ref` is dropped, which has a rule of its own.
        let is_reference = site.kind != ObjectKind::PathItem && site.node.get("$ref").is_some();
        let Some(entry) = site.node.entry(KEY).filter(|_| !is_reference) else {
            continue;
        };
        let here = join(&site.pointer, KEY);
        let items = entry.value.items();
        if items.is_empty() {
            let message = match &entry.value.value {
                NodeValue::Seq(_) => format!("this `{KEY}` allows nothing"),
                _ => format!("`{KEY}` is {}, not a list", entry.value.kind()),
            };
            report(file, &INCOMPLETE, faults).at(entry.at, &here, message, SHAPE);
        }
        for (index, item) in items.iter().enumerate() {
            let pointer = join(&here, &index.to_string());
            let at = item.at();
            let (name, reason) = match parts(item) {
                Ok(parts) => parts,
                Err(message) => {
                    report(file, &INCOMPLETE, faults).at(at, &pointer, message, SHAPE);
                    continue;
                }
            };
            match known.iter().find(|rule| rule.id == name) {
                Some(&rule) if rule.class.may_be_allowed() => allowances.push(Allowance {
                    rule,
                    reason,
                    scope: &site.pointer,
                    at,
                    pointer,
                    is_used: false,
                }),
                Some(rule) => {
                    let message = format!("`{name}` cannot be allowed: {}", rule.otherwise);
                    let help = "correct what the rule finds, and remove the allowance";
                    report(file, &FORBIDDEN, faults).at(at, &pointer, message, help);
                }
                None => {
                    let help = match nearest(name, known.iter().map(|rule| rule.id)) {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "write a rule that `cargo xtask lint --rules` lists".to_owned(),
                    };
                    let message = format!("there is no rule `{name}`");
                    report(file, &UNKNOWN, faults).at(at, &pointer, message, help);
                }
            }
        }
    }
    allowances
}

/// The rule that an item names and its reason, or why it has none.
fn parts(item: &Node) -> Result<(&str, &str), String> {
    if !matches!(item.value, NodeValue::Map(_)) {
        return Err(format!("this allowance is {}, not a mapping", item.kind()));
    }
    let text = |key: &str| {
        let text = item.text(key).filter(|text| !text.trim().is_empty());
        text.ok_or_else(|| format!("this allowance has no `{key}`"))
    };
    let parts = (text("rule")?, text("reason")?);
    let other = item
        .entries()
        .iter()
        .find(|entry| !matches!(entry.key.as_str(), "rule" | "reason"));
    match other {
        Some(entry) => Err(format!("`{}` means nothing in an allowance", entry.key)),
        None => Ok(parts),
    }
}

fn report<'a>(file: &'a str, rule: &Rule, findings: &'a mut Vec<Finding>) -> Report<'a> {
    Report {
        rule: rule.id,
        file,
        findings,
    }
}
