//! What a document allows itself, with a reason.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test fails by panicking"
)]

use proptest::{prelude::*, sample::Index};
use xtask::{
    codegen,
    contract::Contract,
    finding::{Finding, render},
    lint::{
        Judgement, all_rules,
        examples::{GOOD, Kind, example},
        guard, judge, rules,
    },
    rule::{Class, Profile},
};

const PROFILE: &str = "x-lint-profile: house\n";
const BUCKET: &str = "    Bucket:
      type: object
      properties: {cloudProvider: {type: string}}
      discriminator: {propertyName: cloudProvider}\n";

fn judged(text: &str, profile: Profile) -> Judgement {
    judge(&Contract::parse("a.yaml", text).unwrap(), profile)
}

/// A contract that allows a rule everywhere.
fn allowing(text: &str, rule: &str) -> String {
    let line = format!("{PROFILE}x-lint-allow: [{{rule: {rule}, reason: It is so}}]\n");
    assert!(text.contains(PROFILE));
    text.replacen(PROFILE, &line, 1)
}

/// The good contract with schemas, and with allowances on `components` and on the first of them.
fn with_schemas(outer: &str, inner: &str, schemas: &str) -> String {
    let first = format!("{BUCKET}{inner}{schemas}    ExportState:\n");
    let text = GOOD.replacen("    ExportState:\n", &first, 1);
    text.replacen("components:\n", &format!("components:\n{outer}"), 1)
}

fn told(findings: &[Finding]) -> Vec<(&str, &str)> {
    let told = findings.iter();
    told.map(|found| (found.rule, found.message.as_str()))
        .collect()
}

/// So no reason hides that there is no code.
#[test]
fn what_may_be_allowed_leaves_code() {
    for rule in rules().filter(|rule| rule.class.may_be_allowed()) {
        let bad = example(rule.id, Kind::Bad).unwrap();
        let contract = Contract::parse("a.yaml", &allowing(&bad.text, rule.id)).unwrap();
        let judgement = judge(&contract, Profile::House);
        assert_eq!(render(&judgement.findings), "");
        assert!(!judgement.allowed.is_empty(), "{}", rule.id);
        for allowed in judgement.allowed {
            assert_eq!(allowed.finding.rule, rule.id);
            assert_eq!(allowed.reason, "It is so");
        }
        let json = contract.to_json();
        let code = guard("a.yaml", || codegen::generate(&json));
        assert!(matches!(code, Ok(Ok(_))), "{}: {code:?}", rule.id);
    }
}

#[test]
fn what_leaves_no_code_is_not_allowed() {
    for rule in all_rules().filter(|rule| !rule.class.may_be_allowed()) {
        let judgement = judged(&allowing(GOOD, rule.id), Profile::House);
        let [finding] = judgement.findings.as_slice() else {
            panic!("{}: {}", rule.id, render(&judgement.findings));
        };
        assert_eq!(finding.rule, "allowance-forbidden");
        assert_eq!(finding.pointer, "/x-lint-allow/0");
    }
    // The fault is told as well.
    let bad = example("not-schema", Kind::Bad).unwrap();
    let judgement = judged(&allowing(&bad.text, "not-schema"), Profile::House);
    let rules: Vec<&str> = judgement.findings.iter().map(|found| found.rule).collect();
    assert_eq!(rules, ["allowance-forbidden", "not-schema"]);
}

#[test]
fn an_allowance_holds_for_its_object_and_below_alone() {
    let inner = "      x-lint-allow: [{rule: discriminator, reason: The view reads it}]\n";
    let other = BUCKET.replace("Bucket", "BucketOfOthers");
    let judgement = judged(&with_schemas("", inner, &other), Profile::House);
    let [finding] = judgement.findings.as_slice() else {
        panic!("{}", render(&judgement.findings));
    };
    assert_eq!(
        finding.pointer,
        "/components/schemas/BucketOfOthers/discriminator"
    );
    let [allowed] = judgement.allowed.as_slice() else {
        panic!("{:?}", judgement.allowed);
    };
    assert_eq!(allowed.reason, "The view reads it");
}

#[test]
fn the_nearer_allowance_is_used_and_the_other_may_then_be_unused() {
    let outer = "  x-lint-allow: [{rule: discriminator, reason: Outer}]\n";
    let inner = "      x-lint-allow: [{rule: discriminator, reason: Inner}]\n";
    let judgement = judged(&with_schemas(outer, inner, ""), Profile::House);
    let reasons: Vec<&str> = judgement.allowed.iter().map(|a| &*a.reason).collect();
    assert_eq!(reasons, ["Inner"]);
    let unused = ("allowance-unused", "nothing here breaks `discriminator`");
    assert_eq!(told(&judgement.findings), [unused]);
    assert_eq!(
        judgement.findings.first().unwrap().pointer,
        "/components/x-lint-allow/0"
    );
}

/// Otherwise every allowance of the house would be unused where its rules are off.
#[test]
fn an_allowance_of_a_rule_that_is_off_is_not_unused() {
    let text = allowing(GOOD, "undeclared-tag");
    assert_eq!(judged(&text, Profile::Generator).findings, []);
    let unused = judged(&text, Profile::House).findings;
    assert_eq!(told(&unused).first().unwrap().0, "allowance-unused");
}

#[test]
fn an_allowance_without_rule_or_reason_is_refused() {
    for (allowance, said) in [
        ("yes", "`x-lint-allow` is text, not a list"),
        ("[]", "this `x-lint-allow` allows nothing"),
        ("[discriminator]", "this allowance is text, not a mapping"),
        ("[{reason: a}]", "this allowance has no `rule`"),
        ("[{rule: discriminator}]", "this allowance has no `reason`"),
        (
            "[{rule: discriminator, reason: ' '}]",
            "this allowance has no `reason`",
        ),
        (
            "[{rule: discriminator, reason: 1}]",
            "this allowance has no `reason`",
        ),
        (
            "[{rule: discriminator, reason: a, until: b}]",
            "`until` means nothing in an allowance",
        ),
    ] {
        let inner = format!("      x-lint-allow: {allowance}\n");
        let judgement = judged(&with_schemas("", &inner, ""), Profile::House);
        let rules: Vec<&str> = judgement.findings.iter().map(|found| found.rule).collect();
        // And it allows nothing.
        assert!(rules.contains(&"discriminator"), "{allowance}: {rules:?}");
        let told = told(&judgement.findings);
        assert!(told.contains(&("allowance-incomplete", said)), "{told:?}");
    }
}

#[test]
fn a_class_says_what_may_be_allowed_and_what_is_always_on() {
    for (class, always, allowed) in [
        (Class::Breaking, true, false),
        (Class::Lossy, true, true),
        (Class::House, false, true),
        (Class::Lint, true, false),
    ] {
        assert_eq!(Profile::Generator.has(class), always);
        assert!(Profile::House.has(class));
        assert_eq!(class.may_be_allowed(), allowed);
    }
}

/// Values that an extension may have, right and wrong.
fn value() -> impl Strategy<Value = String> {
    let ids: Vec<&str> = all_rules().map(|rule| rule.id).collect();
    let rule = prop_oneof![
        prop::sample::select(ids).prop_map(str::to_owned),
        "[a-z-]{0,12}",
    ];
    let item = (rule, "[ a-z]{0,3}")
        .prop_map(|(rule, reason)| format!("{{rule: '{rule}', reason: '{reason}'}}"));
    let item = prop_oneof![4 => item, 1 => "[a-z0-9~]{0,3}"];
    prop_oneof![
        6 => prop::collection::vec(item, 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
        1 => "[a-z0-9~]{0,3}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Wherever in a bad contract it stands, and whatever it says.
    #[test]
    fn no_allowance_ends_in_a_panic(which in any::<Index>(), place in any::<Index>(), value in value()) {
        let rules: Vec<_> = rules().collect();
        let rule = which.get(&rules);
        let text = example(rule.id, Kind::Bad).expect("an example").text;
        let lines: Vec<&str> = text.lines().collect();
        let index = place.index(lines.len());
        let (before, after) = lines.split_at(index);
        let line = after.first().copied().unwrap_or_default();
        let indent = &line[..line.len() - line.trim_start_matches([' ', '-']).len()];
        let indent = " ".repeat(indent.len());
        let mut all = before.to_vec();
        let allowance = format!("{indent}x-lint-allow: {value}");
        all.push(&allowance);
        all.extend(after);
        let Ok(contract) = Contract::parse("a.yaml", &all.join("\n")) else { return Ok(()) };
        for profile in Profile::ALL {
            let judgement = judge(&contract, profile);
            let allowed = judgement.allowed.iter().map(|allowed| &allowed.finding);
            for finding in judgement.findings.iter().chain(allowed) {
                prop_assert!(contract.node(&finding.pointer).is_some(), "no place {finding}");
            }
            if judgement.findings.is_empty() {
                let json = contract.to_json();
                let code = guard("a.yaml", || codegen::generate(&json).map(drop));
                prop_assert!(matches!(code, Ok(Ok(()))), "{code:?}\n{}", all.join("\n"));
            }
        }
    }
}
