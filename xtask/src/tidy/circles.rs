//! Circles in a graph: nodes that reach themselves by way of others.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Who needs whom.
pub(super) type Graph<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Nodes that all reach each other.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Knot<'a> {
    pub(super) nodes: Vec<&'a str>,
    /// A shortest way from one of them back to it, which is named once.
    pub(super) circle: Vec<&'a str>,
}

/// Every knot, in the order of the first node of each.
pub(super) fn knots<'a>(graph: &Graph<'a>) -> Vec<Knot<'a>> {
    let closure: BTreeMap<_, _> = graph
        .keys()
        .map(|node| (*node, reach(graph, node)))
        .collect();
    let reaches = |from: &str, to: &str| closure.get(from).is_some_and(|all| all.contains(to));
    let mut seen = BTreeSet::<&str>::new();
    let mut knots = Vec::new();
    for node in graph.keys().copied() {
        if !reaches(node, node) || seen.contains(node) {
            continue;
        }
        let others = graph.keys().copied();
        let nodes: Vec<_> = others
            .filter(|other| reaches(node, other) && reaches(other, node))
            .collect();
        seen.extend(&nodes);
        let circles = nodes.iter().filter_map(|node| way_back(graph, node));
        let circle = circles.min_by_key(Vec::len).unwrap_or_default();
        knots.push(Knot { nodes, circle });
    }
    knots
}

fn next<'a>(graph: &Graph<'a>, node: &str) -> impl Iterator<Item = &'a str> {
    graph.get(node).into_iter().flatten().copied()
}

fn reach<'a>(graph: &Graph<'a>, from: &str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<_> = next(graph, from).collect();
    while let Some(node) = open.pop() {
        if reached.insert(node) {
            open.extend(next(graph, node));
        }
    }
    reached
}

/// A shortest way from a node to itself.
fn way_back<'a>(graph: &Graph<'a>, from: &'a str) -> Option<Vec<&'a str>> {
    let mut ways = VecDeque::from([vec![from]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        for node in next(graph, way.last()?) {
            if node == from {
                return Some(way);
            }
            if seen.insert(node) {
                ways.push_back(way.iter().copied().chain([node]).collect());
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph<'a>(edges: &[(&'a str, &'a str)]) -> Graph<'a> {
        let mut graph = Graph::new();
        for (from, to) in edges {
            graph.entry(from).or_default().insert(*to);
        }
        graph
    }

    #[test]
    fn a_graph_without_circles_has_no_knots() {
        let graph = graph(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]);
        assert!(knots(&graph).is_empty());
    }

    #[test]
    fn each_knot_is_named_once_with_its_shortest_circle() {
        let graph = graph(&[
            ("a", "b"),
            ("b", "c"),
            ("c", "d"),
            ("d", "b"),
            ("d", "c"),
            ("e", "f"),
            ("f", "e"),
        ]);
        let [one, two] = knots(&graph).try_into().unwrap();
        assert_eq!(one.nodes, ["b", "c", "d"]);
        assert_eq!(one.circle, ["c", "d"]);
        assert_eq!((two.nodes.len(), two.circle), (2, vec!["e", "f"]));
    }
}
