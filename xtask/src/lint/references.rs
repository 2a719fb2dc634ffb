//! `$ref`: it leads somewhere, to the right kind of thing, and back to itself never.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Report,
    document::{Document, Site},
    grammar::ObjectKind,
    spelling::nearest,
};
use crate::{
    contract::{Node, join, pointer::follow},
    finding::Location,
};

/// The section and name of a `$ref` of the form `#/components/<section>/<name>`.
fn parts(target: &str) -> Option<(&str, &str)> {
    let (section, name) = target.strip_prefix("#/components/")?.split_once('/')?;
    (!name.contains('/')).then_some((section, name))
}

fn at(site: &Site<'_>) -> (Location, String) {
    let at = site.node.get("$ref").map_or(site.at, Node::at);
    (at, join(&site.pointer, "$ref"))
}

fn section(site: &Site<'_>) -> &'static str {
    site.kind.section().unwrap_or("pathItems")
}

pub(super) fn dangling(document: &Document<'_>, report: &mut Report<'_>) {
    for (site, target) in document.references() {
        let Some(target) = target.as_str() else {
            let (at, pointer) = at(site);
            report.at(
                at,
                &pointer,
                "this `$ref` is not text",
                "write '#/components/…'",
            );
            continue;
        };
        let Some(path) = target.strip_prefix("#/") else {
            continue;
        };
        if follow(document.root, &format!("/{path}")).is_some() {
            continue;
        }
        let there = document.components(section(site));
        let names = there.map_or(&[][..], Node::entries).iter();
        let name = target.rsplit('/').next().unwrap_or_default();
        let help = match nearest(name, names.map(|entry| entry.key.as_str())) {
            Some(name) => format!("did you mean '#/components/{}/{name}'?", section(site)),
            None => format!("define it under `components/{}`", section(site)),
        };
        let (at, pointer) = at(site);
        report.at(at, &pointer, format!("`{target}` leads nowhere"), help);
    }
}

pub(super) fn misdirected(document: &Document<'_>, report: &mut Report<'_>) {
    for (site, target) in document.references() {
        let Some(target) = target.as_str().filter(|target| target.starts_with("#/")) else {
            continue;
        };
        let leads = follow(document.root, target.trim_start_matches('#')).is_some();
        let right = parts(target).is_some_and(|(there, _)| there == section(site));
        if leads && !right && site.kind != ObjectKind::PathItem {
            let (at, pointer) = at(site);
            let message = format!("`{target}` stands where {} belongs", site.kind.name());
            let help = format!("refer to '#/components/{}/…'", section(site));
            report.at(at, &pointer, message, help);
        }
    }
}

pub(super) fn external(document: &Document<'_>, report: &mut Report<'_>) {
    for (site, target) in document.references() {
        if let Some(target) = target.as_str()
            && !target.starts_with("#/")
            && site.kind != ObjectKind::PathItem
        {
            let (at, pointer) = at(site);
            let message = format!("`{target}` leads out of this document");
            let help = format!("bring it under `components/{}` of this file", section(site));
            report.at(at, &pointer, message, help);
        }
    }
}

pub(super) fn siblings(document: &Document<'_>, report: &mut Report<'_>) {
    for (site, _) in document.references() {
        for entry in site.node.entries() {
            let spoken_for = entry.key == "nullable" && site.kind == ObjectKind::Schema;
            if entry.key != "$ref" && !spoken_for && site.kind != ObjectKind::PathItem {
                report.at(
                    entry.at,
                    &join(&site.pointer, &entry.key),
                    format!("`{}` stands beside a `$ref` and is dropped", entry.key),
                    "move it to what the `$ref` leads to, or remove it",
                );
            }
        }
    }
}

pub(super) fn nullable(document: &Document<'_>, report: &mut Report<'_>) {
    for (site, _) in document.references() {
        if site.kind == ObjectKind::Schema
            && let Some(entry) = site.node.entry("nullable")
        {
            report.at(
                entry.at,
                &join(&site.pointer, "nullable"),
                "`nullable` stands beside a `$ref` and is dropped",
                "write `nullable: true` and `allOf:` with the `$ref` as its one branch",
            );
        }
    }
}

pub(super) fn path_item(document: &Document<'_>, report: &mut Report<'_>) {
    for (site, _) in document.references() {
        if site.kind == ObjectKind::PathItem {
            let (at, pointer) = at(site);
            report.at(
                at,
                &pointer,
                "a path item cannot be a `$ref`",
                "write the operations of this path out",
            );
        }
    }
}

/// A definition is part of itself: through `$ref`s alone, or through `allOf`, `oneOf`, `anyOf`
/// without a property or an item between. Each cycle is reported at its first member.
pub(super) fn cycle(document: &Document<'_>, report: &mut Report<'_>) {
    let mut edges: BTreeMap<String, (Location, Vec<String>)> = BTreeMap::new();
    let sections = document
        .root
        .get("components")
        .map_or(&[][..], Node::entries);
    for (section, entry) in sections
        .iter()
        .flat_map(|section| section.value.entries().iter().map(move |e| (section, e)))
    {
        let name = format!("#/components/{}/{}", section.key, entry.key);
        let mut targets = Vec::new();
        embedded(&entry.value, &mut targets);
        edges.insert(name, (entry.at, targets));
    }
    let mut reported = BTreeSet::new();
    let mut by_place: Vec<_> = edges.iter().collect();
    by_place.sort_by_key(|(_, (at, _))| *at);
    for (name, (at, _)) in by_place {
        if reported.contains(name) {
            continue;
        }
        if let Some(trail) = trail_back(name, &edges) {
            let names = trail
                .iter()
                .map(|n| n.rsplit('/').next().unwrap_or_default());
            let way: Vec<&str> = names.collect();
            let message = format!("this is part of itself: {}", way.join(" → "));
            let help = "end the cycle: write one of them out, or put a property between";
            report.at(*at, name.trim_start_matches('#'), message, help);
            reported.extend(trail);
        }
    }
}

/// The `$ref`s that are part of a definition itself rather than of its properties or items.
fn embedded(node: &Node, targets: &mut Vec<String>) {
    targets.extend(node.text("$ref").map(str::to_owned));
    for key in ["allOf", "oneOf", "anyOf"] {
        for branch in node.get(key).map_or(&[][..], Node::items) {
            embedded(branch, targets);
        }
    }
}

fn trail_back(
    start: &str,
    edges: &BTreeMap<String, (Location, Vec<String>)>,
) -> Option<Vec<String>> {
    let mut visited = BTreeSet::new();
    let mut trails = vec![vec![start.to_owned()]];
    while let Some(trail) = trails.pop() {
        let Some((_, targets)) = trail.last().and_then(|name| edges.get(name)) else {
            continue;
        };
        for target in targets {
            let mut longer = trail.clone();
            longer.push(target.clone());
            if target == start {
                return Some(longer);
            }
            if visited.insert(target.clone()) {
                trails.push(longer);
            }
        }
    }
    None
}
